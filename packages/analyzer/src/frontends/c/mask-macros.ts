/** Masking of the macros that the contracts' tables describe. */
import type { CMacro } from '../../contracts/model.ts';
import type { MaskState } from './mask-state.ts';
import {
  argumentsBetween,
  blank,
  closerOf,
  endOf,
  eraseTokens,
  isWordAt,
  record,
  startOf,
  surrounding,
  wordAt,
  writeAt,
} from './mask-state.ts';
import { STORAGE_WORDS } from './words.ts';

/**
 * Masks the macro named at token `index`. Returns the index of the next token to look at, or -1 where nothing was
 * done: macros that parse as they stand are left to lowering.
 */
export function maskMacro(state: MaskState, index: number, macro: CMacro): number {
  switch (macro.kind) {
    case 'erase':
      return isPlainName(state, index) ? -1 : eraseMacro(state, index, 'erase');
    case 'annotation':
      return eraseMacro(state, index, 'annotation');
    case 'loop':
      return maskLoop(state, index, 'loop');
    case 'scoped-guard':
    case 'scoped-cond-guard':
      return maskLoop(state, index, macro.kind);
    case 'define-function':
      return surrounding(state) === 'file' ? maskFunctionHead(state, index) : -1;
    case 'declaration':
      return maskDeclaration(state, index, macro.name);
    default:
      return -1;
  }
}

/** A label, a case or a member that happens to be called like an attribute. */
function isPlainName(state: MaskState, index: number): boolean {
  const before = wordAt(state, state.previous);
  if (before === 'goto' || before === 'case' || before === '.' || before === '>') return true;
  return surrounding(state) === 'block' && wordAt(state, index + 1) === ':';
}

function eraseMacro(state: MaskState, index: number, kind: 'erase' | 'annotation'): number {
  let close = closerOf(state, index + 1, '(');
  // `__init (*f)(void)`: the parenthesis belongs to the declarator.
  if (wordAt(state, index + 2) === '*') close = -1;
  record(state, kind, index, close);
  // To export a function is not to use it.
  if (wordAt(state, index).startsWith('EXPORT_'))
    blank(state, startOf(state, index), endOf(state, close < 0 ? index : close));
  else eraseTokens(state, index, close < 0 ? index : close);
  return (close < 0 ? index : close) + 1;
}

/**
 * `name(a, b) body` becomes `while(a, b) body`, so that the arguments stay readable and `break` and `else` bind as they
 * should. Returns the index of the opening parenthesis: the arguments are masked in their turn.
 */
export function maskLoop(
  state: MaskState,
  index: number,
  kind: 'loop' | 'scoped-guard' | 'scoped-cond-guard',
): number {
  const close = closerOf(state, index + 1, '(');
  const start = startOf(state, index);
  const end = endOf(state, index);
  if (close < 0 || end - start < 'while'.length || surrounding(state) === 'file') return -1;
  record(state, kind, index, close);
  blank(state, start, end);
  const pieces = argumentsBetween(state, index + 1, close);
  const isEmpty = pieces.length === 0 || pieces.some(([first, last]) => last < first);
  if (isEmpty && end - start < 'while(1'.length) return -1;
  writeAt(state, start, isEmpty ? 'while(1' : 'while');
  if (isEmpty) {
    blank(state, startOf(state, index + 1), startOf(state, close));
    state.previous = close;
    return close + 1;
  }
  if (kind === 'scoped-cond-guard') {
    const [, failure] = pieces;
    if (failure) {
      blank(state, startOf(state, failure[0]), endOf(state, failure[1]));
      writeAt(state, startOf(state, failure[0]), '0');
    }
  }
  state.previous = index;
  return index + 1;
}

/** `SYSCALL_DEFINE2(name, int, a, char *, b)` becomes `long name(int a, char *b)`. */
function maskFunctionHead(state: MaskState, index: number): number {
  const open = index + 1;
  const close = closerOf(state, open, '(');
  const pieces = close < 0 ? [] : argumentsBetween(state, open, close);
  const name = pieces[0]?.[0] ?? -1;
  if (name < 0 || !isWordAt(state, name) || wordAt(state, close + 1) !== '{') return -1;
  record(state, 'define-function', index, close);
  blank(state, startOf(state, index), startOf(state, name));
  writeAt(state, startOf(state, index), 'long');
  if (pieces.length === 1) {
    // There is room for one parenthesis only behind the name: it moves to the left by one.
    const text = wordAt(state, name);
    blank(state, startOf(state, name), endOf(state, close));
    writeAt(state, startOf(state, open), `${text}()`);
    state.previous = close;
    return close + 1;
  }
  const comma = (pieces[0]?.[1] ?? name) + 1;
  blank(state, endOf(state, name), startOf(state, comma));
  writeAt(state, startOf(state, comma), '(');
  for (let piece = 1; piece < pieces.length; piece += 2) {
    const separator = (pieces[piece]?.[1] ?? close) + 1;
    if (separator < close) blank(state, startOf(state, separator), endOf(state, separator));
  }
  state.previous = name;
  state.surroundings.push('paren');
  return comma + 1;
}

/**
 * `static DEFINE_MUTEX(name)` becomes `static int name`: lowering finds the type by the mask. In a block and without a
 * storage class it parses as a call and stays.
 */
function maskDeclaration(state: MaskState, index: number, nameArgument: number | undefined): number {
  const close = closerOf(state, index + 1, '(');
  if (close < 0) return -1;
  const where = surrounding(state);
  const follows = wordAt(state, close + 1);
  if (where === 'block' && !STORAGE_WORDS.has(wordAt(state, state.previous)) && follows === ';') return -1;
  if (where === 'paren' || where === 'values') return -1;
  return declareInstead(state, index, close, nameArgument);
}

/** Puts `int NAME` in the place of a macro call; without a name, one that nothing refers to. */
export function declareInstead(
  state: MaskState,
  index: number,
  close: number,
  nameArgument: number | undefined,
): number {
  const start = startOf(state, index);
  const end = endOf(state, close);
  record(state, 'declaration', index, close);
  const pieces = argumentsBetween(state, index + 1, close);
  const piece = nameArgument === undefined ? undefined : pieces[nameArgument];
  const name = piece && isWordAt(state, piece[0]) ? piece[0] : -1;
  const text = name < 0 ? '__' : wordAt(state, name);
  const at = name < 0 ? start + 4 : Math.max(start + 4, startOf(state, name));
  eraseTokens(state, index, close);
  if (end - start >= 4 + text.length) {
    writeAt(state, start, 'int');
    writeAt(state, Math.min(at, end - text.length), text);
  }
  state.previous = close;
  return close + 1;
}

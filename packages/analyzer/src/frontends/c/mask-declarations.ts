/** Masking outside function bodies: macro calls in the place of declarations, attributes that no table knows. */
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
import { declareInstead } from './mask-macros.ts';
import { isKeyword, looksLikeAttribute, STORAGE_WORDS, TYPE_WORDS } from './words.ts';

const QUALIFIERS: ReadonlySet<string> = new Set(['const', 'volatile']);

/** True where a new declaration may begin, storage classes skipped. */
function isDeclarationStart(state: MaskState): boolean {
  const before = wordAt(state, state.previous);
  if (before === '}') return state.closed === 'block' || state.closed === 'file';
  return state.previous < 0 || before === ';' || before === '{';
}

/** `NAME(…)` at the start of an external declaration or of a struct's member. Returns the next token, or -1. */
export function maskDeclarationMacro(state: MaskState, index: number): number {
  const where = surrounding(state);
  const before = wordAt(state, state.previous);
  const afterStorage =
    STORAGE_WORDS.has(before) || (before === 'const' && STORAGE_WORDS.has(wordAt(state, state.previous - 1)));
  if (where !== 'file' && where !== 'struct' && !(where === 'block' && afterStorage)) return -1;
  const close = closerOf(state, index + 1, '(');
  if (close < 0 || isKeyword(wordAt(state, index))) return -1;
  const follows = wordAt(state, close + 1);
  const isStart = isDeclarationStart(state);
  if (where === 'struct') {
    return isStart && follows === ';' ? declareInstead(state, index, close, undefined) : -1;
  }
  if (!isStart && !afterStorage) return -1;
  if (follows === '{') return isStart || afterStorage ? maskUnknownFunction(state, index, close) : -1;
  if (follows === ';' || follows === '=' || follows === '[') {
    if (afterStorage || follows !== ';') return declareInstead(state, index, close, undefined);
    record(state, 'erase', index, close);
    eraseTokens(state, index, close);
    state.previous = close + 1;
    return close + 1;
  }
  // `NAME(x)` and no semicolon, or a macro for a type: `NAME(x) y;`.
  if (afterStorage) return -1;
  record(state, 'erase', index, close);
  eraseTokens(state, index, close);
  return close + 1;
}

/** `TEST(name) { … }` is read as `int name() { … }`. */
function maskUnknownFunction(state: MaskState, index: number, close: number): number {
  const [piece] = argumentsBetween(state, index + 1, close);
  const start = startOf(state, index);
  const end = endOf(state, close);
  const named = piece && isWordAt(state, piece[0]) && !isKeyword(wordAt(state, piece[0])) ? piece[0] : index;
  const name = wordAt(state, named);
  record(state, 'define-function', index, close);
  blank(state, start, end);
  const room = end - start;
  const head = `int ${name}()`;
  writeAt(state, start, head.length <= room ? head : room >= 5 ? 'T f()' : '');
  state.previous = close;
  return close + 1;
}

/**
 * An attribute that no table knows, told by its place: a word behind a function's parameters, the first of two words
 * before a name, a word before a type's keyword. Returns the next token, or -1.
 */
export function maskUnknownAttribute(state: MaskState, index: number): number {
  const word = wordAt(state, index);
  const before = wordAt(state, state.previous);
  const next = wordAt(state, index + 1);
  const where = surrounding(state);
  if (isKeyword(word) || !isWordAt(state, index)) return -1;
  // `16 KB`: a unit that multiplies.
  if (state.tokens.kinds[state.previous] === 'number') return eraseAttribute(state, index);
  if (state.bodies > 0 && (where === 'paren' || where === 'values')) {
    // In an expression, a row of macros that are strings or nothing: the last one stays.
    const inRow = state.tokens.kinds[index + 1] === 'string' || looksLikeAttribute(next);
    if (word.startsWith('KERN_') && isName(state, index + 1)) return eraseAttribute(state, index);
    return inRow && isWordAt(state, state.previous) === false && isRow(state, index)
      ? eraseAttribute(state, index)
      : -1;
  }
  if (where === 'file' && before === ')') return eraseAttribute(state, index);
  if (where === 'values' || where === 'enum') return -1;
  if (before === 'struct' || before === 'union' || before === 'enum') {
    // `struct __attr name`: the tag comes last.
    const tag = state.model.macro(next)?.kind === 'erase' ? '' : next;
    return tag !== '' &&
      looksLikeAttribute(word) &&
      isName(state, index + 1) &&
      isTagFollower(state, index + 2)
      ? eraseAttribute(state, index)
      : -1;
  }
  if (before === 'goto' || before === '.' || before === '>') return -1;
  const qualifiesAnother =
    QUALIFIERS.has(next) &&
    isName(state, index + 2) &&
    (isName(state, index + 3) || wordAt(state, index + 3) === '*');
  if (qualifiesAnother && looksLikeAttribute(word) && STORAGE_WORDS.has(before))
    return eraseAttribute(state, index);
  const startsType = (TYPE_WORDS.has(next) && !QUALIFIERS.has(next)) || STORAGE_WORDS.has(next);
  if (startsType && where !== 'paren') {
    return before === 'typedef' ? -1 : eraseAttribute(state, index);
  }
  if (where === 'file' && isDeclarationStart(state) && looksLikeAttribute(word)) {
    // `API type name(…)`: three words, or two and an asterisk.
    const isMacroRow =
      isRow(state, index) && /^[A-Z][A-Z0-9_]*$/.test(next) && wordAt(state, index + 2) === '(';
    if (isMacroRow) return eraseAttribute(state, index);
    if (isName(state, index + 1) && (isName(state, index + 2) || wordAt(state, index + 2) === '*')) {
      return eraseAttribute(state, index);
    }
  }
  const beforeIsType =
    (isWordAt(state, state.previous) &&
      (!isKeyword(before) || (TYPE_WORDS.has(before) && !QUALIFIERS.has(before)))) ||
    before === '*';
  const isBeforeFunction = where === 'file' && wordAt(state, index + 2) === '(';
  if (beforeIsType && isName(state, index + 1) && (looksLikeAttribute(word) || isBeforeFunction)) {
    return eraseAttribute(state, index);
  }
  // `TYPE __attr;` and `name __attr = value;`: the word behind the declared name.
  const isTag = ['struct', 'union', 'enum'].includes(wordAt(state, state.previous - 1));
  if (isTag || where === 'paren' || !word.startsWith('__')) return -1;
  const declared = isWordAt(state, state.previous) && !isKeyword(before) && hasTypeBefore(state);
  if ((declared || before === ']') && (next === ';' || next === '=' || next === ',')) {
    return eraseAttribute(state, index);
  }
  return -1;
}

/** True for a word in upper case with another word right behind it. */
function isRow(state: MaskState, index: number): boolean {
  const word = wordAt(state, index);
  return /^[A-Z][A-Z0-9_]*$/.test(word) && isName(state, index + 1);
}

function isName(state: MaskState, index: number): boolean {
  return isWordAt(state, index) && !isKeyword(wordAt(state, index));
}

function isTagFollower(state: MaskState, index: number): boolean {
  return wordAt(state, index) === '{' || wordAt(state, index) === '*' || isName(state, index);
}

/** True if the last kept token, a word, has a type before it: a word or an asterisk. */
function hasTypeBefore(state: MaskState): boolean {
  const index = state.previous - 1;
  return wordAt(state, index) === '*' || isWordAt(state, index);
}

function eraseAttribute(state: MaskState, index: number): number {
  let close = closerOf(state, index + 1, '(');
  if (wordAt(state, index + 2) === '*') close = -1;
  // The parenthesis of `TYPE attr (name)` cannot be told from an argument; attributes in upper case have none.
  const last = close < 0 ? index : close;
  record(state, 'erase', index, close);
  eraseTokens(state, index, last);
  return last + 1;
}

/** `u32 :8;` has no name: it gets one. Returns true if it did. */
export function maskBitfield(state: MaskState, index: number): boolean {
  if (surrounding(state) !== 'struct') return false;
  const before = wordAt(state, state.previous);
  const start = wordAt(state, state.previous - 1);
  const isUnnamed =
    TYPE_WORDS.has(before) ||
    (isWordAt(state, state.previous) && (start === ';' || start === '{' || start === '}'));
  if (!isUnnamed) return false;
  const at = startOf(state, index);
  const end = endOf(state, index + 1);
  blank(state, at, end);
  writeAt(state, at, '_');
  if (startOf(state, index) === endOf(state, state.previous)) {
    blank(state, at, end);
    if (end - at > 1) writeAt(state, end - 1, '_');
  }
  return true;
}

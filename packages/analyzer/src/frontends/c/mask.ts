/**
 * Rewrites kernel C, offset for offset, into C that the grammar can read. Macros that the contracts' tables know, and
 * those that their place and look give away, become plain C of the same length; a side table says what stood there.
 */
import type { ContractModel } from '../../contracts/model.ts';
import { maskArguments } from './mask-arguments.ts';
import { maskBitfield, maskDeclarationMacro, maskUnknownAttribute } from './mask-declarations.ts';
import { maskMacro } from './mask-macros.ts';
import type { Mask, MaskState, Surrounding } from './mask-state.ts';
import {
  blank,
  closerOf,
  createMaskState,
  endOf,
  eraseTokens,
  isWordAt,
  startOf,
  surrounding,
  textOf,
  wordAt,
  writeAt,
} from './mask-state.ts';
import {
  maskAsm,
  maskBareStatement,
  maskCaseRange,
  maskComputedGoto,
  maskLastLabel,
  maskStatementMacro,
} from './mask-statements.ts';
import type { MacroDefinition } from './preprocessor.ts';
import { tokenize } from './tokens.ts';
import { ALIGNOF_WORDS, ASM_WORDS, TYPEOF_WORDS } from './words.ts';

export type { Mask } from './mask-state.ts';

export interface MaskedText {
  /** As long as the original; every offset means the same in both. */
  readonly text: string;
  /** In the order of their offsets. */
  readonly masks: readonly Mask[];
  /** Integer constants that the file's #defines give. */
  readonly constants: ReadonlyMap<string, number>;
  /** Macros with parameters that the file defines: they shadow functions of the same name. */
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  /** Macros without parameters that stand for other names. */
  readonly aliases: ReadonlyMap<string, MacroDefinition>;
  /** Names that stand in erased text. */
  readonly mentioned: ReadonlySet<string>;
  readonly lineStarts: readonly number[];
  /** The ends of the function bodies: where the file can be cut, so that one error does not reach over others. */
  readonly cuts: readonly number[];
}

/**
 * `macros`: those that the text may use, if they are not its own. `ownEnd`: where definitions of others begin in it.
 */
export function mask(
  text: string,
  model: ContractModel,
  { macros, ownEnd }: { readonly macros?: MaskedText['macros']; readonly ownEnd?: number } = {},
): MaskedText {
  const tokens = tokenize(text, ownEnd);
  const state = createMaskState(tokens, model, macros ?? tokens.macros);
  for (let index = 0; index < tokens.count;) {
    const next = maskAt(state, index);
    if (next > index) {
      index = next;
    } else {
      state.previous = index;
      index += 1;
    }
  }
  return {
    text: textOf(state),
    masks: state.masks.sort((a, b) => a.at - b.at),
    constants: tokens.constants,
    macros: tokens.macros,
    aliases: tokens.aliases,
    mentioned: state.mentioned,
    lineStarts: tokens.lineStarts,
    cuts: state.cuts,
  };
}

/** Masks what begins at the token. Returns the token to go on from, or -1 for the next. */
function maskAt(state: MaskState, index: number): number {
  if (state.settled.has(index)) return -1;
  switch (state.tokens.kinds[index]) {
    case 'word':
      return maskWord(state, index, wordAt(state, index));
    case 'punct':
      return maskPunctuation(state, index, wordAt(state, index));
    default:
      return -1;
  }
}

function maskWord(state: MaskState, index: number, word: string): number {
  if (TYPEOF_WORDS.has(word)) return maskTypeof(state, index);
  if (ASM_WORDS.has(word)) return maskAsm(state, index);
  if (word === 'case') maskCaseRange(state, index);
  else if (word === 'goto') maskComputedGoto(state, index);
  else if (word === 'offsetof' || ALIGNOF_WORDS.has(word)) return maskConstant(state, index);
  const macro = state.model.macro(word);
  if (macro) {
    const next = maskMacro(state, index, macro);
    if (next >= 0) return next;
  }
  const isCall = wordAt(state, index + 1) === '(';
  if (isCall) {
    const next = isNextToString(state, index)
      ? eraseCall(state, index)
      : surrounding(state) === 'block'
        ? maskStatementMacro(state, index)
        : -1;
    if (next >= 0) return next;
    const declared = maskDeclarationMacro(state, index);
    if (declared >= 0) return declared;
  } else if (surrounding(state) === 'block') {
    maskBareStatement(state, index);
  }
  return maskUnknownAttribute(state, index);
}

function maskPunctuation(state: MaskState, index: number, character: string): number {
  switch (character) {
    case '{':
      open(state, index, surroundingOfBrace(state));
      break;
    case '(':
      if (state.bodies > 0) maskArguments(state, index);
      open(state, index, 'paren');
      break;
    case '[':
      open(state, index, 'paren');
      break;
    case '}':
    case ')':
    case ']':
      close(state, index);
      break;
    case ':':
      maskLastLabel(state, index);
      if (maskBitfield(state, index)) {
        state.previous = index;
        return index + 2;
      }
      break;
  }
  return -1;
}

function open(state: MaskState, index: number, kind: Surrounding): void {
  if ((state.tokens.partners[index] ?? -1) < 0) return;
  state.surroundings.push(kind);
  if (kind === 'block' || kind === 'values') state.bodies += 1;
}

function close(state: MaskState, index: number): void {
  if ((state.tokens.partners[index] ?? -1) < 0 || state.surroundings.length < 2) return;
  const kind = state.surroundings.pop();
  if (kind !== undefined && kind !== 'paren') state.closed = kind;
  if (kind === 'block' && state.surroundings.length === 1) state.cuts.push(endOf(state, index));
  if (kind === 'block' || kind === 'values') state.bodies -= 1;
}

/** What a brace opens, by what stands before it. */
function surroundingOfBrace(state: MaskState): Surrounding {
  const { previous } = state;
  const before = wordAt(state, previous);
  const where = surrounding(state);
  if (where === 'values') return 'values';
  if (before === '=' || before === ',') return 'values';
  if (before === '(') return 'block';
  if (isWordAt(state, previous)) {
    const keyword = ['struct', 'union', 'enum'].includes(before) ? before : wordAt(state, previous - 1);
    if (keyword === 'enum') return 'enum';
    if (keyword === 'struct' || keyword === 'union') return 'struct';
    // Erased attributes may stand between the keyword and the tag.
    for (let at = previous - 1; at >= 0 && at > previous - 4 && isWordAt(state, at); at -= 1) {
      if (wordAt(state, at) === 'struct' || wordAt(state, at) === 'union') return 'struct';
    }
  }
  if (before !== ')') return 'block';
  // `(type){ … }`, told by what stands before its parenthesis.
  const opener = wordAt(state, (state.tokens.partners[previous] ?? 0) - 1);
  return where === 'paren' || ['=', 'return', '?', ':', '&'].includes(opener) ? 'values' : 'block';
}

/** `typeof(x)` becomes `int`. */
function maskTypeof(state: MaskState, index: number): number {
  const closing = closerOf(state, index + 1, '(');
  if (closing < 0) return -1;
  const at = startOf(state, index);
  state.masks.push({ kind: 'type', name: wordAt(state, index), at, end: endOf(state, closing), args: [] });
  blank(state, at, endOf(state, closing));
  writeAt(state, at, 'int');
  state.previous = closing;
  return closing + 1;
}

/** The grammar's own `offsetof` and `alignof` read simple arguments only; their values do not matter. */
function maskConstant(state: MaskState, index: number): number {
  const closing = closerOf(state, index + 1, '(');
  if (closing < 0) return -1;
  blank(state, startOf(state, index), endOf(state, closing));
  writeAt(state, startOf(state, index), '_const_');
  state.previous = closing;
  return closing + 1;
}

/** A macro call in a row of string literals. */
function isNextToString(state: MaskState, index: number): boolean {
  const closing = closerOf(state, index + 1, '(');
  if (closing < 0) return false;
  return state.tokens.kinds[state.previous] === 'string' || state.tokens.kinds[closing + 1] === 'string';
}

function eraseCall(state: MaskState, index: number): number {
  const closing = closerOf(state, index + 1, '(');
  eraseTokens(state, index, closing);
  return closing + 1;
}

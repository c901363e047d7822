/** Masking of arguments that are no expressions: types, operators, statements, nothing. */
import type { MaskState } from './mask-state.ts';
import {
  argumentsBetween,
  blank,
  closerOf,
  endOf,
  isWordAt,
  startOf,
  wordAt,
  writeAt,
} from './mask-state.ts';
import { OPERATOR_WORDS, STATEMENT_WORDS, TYPEOF_WORDS, TYPE_WORDS } from './words.ts';

const SIMPLE_STATEMENTS: ReadonlySet<string> = new Set(['return', 'break', 'continue', 'goto', 'do', 'if']);

/** Masks the arguments of a call whose opening parenthesis is token `open`, if it is one. */
export function maskArguments(state: MaskState, open: number): void {
  const callee = wordAt(state, open - 1);
  const isCall =
    isWordAt(state, open - 1) &&
    !STATEMENT_WORDS.has(callee) &&
    !OPERATOR_WORDS.has(callee) &&
    !TYPE_WORDS.has(callee);
  if (!isCall) return;
  const close = closerOf(state, open, '(');
  const pieces = close < 0 ? [] : argumentsBetween(state, open, close);
  for (const [position, [first, last]] of pieces.entries()) {
    if (last < first) blankComma(state, position === 0 ? last + 1 : first - 1);
    else if (isType(state, first, last)) maskType(state, first, last);
    else if (
      isOperatorOnly(state, first, last) ||
      hasSemicolon(state, first, last) ||
      SIMPLE_STATEMENTS.has(wordAt(state, first))
    ) {
      blank(state, startOf(state, first), endOf(state, last));
      writeAt(state, startOf(state, first), '0');
      for (let index = first; index <= last; index += 1) state.settled.add(index);
    }
  }
}

function blankComma(state: MaskState, index: number): void {
  if (wordAt(state, index) === ',') blank(state, startOf(state, index), endOf(state, index));
}

/** True for `struct foo`, `unsigned long`, `const char *`, `foo_t *`, `typeof(x) *`; false for a plain `foo`. */
function isType(state: MaskState, first: number, last: number): boolean {
  let words = 0;
  let isTypeForSure = false;
  let index = first;
  for (; index <= last && isWordAt(state, index); index += 1) {
    const word = wordAt(state, index);
    if (TYPEOF_WORDS.has(word)) {
      const close = closerOf(state, index + 1, '(');
      if (close < 0 || close > last) return false;
      index = close;
      isTypeForSure = true;
      words += 1;
    } else if (TYPE_WORDS.has(word)) {
      isTypeForSure = true;
    } else if (state.model.macro(word)?.kind !== 'erase') {
      words += 1;
    }
  }
  if (words > 1) return false;
  if (words + (isTypeForSure ? 1 : 0) === 0) return false;
  while (index <= last && wordAt(state, index) === '*') {
    isTypeForSure = true;
    index += 1;
  }
  return isTypeForSure && index > last;
}

/** Leaves one identifier: the type's own name, or a word of underscores in the place of a keyword. */
function maskType(state: MaskState, first: number, last: number): void {
  let name = -1;
  for (let index = first; index <= last; index += 1) {
    if (
      isWordAt(state, index) &&
      !TYPE_WORDS.has(wordAt(state, index)) &&
      !TYPEOF_WORDS.has(wordAt(state, index))
    ) {
      name = index;
      break;
    }
    if (TYPEOF_WORDS.has(wordAt(state, index))) break;
  }
  blank(state, startOf(state, first), endOf(state, last));
  if (name >= 0) writeAt(state, startOf(state, name), wordAt(state, name));
  else writeAt(state, startOf(state, first), '_'.repeat(endOf(state, first) - startOf(state, first)));
  // The tokens are not looked at again: nothing else may be written over the name.
  for (let index = first; index <= last; index += 1) state.settled.add(index);
}

function isOperatorOnly(state: MaskState, first: number, last: number): boolean {
  for (let index = first; index <= last; index += 1) {
    if (state.tokens.kinds[index] !== 'punct' || '([{)]}'.includes(wordAt(state, index))) return false;
  }
  return true;
}

/** Statements given to a macro. */
function hasSemicolon(state: MaskState, first: number, last: number): boolean {
  for (let index = first; index <= last; index += 1) {
    const partner = state.tokens.partners[index] ?? -1;
    if (partner > index) index = partner;
    else if (wordAt(state, index) === ';') return true;
  }
  return false;
}

/** Masking inside function bodies: loops that no table knows, statements without semicolon, labels, case ranges, asm. */
import type { MaskState } from './mask-state.ts';
import { blank, closerOf, endOf, isWordAt, startOf, surrounding, wordAt, writeAt } from './mask-state.ts';
import { isStatementHead } from './loop-heads.ts';
import { maskLoop } from './mask-macros.ts';
import { isKeyword, looksLikeLoop, STATEMENT_WORDS, STORAGE_WORDS, TYPE_WORDS } from './words.ts';

/** True where a statement may begin. */
function isStatementStart(state: MaskState): boolean {
  const { previous } = state;
  const before = wordAt(state, previous);
  if ([';', '{', '}', ':', 'else', 'do'].includes(before) || state.terminated.has(previous)) return true;
  // Behind the parenthesis of `if (…)` or of a loop.
  if (before !== ')') return false;
  const head = wordAt(state, (state.tokens.partners[previous] ?? 0) - 1);
  return head === 'if' || head === 'while' || head === 'for' || head === 'switch' || looksLikeLoop(head);
}

/** `name(…)` where a statement may begin. Returns the next token, or -1. */
export function maskStatementMacro(state: MaskState, index: number): number {
  if (surrounding(state) !== 'block') return -1;
  const word = wordAt(state, index);
  const close = closerOf(state, index + 1, '(');
  if (close < 0 || isKeyword(word)) return -1;
  const follows = wordAt(state, close + 1);
  if (word.startsWith('while_each') && wordAt(state, state.previous) === '}')
    return maskLoop(state, index, 'loop');
  if (!isStatementStart(state)) return -1;
  if (word.startsWith('do_each') && follows === '{') {
    blank(state, startOf(state, index), endOf(state, close));
    writeAt(state, startOf(state, index), 'do');
    state.previous = close;
    return close + 1;
  }
  if (follows === '{') return maskLoop(state, index, 'loop');
  const statementFollows =
    isWordAt(state, close + 1) ||
    follows === '}' ||
    (looksLikeLoop(word) && (follows === '*' || follows === '('));
  if (!statementFollows) return -1;
  if (looksLikeLoop(word) || isStatementHead(word, state.macros, state.model))
    return maskLoop(state, index, 'loop');
  if (isTypeMacro(state, close)) {
    const at = startOf(state, index);
    state.masks.push({ kind: 'type', name: word, at, end: endOf(state, close), args: [] });
    blank(state, at, endOf(state, close));
    writeAt(state, at, 'int');
    state.previous = close;
    return close + 1;
  }
  terminate(state, close);
  return -1;
}

/** A macro that is a whole statement, without arguments and without semicolon. */
export function maskBareStatement(state: MaskState, index: number): void {
  const word = wordAt(state, index);
  const next = wordAt(state, index + 1);
  if (!/^[A-Z]/.test(word) || !isStatementStart(state)) return;
  const isLabelNext = isWordAt(state, index + 1) && wordAt(state, index + 2) === ':';
  if (next === '}' || STATEMENT_WORDS.has(next) || isLabelNext) terminate(state, index);
}

/** `TYPE(x) name = …` on one line: a macro for a type. */
function isTypeMacro(state: MaskState, close: number): boolean {
  const between = state.tokens.text.slice(endOf(state, close), startOf(state, close + 1));
  const isName = isWordAt(state, close + 1) && !isKeyword(wordAt(state, close + 1));
  return isName && !between.includes('\n') && ['=', ';', ',', '['].includes(wordAt(state, close + 2));
}

/** Puts a semicolon behind a macro that brings its own, if there is a blank to put it on. */
function terminate(state: MaskState, last: number): void {
  const at = endOf(state, last);
  if (at < startOf(state, last + 1)) writeAt(state, at, ';');
  state.terminated.add(last);
}

/** `goto *x` goes to a label that no one has. */
export function maskComputedGoto(state: MaskState, index: number): void {
  if (wordAt(state, index + 1) !== '*') return;
  let last = index + 1;
  while (last + 1 < state.tokens.count && wordAt(state, last + 1) !== ';') {
    last += 1;
    state.settled.add(last);
  }
  blank(state, startOf(state, index + 1), endOf(state, last));
  writeAt(state, startOf(state, index + 1), '_');
}

/** `case 1 ... 4:` becomes `case 1 | 4:` with a record of what it was. */
export function maskCaseRange(state: MaskState, index: number): void {
  for (let at = index + 1; at < state.tokens.count; at += 1) {
    const word = wordAt(state, at);
    if (word === ':' || word === ';' || word === '{' || word === '}') return;
    if (word === '.' && wordAt(state, at + 1) === '.' && wordAt(state, at + 2) === '.') {
      const start = startOf(state, at);
      blank(state, start, endOf(state, at + 2));
      writeAt(state, start + 1, '|');
      for (let dot = at; dot < at + 3; dot += 1) state.settled.add(dot);
      state.masks.push({
        kind: 'case-range',
        name: '...',
        at: startOf(state, index),
        end: start + 3,
        args: [],
      });
      return;
    }
  }
}

/** A label before a closing brace gets an empty statement. `index` is the colon. */
export function maskLastLabel(state: MaskState, index: number): void {
  if (surrounding(state) !== 'block' || wordAt(state, index + 1) !== '}') return;
  const at = endOf(state, index);
  if (at < startOf(state, index + 1)) writeAt(state, at, ';');
}

/** asm has no effect that the analysis knows: `0` where a value may stand, nothing behind a declarator. */
export function maskAsm(state: MaskState, index: number): number {
  let open = index + 1;
  while (isWordAt(state, open)) open += 1;
  const close = closerOf(state, open, '(');
  if (close < 0) return -1;
  const before = wordAt(state, state.previous);
  const where = surrounding(state);
  const behindDeclarator =
    (where === 'file' && state.previous >= 0 && before !== ';' && before !== '}') ||
    (isWordAt(state, state.previous) && !isKeyword(before)) ||
    STORAGE_WORDS.has(before) ||
    TYPE_WORDS.has(before);
  blank(state, startOf(state, index), endOf(state, close));
  if (!behindDeclarator) {
    writeAt(state, startOf(state, index), '0');
    state.previous = close;
  }
  return close + 1;
}

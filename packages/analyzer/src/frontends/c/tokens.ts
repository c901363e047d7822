/**
 * Splits C into the tokens that masking works on. Comments, preprocessor lines and the branches that are not read
 * yield none. Punctuation comes one character at a time.
 */
import type { MacroDefinition } from './preprocessor.ts';
import { createPreprocessor } from './preprocessor.ts';

type TokenKind = 'word' | 'number' | 'string' | 'char' | 'punct';

export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** For each bracket the index of its partner; -1 elsewhere and where there is none. */
  readonly partners: Int32Array;
  readonly constants: ReadonlyMap<string, number>;
  /** Macros with parameters that the file defines. */
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  /** Macros without parameters that stand for other names. */
  readonly aliases: ReadonlyMap<string, MacroDefinition>;
  /** Start offset of each line. */
  readonly lineStarts: readonly number[];
}

const BYTE_ORDER_MARK = 0xfeff;
const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const QUOTE = 39;
const ASTERISK = 42;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;

/** Line ends of other systems, form feeds, the backslash that joins lines. */
function isIgnored(code: number): boolean {
  return (code > NEWLINE && code < SPACE) || code === BACKSLASH || code === BYTE_ORDER_MARK;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36 || code > 0xbf
  );
}

/** `ownEnd`: what is defined behind it gives way to what is defined before. */
export function tokenize(text: string, ownEnd: number = text.length): Tokens {
  const kinds: TokenKind[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const lineStarts = [0];
  const preprocessor = createPreprocessor(ownEnd);
  const length = text.length;
  let position = 0;
  let atLineStart = true;

  function push(kind: TokenKind, end: number): void {
    if (preprocessor.active) {
      kinds.push(kind);
      starts.push(position);
      ends.push(end);
    }
    position = end;
  }

  while (position < length) {
    const code = text.charCodeAt(position);
    if (code === NEWLINE) {
      position += 1;
      atLineStart = true;
    } else if (code === SPACE || code === TAB || isIgnored(code)) {
      position += 1;
    } else if (code === SLASH && text.charCodeAt(position + 1) === ASTERISK) {
      const end = text.indexOf('*/', position + 2);
      position = end < 0 ? length : end + 2;
    } else if (code === SLASH && text.charCodeAt(position + 1) === SLASH) {
      position = endOfLine(text, position);
    } else if (code === HASH && atLineStart) {
      const end = endOfDirective(text, position);
      preprocessor.directive(text.slice(position, end), position);
      position = end;
    } else {
      atLineStart = false;
      if (isWordStart(code)) {
        let end = position + 1;
        while (end < length && (isWordStart(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)))) end += 1;
        push('word', end);
      } else if (isDigit(code)) {
        push('number', endOfNumber(text, position));
      } else if (code === DOUBLE_QUOTE) {
        push('string', endOfQuoted(text, position, code));
      } else if (code === QUOTE) {
        push('char', endOfQuoted(text, position, code));
      } else {
        push('punct', position + 1);
      }
    }
  }

  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return {
    text,
    count: kinds.length,
    kinds,
    starts,
    ends,
    partners: matchBrackets(text, kinds, starts),
    constants: preprocessor.constants,
    macros: preprocessor.macros,
    aliases: preprocessor.aliases,
    lineStarts,
  };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The end of a preprocessor line: past continuations and past comments that span lines. */
function endOfDirective(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) return at;
    if (code === BACKSLASH) {
      if (text.charCodeAt(at + 1) === 13) at += 1;
      at += 1;
    } else if (code === SLASH && text.charCodeAt(at + 1) === ASTERISK) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return text.length;
      at = end + 1;
    } else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) {
      return endOfLine(text, at);
    }
  }
  return text.length;
}

function endOfNumber(text: string, from: number): number {
  let end = from + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    // `1...4` is a range, not a number with dots.
    if (code === DOT && text.charCodeAt(end + 1) === DOT) break;
    const isExponentSign =
      (code === 43 || code === 45) &&
      /[eE]/.test(text[end - 1] ?? '') &&
      !/^0[xX]/.test(text.slice(from, end));
    if (!isDigit(code) && !isWordStart(code) && code !== DOT && !isExponentSign) break;
  }
  return end;
}

/** An unterminated literal ends with its line. */
function endOfQuoted(text: string, from: number, quote: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === BACKSLASH) at += 1;
    else if (code === NEWLINE) return at;
  }
  return text.length;
}

const OPENING = '([{';
const CLOSING = ')]}';

/** A brace closes whatever parentheses are still open in it, so that one missing parenthesis spoils one block only. */
function matchBrackets(text: string, kinds: readonly TokenKind[], starts: readonly number[]): Int32Array {
  const partners = new Int32Array(kinds.length).fill(-1);
  const open: number[] = [];
  const shape = (index: number): string => text[starts[index] ?? 0] ?? '';
  for (let index = 0; index < kinds.length; index += 1) {
    if (kinds[index] !== 'punct') continue;
    const character = shape(index);
    if (OPENING.includes(character)) {
      open.push(index);
      continue;
    }
    const closing = CLOSING.indexOf(character);
    if (closing < 0) continue;
    const wanted = OPENING[closing];
    let depth = open.length - 1;
    while (depth >= 0) {
      const found = shape(open[depth] ?? 0);
      if (found === wanted) break;
      if (found === '{' && wanted !== '{') depth = 0;
      depth -= 1;
    }
    if (depth < 0) continue;
    const partner = open[depth] ?? 0;
    open.length = depth;
    partners[index] = partner;
    partners[partner] = index;
  }
  return partners;
}

/** Numbers that C programs of the kernel write as names. */

/** The value of a number literal; null if it is none that a double holds. */
export function parseNumber(literal: string): number | null {
  const digits = literal.replace(/[uUlL]+$/, '').replaceAll("'", '');
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  '0': 0,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
};

/** The value of the character literal in the text at `start`. */
export function parseCharacter(text: string, start: number): number | null {
  CHARACTER.lastIndex = start;
  const body = CHARACTER.exec(text)?.[1] ?? '';
  if (!body.startsWith('\\')) return body.length === 1 ? body.charCodeAt(0) : null;
  if (/^\\x[0-9a-fA-F]+$/.test(body)) return Number.parseInt(body.slice(2), 16);
  if (/^\\[0-7]+$/.test(body)) return Number.parseInt(body.slice(1), 8);
  return ESCAPES[body[1] ?? ''] ?? body.charCodeAt(1);
}

const CHARACTER = /[LuU8]*'((?:\\.|[^'\\\n])*)'/y;

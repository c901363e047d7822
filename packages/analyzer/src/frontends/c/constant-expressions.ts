/** Integer constant expressions, as `#define` lines and enumerators have them: `(1U << 3)`, `BIT(2) | FLAG_OLD`. */
import { parseNumber } from './constants.ts';

/** Macros of the kernel that make a number with one bit set. */
export const SINGLE_BIT: ReadonlySet<string> = new Set(['BIT', 'BIT_ULL', '_BITUL', '_BITULL', 'BIT_MASK']);

const TOKEN = /\s*(0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|[A-Za-z_]\w*|<<|>>|[-+*|&^~()])/y;

/** Operators by how tightly they bind, loosest first. */
const LEVELS: readonly Readonly<Record<string, (a: bigint, b: bigint) => bigint>>[] = [
  { '|': (a, b) => a | b },
  { '^': (a, b) => a ^ b },
  { '&': (a, b) => a & b },
  { '<<': (a, b) => a << b, '>>': (a, b) => a >> b },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b },
];

/** Shifts further than this are no flags. */
const WIDEST = 64n;

/**
 * The value of an expression over numbers and known names; null if it is none, or larger than the numbers that bits can
 * be told of here (31 bits). Cost: linear in the text.
 */
export function constantExpression(text: string, known: ReadonlyMap<string, number>): number | null {
  const tokens = tokensOf(text);
  if (tokens === null || tokens.length === 0) return null;
  let at = 0;

  function level(depth: number): bigint | null {
    const operators = LEVELS[depth];
    if (operators === undefined) return unary();
    let left = level(depth + 1);
    for (;;) {
      const apply = operators[tokens?.[at] ?? ''];
      if (apply === undefined || left === null) return left;
      at++;
      const right = level(depth + 1);
      if (right === null || ('<<' in operators && (right < 0n || right > WIDEST))) return null;
      left = apply(left, right);
    }
  }

  function unary(): bigint | null {
    const token = tokens?.[at++];
    if (token === undefined) return null;
    if (token === '-' || token === '~' || token === '+') {
      const operand = unary();
      if (operand === null) return null;
      return token === '-' ? -operand : token === '~' ? ~operand : operand;
    }
    if (token === '(') {
      const inner = level(0);
      return tokens?.[at++] === ')' ? inner : null;
    }
    if (/^\d/.test(token)) {
      const value = parseNumber(token);
      return value === null || !Number.isSafeInteger(value) ? null : BigInt(value);
    }
    if (SINGLE_BIT.has(token) && tokens?.[at] === '(') {
      const shift = unary();
      return shift === null || shift < 0n || shift > WIDEST ? null : 1n << shift;
    }
    const value = known.get(token);
    return value === undefined || !Number.isSafeInteger(value) ? null : BigInt(value);
  }

  const value = level(0);
  if (value === null || at !== tokens.length) return null;
  const isTold = value >= -0x8000_0000n && value <= 0x7fff_ffffn;
  return isTold || tokens.length === 1 ? Number(value) : null;
}

function tokensOf(text: string): string[] | null {
  const code = text.replace(/\/\*[^]*?(\*\/|$)|\/\/.*/g, ' ').trim();
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const match = TOKEN.exec(code);
    if (match?.[1] === undefined) return null;
    tokens.push(match[1]);
  }
  return tokens;
}

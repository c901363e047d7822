import type { ConstValue } from '../ir/ir.ts';

/** What is known of a value: whether it counts as true, bounds if it is a number, constants that it is not. */
export interface Fact {
  readonly truthy: boolean | undefined;
  readonly low: number;
  readonly high: number;
  /** Constants that the value is known to differ from. Short. */
  readonly not: readonly ConstValue[];
  /** The text that a string is known to be. */
  readonly text?: string;
}

export const ANYTHING: Fact = { truthy: undefined, low: -Infinity, high: Infinity, not: [] };
export const TRUTHY: Fact = { ...ANYTHING, truthy: true };
export const FALSY: Fact = { ...ANYTHING, truthy: false };
export const ZERO: Fact = { truthy: false, low: 0, high: 0, not: [] };
/** A negative errno: the kernel's MAX_ERRNO is 4095. */
export const ERRNO: Fact = { truthy: true, low: -4095, high: -1, not: [] };
export const ZERO_OR_ERRNO: Fact = { truthy: undefined, low: -4095, high: 0, not: [] };
export const NONNEGATIVE: Fact = { truthy: undefined, low: 0, high: Infinity, not: [] };

/** The fact that a constant is itself. */
export function factOf(value: ConstValue): Fact {
  if (typeof value === 'string') return { ...ANYTHING, truthy: value !== '', not: [null], text: value };
  if (typeof value === 'number') return { truthy: value !== 0, low: value, high: value, not: [] };
  return { truthy: Boolean(value), low: -Infinity, high: Infinity, not: value === null ? [] : [null] };
}

/** What holds if either fact does. */
export function joinFacts(a: Fact, b: Fact): Fact {
  if (a === b) return a;
  const joined = normal({
    truthy: a.truthy === b.truthy ? a.truthy : undefined,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    not: a.not.filter((x) => b.not.includes(x)),
  });
  return a.text !== undefined && a.text === b.text ? { ...joined, text: a.text } : joined;
}

/** What holds if both facts do; null if they exclude each other. */
export function meetFacts(a: Fact, b: Fact): Fact | null {
  if (a.truthy !== undefined && b.truthy !== undefined && a.truthy !== b.truthy) return null;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  if (low > high) return null;
  const truthy = a.truthy ?? b.truthy;
  if (truthy === true && low === 0 && high === 0) return null;
  if (truthy === false && (low > 0 || high < 0)) return null;
  if (a.text !== undefined && b.text !== undefined && a.text !== b.text) return null;
  const text = a.text ?? b.text;
  if (text !== undefined && (a.not.includes(text) || b.not.includes(text))) return null;
  const fact = normal({ truthy, low, high, not: union(a.not, b.not) });
  if (fact.low > fact.high) return null;
  return text === undefined ? fact : { ...fact, text };
}

function normal(fact: Fact): Fact {
  let { truthy, low, high } = fact;
  if (truthy === true) {
    // A bound at zero is open where zero is excluded; errnos and counts are whole numbers.
    if (low === 0) low = 1;
    if (high === 0) high = -1;
  }
  if (truthy === undefined) {
    if (low > 0 || high < 0) truthy = true;
    else if (low === 0 && high === 0) truthy = false;
  }
  return { truthy, low, high, not: fact.not };
}

function union(a: readonly ConstValue[], b: readonly ConstValue[]): readonly ConstValue[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [...new Set([...a, ...b])].slice(0, 8);
}

export function sameFact(a: Fact, b: Fact): boolean {
  return (
    a === b ||
    (a.truthy === b.truthy &&
      a.low === b.low &&
      a.high === b.high &&
      a.text === b.text &&
      a.not.length === b.not.length &&
      a.not.every((x) => b.not.includes(x)))
  );
}

export function saysNothing(fact: Fact): boolean {
  return (
    fact.truthy === undefined &&
    fact.low === -Infinity &&
    fact.high === Infinity &&
    fact.not.length === 0 &&
    fact.text === undefined
  );
}

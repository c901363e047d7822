import type { ConstValue } from '../ir/ir.ts';

/** What is known of a value: whether it counts as true, bounds if it is a number, constants that it is or is not. */
export interface Fact {
  readonly truthy: boolean | undefined;
  readonly low: number;
  readonly high: number;
  /** Constants that the value is known to differ from. Short. */
  readonly not: readonly ConstValue[];
  /** The value is one of these numbers or texts: what a function returns by name, what a switch tells apart. */
  readonly only?: readonly (number | string)[];
}

/** Sets of constants larger than this are given up for their bounds. */
const MOST_CONSTANTS = 8;

export const ANYTHING: Fact = { truthy: undefined, low: -Infinity, high: Infinity, not: [] };
export const TRUTHY: Fact = { ...ANYTHING, truthy: true };
export const FALSY: Fact = { ...ANYTHING, truthy: false };
export const ZERO: Fact = { truthy: false, low: 0, high: 0, not: [] };
/** A negative errno: the kernel's MAX_ERRNO is 4095. */
export const ERRNO: Fact = { truthy: true, low: -4095, high: -1, not: [] };
export const ZERO_OR_ERRNO: Fact = { truthy: undefined, low: -4095, high: 0, not: [] };
export const NONNEGATIVE: Fact = { truthy: undefined, low: 0, high: Infinity, not: [] };

/** A pointer that was followed: neither NULL nor an error. */
export const VALID: Fact = { truthy: true, low: 1, high: Infinity, not: [] };

/** The fact that a constant is itself. */
export function factOf(value: ConstValue): Fact {
  if (typeof value === 'string') return { ...ANYTHING, truthy: value !== '', not: [null], only: [value] };
  if (typeof value === 'number') {
    return { truthy: value !== 0, low: value, high: value, not: [], only: [value] };
  }
  return { ...ANYTHING, truthy: Boolean(value), not: value === null ? [] : [null] };
}

/** What holds if either fact does. */
export function joinFacts(a: Fact, b: Fact): Fact {
  if (a === b) return a;
  return normal(
    {
      truthy: a.truthy === b.truthy ? a.truthy : undefined,
      low: Math.min(a.low, b.low),
      high: Math.max(a.high, b.high),
      not: a.not.filter((x) => b.not.includes(x)),
    },
    a.only && b.only ? union(a.only, b.only) : undefined,
  ) as Fact;
}

/** What holds if both facts do; null if they exclude each other. */
export function meetFacts(a: Fact, b: Fact): Fact | null {
  if (isJustThere(a) && isEmpty(b)) return b;
  if (isJustThere(b) && isEmpty(a)) return a;
  if (a.truthy !== undefined && b.truthy !== undefined && a.truthy !== b.truthy) return null;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  if (low > high) return null;
  const truthy = a.truthy ?? b.truthy;
  if (truthy === true && low === 0 && high === 0) return null;
  if (truthy === false && (low > 0 || high < 0)) return null;
  const not = union(a.not, b.not).slice(0, MOST_CONSTANTS);
  const only = a.only && b.only ? a.only.filter((x) => b.only?.includes(x)) : (a.only ?? b.only);
  return normal({ truthy, low, high, not }, only);
}

/** It was compared with null, and so taken to count as true; nothing else is known of it. */
function isJustThere(fact: Fact): boolean {
  return fact.truthy === true && fact.only === undefined && fact.low === -Infinity && fact.not.includes(null);
}

/** A text or number that counts as false, but is there. */
function isEmpty({ only }: Fact): boolean {
  return only?.length === 1 && (only[0] === '' || only[0] === 0);
}

/** Brings the parts of a fact in line with each other; null if nothing is left that it could be. */
function normal(fact: Fact, constants: readonly (number | string)[] | undefined): Fact | null {
  let { truthy, low, high } = fact;
  if (truthy === true) {
    // Errnos, counts and pointers are whole numbers: a bound at zero is open where zero is excluded.
    if (low === 0) low = 1;
    if (high === 0) high = -1;
  }
  if (truthy === undefined) {
    if (low > 0 || high < 0) truthy = true;
    else if (low === 0 && high === 0) truthy = false;
  }
  if (low > high) return null;
  const plain: Fact = { truthy, low, high, not: fact.not };
  if (constants === undefined) return plain;
  const only = constants.filter(
    (x) =>
      (truthy === undefined || Boolean(x) === truthy) &&
      !fact.not.includes(x) &&
      (typeof x === 'string' || (x >= low && x <= high)),
  );
  if (only.length === 0) return null;
  return only.length > MOST_CONSTANTS ? plain : { ...plain, only };
}

function union<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [...new Set([...a, ...b])];
}

export function sameFact(a: Fact, b: Fact): boolean {
  return (
    a === b ||
    (a.truthy === b.truthy &&
      a.low === b.low &&
      a.high === b.high &&
      sameSet(a.not, b.not) &&
      sameSet(a.only, b.only))
  );
}

function sameSet(a: readonly ConstValue[] | undefined, b: readonly ConstValue[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((x) => b.includes(x));
}

export function saysNothing(fact: Fact): boolean {
  return (
    fact.truthy === undefined &&
    fact.low === -Infinity &&
    fact.high === Infinity &&
    fact.not.length === 0 &&
    fact.only === undefined
  );
}

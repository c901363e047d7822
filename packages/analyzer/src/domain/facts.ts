import type { ConstValue } from '../ir/ir.ts';

/** What is known of a value: whether it counts as true, bounds if it is a number, constants that it is or is not. */
export interface Fact {
  readonly truthy: boolean | undefined;
  readonly low: number;
  readonly high: number;
  /** Constants that the value is known to differ from. Short. */
  readonly not: readonly ConstValue[];
  /** The value is one of these numbers or texts: what a function returns by name, what a switch tells apart. */
  readonly only?: readonly (number | string)[] | undefined;
}

/** Sets of constants larger than this are given up for their bounds. */
const MOST_CONSTANTS = 8;

/** All facts have one shape, in memory too: they are what paths are compared by most. */
function fact(
  truthy: boolean | undefined,
  low: number,
  high: number,
  not: readonly ConstValue[] = NONE,
  only: Fact['only'] = undefined,
): Fact {
  return { truthy, low, high, not, only };
}

const NONE: readonly never[] = [];

export const ANYTHING: Fact = fact(undefined, -Infinity, Infinity);
export const TRUTHY: Fact = fact(true, -Infinity, Infinity);
export const FALSY: Fact = fact(false, -Infinity, Infinity);
export const ZERO: Fact = fact(false, 0, 0);
/** A negative errno: the kernel's MAX_ERRNO is 4095. */
export const ERRNO: Fact = fact(true, -4095, -1);
export const ZERO_OR_ERRNO: Fact = fact(undefined, -4095, 0);
export const NONNEGATIVE: Fact = fact(undefined, 0, Infinity);

/** A pointer that was followed: neither NULL nor an error. */
export const VALID: Fact = fact(true, 1, Infinity);

/** A number between two bounds, these included. */
export function between(low: number, high: number): Fact {
  return fact(undefined, low, high);
}

/** The fact, and that the value is none of these constants. */
export function differingFrom({ truthy, low, high, only }: Fact, not: readonly ConstValue[]): Fact {
  return fact(truthy, low, high, not, only);
}

/** The fact that a constant is itself. */
export function factOf(value: ConstValue): Fact {
  if (typeof value === 'string') return fact(value !== '', -Infinity, Infinity, [null], [value]);
  if (typeof value === 'number') return fact(value !== 0, value, value, NONE, [value]);
  return fact(Boolean(value), -Infinity, Infinity, value === null ? NONE : [null]);
}

/** What holds if either fact does. */
export function joinFacts(a: Fact, b: Fact): Fact {
  if (a === b) return a;
  return normal(
    a.truthy === b.truthy ? a.truthy : undefined,
    Math.min(a.low, b.low),
    Math.max(a.high, b.high),
    a.not.length === 0 || b.not.length === 0 ? NONE : a.not.filter((x) => b.not.includes(x)),
    a.only && b.only ? union(a.only, b.only) : undefined,
  ) as Fact;
}

/** What holds if both facts do; null if they exclude each other. */
export function meetFacts(a: Fact, b: Fact): Fact | null {
  if (a === b) return a;
  if (isJustThere(a) && isEmpty(b)) return b;
  if (isJustThere(b) && isEmpty(a)) return a;
  if (a.truthy !== undefined && b.truthy !== undefined && a.truthy !== b.truthy) return null;
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  if (low > high) return null;
  const truthy = a.truthy ?? b.truthy;
  if (truthy === true && low === 0 && high === 0) return null;
  if (truthy === false && (low > 0 || high < 0)) return null;
  const both = union(a.not, b.not);
  const not = both.length > MOST_CONSTANTS ? both.slice(0, MOST_CONSTANTS) : both;
  const only = a.only && b.only ? a.only.filter((x) => b.only?.includes(x)) : (a.only ?? b.only);
  return normal(truthy, low, high, not, only);
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
function normal(
  known: boolean | undefined,
  least: number,
  most: number,
  not: readonly ConstValue[],
  constants: Fact['only'],
): Fact | null {
  let [truthy, low, high] = [known, least, most];
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
  if (constants === undefined) return fact(truthy, low, high, not);
  const only = constants.filter(
    (x) =>
      (truthy === undefined || Boolean(x) === truthy) &&
      !not.includes(x) &&
      (typeof x === 'string' || (x >= low && x <= high)),
  );
  if (only.length === 0) return null;
  return fact(truthy, low, high, not, only.length > MOST_CONSTANTS ? undefined : only);
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

/** What holds of a value that keeps changing from round to round: bounds that moved are given up. */
export function widened(before: Fact, after: Fact): Fact {
  if (sameFact(before, after)) return before;
  return fact(
    after.truthy,
    after.low < before.low ? -Infinity : after.low,
    after.high > before.high ? Infinity : after.high,
    after.not,
  );
}

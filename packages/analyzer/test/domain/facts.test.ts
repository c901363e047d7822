import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ANYTHING,
  ERRNO,
  type Fact,
  factOf,
  FALSY,
  joinFacts,
  meetFacts,
  NONNEGATIVE,
  TRUTHY,
  ZERO,
  ZERO_OR_ERRNO,
} from '../../src/domain/facts.ts';

const VALUES = [-4096, -22, -12, -1, 0, 1, 2, 7, 4096];

/** What a fact says of a number, by its definition. */
function holds(fact: Fact, n: number): boolean {
  return (
    (fact.truthy === undefined || fact.truthy === (n !== 0)) &&
    n >= fact.low &&
    n <= fact.high &&
    !fact.not.includes(n) &&
    (fact.only === undefined || fact.only.includes(n))
  );
}

const facts = fc.constantFrom<Fact>(
  ANYTHING,
  TRUTHY,
  FALSY,
  ZERO,
  ERRNO,
  NONNEGATIVE,
  ZERO_OR_ERRNO,
  factOf(-22),
  factOf(0),
  factOf(7),
  { ...ANYTHING, not: [7] },
  { ...ANYTHING, low: -12, high: 2 },
);

/** Facts as they come about: by joining and meeting others. */
const composed = fc.tuple(facts, facts, facts, fc.boolean(), fc.boolean()).map(([a, b, c, first, second]) => {
  const ab = first ? joinFacts(a, b) : (meetFacts(a, b) ?? a);
  return second ? joinFacts(ab, c) : (meetFacts(ab, c) ?? ab);
});

describe('facts', () => {
  test('a join holds wherever one of its parts does', () => {
    fc.assert(
      fc.property(composed, composed, (a, b) => {
        const joined = joinFacts(a, b);
        for (const n of VALUES) if (holds(a, n) || holds(b, n)) expect(holds(joined, n)).toBe(true);
      }),
      { seed: 20230222, numRuns: 3000 },
    );
  });

  test('a meeting holds wherever both of its parts do, and there is none where they exclude each other', () => {
    fc.assert(
      fc.property(composed, composed, (a, b) => {
        const met = meetFacts(a, b);
        for (const n of VALUES) {
          if (holds(a, n) && holds(b, n)) {
            expect(met).not.toBeNull();
            expect(holds(met as Fact, n)).toBe(true);
          }
        }
      }),
      { seed: 20230222, numRuns: 3000 },
    );
  });

  test('an errno excludes success, and success an errno', () => {
    expect(meetFacts(ERRNO, ZERO)).toBeNull();
    expect(meetFacts(ERRNO, NONNEGATIVE)).toBeNull();
    expect(meetFacts(ZERO_OR_ERRNO, TRUTHY)).toMatchObject({ high: -1 });
    expect(meetFacts(factOf('read'), factOf('write'))).toBeNull();
  });
});

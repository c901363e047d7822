import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EBUSY,
  EEXIST,
  EINVAL,
  MA_STATE,
  mas_empty_area,
  mas_empty_area_rev,
  mas_erase,
  mas_find_range,
  mas_find_range_rev,
  mas_lock,
  mas_store_gfp,
  mas_unlock,
  mas_walk,
  MapleTree,
  mt_find,
  mt_next,
  mt_prev,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_USE_RCU,
  mtree_alloc_range,
  mtree_alloc_rrange,
  mtree_dup,
  mtree_empty,
  mtree_erase,
  mtree_insert_range,
  mtree_load,
  mtree_store_range,
  rcu_read_lock,
  rcu_read_unlock,
  ULONG_MAX,
} from '../../src/index.ts';
import { RangeModel } from '../support/range-model.ts';
import { rangesOf, validate } from '../support/trees.ts';

/** Operations in one run, and runs; MAPLELOCK_LONG_TESTS=1 makes it ten million operations. */
const OPERATIONS = 250;
const LONG = process.env['MAPLELOCK_LONG_TESTS'] === '1';
const RUNS = LONG ? 10_000 : 200;
const SEED = 20_261_122;

interface Step {
  kind: number;
  at: number;
  width: number;
  entry: number | null;
}

/** Both sides of the comparison, and whether a reader is suspended in the middle of it. */
class Pair {
  readonly tree: MapleTree<number>;
  readonly model = new RangeModel<number>();
  readonly flags: number;
  reading = false;
  constructor(flags: number) {
    this.flags = flags;
    this.tree = new MapleTree<number>(flags);
  }
}

/** One operation on both; what they answer has to be equal. */
function apply(pair: Pair, { kind, at, width, entry }: Step, top: number): void {
  const { tree, model } = pair;
  const last = Math.min(top, at + width);
  switch (kind) {
    case 0:
    case 1:
    case 2:
      expect(mtree_store_range(tree, at, last, entry)).toBe(0);
      model.store(at, last, entry);
      break;
    case 3:
      expect(mtree_erase(tree, at)).toBe(model.erase(at));
      break;
    case 4: {
      const free = model.isFree(at, last);
      expect(mtree_insert_range(tree, at, last, entry ?? 0)).toBe(free ? 0 : -EEXIST);
      if (free) model.store(at, last, entry ?? 0);
      break;
    }
    case 5: {
      const cursor = { index: at };
      const found = model.ranges.find((range) => range.last >= at && range.first <= last);
      expect(mt_find(tree, cursor, last)).toBe(found?.entry ?? null);
      expect(cursor.index).toBe(found === undefined ? at : found.last + 1);
      expect(mt_next(tree, at, last)).toBe(model.next(at, last)?.entry ?? null);
      expect(mt_prev(tree, last, at)).toBe(model.prev(last, at)?.entry ?? null);
      break;
    }
    case 6: {
      const size = 1 + (width % 12);
      const reverse = at % 2 === 1;
      const start = model.gap(at, last, size, reverse);
      const ret = (reverse ? mtree_alloc_rrange : mtree_alloc_range)(tree, entry ?? 0, size, at, last);
      if ((pair.flags & MT_FLAGS_ALLOC_RANGE) === 0 || last - at < size - 1) {
        expect(ret).toBe(-EINVAL);
        break;
      }
      expect(ret).toBe(start < 0 ? -EBUSY : start);
      if (start >= 0) model.store(start, start + size - 1, entry ?? 0);
      break;
    }
    case 7: {
      const mas = MA_STATE(tree, at, last);
      mas_lock(mas);
      const before = model.load(at);
      expect(mas_store_gfp(mas, entry)).toBe(0);
      model.store(at, last, entry);
      if (entry !== null) expect([mas.index, mas.last]).toEqual([at, last]);
      else if (!mtree_empty(tree)) {
        const gap = model.around(at);
        expect([mas.index, mas.last]).toEqual([gap.first, gap.last]);
      }
      mas_unlock(mas);
      expect(before).toSatisfy((value) => value === null || typeof value === 'number');
      break;
    }
    case 8: {
      const mas = MA_STATE(tree, at, at);
      mas_lock(mas);
      expect(mas_erase(mas)).toBe(model.erase(at));
      mas_unlock(mas);
      break;
    }
    case 9:
      walkBothWays(pair, at, width);
      break;
    case 10: {
      const size = 1 + (width % 30);
      if (last - at < size - 1) break;
      const mas = MA_STATE(tree, 0, 0);
      mas_lock(mas);
      const reverse = at % 2 === 1;
      const start = model.gap(at, last, size, reverse);
      expect((reverse ? mas_empty_area_rev : mas_empty_area)(mas, at, last, size)).toBe(
        start < 0 ? -EBUSY : 0,
      );
      if (start >= 0) expect([mas.index, mas.last]).toEqual([start, start + size - 1]);
      mas_unlock(mas);
      break;
    }
    case 11:
      if (pair.reading) rcu_read_unlock();
      else rcu_read_lock();
      pair.reading = !pair.reading;
      break;
  }
  expect(mtree_load(tree, at)).toBe(model.load(at));
}

/** Some ranges onwards from an index and back again, gaps included. */
function walkBothWays({ tree, model }: Pair, at: number, steps: number): void {
  const mas = MA_STATE(tree, at, at);
  mas_lock(mas);
  expect(mas_walk(mas)).toBe(model.load(at));
  if (mas.status === 'active') {
    const place = (): unknown => [mas.index, mas.last, model.around(mas.index).entry];
    for (let k = 0; k < (steps % 8) + 1 && mas.last < ULONG_MAX; k++) {
      const from = mas.last + 1;
      const wanted = model.around(from);
      expect(mas_find_range(mas, ULONG_MAX)).toBe(wanted.entry);
      expect(place()).toEqual([wanted.first, wanted.last, wanted.entry]);
    }
    for (let k = 0; k < 6 && mas.index > 0; k++) {
      const wanted = model.around(mas.index - 1);
      expect(mas_find_range_rev(mas, 0)).toBe(wanted.entry);
      expect(place()).toEqual([wanted.first, wanted.last, wanted.entry]);
    }
  }
  mas_unlock(mas);
}

const steps = (top: number, widest: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.integer({ min: 0, max: 11 }),
      at: fc.integer({ min: 0, max: top }),
      width: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: widest })),
      entry: fc.option(fc.integer({ min: 0, max: 99 }), { freq: 3 }),
    }),
    { minLength: OPERATIONS, maxLength: OPERATIONS },
  );

const flavours: [name: string, flags: number][] = [
  ['plain', 0],
  ['with gaps kept', MT_FLAGS_ALLOC_RANGE],
  ['in RCU mode', MT_FLAGS_USE_RCU],
  ['in RCU mode with gaps kept', MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU],
];

describe.each(flavours)('a tree %s equals a sorted array', (_, flags) => {
  it.each([
    ['in a crowded space', 700, 6, 0, RUNS],
    ['with wide stores', 3000, 400, 0, RUNS],
    ['at large indices', Number.MAX_SAFE_INTEGER, 2 ** 50, 0, RUNS],
    ['when it is tall', 60_000, 900, 2000, Math.ceil(RUNS / 10)],
  ])(
    '%s',
    (_space, top, widest, filled, runs) => {
      fc.assert(
        fc.property(steps(top, widest), (list) => {
          const pair = new Pair(flags);
          for (let k = 0; k < filled; k++) {
            mtree_store_range(pair.tree, k * 30, k * 30 + 19, k);
            pair.model.ranges.push({ first: k * 30, last: k * 30 + 19, entry: k });
          }
          try {
            for (const step of list) {
              apply(pair, step, top);
              validate(pair.tree);
            }
            expect(rangesOf(pair.tree)).toEqual(pair.model.ranges);
            const copy = new MapleTree<number>(flags);
            expect(mtree_dup(pair.tree, copy)).toBe(0);
            validate(copy);
            expect(rangesOf(copy)).toEqual(pair.model.ranges);
          } finally {
            if (pair.reading) rcu_read_unlock();
          }
        }),
        { seed: SEED, numRuns: Math.ceil(runs / 3), endOnFailure: true },
      );
    },
    LONG ? 3_600_000 : 60_000,
  );
});

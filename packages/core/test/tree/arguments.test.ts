import { describe, expect, it } from 'vitest';
import {
  EINVAL,
  MA_STATE,
  mas_empty_area,
  mas_find,
  mas_find_rev,
  mas_for_each,
  mas_init,
  mas_is_err,
  mas_next,
  mas_preallocate,
  mas_prev,
  mas_set,
  mas_set_range,
  __mas_set_range,
  mas_store,
  mas_store_gfp,
  MapleTree,
  MT_FLAGS_ALLOC_RANGE,
  mt_find,
  mt_find_after,
  mt_for_each,
  mt_init_flags,
  mt_next,
  mt_prev,
  mtree_alloc_cyclic,
  mtree_alloc_range,
  mtree_alloc_rrange,
  mtree_dup,
  mtree_erase,
  mtree_insert,
  mtree_insert_range,
  mtree_load,
  mtree_store,
  mtree_store_range,
  ULONG_MAX,
} from '../../src/index.ts';
import { ruleBrokenBy } from '../support/calls.ts';
import { locked, rangesOf, striped } from '../support/trees.ts';

const bad: [name: string, value: number][] = [
  ['a fraction', 1.5],
  ['a negative number', -1],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['beyond ULONG_MAX', ULONG_MAX + 1],
  ['undefined', undefined as unknown as number],
  ['a string', '5' as unknown as number],
];

describe.each(bad)('%s as an index', (_, value) => {
  const tree = striped(20, MT_FLAGS_ALLOC_RANGE);
  const before = rangesOf(tree);
  const mas = MA_STATE(tree, 25, 25);

  it.each<[string, () => number]>([
    ['mtree_store', () => mtree_store(tree, value, 1)],
    ['mtree_store_range, first', () => mtree_store_range(tree, value, 9, 1)],
    ['mtree_store_range, last', () => mtree_store_range(tree, 0, value, 1)],
    ['mtree_insert', () => mtree_insert(tree, value, 1)],
    ['mtree_insert_range', () => mtree_insert_range(tree, value, value, 1)],
    ['mtree_alloc_range, size', () => mtree_alloc_range(tree, 1, value, 0, 99)],
    ['mtree_alloc_range, min', () => mtree_alloc_range(tree, 1, 1, value, 99)],
    ['mtree_alloc_rrange, max', () => mtree_alloc_rrange(tree, 1, 1, 0, value)],
    ['mtree_alloc_cyclic, min', () => mtree_alloc_cyclic(tree, 1, value, 99, { next: 0 })],
    ['mas_empty_area', () => locked(tree, () => mas_empty_area(MA_STATE(tree, 0, 0), 0, 99, value))],
  ])('%s is -EINVAL', (_name, call) => {
    expect(call()).toBe(-EINVAL);
    expect(rangesOf(tree)).toEqual(before);
  });

  it.each<[string, () => unknown]>([
    ['mtree_load', () => mtree_load(tree, value)],
    ['mtree_erase', () => mtree_erase(tree, value)],
    ['mt_find, max', () => mt_find(tree, { index: 0 }, value)],
    ['mt_find_after, max', () => mt_find_after(tree, { index: 1 }, value)],
    ['mt_next', () => mt_next(tree, value, 9)],
    ['mt_prev', () => mt_prev(tree, value, 0)],
    ['mt_for_each', () => mt_for_each(tree, value, 9)],
    ['MA_STATE', () => MA_STATE(tree, value, 9)],
    ['mas_init', () => mas_init(mas, tree, value)],
    ['mas_set', () => mas_set(mas, value)],
    ['mas_set_range', () => mas_set_range(mas, 0, value)],
    ['__mas_set_range', () => __mas_set_range(mas, 0, value)],
    ['mas_for_each', () => mas_for_each(mas, value)],
    ['mas_find', () => locked(tree, () => mas_find(mas, value))],
    ['mas_find_rev', () => locked(tree, () => mas_find_rev(mas, value))],
    ['mas_next', () => locked(tree, () => mas_next(mas, value))],
    ['mas_prev', () => locked(tree, () => mas_prev(mas, value))],
  ])('%s is a RangeError', (_name, call) => {
    expect(call).toThrow(RangeError);
    expect([mas.index, mas.last, mas.status]).toEqual([25, 25, 'start']);
    expect(rangesOf(tree)).toEqual(before);
  });
});

describe('an entry that is none', () => {
  const tree = striped(20, MT_FLAGS_ALLOC_RANGE);
  const before = rangesOf(tree);
  const nothing = undefined as unknown as number;

  it('undefined is -EINVAL everywhere', () => {
    expect(mtree_store(tree, 5, nothing)).toBe(-EINVAL);
    expect(mtree_store_range(tree, 5, 6, nothing)).toBe(-EINVAL);
    expect(mtree_insert(tree, 15, nothing)).toBe(-EINVAL);
    expect(mtree_alloc_range(tree, nothing, 1, 0, 99)).toBe(-EINVAL);
    expect(mtree_alloc_cyclic(tree, nothing, 0, 99, { next: 0 })).toBe(-EINVAL);
    locked(tree, () => {
      const mas = MA_STATE(tree, 5, 5);
      expect(mas_preallocate(mas, nothing)).toBe(-EINVAL);
      expect(mas_store_gfp(mas, nothing)).toBe(-EINVAL);
      mas_set(mas, 5);
      expect(mas_store(mas, nothing)).toBe(null);
      expect([mas_is_err(mas), mas.error]).toEqual([true, -EINVAL]);
    });
    expect(rangesOf(tree)).toEqual(before);
  });

  it('null cannot be inserted or allocated', () => {
    const none = null as unknown as number;
    expect(mtree_insert(tree, 15, none)).toBe(-EINVAL);
    expect(mtree_insert_range(tree, 15, 16, none)).toBe(-EINVAL);
    expect(mtree_alloc_range(tree, none, 1, 0, 99)).toBe(-EINVAL);
    expect(rangesOf(tree)).toEqual(before);
  });
});

describe('a range that is none', () => {
  it('is -EINVAL, or an error in the cursor', () => {
    const tree = striped(20, MT_FLAGS_ALLOC_RANGE);
    const before = rangesOf(tree);
    expect(mtree_store_range(tree, 9, 8, 1)).toBe(-EINVAL);
    expect(mtree_insert_range(tree, 19, 18, 1)).toBe(-EINVAL);
    expect(mtree_alloc_range(tree, 1, 5, 10, 9)).toBe(-EINVAL);
    expect(mtree_alloc_range(tree, 1, 0, 0, 9)).toBe(-EINVAL);
    expect(mtree_alloc_range(tree, 1, 11, 0, 9)).toBe(-EINVAL);
    locked(tree, () => {
      const mas = MA_STATE(tree, 9, 8);
      expect(mas_preallocate(mas, 1)).toBe(-EINVAL);
      expect(mas_store_gfp(mas, 1)).toBe(-EINVAL);
      expect(mas.status).toBe('error');
    });
    expect(rangesOf(tree)).toEqual(before);
  });
});

describe('a tree that does not fit', () => {
  it('is not copied into', () => {
    const tree = striped(20);
    expect(mtree_dup(tree, new MapleTree<number>(MT_FLAGS_ALLOC_RANGE))).toBe(-EINVAL);
    const full = striped(2);
    expect(mtree_dup(tree, full)).toBe(-EINVAL);
    expect(rangesOf(full)).toEqual(rangesOf(striped(2)));
    expect(mtree_dup(tree, tree)).toBe(-EINVAL);
  });

  it('is not allocated from', () => {
    const tree = striped(20);
    expect(mtree_alloc_range(tree, 1, 1, 0, 99)).toBe(-EINVAL);
    expect(mtree_alloc_cyclic(tree, 1, 0, 99, { next: 0 })).toBe(-EINVAL);
  });

  it.each([0x04, 0x10000, 1.5, -1])('is not made with flags %d', (flags) => {
    expect(() => new MapleTree(flags)).toThrow(RangeError);
    const tree = striped(2);
    expect(() => mt_init_flags(tree, flags)).toThrow(RangeError);
    expect(mtree_load(tree, 25)).toBe(1);
  });

  it.each([0, -5, 1.5, NaN])('is not made with a limit of %d nodes', (maxNodes) => {
    expect(() => new MapleTree(0, { maxNodes })).toThrow(RangeError);
  });
});

describe('a cursor moved outside of its place', () => {
  it('by hand stores where it was moved to', () => {
    const tree = striped(200);
    locked(tree, () => {
      const mas = MA_STATE(tree, 2000, 2000);
      mas_find(mas, ULONG_MAX);
      mas.index = 15;
      mas.last = 16;
      mas_store(mas, -1);
    });
    expect(mtree_load(tree, 15)).toBe(-1);
    expect(mtree_load(tree, 2000)).toBe(100);
  });

  it('by __mas_set_range is an error', () => {
    const tree = striped(200);
    locked(tree, () => {
      const mas = MA_STATE(tree, 2000, 2000);
      mas_find(mas, ULONG_MAX);
      expect(ruleBrokenBy(() => __mas_set_range(mas, 100, 109))).toBe('no-illegal-state');
      __mas_set_range(mas, 2003, 2030);
      mas_store(mas, -1);
    });
    expect(mtree_load(tree, 2030)).toBe(-1);
    expect(mtree_load(tree, 2002)).toBe(100);
  });
});

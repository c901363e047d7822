import { describe, expect, it } from 'vitest';
import {
  EBUSY,
  EEXIST,
  MA_STATE,
  mas_erase,
  mas_for_each,
  mas_lock,
  mas_next,
  mas_pause,
  mas_prev,
  mas_set_range,
  mas_store,
  mas_store_gfp,
  mas_unlock,
  MapleTree,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_ALLOC_WRAPPED,
  MTREE_INIT_EXT,
  __mt_destroy,
  __mt_dup,
  mt_find,
  mt_find_after,
  mt_for_each,
  mt_height,
  mt_next,
  mt_prev,
  mtree_alloc_cyclic,
  mtree_alloc_range,
  mtree_alloc_rrange,
  mtree_dup,
  mtree_empty,
  mtree_erase,
  mtree_insert,
  mtree_insert_range,
  mtree_load,
  mtree_store,
  mtree_store_range,
  Mutex,
  ULONG_MAX,
  XA_ZERO_ENTRY,
} from '../../src/index.ts';
import { locked, rangesOf, striped, treeOf, validate } from '../support/trees.ts';

/** The functional groups that the kernel tests its tree by (lib/test_maple_tree.c), with tests of our own. */

describe.each([
  ['ascending', (k: number) => k],
  ['descending', (k: number) => 1999 - k],
  ['scattered', (k: number) => (k * 773) % 2000],
])('2000 single entries, %s', (_, order) => {
  it('are inserted, found, refused a second time and erased', () => {
    const tree = new MapleTree<number>(MT_FLAGS_ALLOC_RANGE);
    for (let k = 0; k < 2000; k++) expect(mtree_insert(tree, order(k), order(k))).toBe(0);
    validate(tree);
    for (let k = 0; k < 2000; k++) expect(mtree_load(tree, k)).toBe(k);
    expect(mtree_insert(tree, 1000, -1)).toBe(-EEXIST);
    expect(mtree_load(tree, 2000)).toBe(null);
    for (let k = 0; k < 2000; k += 3) expect(mtree_erase(tree, k)).toBe(k);
    validate(tree);
    for (let k = 0; k < 2000; k++) expect(mtree_load(tree, k)).toBe(k % 3 === 0 ? null : k);
    for (let k = 0; k < 2000; k++) mtree_erase(tree, order(k));
    expect(mtree_empty(tree)).toBe(true);
  });
});

describe('growing and shrinking', () => {
  it('ascending stores leave the nodes nearly full', () => {
    const tree = new MapleTree<number>(0);
    for (let k = 0; k < 30 ** 3; k++) mtree_store(tree, k, k);
    expect(mt_height(tree)).toBe(3);
  });

  it('a root entry becomes a node and the tree goes back to nothing', () => {
    const tree = new MapleTree<string>();
    expect([mt_height(tree), mtree_empty(tree)]).toEqual([0, true]);
    mtree_store(tree, 0, 'zero');
    expect([mt_height(tree), mtree_empty(tree)]).toEqual([0, false]);
    mtree_store(tree, 5, 'five');
    expect(mt_height(tree)).toBe(1);
    expect(rangesOf(tree).map(({ entry }) => entry)).toEqual(['zero', 'five']);
    mtree_erase(tree, 5);
    expect([mt_height(tree), mtree_load(tree, 0)]).toEqual([1, 'zero']);
    mtree_erase(tree, 0);
    expect([mt_height(tree), mtree_empty(tree)]).toEqual([0, true]);
  });

  it('one store over all replaces a tall tree by one leaf', () => {
    const tree = striped(3000, MT_FLAGS_ALLOC_RANGE);
    expect(mtree_store_range(tree, 0, ULONG_MAX, 7)).toBe(0);
    validate(tree);
    expect(mt_height(tree)).toBe(1);
    expect(rangesOf(tree)).toEqual([{ first: 0, last: ULONG_MAX, entry: 7 }]);
  });
});

describe('overlapping stores', () => {
  it('equal neighbours stay apart', () => {
    const tree = treeOf([[1, 30, 'a']]);
    mtree_store_range(tree, 10, 19, 'a');
    expect(rangesOf(tree)).toEqual([
      { first: 1, last: 9, entry: 'a' },
      { first: 10, last: 19, entry: 'a' },
      { first: 20, last: 30, entry: 'a' },
    ]);
  });

  it('gaps grow together over the borders of leaves', () => {
    for (let hole = 0; hole < 200; hole++) {
      const tree = striped(200, MT_FLAGS_ALLOC_RANGE);
      locked(tree, () => {
        const mas = MA_STATE(tree, hole * 20, hole * 20);
        expect(mas_erase(mas)).toBe(hole);
        expect([mas.index, mas.last]).toEqual([
          hole === 0 ? 0 : hole * 20 - 10,
          hole === 199 ? ULONG_MAX : hole * 20 + 19,
        ]);
      });
      validate(tree);
    }
  });

  it.each([2, 17, 60, 399])('a store over %i stripes leaves their outer parts', (count) => {
    for (let k = 0; k < 400 - count; k += 7) {
      const tree = striped(400);
      mtree_store_range(tree, k * 20 + 5, (k + count) * 20 + 5, -1);
      validate(tree);
      const ranges = rangesOf(tree);
      expect(ranges).toHaveLength(400 - count + 2);
      expect(mtree_load(tree, k * 20 + 4)).toBe(k);
      expect(mtree_load(tree, (k + count) * 20 + 6)).toBe(k + count);
    }
  });

  it('an insert is refused by any overlap', () => {
    const tree = striped(50);
    expect(mtree_insert_range(tree, 10, 19, 1)).toBe(0);
    expect(mtree_insert_range(tree, 30, 40, 1)).toBe(-EEXIST);
    expect(mtree_insert_range(tree, 29, 35, 1)).toBe(-EEXIST);
    expect(mtree_insert_range(tree, 32, 37, 1)).toBe(0);
  });
});

describe('the borders of the space', () => {
  it('hold entries like any other index', () => {
    const tree = treeOf([
      [0, 0, 'low'],
      [ULONG_MAX, ULONG_MAX, 'high'],
    ]);
    expect([mtree_load(tree, 0), mtree_load(tree, ULONG_MAX), mtree_load(tree, 1)]).toEqual([
      'low',
      'high',
      null,
    ]);
    expect(mt_next(tree, 0, ULONG_MAX)).toBe('high');
    expect(mt_prev(tree, ULONG_MAX, 0)).toBe('low');
    const cursor = { index: 1 };
    expect(mt_find(tree, cursor, ULONG_MAX)).toBe('high');
    expect(cursor.index).toBe(ULONG_MAX + 1);
    expect(mt_find(tree, cursor, ULONG_MAX)).toBe(null);
    expect([...mt_for_each(tree, 0, ULONG_MAX)]).toEqual(['low', 'high']);
  });

  it('mt_find_after() answers null at 0', () => {
    const tree = treeOf([[0, 3, 'low']]);
    expect(mt_find_after(tree, { index: 0 }, 9)).toBe(null);
    expect(mt_find_after(tree, { index: 1 }, 9)).toBe('low');
  });
});

describe('the zero entry', () => {
  it('reserves, hidden by the normal readers and shown by cursors', () => {
    const tree = treeOf<string | typeof XA_ZERO_ENTRY>([
      [5, 9, XA_ZERO_ENTRY],
      [20, 20, 'b'],
    ]);
    expect(mtree_load(tree, 6)).toBe(null);
    expect(mt_find(tree, { index: 0 }, 100)).toBe('b');
    expect(mtree_insert(tree, 7, 'x')).toBe(-EEXIST);
    expect(rangesOf(tree).map(({ entry }) => entry)).toEqual([XA_ZERO_ENTRY, 'b']);
  });
});

describe('gap search', () => {
  it('fills a window to the last index, from below and from above', () => {
    for (const [alloc, order] of [
      [mtree_alloc_range, (k: number) => 100 + k * 7],
      [mtree_alloc_rrange, (k: number) => 800 - (k + 1) * 7],
    ] as const) {
      const tree = new MapleTree<number>(MT_FLAGS_ALLOC_RANGE);
      for (let k = 0; k < 100; k++) expect(alloc(tree, k, 7, 100, 799)).toBe(order(k));
      expect(alloc(tree, 0, 7, 100, 799)).toBe(-EBUSY);
      expect(alloc(tree, 0, 1, 100, 799)).toBe(-EBUSY);
      validate(tree);
    }
  });

  it('uses gaps that are cut off by the window, and none beside it', () => {
    const tree = treeOf(
      [
        [0, 99, 1],
        [110, 199, 2],
      ],
      MT_FLAGS_ALLOC_RANGE,
    );
    expect(mtree_alloc_range(tree, 3, 5, 105, 109)).toBe(105);
    expect(mtree_alloc_range(tree, 3, 5, 0, 103)).toBe(-EBUSY);
    expect(mtree_alloc_range(tree, 3, 4, 0, 103)).toBe(100);
  });

  it('goes round with mtree_alloc_cyclic()', () => {
    const tree = new MapleTree<number>(MT_FLAGS_ALLOC_RANGE);
    const cursor = { next: 1, wrapped: false };
    for (let k = 1; k <= 10; k++) expect(mtree_alloc_cyclic(tree, k, 1, 10, cursor)).toBe(k);
    expect(mtree_alloc_cyclic(tree, 0, 1, 10, cursor)).toBe(-EBUSY);
    mtree_erase(tree, 4);
    mtree_erase(tree, 2);
    expect([mtree_alloc_cyclic(tree, 0, 1, 10, cursor), cursor.wrapped]).toEqual([2, true]);
    expect([mtree_alloc_cyclic(tree, 0, 1, 10, cursor), cursor.wrapped, cursor.next]).toEqual([4, false, 5]);
    expect(tree.flags & MT_FLAGS_ALLOC_WRAPPED).not.toBe(0);
  });
});

describe('writing while iterating', () => {
  it('replaces, erases and pauses', () => {
    const tree = striped(300);
    const mas = MA_STATE(tree, 0, 0);
    const seen: number[] = [];
    mas_lock(mas);
    for (const entry of mas_for_each(mas, ULONG_MAX)) {
      seen.push(entry);
      if (entry % 4 === 0) mas_store(mas, -entry - 1);
      if (entry % 4 === 1) mas_erase(mas);
      if (entry % 4 === 2) {
        mas_pause(mas);
        mas_unlock(mas);
        mtree_store(tree, entry * 20 + 1, -7);
        mas_lock(mas);
      }
    }
    mas_unlock(mas);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, k) => k));
    validate(tree);
    expect([mtree_load(tree, 80), mtree_load(tree, 100), mtree_load(tree, 121)]).toEqual([-5, null, -7]);
  });

  it('widens what it is on and steps both ways from there', () => {
    const tree = striped(100);
    locked(tree, () => {
      const mas = MA_STATE(tree, 0, 0);
      mas_set_range(mas, 1003, 1096);
      expect(mas_store_gfp(mas, -1)).toBe(0);
      expect([mas.index, mas.last]).toEqual([1003, 1096]);
      expect(mas_next(mas, ULONG_MAX)).toBe(55);
      expect(mas_prev(mas, 0)).toBe(-1);
      expect(mas_prev(mas, 0)).toBe(50);
    });
  });
});

describe('copies', () => {
  it.each([0, 1, 5, 17, 500])('of %i stripes are equal and independent', (count) => {
    const tree = striped(count, MT_FLAGS_ALLOC_RANGE);
    const copy = new MapleTree<number>(MT_FLAGS_ALLOC_RANGE);
    expect(mtree_dup(tree, copy)).toBe(0);
    expect(rangesOf(copy)).toEqual(rangesOf(tree));
    mtree_store_range(copy, 5, 4000, -1);
    validate(copy);
    validate(tree);
    expect(rangesOf(tree)).toEqual(rangesOf(striped(count)));
  });

  it('are made and emptied under an external lock by the caller', () => {
    const lock = new Mutex();
    const tree = MTREE_INIT_EXT<number>(0, lock);
    const copy = MTREE_INIT_EXT<number>(0, lock);
    using _guard = lock.lock();
    mas_store(MA_STATE(tree, 5, 9), 1);
    expect(__mt_dup(tree, copy)).toBe(0);
    __mt_destroy(tree);
    expect([mtree_empty(tree), mtree_load(copy, 7)]).toEqual([true, 1]);
  });
});

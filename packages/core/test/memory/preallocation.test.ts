import { describe, expect, it } from 'vitest';
import {
  ENOMEM,
  MA_STATE,
  mas_destroy,
  mas_expected_entries,
  mas_lock,
  mas_preallocate,
  mas_set,
  mas_set_range,
  mas_store,
  mas_store_prealloc,
  mas_unlock,
  MapleTree,
  mt_height,
  mt_stats,
  mtree_destroy,
  mtree_load,
  setDiscipline,
} from '../../src/index.ts';
import { ruleBrokenBy } from '../support/calls.ts';
import { striped, validate } from '../support/trees.ts';

describe('how many nodes are reserved', () => {
  /** Ranges of 10 without gaps: every store within one is a change of slots only. */
  const solid = (n: number): MapleTree<number> => {
    const tree = new MapleTree<number>(0);
    for (let k = 0; k < n; k++) {
      const mas = MA_STATE(tree, k * 10, k * 10 + 9);
      mas_lock(mas);
      mas_store(mas, k);
      mas_unlock(mas);
    }
    return tree;
  };
  const reservedFor = (
    tree: MapleTree<number>,
    first: number,
    last: number,
    entry: number | null,
  ): number => {
    const mas = MA_STATE(tree, first, last);
    mas_lock(mas);
    expect(mas_preallocate(mas, entry)).toBe(0);
    const { reserved } = mt_stats(tree);
    mas_destroy(mas);
    expect(mt_stats(tree).reserved).toBe(0);
    mas_unlock(mas);
    return reserved;
  };

  it('none for an entry that takes the place of another, or moves a border', () => {
    const tree = solid(1000);
    expect(reservedFor(tree, 500, 509, 1)).toBe(0);
    expect(reservedFor(tree, 505, 515, 1)).toBe(0);
  });

  it('two for each level and one more where a full leaf may split', () => {
    const tree = solid(1000);
    const height = mt_height(tree);
    expect(height).toBe(3);
    // Stored in ascending order, so every leaf but the last is full.
    expect(reservedFor(tree, 503, 505, 1)).toBe(2 * height + 1);
  });

  it('three for each level and one more where the range spans leaves', () => {
    const tree = solid(1000);
    expect(reservedFor(tree, 503, 1505, 1)).toBe(3 * mt_height(tree) + 1);
    expect(reservedFor(tree, 503, 1505, null)).toBe(3 * mt_height(tree) + 1);
  });

  it('one to make the first leaf, none for an entry in the root', () => {
    expect(reservedFor(new MapleTree<number>(0), 5, 9, 1)).toBe(1);
    expect(reservedFor(new MapleTree<number>(0), 0, 0, 1)).toBe(0);
    expect(reservedFor(new MapleTree<number>(0), 5, 9, null)).toBe(0);
  });
});

describe('what is reserved', () => {
  it('is there when it is needed, whatever others take', () => {
    const used = mt_stats(striped(100)).nodes;
    const tree = striped(100, 0, { maxNodes: used + 10 });
    const mas = MA_STATE(tree, 333, 1444);
    const other = MA_STATE(tree, 5, 5);
    mas_lock(mas);
    expect(mas_preallocate(mas, 1)).toBe(0);
    const { reserved } = mt_stats(tree);
    mas_set_range(other, 0, 0);
    expect(mas_preallocate(other, 1)).toBeLessThanOrEqual(0);
    mas_destroy(other);
    expect(mt_stats(tree).reserved).toBe(reserved);
    mas_store_prealloc(mas, 1);
    expect(mt_stats(tree).reserved).toBe(0);
    mas_unlock(mas);
    expect(mtree_load(tree, 1000)).toBe(1);
    validate(tree);
  });

  it('is refused beyond the limit and leaves the cursor at the start', () => {
    const used = mt_stats(striped(100)).nodes;
    const tree = striped(100, 0, { maxNodes: used + 2 });
    const mas = MA_STATE(tree, 333, 1444);
    mas_lock(mas);
    expect(mas_preallocate(mas, 1)).toBe(-ENOMEM);
    expect(mas.status).toBe('start');
    expect(mt_stats(tree).reserved).toBe(0);
    mas_unlock(mas);
  });

  it('may be used for another entry than it was made for', () => {
    const tree = striped(100);
    const mas = MA_STATE(tree, 333, 344);
    mas_lock(mas);
    expect(mas_preallocate(mas, 1)).toBe(0);
    mas_store_prealloc(mas, 2);
    mas_unlock(mas);
    expect(mtree_load(tree, 340)).toBe(2);
  });

  it('for many stores serves them in order and is given back at the end', () => {
    const probe = new MapleTree<number>(0);
    const asking = MA_STATE(probe, 0, 0);
    mas_lock(asking);
    expect(mas_expected_entries(asking, 500)).toBe(0);
    const wanted = mt_stats(probe).reserved;
    mas_destroy(asking);
    mas_unlock(asking);

    const tree = new MapleTree<number>(0, { maxNodes: wanted });
    const mas = MA_STATE(tree, 0, 0);
    mas_lock(mas);
    expect(mas_expected_entries(mas, 500)).toBe(0);
    for (let k = 0; k < 500; k++) {
      mas_set_range(mas, k * 20, k * 20 + 9);
      mas_store(mas, k);
      expect(mas.error).toBe(0);
    }
    mas_destroy(mas);
    mas_unlock(mas);
    expect(mt_stats(tree).reserved).toBe(0);
    expect(mt_stats(tree).nodes).toBeLessThanOrEqual(wanted);
    validate(tree);
  });
});

describe('what is reserved and forgotten', () => {
  const reserved = (): { tree: MapleTree<number>; mas: ReturnType<typeof MA_STATE<number>> } => {
    const tree = striped(100);
    const mas = MA_STATE(tree, 333, 1444);
    mas_lock(mas);
    mas_preallocate(mas, 1);
    mas_unlock(mas);
    return { tree, mas };
  };

  it('is reported when the cursor is set anew', () => {
    const { mas } = reserved();
    expect(ruleBrokenBy(() => mas_set(mas, 5))).toBe('no-leaked-prealloc');
    expect(ruleBrokenBy(() => mas_set_range(mas, 5, 6))).toBe('no-leaked-prealloc');
    mas_destroy(mas);
    expect(ruleBrokenBy(() => mas_set(mas, 5))).toBe(null);
  });

  it('is reported when the tree is destroyed', () => {
    const { tree, mas } = reserved();
    expect(ruleBrokenBy(() => mtree_destroy(tree))).toBe('no-leaked-prealloc');
    mas_destroy(mas);
    expect(ruleBrokenBy(() => mtree_destroy(tree))).toBe(null);
  });

  it('is not with the checks off', () => {
    const { tree, mas } = reserved();
    setDiscipline('off');
    try {
      mtree_destroy(tree);
      mas_destroy(mas);
      expect(mt_stats(tree).reserved).toBe(0);
    } finally {
      setDiscipline('throw');
    }
  });

  it('makes mas_store_prealloc() throw where nothing was reserved and there is no room', () => {
    const used = mt_stats(striped(100)).nodes;
    const tree = striped(100, 0, { maxNodes: used });
    // Descending halves leave no leaf with room for it.
    const mas = MA_STATE(tree, 3, 4);
    mas_lock(mas);
    let failed = false;
    for (let k = 0; k < 100 && !failed; k++) {
      mas_set_range(mas, k * 20 + 3, k * 20 + 4);
      try {
        mas_store_prealloc(mas, 1);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        failed = true;
      }
    }
    mas_unlock(mas);
    expect(failed).toBe(true);
    validate(tree);
  });
});

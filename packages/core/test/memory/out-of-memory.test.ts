import { describe, expect, it } from 'vitest';
import {
  ENOMEM,
  MA_STATE,
  mas_alloc_cyclic,
  mas_destroy,
  mas_erase,
  mas_expected_entries,
  mas_is_err,
  mas_lock,
  mas_nomem,
  mas_preallocate,
  mas_store,
  mas_store_gfp,
  mas_store_prealloc,
  mas_unlock,
  MapleTree,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_USE_RCU,
  mt_stats,
  mtree_alloc_cyclic,
  mtree_alloc_range,
  mtree_alloc_rrange,
  mtree_destroy,
  mtree_dup,
  mtree_erase,
  mtree_insert,
  mtree_insert_range,
  mtree_load,
  mtree_store,
  mtree_store_range,
  rcu_read_lock,
  rcu_read_unlock,
} from '../../src/index.ts';
import { locked, rangesOf, striped, validate } from '../support/trees.ts';

const FLAGS = MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU;
type Tree = MapleTree<number>;

const cursor = (
  tree: Tree,
  first: number,
  last: number,
  use: (mas: ReturnType<typeof MA_STATE<number>>) => number,
): number => locked(tree, () => use(MA_STATE(tree, first, last)));

/** Every operation that takes nodes, on a tree of 200 stripes; each returns 0 or more, or -ENOMEM. */
const operations: [name: string, run: (tree: Tree) => number][] = [
  ['mtree_store', (tree) => mtree_store(tree, 2003, 1)],
  ['mtree_store_range within a leaf', (tree) => mtree_store_range(tree, 2002, 2006, 1)],
  ['mtree_store_range over many leaves', (tree) => mtree_store_range(tree, 305, 3301, 1)],
  ['mtree_store_range of a gap', (tree) => mtree_store_range(tree, 305, 3301, null)],
  ['mtree_store_range over all', (tree) => mtree_store_range(tree, 0, Number.MAX_SAFE_INTEGER, 1)],
  ['mtree_insert', (tree) => mtree_insert(tree, 2015, 1)],
  ['mtree_insert_range', (tree) => mtree_insert_range(tree, 2012, 2016, 1)],
  ['mtree_alloc_range', (tree) => mtree_alloc_range(tree, 1, 4, 1000, 5000)],
  ['mtree_alloc_rrange', (tree) => mtree_alloc_rrange(tree, 1, 4, 1000, 3000)],
  ['mtree_alloc_cyclic', (tree) => mtree_alloc_cyclic(tree, 1, 1, 5000, { next: 2003 })],
  ['mas_store_gfp', (tree) => cursor(tree, 2003, 2004, (mas) => mas_store_gfp(mas, 1))],
  [
    'mas_alloc_cyclic',
    (tree) => cursor(tree, 0, 0, (mas) => mas_alloc_cyclic(mas, 1, 1, 5000, { next: 2003 })),
  ],
  [
    'mas_store',
    (tree) =>
      cursor(tree, 2003, 2004, (mas) => {
        mas_store(mas, 1);
        return mas_is_err(mas) ? mas.error : 0;
      }),
  ],
  [
    'mas_preallocate and mas_store_prealloc',
    (tree) =>
      cursor(tree, 1003, 2004, (mas) => {
        const ret = mas_preallocate(mas, 1);
        if (ret === 0) mas_store_prealloc(mas, 1);
        return ret;
      }),
  ],
  [
    'mas_expected_entries',
    (tree) =>
      cursor(tree, 0, 0, (mas) => {
        const ret = mas_expected_entries(mas, 2);
        mas_destroy(mas);
        return ret;
      }),
  ],
  [
    'mtree_dup',
    (tree) => mtree_dup(tree, new MapleTree(FLAGS, { maxNodes: mt_stats(tree).nodes + spare(tree) })),
  ],
];

/** How many nodes the limit of a tree leaves; the copy of a tree gets as many fewer. */
const limits = new WeakMap<Tree, number>();
const spare = (tree: Tree): number => limits.get(tree)! - mt_stats(tree).nodes - 8;

describe.each([
  ['while nobody reads', false],
  ['while a reader is suspended', true],
])('%s', (_, reading) => {
  it.each(operations)('%s fails whole or not at all, at each number of nodes', (name, run) => {
    const reference = striped(200, FLAGS);
    run(reference.limit === Infinity && name === 'mtree_dup' ? withLimit(reference, 1e6) : reference);
    const after = rangesOf(reference);
    const used = mt_stats(striped(200, FLAGS)).nodes;
    const outcomes = new Set<boolean>();
    for (let limit = used; limit <= used + 30; limit++) {
      const tree = withLimit(striped(200, FLAGS, { maxNodes: limit }), limit);
      const before = rangesOf(tree);
      if (reading) rcu_read_lock();
      try {
        const ret = run(tree);
        expect(ret).toSatisfy((value) => value >= 0 || value === -ENOMEM);
        expect(rangesOf(tree)).toEqual(ret < 0 ? before : after);
        validate(tree);
        const { nodes, waiting, reserved } = mt_stats(tree);
        expect(nodes + waiting + reserved).toBeLessThanOrEqual(limit);
        expect(reserved).toBe(0);
        outcomes.add(ret >= 0);
      } finally {
        if (reading) rcu_read_unlock();
      }
    }
    expect(outcomes).toContain(true);
    if (reading && name !== 'mtree_store_range over all') expect(outcomes).toContain(false);
  });

  it('erasing never fails', () => {
    const used = mt_stats(striped(200, FLAGS)).nodes;
    const tree = striped(200, FLAGS, { maxNodes: used });
    if (reading) rcu_read_lock();
    try {
      for (let k = 0; k < 200; k++) {
        const erased =
          k % 2 === 0
            ? mtree_erase(tree, k * 20 + 3)
            : cursor(tree, k * 20, k * 20, (mas) => mas_erase(mas)!);
        expect(erased).toBe(k);
        validate(tree);
      }
      expect(rangesOf(tree)).toEqual([]);
    } finally {
      if (reading) rcu_read_unlock();
    }
  });
});

function withLimit(tree: Tree, limit: number): Tree {
  limits.set(tree, limit);
  return tree;
}

describe('at the limit', () => {
  it('a store fails, and works once there is room', () => {
    const tree = new MapleTree<number>(0, { maxNodes: 1 });
    let stored = 0;
    while (mtree_store(tree, stored * 2, stored) === 0) stored++;
    expect(stored).toBe(16);
    expect(mtree_store(tree, 100, 1)).toBe(-ENOMEM);
    expect(mtree_erase(tree, 2)).toBe(1);
    expect(mtree_store(tree, 100, 1)).toBe(0);
  });

  it('mas_nomem() asks for another try only where that can help', () => {
    const tree = striped(200, MT_FLAGS_USE_RCU, { maxNodes: 60 });
    const section = rcu_read_lock();
    let next = 0;
    while (mtree_store(tree, next * 20, -next) === 0) next++;
    const mas = MA_STATE(tree, next * 20, next * 20);
    mas_lock(mas);
    mas_store(mas, -next);
    expect(mas_is_err(mas)).toBe(true);
    expect(mas_nomem(mas)).toBe(false);
    expect(mas.error).toBe(-ENOMEM);
    mas_unlock(mas);
    section[Symbol.dispose]();
    mas_lock(mas);
    let tries = 0;
    // What the reader kept is free now.
    while (mas_nomem(mas)) {
      mas_store(mas, -next);
      tries++;
    }
    mas_destroy(mas);
    mas_unlock(mas);
    expect(tries).toBe(1);
    expect(mtree_load(tree, next * 20)).toBe(-next);
    validate(tree);
  });
});

describe('node accounting', () => {
  it.each([0, 1, 2, 3])('is back at nothing after destroy, flags %i', (flags) => {
    const tree = striped(16_000, flags);
    expect(mt_stats(tree).height).toBeGreaterThanOrEqual(4);
    rcu_read_lock();
    for (let k = 0; k < 500; k++) mtree_store_range(tree, k * 130, k * 130 + 77, k);
    rcu_read_unlock();
    validate(tree);
    mtree_destroy(tree);
    validate(tree);
    expect(mt_stats(tree)).toMatchObject({
      height: 0,
      nodes: 0,
      waiting: 0,
      reserved: 0,
      capacity: 0,
      bytes: 0,
    });
    expect(tree.flags).toBe(flags);
  });

  it.each([0, 1, 2, 3])('is back at nothing once all is erased, flags %i', (flags) => {
    const tree = striped(2000, flags);
    for (let k = 0; k < 2000; k++) expect(mtree_erase(tree, ((k * 797) % 2000) * 20)).toBe((k * 797) % 2000);
    expect(mt_stats(tree)).toMatchObject({ height: 0, nodes: 0, waiting: 0 });
  });
});

import { expect, it } from 'vitest';
import { MT_FLAGS_ALLOC_RANGE, mt_stats, mtree_store_range, MapleTree } from '../../src/index.ts';
import { rangesOf, validate } from '../support/trees.ts';

/** 0..n-1 in an order that jumps about, the same each time. */
function scattered(n: number): number[] {
  const step = 7919;
  return Array.from({ length: n }, (_, k) => (k * step) % n);
}

/** Stores range k, of ten indices, at k * 20, in this order, and looks the tree over after each store. */
function filled(order: readonly number[], offset: number): MapleTree<number> {
  const tree = new MapleTree<number>(MT_FLAGS_ALLOC_RANGE);
  for (const k of order) {
    mtree_store_range(tree, offset + k * 20, offset + k * 20 + 9, k);
    validate(tree);
  }
  return tree;
}

it('keeps nodes nearly four fifths full under stores in random order', () => {
  const n = 3000;
  const tree = filled(scattered(n), 0);
  expect(mt_stats(tree).fill).toBeGreaterThan(0.78);
  expect(rangesOf(tree)).toHaveLength(n);
});

it.each([
  ['ascending', (k: number, _n: number) => k],
  ['descending', (k: number, n: number) => n - 1 - k],
])('packs nodes under %s stores in the middle of the space', (_name, at) => {
  const n = 2000;
  const order = [n, ...Array.from({ length: n }, (_, k) => at(k, n))];
  const tree = filled(order, 1_000_000);
  expect(mt_stats(tree).fill).toBeGreaterThan(0.75);
  expect(rangesOf(tree).map(({ entry }) => entry)).toEqual(Array.from({ length: n + 1 }, (_, k) => k));
});

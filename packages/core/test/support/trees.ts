import {
  MA_STATE,
  mas_for_each,
  mas_lock,
  mas_unlock,
  mt_external_lock,
  mt_validate,
  mtree_lock,
  mtree_store_range,
  mtree_unlock,
  MapleTree,
  ULONG_MAX,
  type MapleTreeOptions,
} from '../../src/index.ts';
import type { Range } from './range-model.ts';

/** A tree with these ranges. */
export function treeOf<T>(
  ranges: readonly (readonly [first: number, last: number, entry: T])[],
  flags = 0,
  options: MapleTreeOptions = {},
): MapleTree<T> {
  const tree = new MapleTree<T>(flags, options);
  for (const [first, last, entry] of ranges) {
    if (mtree_store_range(tree, first, last, entry) !== 0) throw new Error(`cannot store ${first}..${last}`);
  }
  return tree;
}

/** n ranges of 10 indices, each followed by a gap of 10; entry k at k * 20. */
export function striped(n: number, flags = 0, options: MapleTreeOptions = {}): MapleTree<number> {
  return treeOf(
    Array.from({ length: n }, (_, k) => [k * 20, k * 20 + 9, k] as const),
    flags,
    options,
  );
}

/** All that a tree holds, in order. */
export function rangesOf<T>(tree: MapleTree<T>): Range<T>[] {
  const mas = MA_STATE(tree, 0, 0);
  const ranges: Range<T>[] = [];
  mas_lock(mas);
  for (const entry of mas_for_each(mas, ULONG_MAX)) ranges.push({ first: mas.index, last: mas.last, entry });
  mas_unlock(mas);
  return ranges;
}

/** Throws if an invariant of the tree does not hold. */
export function validate<T>(tree: MapleTree<T>): void {
  if (mt_external_lock(tree)) {
    mt_validate(tree);
    return;
  }
  mtree_lock(tree);
  try {
    mt_validate(tree);
  } finally {
    mtree_unlock(tree);
  }
}

/** Runs something under the tree's lock. */
export function locked<T, R>(tree: MapleTree<T>, run: () => R): R {
  mtree_lock(tree);
  try {
    return run();
  } finally {
    mtree_unlock(tree);
  }
}

import { allocCyclic, type CyclicCursor } from '../advanced/alloc-cyclic.ts';
import { mayFit } from '../arguments.ts';
import { EBUSY, EINVAL, MT_FLAGS_ALLOC_RANGE } from '../constants.ts';
import { MaState } from '../cursor/ma-state.ts';
import { enforceTakes } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { highestGap, lowestGap } from '../tree/find-gap.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { STORE, storeRange } from '../tree/store.ts';

/**
 * Stores an entry over the lowest `size` free indices in a row between min and max. Takes the internal lock. O(log n).
 *
 * @returns the first index of the range; -EBUSY where there is no such gap, -ENOMEM, -EINVAL for a tree without
 * MT_FLAGS_ALLOC_RANGE, for null and `undefined`, and for a size that cannot fit.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_alloc_range(), 6.12.
 */
export function mtree_alloc_range<T>(
  mt: MapleTree<T>,
  entry: T,
  size: number,
  min: number,
  max: number,
): number {
  if (discipline.on === true) enforceTakes('mtree_alloc_range', mt);
  return alloc(mt, entry, size, min, max, false);
}

/**
 * Stores an entry over the highest `size` free indices in a row between min and max; else as mtree_alloc_range().
 *
 * Kernel: lib/maple_tree.c, mtree_alloc_rrange(), 6.12.
 */
export function mtree_alloc_rrange<T>(
  mt: MapleTree<T>,
  entry: T,
  size: number,
  min: number,
  max: number,
): number {
  if (discipline.on === true) enforceTakes('mtree_alloc_rrange', mt);
  return alloc(mt, entry, size, min, max, true);
}

/**
 * Stores an entry at the first free index from cursor.next on, up to max, then from min on. Takes the internal lock.
 * O(log n).
 *
 * @returns the index, with cursor.next behind it and cursor.wrapped set; -EBUSY where all are taken, -ENOMEM, -EINVAL
 * for a tree without MT_FLAGS_ALLOC_RANGE, for null and `undefined`, and for what is not a range.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_alloc_cyclic(), 6.12.
 */
export function mtree_alloc_cyclic<T>(
  mt: MapleTree<T>,
  entry: T,
  min: number,
  max: number,
  cursor: CyclicCursor,
): number {
  if (discipline.on === true) enforceTakes('mtree_alloc_cyclic', mt);
  return allocCyclic(new MaState(mt, 0, 0) as MaState, entry, min, max, cursor);
}

function alloc(
  tree: MapleTree,
  entry: unknown,
  size: number,
  min: number,
  max: number,
  reverse: boolean,
): number {
  if ((tree.flags & MT_FLAGS_ALLOC_RANGE) === 0 || entry === null || entry === undefined) return -EINVAL;
  if (!mayFit(min, max, size)) return -EINVAL;
  const start = (reverse ? highestGap : lowestGap)(tree, min, max, size);
  if (start < 0) return -EBUSY;
  const ret = storeRange(tree, start, start + size - 1, entry, STORE);
  return ret === 0 ? start : ret;
}

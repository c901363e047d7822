import { GAP_STORE } from '../contract/disciplines.ts';
import { isIndex } from '../arguments.ts';
import { EBUSY, EINVAL, MT_FLAGS_ALLOC_RANGE, MT_FLAGS_ALLOC_WRAPPED, ULONG_MAX } from '../constants.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { lowestGap } from '../tree/find-gap.ts';
import { setFlags } from '../tree/maple-tree.ts';
import { fail, storeAt } from './store.ts';

const MAS_ALLOC_CYCLIC_RULE = ruleOf('mas_alloc_cyclic', GAP_STORE);

/** Where a cyclic allocation goes on. */
export interface CyclicCursor {
  /** The first index to be tried; moved behind the one that was given out. */
  next: number;
  /** Set to whether the last allocation went past the end and began anew at the minimum. */
  wrapped?: boolean;
}

/**
 * Stores an entry at the first free index from cursor.next on, up to max, then from min on. O(log n).
 *
 * @returns the index, with cursor.next behind it and cursor.wrapped set; -EBUSY where all are taken, -ENOMEM where there
 * are no nodes, -EINVAL for a tree without MT_FLAGS_ALLOC_RANGE or what is not a range.
 * @throws LockDisciplineError (require-write-lock, no-stale-state, no-illegal-state).
 * Kernel: lib/maple_tree.c, mas_alloc_cyclic(), 6.12.
 */
export function mas_alloc_cyclic<T>(
  mas: MaState<T>,
  entry: T,
  min: number,
  max: number,
  cursor: CyclicCursor,
): number {
  if (discipline.on === true) enforceCursor(MAS_ALLOC_CYCLIC_RULE, mas);
  return allocCyclic(mas, entry, min, max, cursor);
}

/** mas_alloc_cyclic(), unchecked. */
export function allocCyclic(
  mas: MaState,
  entry: unknown,
  min: number,
  max: number,
  cursor: CyclicCursor,
): number {
  const { tree } = mas;
  if ((tree.flags & MT_FLAGS_ALLOC_RANGE) === 0 || entry === null || entry === undefined) return -EINVAL;
  if (!isIndex(min) || !isIndex(max) || min > max) return -EINVAL;
  // Behind the end of the space is where the cursor stands after the last index was given out.
  if (cursor.next !== ULONG_MAX + 1 && !isIndex(cursor.next)) return -EINVAL;
  const from = Math.max(min, cursor.next);
  let index = from <= max ? lowestGap(tree, from, max, 1) : -1;
  let wrapped = false;
  if (index < 0 && from > min) {
    index = lowestGap(tree, min, Math.min(max, from - 1), 1);
    wrapped = true;
  }
  if (index < 0) return fail(mas, -EBUSY);
  mas.index = mas.last = index;
  const ret = storeAt(mas, entry);
  if (ret !== 0) return ret;
  cursor.next = index + 1;
  cursor.wrapped = wrapped;
  if (wrapped) setFlags(tree, tree.flags | MT_FLAGS_ALLOC_WRAPPED);
  return index;
}

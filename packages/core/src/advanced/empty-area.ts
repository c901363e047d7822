import { GAP_SEARCH } from '../contract/disciplines.ts';
import { mayFit } from '../arguments.ts';
import { EBUSY, EINVAL } from '../constants.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { highestGap, lowestGap } from '../tree/find-gap.ts';
import { fail, settleOn } from './store.ts';

const MAS_EMPTY_AREA_RULE = ruleOf('mas_empty_area', GAP_SEARCH);
const MAS_EMPTY_AREA_REV_RULE = ruleOf('mas_empty_area_rev', GAP_SEARCH);

/**
 * Puts the cursor on the lowest `size` free indices in a row between min and max. O(log n) on a tree with
 * MT_FLAGS_ALLOC_RANGE, O(n) on another.
 *
 * @returns 0, with index and last at the free range; -EBUSY where there is none, -EINVAL for a size that cannot fit
 * and for what is not an index. What is free stays so only as long as the lock is held.
 * @throws LockDisciplineError (require-read-lock, no-stale-state, no-illegal-state).
 * Kernel: lib/maple_tree.c, mas_empty_area(), 6.12.
 */
export function mas_empty_area<T>(mas: MaState<T>, min: number, max: number, size: number): number {
  if (discipline.on === true) enforceCursor(MAS_EMPTY_AREA_RULE, mas);
  return mayFit(min, max, size) ? settleOnGap(mas, lowestGap(mas.tree, min, max, size), size) : -EINVAL;
}

/**
 * Puts the cursor on the highest `size` free indices in a row between min and max; else as mas_empty_area().
 *
 * Kernel: lib/maple_tree.c, mas_empty_area_rev(), 6.12.
 */
export function mas_empty_area_rev<T>(mas: MaState<T>, min: number, max: number, size: number): number {
  if (discipline.on === true) enforceCursor(MAS_EMPTY_AREA_REV_RULE, mas);
  return mayFit(min, max, size) ? settleOnGap(mas, highestGap(mas.tree, min, max, size), size) : -EINVAL;
}

function settleOnGap(mas: MaState, start: number, size: number): number {
  if (start < 0) return fail(mas, -EBUSY);
  settleOn(mas, start, start + size - 1);
  return 0;
}

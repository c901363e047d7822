import { requireIndex } from '../arguments.ts';
import { requireUnreserved } from '../discipline/enforce.ts';
import { violate } from '../discipline/error.ts';
import { discipline } from '../discipline/mode.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { forget, type MaState, requireBounds } from './ma-state.ts';

/**
 * Binds a cursor to a tree and one index, as if it were new. O(1).
 *
 * @throws RangeError for what is not an index; LockDisciplineError (no-leaked-prealloc) where the cursor still has
 * nodes reserved.
 * Kernel: include/linux/maple_tree.h, mas_init(), 6.12.
 */
export function mas_init<T>(mas: MaState<T>, mt: MapleTree<T>, index: number): void {
  requireIndex('mas_init', index);
  if (mas.reserved !== 0) requireUnreserved('mas_init', mas);
  mas.tree = mt;
  mas.index = mas.last = index;
  mas.error = 0;
  forget(mas, 'start');
}

/**
 * Forgets the cursor's place and keeps its range: the next operation walks from the root. O(1).
 *
 * Kernel: include/linux/maple_tree.h, mas_reset(), 6.12.
 */
export function mas_reset<T>(mas: MaState<T>): void {
  mas.error = 0;
  forget(mas, 'start');
}

/**
 * Puts the cursor on one index. O(1).
 *
 * @throws RangeError for what is not an index; LockDisciplineError (no-leaked-prealloc) where the cursor still has
 * nodes reserved.
 * Kernel: include/linux/maple_tree.h, mas_set(), 6.12.
 */
export function mas_set<T>(mas: MaState<T>, index: number): void {
  requireIndex('mas_set', index);
  if (mas.reserved !== 0) requireUnreserved('mas_set', mas);
  mas.index = mas.last = index;
  mas.error = 0;
  forget(mas, 'start');
}

/**
 * Puts the cursor on a range. O(1).
 *
 * @throws RangeError for bounds that are not indices; LockDisciplineError (no-leaked-prealloc) where the cursor still has nodes
 * reserved.
 * Kernel: include/linux/maple_tree.h, mas_set_range(), 6.12.
 */
export function mas_set_range<T>(mas: MaState<T>, first: number, last: number): void {
  requireBounds('mas_set_range', first, last);
  if (mas.reserved !== 0) requireUnreserved('mas_set_range', mas);
  mas.index = first;
  mas.last = last;
  mas.error = 0;
  forget(mas, 'start');
}

/**
 * Sets the cursor's range and keeps its place: for a store next to what was found. O(1).
 *
 * @throws RangeError for bounds that are not indices; LockDisciplineError (no-illegal-state) where the cursor is active and
 * `first` lies outside of the range that it is on.
 * Kernel: include/linux/maple_tree.h, __mas_set_range(), 6.12.
 */
export function __mas_set_range<T>(mas: MaState<T>, first: number, last: number): void {
  requireBounds('__mas_set_range', first, last);
  if (discipline.on === true && mas.status === 'active' && (first < mas.index || first > mas.last)) {
    const message = `the cursor is on ${mas.index}..${mas.last}, its new range has to start in there, not at ${first}`;
    violate('no-illegal-state', '__mas_set_range', mas.tree.name, message);
  }
  if (first < mas.index || first > mas.last) mas.at = -1;
  mas.index = first;
  mas.last = last;
}

/**
 * Prepares an iteration for its lock to be dropped: when it has been taken again, mas_find() goes on behind the
 * cursor's range and mas_find_rev() before it. O(1).
 *
 * Kernel: lib/maple_tree.c, mas_pause(), 6.12.
 */
export function mas_pause<T>(mas: MaState<T>): void {
  mas.error = 0;
  forget(mas, 'pause');
}

import { WRITE_ONWARD } from '../contract/disciplines.ts';
import { isIndex } from '../arguments.ts';
import { EINVAL, ENOMEM } from '../constants.ts';
import { forget, type MaState } from '../cursor/ma-state.ts';
import { bind } from '../cursor/place.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { outcome, STORE, storeRange } from '../tree/store.ts';
import { giveBack } from './reservation.ts';

const MAS_STORE_RULE = ruleOf('mas_store', WRITE_ONWARD);
const MAS_STORE_GFP_RULE = ruleOf('mas_store_gfp', WRITE_ONWARD);
const MAS_STORE_PREALLOC_RULE = ruleOf('mas_store_prealloc', WRITE_ONWARD);

/**
 * Stores an entry over the cursor's range, over whatever is there; null makes a gap, and then index and last become
 * all of that gap. O(log n), and O(nodes given back) where much is covered.
 *
 * @returns the entry that was at the cursor's index, or null. Failure shows only in the cursor: mas_is_err(), with
 * -ENOMEM where the limit of nodes is reached and -EINVAL for `undefined` or a range that is none.
 * @throws LockDisciplineError (require-write-lock, no-stale-state, no-illegal-state).
 * Kernel: lib/maple_tree.c, mas_store(), 6.12.
 */
export function mas_store<T>(mas: MaState<T>, entry: T | null): T | null {
  if (discipline.on === true) enforceCursor(MAS_STORE_RULE, mas);
  return storeAt(mas, entry) === 0 ? (outcome.before as T | null) : null;
}

/**
 * mas_store() that tells whether it failed. In the kernel it may drop the internal lock to allocate, so what was read
 * from the tree before counts as stale behind it.
 *
 * @returns 0, -ENOMEM or -EINVAL; then nothing was stored.
 * @throws as mas_store().
 * Kernel: lib/maple_tree.c, mas_store_gfp(), 6.12.
 */
export function mas_store_gfp<T>(mas: MaState<T>, entry: T | null): number {
  if (discipline.on === true) enforceCursor(MAS_STORE_GFP_RULE, mas);
  return storeAt(mas, entry);
}

/**
 * Stores an entry with the nodes that mas_preallocate() reserved, and gives the rest of them back. The tree must not
 * have been changed in between. O(log n).
 *
 * @throws LockDisciplineError as mas_store(); RangeError where the nodes were not enough, since nothing was reserved or
 * another store was.
 * Kernel: lib/maple_tree.c, mas_store_prealloc(), 6.12.
 */
export function mas_store_prealloc<T>(mas: MaState<T>, entry: T | null): void {
  if (discipline.on === true) enforceCursor(MAS_STORE_PREALLOC_RULE, mas);
  const ret = storeAt(mas, entry);
  giveBack(mas);
  if (ret !== 0) {
    throw new RangeError(`mas_store_prealloc(): storing to ${mas.index}..${mas.last} failed with ${ret}`);
  }
}

/** Stores over the cursor's range and leaves the cursor there, or in the error state. */
export function storeAt(mas: MaState, entry: unknown): number {
  const { index, last, tree } = mas;
  if (entry === undefined || !isIndex(index) || !isIndex(last) || index > last) return fail(mas, -EINVAL);
  const arena = tree.arena;
  const promised = mas.reserved;
  let ret: number;
  if (promised === 0) {
    ret = storeRange(tree, index, last, entry, STORE);
  } else {
    // What is promised to this cursor is there for this store; for a run of stores the rest stays promised.
    const used = arena.live + arena.waiting;
    arena.reserved -= promised;
    ret = storeRange(tree, index, last, entry, STORE);
    const taken = tree.arena.live + tree.arena.waiting - used;
    mas.reserved = mas.bulk ? Math.max(0, Math.min(promised, promised - taken)) : ret === 0 ? 0 : promised;
    tree.arena.reserved += mas.reserved;
  }
  if (ret !== 0) return fail(mas, ret);
  settle(mas);
  return 0;
}

/** Leaves a cursor where its store was made. */
export function settle(mas: MaState): void {
  settleOn(mas, outcome.first, outcome.last);
}

/** Leaves a cursor on a range whose place in the tree is found when it is needed. */
export function settleOn(mas: MaState, first: number, last: number): void {
  const tree = mas.tree;
  mas.index = first;
  mas.last = last;
  mas.error = 0;
  if (tree.height > 0) {
    mas.status = 'active';
    mas.at = -1;
    bind(mas, tree);
  } else {
    forget(mas, tree.rootEntry === null ? 'none' : 'root');
  }
}

/** Puts a cursor into the error state. */
export function fail(mas: MaState, error: number): number {
  forget(mas, 'error');
  mas.error = error;
  return error;
}

/** True where the cursor's last store ran out of nodes. */
export function ranOut(mas: MaState): boolean {
  return mas.status === 'error' && mas.error === -ENOMEM;
}

import { WRITE_ANEW, WRITE_ONWARD } from '../contract/disciplines.ts';
import { isIndex } from '../arguments.ts';
import { EINVAL, ENOMEM, MT_FLAGS_USE_RCU, ULONG_MAX } from '../constants.ts';
import { forget, type MaState } from '../cursor/ma-state.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { nodesFor } from '../tree/demand.ts';
import { SLOTS } from '../tree/node.ts';
import { ranOut } from './store.ts';

const MAS_PREALLOCATE_RULE = ruleOf('mas_preallocate', WRITE_ONWARD);
const MAS_EXPECTED_ENTRIES_RULE = ruleOf('mas_expected_entries', WRITE_ANEW);
const MAS_NOMEM_RULE = ruleOf('mas_nomem', WRITE_ANEW);

/**
 * Reserves the nodes that storing the entry over the cursor's range can need, so that mas_store_prealloc() cannot fail:
 * none where a slot is written in place, 2·h+1 where a leaf may split and 3·h+1 where the range spans leaves, with h
 * the height of the tree. Of the entry only counts whether it is null. O(log n).
 *
 * The tree must not be changed before mas_store_prealloc(), or mas_destroy() if nothing is stored after all.
 *
 * @returns 0; -ENOMEM where so many nodes do not fit under the limit, -EINVAL for what cannot be stored.
 * @throws LockDisciplineError (require-write-lock, no-stale-state, no-illegal-state).
 * Kernel: lib/maple_tree.c, mas_preallocate(), 6.12.
 */
export function mas_preallocate<T>(mas: MaState<T>, entry: T | null): number {
  if (discipline.on === true) enforceCursor(MAS_PREALLOCATE_RULE, mas);
  const { index, last, tree } = mas;
  if (entry === undefined || !isIndex(index) || !isIndex(last) || index > last) return -EINVAL;
  giveBack(mas);
  const nodes = nodesFor(tree, index, last, entry);
  if (!tree.arena.reserve(nodes)) {
    forget(mas, 'start');
    return -ENOMEM;
  }
  mas.reserved = nodes;
  return 0;
}

/**
 * Reserves the nodes that storing `count` entries in ascending order can need. The stores take from it; mas_destroy()
 * gives the rest back. O(1).
 *
 * @returns 0; -ENOMEM where they do not fit under the limit, -EINVAL for a count that is not an index.
 * @throws LockDisciplineError (require-write-lock).
 * Kernel: lib/maple_tree.c, mas_expected_entries(), 6.12.
 */
export function mas_expected_entries<T>(mas: MaState<T>, count: number): number {
  if (discipline.on === true) enforceCursor(MAS_EXPECTED_ENTRIES_RULE, mas);
  if (!isIndex(count)) return -EINVAL;
  giveBack(mas);
  // Each entry may have a gap before it, and the last one behind it; packed nodes may lack two slots.
  let nodes = 0;
  let slots = 2 * count + 1;
  do {
    slots = Math.ceil(slots / (SLOTS - 2));
    nodes += slots + 1;
  } while (slots > 1);
  const { tree } = mas;
  const extra = 3 * tree.height + ((tree.flags & MT_FLAGS_USE_RCU) !== 0 ? tree.height * count : 0);
  if (nodes + extra > ULONG_MAX || !tree.arena.reserve(nodes + extra)) return -ENOMEM;
  mas.reserved = nodes + extra;
  mas.bulk = true;
  return 0;
}

/**
 * After a store that failed with -ENOMEM: waits for memory as far as there is any to come, and reserves what the store
 * needs. For use in `do { mas_store(mas, entry); } while (mas_nomem(mas));`. In the kernel it may drop the internal
 * lock. O(log n).
 *
 * @returns true where the store is to be tried again, with the cursor at the start; false where it did not fail for
 * want of nodes, or there are none.
 * @throws LockDisciplineError (require-write-lock).
 * Kernel: lib/maple_tree.c, mas_nomem(), 6.12.
 */
export function mas_nomem<T>(mas: MaState<T>): boolean {
  if (discipline.on === true) enforceCursor(MAS_NOMEM_RULE, mas);
  if (!ranOut(mas)) return false;
  const { tree } = mas;
  giveBack(mas);
  // An entry that is not null needs at least as many nodes as null does.
  const nodes = nodesFor(tree, mas.index, mas.last, tree);
  if (!tree.arena.reserve(nodes)) return false;
  mas.reserved = nodes;
  mas.error = 0;
  forget(mas, 'start');
  return true;
}

/**
 * Gives back the nodes that the cursor has reserved and not used. O(1). Always allowed.
 *
 * Kernel: lib/maple_tree.c, mas_destroy(), 6.12.
 */
export function mas_destroy<T>(mas: MaState<T>): void {
  giveBack(mas);
}

/** Ends the cursor's reservation. */
export function giveBack(mas: MaState): void {
  if (mas.reserved > 0) mas.tree.arena.reserved -= mas.reserved;
  mas.reserved = 0;
  mas.bulk = false;
}

import { MT_FLAGS_USE_RCU } from '../constants.ts';
import { enforceTakes, requireNothingReserved } from '../discipline/enforce.ts';
import { violate } from '../discipline/error.ts';
import { discipline } from '../discipline/mode.ts';
import { Lock } from '../locks/lock.ts';
import { rcu } from '../rcu/sections.ts';
import { empty, isExternal, type MapleTree, requireFlags, setFlags } from './maple-tree.ts';

/**
 * Makes a tree empty and its flags 0, as if it were new. Before anyone else sees it. O(1).
 *
 * Kernel: include/linux/maple_tree.h, mt_init(), 6.12.
 */
export function mt_init<T>(mt: MapleTree<T>): void {
  initialise('mt_init', mt, 0);
}

/**
 * Makes a tree empty and sets its flags, as if it were new. Before anyone else sees it. O(1).
 *
 * @throws RangeError for unknown flags; LockDisciplineError (no-relock) where its lock is held.
 * Kernel: include/linux/maple_tree.h, mt_init_flags(), 6.12.
 */
export function mt_init_flags<T>(mt: MapleTree<T>, flags: number): void {
  initialise('mt_init_flags', mt, flags);
}

function initialise(functionName: string, tree: MapleTree, flags: number): void {
  requireFlags(flags);
  if (discipline.on === true) {
    requireNothingReserved(functionName, tree);
    if (tree.guardian.hold !== 0) {
      const message = `the ${tree.guardian.label} is held, taken by ${tree.guardian.takenBy}(); a tree that nobody uses was needed`;
      violate('no-relock', functionName, tree.name, message);
    }
  }
  setFlags(tree, flags);
  tree.frozenUntil = (flags & MT_FLAGS_USE_RCU) !== 0 ? Number.MAX_SAFE_INTEGER : rcu.clock;
  tree.guardian = isExternal(flags) ? new Lock('external lock (none bound) of', tree) : tree.lock;
  empty(tree);
}

/** True for a tree that holds nothing. O(1). Kernel: include/linux/maple_tree.h, mtree_empty(), 6.12. */
export function mtree_empty<T>(mt: MapleTree<T>): boolean {
  return mt.height === 0 && mt.rootEntry === null;
}

/** The number of levels of nodes. O(1). Kernel: include/linux/maple_tree.h, mt_height(), 6.12. */
export function mt_height<T>(mt: MapleTree<T>): number {
  return mt.height;
}

/** True for a tree in RCU mode. O(1). Kernel: include/linux/maple_tree.h, mt_in_rcu(), 6.12. */
export function mt_in_rcu<T>(mt: MapleTree<T>): boolean {
  return (mt.flags & MT_FLAGS_USE_RCU) !== 0;
}

/**
 * Puts the tree in RCU mode: from now on writers leave nodes as they are while a read section is open. Takes the
 * internal lock; an external one has to be held. O(1).
 *
 * @throws LockDisciplineError (no-relock; require-write-lock for a tree with an external lock).
 * Kernel: include/linux/maple_tree.h, mt_set_in_rcu(), 6.12.
 */
export function mt_set_in_rcu<T>(mt: MapleTree<T>): void {
  if (mt_in_rcu(mt)) return;
  if (discipline.on === true) enforceModeChange('mt_set_in_rcu', mt);
  setFlags(mt, mt.flags | MT_FLAGS_USE_RCU);
  mt.frozenUntil = Number.MAX_SAFE_INTEGER;
  mt.version++;
}

/**
 * Takes the tree out of RCU mode. Sections that are open still see what they saw. Takes the internal lock; an external
 * one has to be held. O(1).
 *
 * @throws LockDisciplineError (no-relock; require-write-lock for a tree with an external lock).
 * Kernel: include/linux/maple_tree.h, mt_clear_in_rcu(), 6.12.
 */
export function mt_clear_in_rcu<T>(mt: MapleTree<T>): void {
  if (!mt_in_rcu(mt)) return;
  if (discipline.on === true) enforceModeChange('mt_clear_in_rcu', mt);
  setFlags(mt, mt.flags & ~MT_FLAGS_USE_RCU);
  mt.frozenUntil = rcu.clock;
}

function enforceModeChange(functionName: string, tree: MapleTree): void {
  if (!isExternal(tree.flags)) {
    enforceTakes(functionName, tree);
  } else if (tree.guardian.hold === 0) {
    violate(
      'require-write-lock',
      functionName,
      tree.name,
      `the ${tree.guardian.label} is needed; it is not held`,
    );
  }
}

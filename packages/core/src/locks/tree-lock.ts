import type { MaState } from '../cursor/ma-state.ts';
import { violate } from '../discipline/error.ts';
import { discipline } from '../discipline/mode.ts';
import { isExternal, type MapleTree } from '../tree/maple-tree.ts';
import type { LockGuard } from './lock.ts';

/**
 * Takes the tree's internal lock. O(1).
 *
 * @returns a guard that leaves it; `mtree_unlock()` does as well.
 * @throws LockDisciplineError (no-relock where it is held, no-mixed-locks where an external lock protects the tree).
 * Kernel: include/linux/maple_tree.h, mtree_lock(), 6.12.
 */
export function mtree_lock<T>(mt: MapleTree<T>): LockGuard {
  if (discipline.on === true) requireInternal('mtree_lock', mt);
  return mt.lock.take('mtree_lock');
}

/**
 * Takes the tree's internal lock if it is free. O(1).
 *
 * @returns true where it did.
 * @throws LockDisciplineError (no-mixed-locks where an external lock protects the tree).
 */
export function mtree_trylock<T>(mt: MapleTree<T>): boolean {
  if (discipline.on === true) requireInternal('mtree_trylock', mt);
  return mt.lock.tryTake('mtree_trylock');
}

/**
 * Leaves the tree's internal lock. O(1).
 *
 * @throws LockDisciplineError (require-unlock where it is not held, no-mixed-locks where an external lock protects the
 * tree).
 * Kernel: include/linux/maple_tree.h, mtree_unlock(), 6.12.
 */
export function mtree_unlock<T>(mt: MapleTree<T>): void {
  if (discipline.on === true) requireInternal('mtree_unlock', mt);
  mt.lock.leave('mtree_unlock');
}

/**
 * Takes the internal lock of the cursor's tree: the same one as mtree_lock(). O(1).
 *
 * @returns a guard that leaves it; `mas_unlock()` does as well.
 * @throws LockDisciplineError as mtree_lock().
 * Kernel: include/linux/maple_tree.h, mas_lock(), 6.12.
 */
export function mas_lock<T>(mas: MaState<T>): LockGuard {
  if (discipline.on === true) requireInternal('mas_lock', mas.tree);
  return mas.tree.lock.take('mas_lock');
}

/**
 * Leaves the internal lock of the cursor's tree. O(1).
 *
 * @throws LockDisciplineError as mtree_unlock().
 * Kernel: include/linux/maple_tree.h, mas_unlock(), 6.12.
 */
export function mas_unlock<T>(mas: MaState<T>): void {
  if (discipline.on === true) requireInternal('mas_unlock', mas.tree);
  mas.tree.lock.leave('mas_unlock');
}

function requireInternal(functionName: string, tree: MapleTree): void {
  if (!isExternal(tree.flags)) return;
  const message = `the tree is protected by the ${tree.guardian.label}, and has no lock of its own; that lock was needed`;
  violate('no-mixed-locks', functionName, tree.name, message);
}

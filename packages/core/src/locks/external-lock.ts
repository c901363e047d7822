import { MT_FLAGS_LOCK_EXTERN } from '../constants.ts';
import { violate } from '../discipline/error.ts';
import { discipline } from '../discipline/mode.ts';
import { isExternal, MapleTree } from '../tree/maple-tree.ts';
import type { Mutex } from './mutex.ts';

/**
 * Makes an empty tree that a lock of the caller's protects. O(1).
 *
 * @deprecated The maintainers want external locks gone: with one, the tree cannot drop its lock to allocate, nor
 * defragment its nodes.
 * @param flags MT_FLAGS; MT_FLAGS_LOCK_EXTERN is added.
 * @throws RangeError for unknown flags.
 * Kernel: include/linux/maple_tree.h, MTREE_INIT_EXT(), 6.12.
 */
export function MTREE_INIT_EXT<T = unknown>(flags: number, lock: Mutex): MapleTree<T> {
  const tree = new MapleTree<T>(flags | MT_FLAGS_LOCK_EXTERN);
  tree.guardian = lock.lockState;
  return tree;
}

/**
 * Binds the lock that protects a tree which was made with MT_FLAGS_LOCK_EXTERN. O(1).
 *
 * @deprecated as MTREE_INIT_EXT().
 * @throws LockDisciplineError (no-mixed-locks) for a tree that has an internal lock.
 * Kernel: include/linux/maple_tree.h, mt_set_external_lock(), 6.12.
 */
export function mt_set_external_lock<T>(mt: MapleTree<T>, lock: Mutex): void {
  if (!isExternal(mt.flags)) {
    if (discipline.on === true) {
      const message = 'the tree was made without MT_FLAGS_LOCK_EXTERN, so its internal lock protects it';
      violate('no-mixed-locks', 'mt_set_external_lock', mt.name, message);
    }
    return;
  }
  mt.guardian = lock.lockState;
}

/** True for a tree that an external lock protects. Kernel: include/linux/maple_tree.h, mt_external_lock(), 6.12. */
export function mt_external_lock<T>(mt: MapleTree<T>): boolean {
  return isExternal(mt.flags);
}

/** True where the lock that protects the tree is held. Kernel: lib/maple_tree.c, mt_locked(), 6.12. */
export function mt_locked<T>(mt: MapleTree<T>): boolean {
  return mt.guardian.hold !== 0;
}

/** The same: there is one way to hold it, for writing. Kernel: lib/maple_tree.c, mt_write_locked(), 6.12. */
export function mt_write_locked<T>(mt: MapleTree<T>): boolean {
  return mt_locked(mt);
}

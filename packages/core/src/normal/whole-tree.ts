import { enforceTakes, requireNothingReserved } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { duplicate } from '../tree/duplicate.ts';
import { empty, type MapleTree } from '../tree/maple-tree.ts';

/**
 * Empties the tree and gives its nodes back; its flags stay, and it can be used on. Takes the internal lock. O(1).
 *
 * @throws LockDisciplineError (no-relock, no-mixed-locks; no-leaked-prealloc where a cursor still has nodes reserved).
 * Kernel: lib/maple_tree.c, mtree_destroy(), 6.12.
 */
export function mtree_destroy<T>(mt: MapleTree<T>): void {
  if (discipline.on === true) {
    enforceTakes('mtree_destroy', mt);
    requireNothingReserved('mtree_destroy', mt);
  }
  empty(mt);
}

/**
 * Copies a tree into an empty one that has the same flags. The entries are the same, the nodes are not shared. Takes
 * both internal locks, the copy's first. O(n).
 *
 * @returns 0; -EINVAL for other flags or a target that is not empty, -ENOMEM where the target's limit is too small.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_dup(), 6.12.
 */
export function mtree_dup<T>(mt: MapleTree<T>, copy: MapleTree<T>): number {
  if (discipline.on === true) {
    enforceTakes('mtree_dup', copy);
    enforceTakes('mtree_dup', mt);
  }
  return duplicate(mt, copy);
}

import { WRITE_TREE } from '../contract/disciplines.ts';
import { enforceTree, requireNothingReserved, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { duplicate } from '../tree/duplicate.ts';
import { empty, type MapleTree } from '../tree/maple-tree.ts';

const MT_DUP_RULE = ruleOf('__mt_dup', WRITE_TREE);
const MT_DESTROY_RULE = ruleOf('__mt_destroy', WRITE_TREE);

/**
 * Copies a tree into an empty one that has the same flags; the caller holds both locks. The entries are the same, the
 * nodes are not shared. O(n).
 *
 * @returns 0; -EINVAL for other flags or a target that is not empty, -ENOMEM where the target's limit is too small.
 * @throws LockDisciplineError (require-write-lock).
 * Kernel: lib/maple_tree.c, __mt_dup(), 6.12.
 */
export function __mt_dup<T>(mt: MapleTree<T>, copy: MapleTree<T>): number {
  if (discipline.on === true) {
    enforceTree(MT_DUP_RULE, mt);
    enforceTree(MT_DUP_RULE, copy);
  }
  return duplicate(mt, copy);
}

/**
 * Empties the tree and gives its nodes back; its flags stay. The caller holds the lock. O(1).
 *
 * @throws LockDisciplineError (require-write-lock; no-leaked-prealloc where a cursor still has nodes reserved).
 * Kernel: lib/maple_tree.c, __mt_destroy(), 6.12.
 */
export function __mt_destroy<T>(mt: MapleTree<T>): void {
  if (discipline.on === true) {
    enforceTree(MT_DESTROY_RULE, mt);
    requireNothingReserved('__mt_destroy', mt);
  }
  empty(mt);
}

import { isIndex, requireIndex } from '../arguments.ts';
import { EINVAL } from '../constants.ts';
import { enforceTakes } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { ERASE, INSERT, outcome, STORE, storeRange } from '../tree/store.ts';

/**
 * Stores an entry at one index, over whatever is there; null makes a gap. Takes the internal lock. O(log n).
 *
 * @returns 0; -ENOMEM where the limit of nodes is reached, -EINVAL for `undefined` or what is not an index.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_store(), 6.12.
 */
export function mtree_store<T>(mt: MapleTree<T>, index: number, entry: T | null): number {
  if (discipline.on === true) enforceTakes('mtree_store', mt);
  if (entry === undefined || !isIndex(index)) return -EINVAL;
  return storeRange(mt, index, index, entry, STORE);
}

/**
 * Stores an entry over a range, over whatever is there; null makes a gap. Takes the internal lock. O(log n), and
 * O(nodes given back) where much is covered.
 *
 * @returns 0; -ENOMEM where the limit of nodes is reached, -EINVAL for `undefined` or what is not a range.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_store_range(), 6.12.
 */
export function mtree_store_range<T>(mt: MapleTree<T>, first: number, last: number, entry: T | null): number {
  if (discipline.on === true) enforceTakes('mtree_store_range', mt);
  if (entry === undefined || !isIndex(first) || !isIndex(last) || first > last) return -EINVAL;
  return storeRange(mt, first, last, entry, STORE);
}

/**
 * Stores an entry at one index if nothing is there. Takes the internal lock. O(log n).
 *
 * @returns 0; -EEXIST where something is there, -ENOMEM, -EINVAL for null, `undefined` or what is not an index.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_insert(), 6.12.
 */
export function mtree_insert<T>(mt: MapleTree<T>, index: number, entry: T): number {
  if (discipline.on === true) enforceTakes('mtree_insert', mt);
  return insert(mt, index, index, entry);
}

/**
 * Stores an entry over a range if nothing is in it. Takes the internal lock. O(log n).
 *
 * @returns 0; -EEXIST where something is there, -ENOMEM, -EINVAL for null, `undefined` or what is not a range.
 * @throws LockDisciplineError (no-relock, no-mixed-locks).
 * Kernel: lib/maple_tree.c, mtree_insert_range(), 6.12.
 */
export function mtree_insert_range<T>(mt: MapleTree<T>, first: number, last: number, entry: T): number {
  if (discipline.on === true) enforceTakes('mtree_insert_range', mt);
  return insert(mt, first, last, entry);
}

/**
 * Removes the entry whose range holds the index. Takes the internal lock. Never fails for want of nodes: a copy that a
 * suspended reader makes necessary may exceed the limit. O(log n).
 *
 * @returns the entry, or null where there was none.
 * @throws LockDisciplineError (no-relock, no-mixed-locks); RangeError for what is not an index.
 * Kernel: lib/maple_tree.c, mtree_erase(), 6.12.
 */
export function mtree_erase<T>(mt: MapleTree<T>, index: number): T | null {
  if (discipline.on === true) enforceTakes('mtree_erase', mt);
  requireIndex('mtree_erase', index);
  storeRange(mt, index, index, null, ERASE);
  return outcome.before as T | null;
}

function insert(tree: MapleTree, first: number, last: number, entry: unknown): number {
  if (entry === undefined || entry === null) return -EINVAL;
  if (!isIndex(first) || !isIndex(last) || first > last) return -EINVAL;
  return storeRange(tree, first, last, entry, INSERT);
}

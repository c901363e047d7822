import { requireIndex } from '../arguments.ts';
import { ZERO } from '../tree/zero-entry.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { fetchSlots, findSlot } from '../tree/node.ts';

/**
 * The entry whose range holds an index. Needs no lock. O(log n).
 *
 * @returns the entry; null where there is none, or XA_ZERO_ENTRY.
 * @throws RangeError where index is not an index.
 * Kernel: lib/maple_tree.c, mtree_load(), 6.12.
 */
export function mtree_load<T>(mt: MapleTree<T>, index: number): T | null {
  requireIndex('mtree_load', index);
  const { pivots, slots } = mt.arena;
  let level = mt.height;
  if (level === 0) return index === 0 ? shown<T>(mt.rootEntry) : null;
  let node = mt.root;
  for (; level > 1; level--) node = slots[findSlot(pivots, node, index)] as number;
  if (fetchSlots(slots, node)) return null;
  return shown(slots[findSlot(pivots, node, index)]);
}

function shown<T>(entry: unknown): T | null {
  return entry === ZERO ? null : (entry as T | null);
}

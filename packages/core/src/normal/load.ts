import { requireIndex } from '../arguments.ts';
import { ZERO } from '../tree/zero-entry.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { fetchLeaf, findSlot } from '../tree/node.ts';
import { SHORTCUT_LEVELS, slotAbove } from '../tree/shortcuts.ts';

/**
 * The entry whose range holds an index. Needs no lock. O(log n).
 *
 * @returns the entry; null where there is none, or XA_ZERO_ENTRY.
 * @throws RangeError where index is not an index.
 * Kernel: lib/maple_tree.c, mtree_load(), 6.12.
 */
export function mtree_load<T>(mt: MapleTree<T>, index: number): T | null {
  requireIndex('mtree_load', index);
  if (mt.height < SHORTCUT_LEVELS) return loadFromFew(mt, index);
  const { pivots, slots } = mt.arena;
  const leaf = slots[slotAbove(mt, index)] as number;
  if (fetchLeaf(pivots, slots, leaf)) return null;
  return shown(slots[findSlot(pivots, leaf, index)]);
}

/** mtree_load() from a tree of few levels. */
function loadFromFew<T>(mt: MapleTree<T>, index: number): T | null {
  if (mt.height === 0) return index === 0 ? shown<T>(mt.rootEntry) : null;
  const { pivots, slots } = mt.arena;
  let node = mt.root;
  if (mt.height > 1) node = slots[findSlot(pivots, node, index)] as number;
  return shown(slots[findSlot(pivots, node, index)]);
}

const shown = <T>(entry: unknown): T | null => (entry === ZERO ? null : (entry as T | null));

import { MT_FLAGS_USE_RCU, ULONG_MAX } from '../constants.ts';
import type { MapleTree } from './maple-tree.ts';
import { findSlot, MIN_SLOTS, NODE_SHIFT, SLOTS } from './node.ts';

/**
 * The most nodes that storing an entry over first..last takes before it gives any back. In RCU mode the nodes on the
 * way down count as well, since they are copied if a reader turns up.
 *
 * Kernel: lib/maple_tree.c, mas_prealloc_calc(), 6.12.
 */
export function nodesFor(tree: MapleTree, first: number, last: number, entry: unknown): number {
  const height = tree.height;
  if (height === 0) return entry === null || last === 0 ? 0 : 1;
  const { pivots, slots, counts } = tree.arena;
  let leaf = tree.root;
  let min = 0;
  for (let level = height; level > 1; level--) {
    const at = findSlot(pivots, leaf, first);
    if (at !== leaf) min = pivots[at - 1]! + 1;
    leaf = slots[at] as number;
  }
  const count = counts[leaf >> NODE_SHIFT]!;
  const end = leaf + count - 1;
  const max = pivots[end]!;
  const spanning = 3 * height + 1;
  if (first === 0 && last === ULONG_MAX) return entry === null ? 0 : spanning;
  if (last > max) return spanning;
  if (entry === null && ((first === min && first > 0) || (last === max && last < ULONG_MAX))) return spanning;

  const from = findSlot(pivots, leaf, first);
  const to = findSlot(pivots, leaf, last);
  const keepLeft = first > (from === leaf ? min : pivots[from - 1]! + 1) ? 1 : 0;
  const keepRight = last < pivots[to]! ? 1 : 0;
  let used = count - (to - from) + keepLeft + keepRight;
  if (entry === null) {
    // Gaps on either side become part of it.
    if (keepLeft === 1 ? slots[from] === null : from > leaf && slots[from - 1] === null) used--;
    if (keepRight === 1 ? slots[to] === null : to < end && slots[to + 1] === null) used--;
  }
  if (used > SLOTS) return 2 * height + 1;
  if (used < MIN_SLOTS && used < count && height > 1) return 2 * height - 1;
  return (tree.flags & MT_FLAGS_USE_RCU) !== 0 ? height : 0;
}

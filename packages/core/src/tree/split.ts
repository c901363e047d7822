import { ULONG_MAX } from '../constants.ts';
import type { Arena } from './arena.ts';
import { gapOfLeaf, gapOfNode, raiseGap } from './gap-index.ts';
import type { MapleTree } from './maple-tree.ts';
import { NODE_SHIFT, SLOTS } from './node.ts';
import { shareLeaf } from './share.ts';
import { moveToTwin, writeSlots } from './slots.ts';

/**
 * Stores a range that lies within the slots from..to of one full leaf: gives slots of it to a neighbour, or, where none
 * has room, splits it, and as many of the nodes above it as are full. All nodes are seen to before anything is changed.
 *
 * @param path the places passed on the way down to the leaf.
 * @param min where the leaf's range starts.
 * @param keepLeft as for writeSlots(), and keepRight.
 * @returns false where there are no nodes for it.
 */
export function splitLeaf(
  tree: MapleTree,
  path: Int32Array,
  from: number,
  to: number,
  min: number,
  first: number,
  last: number,
  entry: unknown,
  keepLeft: number,
  keepRight: number,
): boolean {
  const arena = tree.arena;
  const depth = tree.height - 1;
  const leaf = from & -SLOTS;
  let cut = cutOf(arena, from, min === 0);
  if (
    cut === leaf + SLOTS / 2 &&
    shareLeaf(arena, path, depth, from, to, min, first, last, entry, keepLeft, keepRight)
  )
    return true;
  let full = depth - 1;
  while (full >= 0 && arena.counts[path[full]! >> NODE_SHIFT] === SLOTS) full--;
  if (!arena.provide(depth - full + (full < 0 ? 1 : 0))) return false;

  const { pivots } = arena;
  // The range stays on one side.
  if (from < cut && to >= cut) cut = from > leaf ? from : to + 1;
  let twin = moveToTwin(arena, cut, true);
  const shift = from < cut ? 0 : twin - cut;
  writeSlots(arena, from + shift, to + shift, first, last, entry, keepLeft, keepRight);
  let border = endOf(arena, leaf);
  let gap = 0;
  let twinGap = 0;
  if (arena.gaps !== null) {
    gap = gapOfLeaf(arena, leaf, min);
    twinGap = gapOfLeaf(arena, twin, border + 1);
  }

  for (let d = depth - 1; d >= 0; d--) {
    const at = path[d]!;
    const parent = at & -SLOTS;
    if (arena.counts[parent >> NODE_SHIFT]! < SLOTS) {
      insertChild(arena, at, border, twin, gap, twinGap);
      if (arena.gaps !== null) raiseGap(arena, path, d, gapOfNode(arena, parent));
      return true;
    }
    cut = cutOf(arena, at, parent === at && border === pivots[at]);
    const parentTwin = moveToTwin(arena, cut, false);
    insertChild(arena, at < cut ? at : at - cut + parentTwin, border, twin, gap, twinGap);
    twin = parentTwin;
    border = endOf(arena, parent);
    if (arena.gaps !== null) {
      gap = gapOfNode(arena, parent);
      twinGap = gapOfNode(arena, twin);
    }
  }
  addRoot(tree, border, twin, gap, twinGap);
  return true;
}

/**
 * The first slot that goes to the new node when a full one is split by a store at the slot `at`: the middle one, except
 * that at either end of the index space the node behind the store is left full, so that ascending or descending stores
 * pack the tree.
 */
function cutOf(arena: Arena, at: number, atStart: boolean): number {
  const node = at & -SLOTS;
  if (at >= node + SLOTS - 2 && endOf(arena, node) === ULONG_MAX) return at;
  if (atStart && at <= node + 1) return node + 2;
  return node + SLOTS / 2;
}

/** Where the range of a node ends. */
function endOf({ pivots, counts }: Arena, node: number): number {
  return pivots[node + counts[node >> NODE_SHIFT]! - 1]!;
}

/** Puts a new node behind the child in slot `at`, which ends at `border` now. */
function insertChild(
  arena: Arena,
  at: number,
  border: number,
  twin: number,
  gap: number,
  twinGap: number,
): void {
  const { pivots, slots, counts, gaps } = arena;
  const node = at & -SLOTS;
  const count = counts[node >> NODE_SHIFT]!;
  for (let k = node + count - 1; k > at; k--) {
    pivots[k + 1] = pivots[k]!;
    slots[k + 1] = slots[k];
  }
  pivots[at + 1] = pivots[at]!;
  pivots[at] = border;
  slots[at + 1] = twin;
  counts[node >> NODE_SHIFT] = count + 1;
  if (gaps === null) return;
  for (let k = node + count - 1; k > at; k--) gaps[k + 1] = gaps[k]!;
  gaps[at] = gap;
  gaps[at + 1] = twinGap;
}

/** Puts a new root above the old one and its twin. */
function addRoot(tree: MapleTree, border: number, twin: number, gap: number, twinGap: number): void {
  const { arena } = tree;
  const { pivots, slots, counts, gaps } = arena;
  const root = arena.take();
  pivots.fill(NaN, root, root + SLOTS);
  pivots[root] = border;
  pivots[root + 1] = ULONG_MAX;
  slots[root] = tree.root;
  slots[root + 1] = twin;
  counts[root >> NODE_SHIFT] = 2;
  if (gaps !== null) {
    gaps[root] = gap;
    gaps[root + 1] = twinGap;
  }
  tree.root = root;
  tree.height++;
}

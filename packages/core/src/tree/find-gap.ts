import type { Arena } from './arena.ts';
import type { MapleTree } from './maple-tree.ts';
import { fetchLeaf, findSlot, MAX_LEVELS, NODE_SHIFT, SLOTS, startOfNode } from './node.ts';
import { SHORTCUT_LEVELS, slotAbove } from './shortcuts.ts';

/** The places on the way down to the slot at hand, by depth. */
const path = new Int32Array(MAX_LEVELS);

/**
 * The start of the lowest, or highest, gap of `size` indices between min and max; -1 where there is none. O(log n) with a
 * gap index, O(n) without.
 */
export function findGap(tree: MapleTree, min: number, max: number, size: number, reverse: boolean): number {
  if (tree.height > 0) {
    if (reverse) return highestGap(tree, min, max, size);
    const near = tree.height >= SHORTCUT_LEVELS ? lowestGapNear(tree, min, max, size) : -1;
    return near >= 0 ? near : lowestGap(tree, min, max, size);
  }
  if (tree.rootEntry !== null && min === 0) {
    if (max === 0) return -1;
    min = 1;
  }
  if (max - min < size - 1) return -1;
  return reverse ? max - (size - 1) : min;
}

/** lowestGap() where it lies under the same twig as min; else -1. */
function lowestGapNear(tree: MapleTree, min: number, max: number, size: number): number {
  const arena = tree.arena;
  const { pivots, slots, gaps } = arena;
  let above = slotAbove(tree, min);
  const end = (above & -SLOTS) + arena.counts[above >> NODE_SHIFT]!;
  let leaf = slots[above] as number;
  let before = min - 1;
  for (;;) {
    if (gaps === null || gaps[above]! >= size) {
      if (fetchLeaf(pivots, slots, leaf)) return -1;
      const at = before < min ? findSlot(pivots, leaf, min) : leaf;
      const start = gapInLeaf(arena, at, before, max, size);
      if (start >= 0) return start;
    }
    before = pivots[above]!;
    if (++above === end) return -1;
    leaf = slots[above] as number;
  }
}

/** The start of the first gap in a leaf, from a slot on, that is long enough and ends in time; else -1. */
function gapInLeaf(
  { pivots, slots, counts }: Arena,
  at: number,
  before: number,
  max: number,
  size: number,
): number {
  const end = (at & -SLOTS) + counts[at >> NODE_SHIFT]!;
  for (; at < end; at++) {
    const last = pivots[at]!;
    // The length comes first: it needs the bounds only, and few slots are long enough.
    if (last - before >= size && slots[at] === null && max - before >= size) return before + 1;
    before = last;
  }
  return -1;
}

function lowestGap(tree: MapleTree, min: number, max: number, size: number): number {
  const arena = tree.arena;
  const { pivots, slots } = arena;
  const depth = tree.height - 1;
  let d = descendTo(tree, min, size);
  let at = path[d]!;
  // What is in front of the slot at hand; of the slot that holds min, only what follows min counts.
  let before = min - 1;
  for (;;) {
    if (d === depth) {
      const start = gapInLeaf(arena, at, before, max, size);
      if (start >= 0) return start;
      if (--d < 0 || pivots[path[d]!]! >= max) return -1;
    } else if (pivots[at]! >= max) {
      return -1;
    }
    // Up to where another subtree has a gap that is large enough, and down to its first leaf with one.
    for (; d >= 0; d--) {
      at = nextWithGap(arena, path[d]! + 1, path[d]! & -SLOTS, size);
      if (at >= 0) break;
    }
    if (d < 0) return -1;
    before = pivots[at - 1]!;
    for (;;) {
      path[d] = at;
      const node = (at = slots[at] as number);
      if (++d === depth) break;
      at = nextWithGap(arena, node, node, size);
      if (at > node) before = pivots[at - 1]!;
    }
  }
}

function highestGap(tree: MapleTree, min: number, max: number, size: number): number {
  const arena = tree.arena;
  const { pivots, slots, counts } = arena;
  const depth = tree.height - 1;
  let d = descendTo(tree, max, size);
  let at = path[d]!;
  for (;;) {
    if (d === depth) {
      const leaf = at & -SLOTS;
      for (; at >= leaf; at--) {
        if (slots[at] !== null) continue;
        const start = startOf(pivots, at, depth);
        const first = start > min ? start : min;
        const last = pivots[at]! < max ? pivots[at]! : max;
        if (last - first >= size - 1) return last - (size - 1);
      }
      if (startOf(pivots, leaf, depth) <= min) return -1;
      d--;
    } else if (startOf(pivots, at, d) <= min) {
      return -1;
    }
    for (; d >= 0; d--) {
      at = prevWithGap(arena, path[d]! - 1, path[d]! & -SLOTS, size);
      if (at >= 0) break;
    }
    if (d < 0) return -1;
    for (;;) {
      path[d] = at;
      const node = slots[at] as number;
      at = node + counts[node >> NODE_SHIFT]! - 1;
      if (++d === depth) break;
      at = prevWithGap(arena, at, node, size);
    }
  }
}

/**
 * Goes down to the slot that holds an index, but not into a subtree whose gaps are known to be too small. Notes the way
 * and returns how many levels it went: all of them, to a slot of a leaf, or fewer.
 */
function descendTo(tree: MapleTree, index: number, size: number): number {
  const { pivots, slots, gaps } = tree.arena;
  const depth = tree.height - 1;
  let node = tree.root;
  for (let d = 0; ; d++) {
    if (d === depth && fetchLeaf(pivots, slots, node)) return d;
    const at = findSlot(pivots, node, index);
    path[d] = at;
    if (d === depth || (gaps !== null && gaps[at]! < size)) return d;
    node = slots[at] as number;
  }
}

/** Where the range of a slot starts to whose node the first `depth` places of the path lead. */
function startOf(pivots: Float64Array, at: number, depth: number): number {
  return (at & (SLOTS - 1)) !== 0 ? pivots[at - 1]! + 1 : startOfNode(pivots, path, depth);
}

/** The first slot of the node, from `at` on, whose subtree has a gap that is large enough, or may have; -1 for none. */
function nextWithGap({ gaps, counts }: Arena, at: number, node: number, size: number): number {
  const end = node + counts[node >> NODE_SHIFT]!;
  for (; at < end; at++) if (gaps === null || gaps[at]! >= size) return at;
  return -1;
}

/** The last slot of the node, from `at` down, whose subtree has a gap that is large enough, or may have; -1 for none. */
function prevWithGap({ gaps }: Arena, at: number, node: number, size: number): number {
  for (; at >= node; at--) if (gaps === null || gaps[at]! >= size) return at;
  return -1;
}

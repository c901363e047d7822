import type { Arena } from './arena.ts';
import type { MapleTree } from './maple-tree.ts';
import { gapOfLeaf } from './gap-index.ts';
import { findSlot, MAX_LEVELS, NODE_SHIFT, SLOTS, startOfNode } from './node.ts';
import { SHORTCUT_LEVELS, slotAbove } from './shortcuts.ts';

/** The places on the way down to the slot at hand, by depth. */
const path = new Int32Array(MAX_LEVELS);

/**
 * The start of the lowest gap of `size` indices between min and max; -1 where there is none. O(log n) with a gap index,
 * O(n) without.
 *
 * One function on purpose: V8 makes none of this size part of its caller. So the search has the whole of V8's budget for
 * inlining to itself, whatever the caller spent of its own.
 */
export function lowestGap(tree: MapleTree, min: number, max: number, size: number): number {
  const { arena, height } = tree;
  const { pivots, slots, gaps, gapSlots } = arena;
  if (height === 0) return gapBesideRoot(tree, min, max, size, false);
  // What is in front of the slot at hand; of the slot that holds min, only what follows min counts.
  let before = min - 1;
  if (gaps !== null && height >= SHORTCUT_LEVELS) {
    // Mostly it lies under the same twig as min.
    let above = slotAbove(tree, min);
    let leaf = slots[above] as number;
    let bits = -1 << findSlot(pivots, leaf, min);
    do {
      if (gaps[above]! >= size) {
        const start = gapInLeaf(pivots, leaf, bits & gapSlots[leaf >> NODE_SHIFT]!, before, max, size);
        if (start >= 0) return start;
      }
      before = pivots[above]!;
      leaf = slots[++above] as number;
      bits = -1;
    } while (leaf !== null && (above & (SLOTS - 1)) !== 0);
  }
  const depth = height - 1;
  let d = descendTo(tree, min, size);
  let at = path[d]!;
  before = min - 1;
  for (;;) {
    if (d === depth) {
      if (gaps === null) gapOfLeaf(arena, at & -SLOTS, 0);
      const bits = gapSlots[at >> NODE_SHIFT]! & (-1 << at);
      const start = gapInLeaf(pivots, at & -SLOTS, bits, before, max, size);
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

/** The start of the first of a leaf's gaps, given as bits, that is long enough behind `before` and ends in time; else -1. */
const gapInLeaf = (
  pivots: Float64Array,
  leaf: number,
  bits: number,
  before: number,
  max: number,
  size: number,
): number => {
  for (; bits !== 0; bits &= bits - 1) {
    const at = leaf | (31 - Math.clz32(bits & -bits));
    if (at !== leaf && pivots[at - 1]! > before) before = pivots[at - 1]!;
    if (pivots[at]! - before >= size && max - before >= size) return before + 1;
  }
  return -1;
};

/** The start of the highest such gap; else as lowestGap(). */
export function highestGap(tree: MapleTree, min: number, max: number, size: number): number {
  if (tree.height === 0) return gapBesideRoot(tree, min, max, size, true);
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
        const start = Math.min(pivots[at]!, max) - size + 1;
        if (start >= Math.max(startOf(pivots, at, depth), min)) return start;
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

/** In a tree without nodes, where at most index 0 is taken. */
function gapBesideRoot(tree: MapleTree, min: number, max: number, size: number, reverse: boolean): number {
  if (tree.rootEntry !== null && min === 0) min = 1;
  if (max - min < size - 1) return -1;
  return reverse ? max - (size - 1) : min;
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

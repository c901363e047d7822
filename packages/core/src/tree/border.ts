import type { Arena } from './arena.ts';
import { gapOfLeaf, raiseGap } from './gap-index.ts';
import { MAX_LEVELS, NODE_SHIFT, SLOTS, startOfNode } from './node.ts';

/** The way down to the leaf on the other side of the border. */
const beside = new Int32Array(MAX_LEVELS);

/**
 * Leaves the slots from `start` on, of the leaf that the path leads to, to the gap that the next leaf begins with: that
 * gap then starts at `first`. The leaf keeps a slot at least.
 */
export function giveToNextLeaf(
  arena: Arena,
  path: Int32Array,
  depth: number,
  start: number,
  first: number,
  min: number,
): void {
  const { pivots, slots, counts } = arena;
  const leaf = (start - 1) & -SLOTS;
  const end = leaf + counts[leaf >> NODE_SHIFT]!;
  pivots[start - 1] = first - 1;
  for (let at = start; at < end; at++) {
    pivots[at] = NaN;
    slots[at] = null;
  }
  counts[leaf >> NODE_SHIFT] = start - leaf;

  // Every node that ends where the leaf did ends where it does now.
  let d = depth - 1;
  for (; ; d--) {
    const at = path[d]!;
    pivots[at] = first - 1;
    if (at + 1 < (at & -SLOTS) + counts[at >> NODE_SHIFT]!) break;
  }
  if (arena.gaps === null) return;
  raiseGap(arena, path, depth, gapOfLeaf(arena, leaf, min));
  for (let k = 0; k < d; k++) beside[k] = path[k]!;
  let at = path[d]! + 1;
  beside[d] = at;
  while (++d < depth) beside[d] = at = slots[at] as number;
  raiseGap(arena, beside, depth, gapOfLeaf(arena, slots[at] as number, first));
}

/**
 * Leaves the slots before `start`, of the leaf that the path leads to, to the gap that the leaf before ends with: that
 * gap then ends at `last`. The leaf keeps a slot at least.
 */
export function giveToLeafBefore(
  arena: Arena,
  path: Int32Array,
  depth: number,
  leaf: number,
  start: number,
  last: number,
): void {
  const { pivots, slots, counts } = arena;
  const end = leaf + counts[leaf >> NODE_SHIFT]!;
  const shift = start - leaf;
  for (let at = start; at < end; at++) {
    pivots[at - shift] = pivots[at]!;
    slots[at - shift] = slots[at];
  }
  for (let at = end - shift; at < end; at++) {
    pivots[at] = NaN;
    slots[at] = null;
  }
  counts[leaf >> NODE_SHIFT] = end - shift - leaf;

  let d = depth - 1;
  while ((path[d]! & (SLOTS - 1)) === 0) d--;
  for (let k = 0; k < d; k++) beside[k] = path[k]!;
  let at = path[d]! - 1;
  pivots[at] = last;
  beside[d] = at;
  for (;;) {
    const node = slots[at] as number;
    at = node + counts[node >> NODE_SHIFT]! - 1;
    pivots[at] = last;
    if (++d === depth) break;
    beside[d] = at;
  }
  if (arena.gaps === null) return;
  raiseGap(arena, path, depth, gapOfLeaf(arena, leaf, last + 1));
  const before = at & -SLOTS;
  raiseGap(arena, beside, depth, gapOfLeaf(arena, before, startOfNode(pivots, beside, depth)));
}

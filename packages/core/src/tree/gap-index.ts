import type { Arena } from './arena.ts';
import { SLOTS } from './node.ts';

/** The largest gap in a leaf whose range starts at `min`. */
export function gapOfLeaf(arena: Arena, leaf: number, min: number): number {
  const { pivots, slots } = arena;
  const end = leaf + arena.counts[leaf / SLOTS]!;
  let largest = 0;
  let first = min;
  for (let at = leaf; at < end; at++) {
    const next = pivots[at]! + 1;
    if (slots[at] === null && next - first > largest) largest = next - first;
    first = next;
  }
  return largest;
}

/** The largest gap in the subtree of a node above the leaves. */
export function gapOfNode(arena: Arena, node: number): number {
  const gaps = arena.gaps!;
  const end = node + arena.counts[node / SLOTS]!;
  let largest = 0;
  for (let at = node; at < end; at++) if (gaps[at]! > largest) largest = gaps[at]!;
  return largest;
}

/**
 * Carries a node's largest gap up the path that leads to it, as far as it changes anything.
 *
 * @param path the places passed on the way down, of which the first `depth` are above the node.
 */
export function raiseGap(arena: Arena, path: Int32Array, depth: number, largest: number): void {
  const gaps = arena.gaps!;
  for (let d = depth - 1; d >= 0; d--) {
    const at = path[d]!;
    const before = gaps[at]!;
    if (before === largest) return;
    gaps[at] = largest;
    const ofNode = gapOfNode(arena, at & -SLOTS);
    // What the node reports has not changed if neither the old nor the new gap is its largest.
    if (before < ofNode && largest < ofNode) return;
    largest = ofNode;
  }
}

/** The start of the lowest gap of `size` indices between min and max, or -1. O(log n) with a gap index, else O(n). */
export function lowestGap(
  arena: Arena,
  node: number,
  level: number,
  nodeMin: number,
  min: number,
  max: number,
  size: number,
): number {
  const { pivots, slots, gaps } = arena;
  const end = node + arena.counts[node / SLOTS]!;
  let at = node;
  while (pivots[at]! < min) at++;
  let first = at === node ? nodeMin : pivots[at - 1]! + 1;
  for (; at < end && first <= max; at++) {
    const last = pivots[at]!;
    if (level > 1) {
      if (gaps === null || gaps[at]! >= size) {
        const found = lowestGap(arena, slots[at] as number, level - 1, first, min, max, size);
        if (found >= 0) return found;
      }
    } else if (slots[at] === null) {
      const from = first > min ? first : min;
      if ((last < max ? last : max) - from >= size - 1) return from;
    }
    first = last + 1;
  }
  return -1;
}

/** The start of the highest gap of `size` indices between min and max, or -1. */
export function highestGap(
  arena: Arena,
  node: number,
  level: number,
  nodeMin: number,
  min: number,
  max: number,
  size: number,
): number {
  const { pivots, slots, gaps } = arena;
  let at = node + arena.counts[node / SLOTS]! - 1;
  while (at > node && pivots[at - 1]! >= max) at--;
  for (; at >= node; at--) {
    const last = pivots[at]!;
    if (last < min) return -1;
    const first = at === node ? nodeMin : pivots[at - 1]! + 1;
    if (level > 1) {
      if (gaps === null || gaps[at]! >= size) {
        const found = highestGap(arena, slots[at] as number, level - 1, first, min, max, size);
        if (found >= 0) return found;
      }
    } else if (slots[at] === null) {
      const from = first > min ? first : min;
      const to = last < max ? last : max;
      if (to - from >= size - 1) return to - (size - 1);
    }
  }
  return -1;
}

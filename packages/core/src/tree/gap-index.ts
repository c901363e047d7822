import type { Arena } from './arena.ts';
import { NODE_SHIFT, SLOTS } from './node.ts';

/** The largest gap in a leaf whose range starts at `min`. Notes which of its slots are gaps. */
export function gapOfLeaf(arena: Arena, leaf: number, min: number): number {
  const { pivots, slots } = arena;
  const end = leaf + arena.counts[leaf >> NODE_SHIFT]!;
  let largest = 0;
  let first = min;
  let bits = 0;
  for (let at = leaf; at < end; at++) {
    const next = pivots[at]! + 1;
    if (slots[at] === null) {
      // Shifts are taken modulo 32, which is SLOTS.
      bits |= 1 << at;
      if (next - first > largest) largest = next - first;
    }
    first = next;
  }
  arena.gapSlots[leaf >> NODE_SHIFT] = bits;
  return largest;
}

/** The largest gap in the subtree of a node above the leaves. */
export function gapOfNode(arena: Arena, node: number): number {
  const gaps = arena.gaps!;
  const end = node + arena.counts[node >> NODE_SHIFT]!;
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

import type { Arena } from './arena.ts';
import { NODE_SHIFT, SLOTS } from './node.ts';

/**
 * Writes an entry into the slots from..to of a leaf that has room for it.
 *
 * @param keepLeft 1 where slot `from` keeps a part in front of the range, else 0; `keepRight` likewise for `to`, behind.
 */
export function writeSlots(
  { pivots, slots, counts }: Arena,
  from: number,
  to: number,
  first: number,
  last: number,
  entry: unknown,
  keepLeft: number,
  keepRight: number,
): void {
  const leaf = from & -SLOTS;
  const count = counts[leaf >> NODE_SHIFT]!;
  const end = leaf + count - 1;
  const shift = from - to + keepLeft + keepRight;
  // The slot that the range ends in lives on behind it where it keeps a part.
  const start = to + 1 - keepRight;
  if (shift > 0) {
    for (let at = end; at >= start; at--) {
      pivots[at + shift] = pivots[at]!;
      slots[at + shift] = slots[at];
    }
  } else if (shift < 0) {
    for (let at = start; at <= end; at++) {
      pivots[at + shift] = pivots[at]!;
      slots[at + shift] = slots[at];
    }
    for (let at = end + shift + 1; at <= end; at++) {
      pivots[at] = NaN;
      slots[at] = null;
    }
  }
  if (keepLeft === 1) pivots[from] = first - 1;
  pivots[from + keepLeft] = last;
  slots[from + keepLeft] = entry;
  counts[leaf >> NODE_SHIFT] = count + shift;
}

/** Moves the slots from `cut` on to a node taken for them, which is returned. There has to be one. */
export function moveToTwin(arena: Arena, cut: number, isLeaf: boolean): number {
  const { pivots, slots, counts, gaps } = arena;
  const twin = arena.take();
  const node = cut & -SLOTS;
  const end = node + counts[node >> NODE_SHIFT]!;
  let to = twin;
  for (let at = cut; at < end; at++, to++) {
    pivots[to] = pivots[at]!;
    slots[to] = slots[at];
    if (gaps !== null && !isLeaf) gaps[to] = gaps[at]!;
    pivots[at] = NaN;
    slots[at] = null;
  }
  counts[node >> NODE_SHIFT] = cut - node;
  counts[twin >> NODE_SHIFT] = to - twin;
  for (; to < twin + SLOTS; to++) pivots[to] = NaN;
  return twin;
}

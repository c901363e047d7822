import type { Arena } from './arena.ts';
import { gapOfLeaf, gapOfNode, raiseGap } from './gap-index.ts';
import { NODE_SHIFT, SLOTS, startOfNode } from './node.ts';
import { writeSlots } from './slots.ts';

/** A neighbour takes slots only if it has room for so many: fewer would soon be used up, and moved for again. */
const ROOM_TO_SHARE = 6;

/**
 * Stores a range that lies within the slots from..to of one full leaf by moving some of its slots to a neighbour under
 * the same parent, so that no node is taken and nodes are fuller.
 *
 * @param path the places passed on the way down to the leaf, `depth` of them.
 * @param min where the leaf's range starts.
 * @param keepLeft as for writeSlots(), and keepRight.
 * @returns false where no neighbour has the room; then nothing has changed.
 *
 * Kernel: lib/maple_tree.c, mas_push_data(), 6.12.
 */
export function shareLeaf(
  arena: Arena,
  path: Int32Array,
  depth: number,
  from: number,
  to: number,
  min: number,
  first: number,
  last: number,
  entry: unknown,
  keepLeft: number,
  keepRight: number,
): boolean {
  if (depth === 0) return false;
  const { pivots, slots, counts, gaps } = arena;
  const leaf = from & -SLOTS;
  const at = path[depth - 1]!;
  const parent = at & -SLOTS;
  const before = at > parent ? (slots[at - 1] as number) : -1;
  const behind = at + 1 < parent + counts[parent >> NODE_SHIFT]! ? (slots[at + 1] as number) : -1;
  const roomBefore = before < 0 ? 0 : SLOTS - counts[before >> NODE_SHIFT]!;
  const roomBehind = behind < 0 ? 0 : SLOTS - counts[behind >> NODE_SHIFT]!;
  const forward = roomBehind >= roomBefore;
  const room = forward ? roomBehind : roomBefore;
  if (room < ROOM_TO_SHARE) return false;

  // Half of the room at most: what is stored takes up to two slots more, on whichever side it comes to lie.
  const moved = room >> 1;
  const count = counts[leaf >> NODE_SHIFT]!;
  const cut = forward ? leaf + count - moved : leaf + moved;
  if (from < cut && to >= cut) return false;
  const border = pivots[cut - 1]!;
  // How far the places of the range move.
  let shift: number;
  if (forward) {
    moveForward(arena, cut, leaf + count, behind);
    pivots[at] = border;
    shift = from < cut ? 0 : behind - cut;
  } else {
    const end = before + SLOTS - room;
    moveBack(arena, leaf, moved, end);
    pivots[at - 1] = border;
    shift = from < cut ? end - leaf : -moved;
  }
  writeSlots(arena, from + shift, to + shift, first, last, entry, keepLeft, keepRight);
  if (gaps === null) return true;
  const left = forward ? at : at - 1;
  const leftMin = forward
    ? min
    : left > parent
      ? pivots[left - 1]! + 1
      : startOfNode(pivots, path, depth - 1);
  gaps[left] = gapOfLeaf(arena, slots[left] as number, leftMin);
  gaps[left + 1] = gapOfLeaf(arena, slots[left + 1] as number, border + 1);
  raiseGap(arena, path, depth - 1, gapOfNode(arena, parent));
  return true;
}

/** Moves the slots cut..end-1 of a leaf to the front of the leaf behind it. */
function moveForward({ pivots, slots, counts }: Arena, cut: number, end: number, behind: number): void {
  const moved = end - cut;
  for (let k = behind + counts[behind >> NODE_SHIFT]! - 1; k >= behind; k--) {
    pivots[k + moved] = pivots[k]!;
    slots[k + moved] = slots[k];
  }
  for (let k = cut, to = behind; k < end; k++, to++) {
    pivots[to] = pivots[k]!;
    slots[to] = slots[k];
    pivots[k] = NaN;
    slots[k] = null;
  }
  counts[cut >> NODE_SHIFT]! -= moved;
  counts[behind >> NODE_SHIFT]! += moved;
}

/** Moves the first slots of a leaf behind the last ones, which end before `to`, of the leaf before it. */
function moveBack({ pivots, slots, counts }: Arena, leaf: number, moved: number, to: number): void {
  const end = leaf + counts[leaf >> NODE_SHIFT]!;
  for (let k = leaf; k < leaf + moved; k++) {
    pivots[to + k - leaf] = pivots[k]!;
    slots[to + k - leaf] = slots[k];
  }
  for (let k = leaf + moved; k < end; k++) {
    pivots[k - moved] = pivots[k]!;
    slots[k - moved] = slots[k];
  }
  for (let k = end - moved; k < end; k++) {
    pivots[k] = NaN;
    slots[k] = null;
  }
  counts[leaf >> NODE_SHIFT]! -= moved;
  counts[to >> NODE_SHIFT]! += moved;
}

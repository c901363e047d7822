import { ULONG_MAX } from '../constants.ts';
import type { Arena } from './arena.ts';
import { gapOfLeaf, gapOfNode, raiseGap } from './gap-index.ts';
import type { MapleTree } from './maple-tree.ts';
import { NODE_SHIFT, SLOTS } from './node.ts';

/** The slots of a node that does not hold them any more: one node's and up to two more. */
const listPivots = new Float64Array(SLOTS + 2);
const listSlots: unknown[] = new Array(SLOTS + 2).fill(null);
const listGaps = new Float64Array(SLOTS + 2);

/**
 * Stores a range that lies within the slots from..to of one full leaf: splits that leaf, and as many of the nodes above
 * it as are full. All nodes are taken before anything is changed.
 *
 * @param path the places passed on the way down to the leaf.
 * @param min where the leaf's range starts.
 * @param keepLeft whether slot `from` keeps a part in front of the range; `keepRight` likewise for `to` behind it.
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
  let full = depth - 1;
  while (full >= 0 && arena.counts[path[full]! >> NODE_SHIFT] === SLOTS) full--;
  const wanted = depth - full + (full < 0 ? 1 : 0);
  if (!arena.provide(wanted)) return false;

  const { pivots, slots, counts } = arena;
  const leaf = from & -SLOTS;
  const end = leaf + counts[leaf >> NODE_SHIFT]!;
  let n = 0;
  for (let at = leaf; at < from; at++, n++) {
    listPivots[n] = pivots[at]!;
    listSlots[n] = slots[at];
  }
  if (keepLeft === 1) {
    listPivots[n] = first - 1;
    listSlots[n++] = slots[from];
  }
  const focus = n;
  listPivots[n] = last;
  listSlots[n++] = entry;
  for (let at = keepRight === 1 ? to : to + 1; at < end; at++, n++) {
    listPivots[n] = pivots[at]!;
    listSlots[n] = slots[at];
  }
  let cut = cutOf(n, focus, min === 0, pivots[end - 1] === ULONG_MAX);
  let node = leaf;
  let twin = dealTwo(arena, node, n, cut, false);
  let gap = 0;
  let twinGap = 0;
  if (arena.gaps !== null) {
    gap = gapOfLeaf(arena, node, min);
    twinGap = gapOfLeaf(arena, twin, listPivots[cut - 1]! + 1);
  }

  for (let d = depth - 1; d >= 0; d--) {
    const at = path[d]!;
    const parent = at & -SLOTS;
    const count = counts[parent >> NODE_SHIFT]!;
    const border = listPivots[cut - 1]!;
    if (count < SLOTS) {
      insertChild(arena, at, parent + count - 1, border, twin, gap, twinGap);
      if (arena.gaps !== null) raiseGap(arena, path, d, gapOfNode(arena, parent));
      return true;
    }
    n = listWithChild(arena, at, border, twin, gap, twinGap);
    cut = cutOf(n, at - parent + 1, at === parent, pivots[parent + count - 1] === ULONG_MAX);
    node = parent;
    twin = dealTwo(arena, node, n, cut, true);
    if (arena.gaps !== null) {
      gap = gapOfNode(arena, node);
      twinGap = gapOfNode(arena, twin);
    }
  }
  tree.root = newRoot(arena, node, twin, gap, twinGap);
  tree.height++;
  return true;
}

/**
 * Where a list of slots is cut in two: in the middle, except that at either end of the index space the node behind the
 * store is left full, so that ascending or descending stores pack the tree.
 */
function cutOf(n: number, focus: number, atStart: boolean, atEnd: boolean): number {
  if (atEnd && focus >= n - 3) return Math.min(SLOTS, n - 2);
  if (atStart && focus <= 2) return Math.max(n - SLOTS, 2);
  return n >> 1;
}

/** Leaves the listed slots 0..cut-1 in a node and moves the rest to a new one, which is returned. */
function dealTwo(arena: Arena, node: number, n: number, cut: number, isInner: boolean): number {
  const { pivots, slots, counts, gaps } = arena;
  const twin = arena.take();
  for (let k = 0; k < cut; k++) {
    pivots[node + k] = listPivots[k]!;
    slots[node + k] = listSlots[k];
  }
  for (let at = node + cut; at < node + SLOTS; at++) {
    pivots[at] = Infinity;
    slots[at] = null;
  }
  const shift = twin - cut;
  for (let k = cut; k < n; k++) {
    pivots[shift + k] = listPivots[k]!;
    slots[shift + k] = listSlots[k];
  }
  for (let at = shift + n; at < twin + SLOTS; at++) pivots[at] = Infinity;
  counts[node >> NODE_SHIFT] = cut;
  counts[twin >> NODE_SHIFT] = n - cut;
  if (isInner && gaps !== null) {
    for (let k = 0; k < cut; k++) gaps[node + k] = listGaps[k]!;
    for (let k = cut; k < n; k++) gaps[shift + k] = listGaps[k]!;
  }
  return twin;
}

/** Puts a node's twin behind it in a parent that has room; `at` is the node's slot, `end` the last used one. */
function insertChild(
  arena: Arena,
  at: number,
  end: number,
  border: number,
  twin: number,
  gap: number,
  twinGap: number,
): void {
  const { pivots, slots, counts, gaps } = arena;
  for (let k = end; k > at; k--) {
    pivots[k + 1] = pivots[k]!;
    slots[k + 1] = slots[k];
  }
  pivots[at + 1] = pivots[at]!;
  pivots[at] = border;
  slots[at + 1] = twin;
  const index = at >> NODE_SHIFT;
  counts[index] = counts[index]! + 1;
  if (gaps !== null) {
    for (let k = end; k > at; k--) gaps[k + 1] = gaps[k]!;
    gaps[at] = gap;
    gaps[at + 1] = twinGap;
  }
}

/** Lists the slots of a full parent with a node's twin behind it. */
function listWithChild(
  arena: Arena,
  at: number,
  border: number,
  twin: number,
  gap: number,
  twinGap: number,
): number {
  const { pivots, slots, gaps } = arena;
  const parent = at & -SLOTS;
  const place = at - parent;
  for (let k = 0; k < SLOTS; k++) {
    const to = k <= place ? k : k + 1;
    listPivots[to] = pivots[parent + k]!;
    listSlots[to] = slots[parent + k];
    if (gaps !== null) listGaps[to] = gaps[parent + k]!;
  }
  listPivots[place] = border;
  listPivots[place + 1] = pivots[at]!;
  listSlots[place + 1] = twin;
  listGaps[place] = gap;
  listGaps[place + 1] = twinGap;
  return SLOTS + 1;
}

function newRoot(arena: Arena, node: number, twin: number, gap: number, twinGap: number): number {
  const { pivots, slots, counts, gaps } = arena;
  const root = arena.take();
  pivots[root] = pivots[node + counts[node >> NODE_SHIFT]! - 1]!;
  pivots[root + 1] = ULONG_MAX;
  for (let at = root + 2; at < root + SLOTS; at++) pivots[at] = Infinity;
  slots[root] = node;
  slots[root + 1] = twin;
  counts[root >> NODE_SHIFT] = 2;
  if (gaps !== null) {
    gaps[root] = gap;
    gaps[root + 1] = twinGap;
  }
  return root;
}

import { ULONG_MAX } from '../constants.ts';
import type { Arena } from './arena.ts';
import { gapOfLeaf, gapOfNode, raiseGap } from './gap-index.ts';
import { empty, isFrozen, type MapleTree } from './maple-tree.ts';
import { findSlot, MAX_LEVELS, MIN_SLOTS, NODE_SHIFT, SLOTS } from './node.ts';

/**
 * The general way to write: every store that does not fit into one leaf as it stands. Level by level, from the leaves
 * up, the nodes that the range touches are gathered into one list of slots, and that list is dealt out to new nodes,
 * which then replace the old ones in their parents; until a level is reached where the change fits into one node. Only
 * there is the tree itself changed, so a failure before that leaves it as it was.
 */

/** The slots of the level at hand. */
const listPivots = new Float64Array(4 * SLOTS);
const listSlots: unknown[] = new Array(4 * SLOTS).fill(null);
const listGaps = new Float64Array(4 * SLOTS);

/** The ways down to the first and to the last index of the store, as places by depth. */
const left = new Int32Array(MAX_LEVELS);
const right = new Int32Array(MAX_LEVELS);
/** Where the ranges of the nodes on the left way start. */
const leftMin = new Float64Array(MAX_LEVELS);

/** Set to 1 where the nodes of the level at hand were joined with the one before, or behind, them. */
let joinedLeft = 0;
let joinedRight = 0;

/** The nodes made for the level at hand. */
const builtNodes = new Int32Array(3);
const builtMax = new Float64Array(3);
const builtGaps = new Float64Array(3);

/** Nodes made so far, to be given back if the store fails. */
const made: number[] = [];
/** Nodes that leave the tree once the store is done. */
const retired: number[] = [];
/** Subtrees that the range covers, as root and levels in turn. */
const covered: number[] = [];

/** @returns false where there were no nodes for it; nothing has changed then. */
export function rebuild(
  tree: MapleTree,
  first: number,
  last: number,
  entry: unknown,
  mayExceed: boolean,
): boolean {
  const arena = tree.arena;
  const frozen = isFrozen(tree);
  let d = tree.height - 1;
  walkDown(tree, left, leftMin, first);
  walkDown(tree, right, null, last);

  let leftNode = left[d]! & -SLOTS;
  let rightNode = right[d]! & -SLOTS;
  let min = leftMin[d]!;
  let focus = 0;
  let n = listLeaves(arena, left[d]!, right[d]!, min, first, last, entry);
  focus = n >> 8;
  n &= 255;

  for (;;) {
    if (!frozen && leftNode === rightNode && n <= SLOTS && (d === 0 || n >= MIN_SLOTS)) {
      if (!fits(arena, mayExceed, frozen)) return undo(arena);
      writeList(arena, leftNode, 0, n);
      finish(arena, frozen);
      if (arena.gaps !== null && d > 0) {
        const gap = d === tree.height - 1 ? gapOfLeaf(arena, leftNode, min) : gapOfNode(arena, leftNode);
        raiseGap(arena, left, d, gap);
      }
      shrinkRoot(tree, frozen);
      return true;
    }

    retired.push(leftNode);
    if (rightNode !== leftNode) retired.push(rightNode);
    joinedLeft = joinedRight = 0;
    if (n < MIN_SLOTS && d > 0) n = joinNeighbour(arena, d, n);
    min = leftMin[d]!;
    const isLeaf = d === tree.height - 1;
    const atEnd = listPivots[n - 1] === ULONG_MAX && focus >= n - 3;
    const atStart = min === 0 && focus <= 2;
    const nodes = deal(arena, n, isLeaf, min, atEnd, atStart);
    if (nodes === 0) return undo(arena);

    if (d === 0) {
      let root = builtNodes[0]!;
      if (nodes > 1) {
        listBuilt(arena, 0, nodes);
        if (deal(arena, nodes, false, 0, false, false) === 0) return undo(arena);
        root = builtNodes[0]!;
      }
      if (!fits(arena, mayExceed, frozen)) return undo(arena);
      tree.root = root;
      if (nodes > 1) tree.height++;
      finish(arena, frozen);
      shrinkRoot(tree, frozen);
      return true;
    }

    d--;
    leftNode = left[d]! & -SLOTS;
    rightNode = right[d]! & -SLOTS;
    focus = (left[d]! & (SLOTS - 1)) + nodes - 1;
    n = listParents(arena, left[d]!, right[d]!, nodes, tree.height - 1 - d);
    min = leftMin[d]!;
  }
}

function walkDown(tree: MapleTree, path: Int32Array, mins: Float64Array | null, index: number): void {
  const { pivots, slots } = tree.arena;
  const depth = tree.height - 1;
  let node = tree.root;
  let min = 0;
  for (let d = 0; ; d++) {
    if (mins !== null) mins[d] = min;
    const at = findSlot(pivots, node, index);
    path[d] = at;
    if (d === depth) return;
    if (at !== node) min = pivots[at - 1]! + 1;
    node = slots[at] as number;
  }
}

/** Lists what the leaves will hold: left of the range, the entry, right of it. Returns its place << 8 | slots. */
function listLeaves(
  arena: Arena,
  from: number,
  to: number,
  min: number,
  first: number,
  last: number,
  entry: unknown,
): number {
  const { pivots, slots, counts } = arena;
  let n = 0;
  for (let at = from & -SLOTS; at < from; at++) {
    listPivots[n] = pivots[at]!;
    listSlots[n++] = slots[at];
  }
  const fromFirst = (from & (SLOTS - 1)) === 0 ? min : pivots[from - 1]! + 1;
  if (fromFirst < first) {
    listPivots[n] = first - 1;
    listSlots[n++] = slots[from];
  }
  const place = n;
  listPivots[n] = last;
  listSlots[n++] = entry;
  if (last < pivots[to]!) {
    listPivots[n] = pivots[to]!;
    listSlots[n++] = slots[to];
  }
  const leaf = to & -SLOTS;
  const end = leaf + counts[leaf >> NODE_SHIFT]!;
  for (let at = to + 1; at < end; at++) {
    listPivots[n] = pivots[at]!;
    listSlots[n++] = slots[at];
  }
  return (place << 8) | n;
}

/** Lists what the parents will hold: the children left of the replaced ones, the new ones, those right of them. */
function listParents(arena: Arena, from: number, to: number, nodes: number, levels: number): number {
  const { slots, counts } = arena;
  const leftNode = from & -SLOTS;
  const rightNode = to & -SLOTS;
  const rightEnd = rightNode + counts[rightNode >> NODE_SHIFT]!;
  // What lies between the replaced nodes goes with all that is below it; they themselves are retired already.
  const start = from + 1 + joinedLeft;
  const end = to - joinedRight;
  if (leftNode === rightNode) {
    for (let at = start; at < end; at++) covered.push(slots[at] as number, levels);
  } else {
    const leftEnd = leftNode + counts[leftNode >> NODE_SHIFT]!;
    for (let at = start; at < leftEnd; at++) covered.push(slots[at] as number, levels);
    for (let at = rightNode; at < end; at++) covered.push(slots[at] as number, levels);
  }
  let n = listSlotsOf(arena, leftNode, from, 0);
  n = listBuilt(arena, n, nodes);
  return listSlotsOf(arena, to + 1, rightEnd, n);
}

function listSlotsOf(arena: Arena, start: number, end: number, n: number): number {
  const { pivots, slots, gaps } = arena;
  for (let at = start; at < end; at++, n++) {
    listPivots[n] = pivots[at]!;
    listSlots[n] = slots[at];
    if (gaps !== null) listGaps[n] = gaps[at]!;
  }
  return n;
}

function listBuilt(arena: Arena, n: number, nodes: number): number {
  for (let k = 0; k < nodes; k++, n++) {
    listPivots[n] = builtMax[k]!;
    listSlots[n] = builtNodes[k];
    if (arena.gaps !== null) listGaps[n] = builtGaps[k]!;
  }
  return n;
}

/**
 * Adds the slots of a neighbour to a list that is too short for a node, where one has the same parent. Where none has,
 * the parents are being joined themselves, and the node stays short.
 */
function joinNeighbour(arena: Arena, d: number, n: number): number {
  const { pivots, slots, counts } = arena;
  const before = left[d - 1]!;
  const parent = before & -SLOTS;
  if (before > parent) {
    const neighbour = slots[before - 1] as number;
    const count = counts[neighbour >> NODE_SHIFT]!;
    for (let k = n - 1; k >= 0; k--) {
      listPivots[k + count] = listPivots[k]!;
      listSlots[k + count] = listSlots[k];
      listGaps[k + count] = listGaps[k]!;
    }
    listSlotsOf(arena, neighbour, neighbour + count, 0);
    joinedLeft = 1;
    left[d - 1] = before - 1;
    leftMin[d] = before - 1 > parent ? pivots[before - 2]! + 1 : leftMin[d - 1]!;
    retired.push(neighbour);
    return n + count;
  }
  const after = right[d - 1]! + 1;
  const rightParent = (after - 1) & -SLOTS;
  if (after < rightParent + counts[rightParent >> NODE_SHIFT]!) {
    const neighbour = slots[after] as number;
    joinedRight = 1;
    right[d - 1] = after;
    retired.push(neighbour);
    return listSlotsOf(arena, neighbour, neighbour + counts[neighbour >> NODE_SHIFT]!, n);
  }
  return n;
}

/**
 * Deals the listed slots out to new nodes: evenly, except that a store at either end of the index space leaves the node
 * behind it full, so that runs of ascending or descending stores pack the tree.
 *
 * @returns how many nodes, 0 where there was no memory.
 */
function deal(
  arena: Arena,
  n: number,
  isLeaf: boolean,
  min: number,
  atEnd: boolean,
  atStart: boolean,
): number {
  const nodes = n <= SLOTS ? 1 : n <= 2 * SLOTS ? 2 : 3;
  let start = 0;
  let first = min;
  for (let k = 0; k < nodes; k++) {
    const node = arena.take();
    if (node < 0) return 0;
    made.push(node);
    let end = Math.ceil((n * (k + 1)) / nodes);
    if (nodes === 2 && k === 0) {
      if (atEnd) end = Math.min(SLOTS, n - 2);
      else if (atStart) end = Math.max(n - SLOTS, 2);
    }
    writeList(arena, node, start, end);
    builtNodes[k] = node;
    builtMax[k] = listPivots[end - 1]!;
    if (arena.gaps !== null) builtGaps[k] = isLeaf ? gapOfLeaf(arena, node, first) : gapOfNode(arena, node);
    first = builtMax[k]! + 1;
    start = end;
  }
  return nodes;
}

/** Fills a node with the listed slots start..end-1 and forgets what they held. */
function writeList(arena: Arena, node: number, start: number, end: number): void {
  const { pivots, slots, gaps } = arena;
  let at = node;
  for (let k = start; k < end; k++, at++) {
    pivots[at] = listPivots[k]!;
    slots[at] = listSlots[k];
    if (gaps !== null) gaps[at] = listGaps[k]!;
    listSlots[k] = null;
  }
  arena.counts[node >> NODE_SHIFT] = end - start;
  for (; at < node + SLOTS; at++) {
    pivots[at] = NaN;
    slots[at] = null;
  }
}

/** True where the nodes that will be in use after the store are within the limit. */
function fits(arena: Arena, mayExceed: boolean, frozen: boolean): boolean {
  if (mayExceed || !arena.overLimit(0)) return true;
  arena.reclaim();
  let leaving = 0;
  if (!frozen) {
    leaving = retired.length;
    for (let k = 0; k < covered.length; k += 2) leaving += sizeOf(arena, covered[k]!, covered[k + 1]!);
  }
  return !arena.overLimit(-leaving);
}

function sizeOf(arena: Arena, node: number, levels: number): number {
  let size = 1;
  if (levels > 1) {
    const end = node + arena.counts[node >> NODE_SHIFT]!;
    for (let at = node; at < end; at++) size += sizeOf(arena, arena.slots[at] as number, levels - 1);
  }
  return size;
}

/** Gives the nodes that the store made back. */
function undo(arena: Arena): false {
  for (const node of made) arena.give(node);
  made.length = 0;
  retired.length = 0;
  covered.length = 0;
  listSlots.fill(null);
  return false;
}

/** Gives back the nodes that left the tree. */
function finish(arena: Arena, frozen: boolean): void {
  for (const node of retired) release(arena, node, frozen);
  for (let k = 0; k < covered.length; k += 2) releaseSubtree(arena, covered[k]!, covered[k + 1]!, frozen);
  made.length = 0;
  retired.length = 0;
  covered.length = 0;
  arena.reclaim();
}

function releaseSubtree(arena: Arena, node: number, levels: number, frozen: boolean): void {
  if (levels > 1) {
    const end = node + arena.counts[node >> NODE_SHIFT]!;
    for (let at = node; at < end; at++) releaseSubtree(arena, arena.slots[at] as number, levels - 1, frozen);
  }
  release(arena, node, frozen);
}

function release(arena: Arena, node: number, frozen: boolean): void {
  if (frozen) arena.giveLater(node);
  else arena.give(node);
}

/** Takes away root nodes that have a single child, and the last node of a tree that holds nothing. */
function shrinkRoot(tree: MapleTree, frozen: boolean): void {
  const arena = tree.arena;
  while (tree.height > 1 && arena.counts[tree.root >> NODE_SHIFT] === 1) {
    const child = arena.slots[tree.root] as number;
    release(arena, tree.root, frozen);
    tree.root = child;
    tree.height--;
  }
  if (tree.height === 1 && arena.counts[tree.root >> NODE_SHIFT] === 1 && arena.slots[tree.root] === null)
    empty(tree);
}

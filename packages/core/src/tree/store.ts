import { EEXIST, ENOMEM, ULONG_MAX } from '../constants.ts';
import { gapOfLeaf, raiseGap } from './gap-index.ts';
import { giveToLeafBefore, giveToNextLeaf } from './border.ts';
import { empty, isFrozen, type MapleTree } from './maple-tree.ts';
import { fetchLeaf, findSlot, MAX_LEVELS, MIN_SLOTS, startOfNode, NODE_SHIFT, SLOTS } from './node.ts';
import { rebuild } from './rebuild.ts';
import { writeSlots } from './slots.ts';
import { splitLeaf } from './split.ts';

/** What the last store did, to be read before the next one. */
export interface StoreOutcome {
  /** The range that was written: for null, all of the gap that it became part of. */
  first: number;
  last: number;
  /** The entry that was at the first index asked for. */
  before: unknown;
}
export const outcome: StoreOutcome = { first: 0, last: 0, before: null };

/** How a store may fail. */
export const STORE = 0;
/** Only where nothing is there: else -EEXIST. */
export const INSERT = 1;
/** All of the range that holds the first index, and whatever the limit of nodes says: erasing must not fail. */
export const ERASE = 2;

const path = new Int32Array(MAX_LEVELS);

/**
 * Writes an entry over first..last, both included; null makes a gap and joins it with its neighbours, so that no two
 * gaps are ever next to each other. O(log n), more where whole subtrees are covered: O(nodes given back).
 *
 * @returns 0; -ENOMEM or -EEXIST, and then nothing has changed.
 */
export function storeRange(
  tree: MapleTree,
  first: number,
  last: number,
  entry: unknown,
  mode: number,
): number {
  if (tree.height === 0) return storeInRoot(tree, first, last, entry, mode);
  const arena = tree.arena;
  const { pivots, slots, counts } = arena;
  const depth = tree.height - 1;

  let leaf = tree.root;
  for (let d = 0; d < depth; d++) {
    const at = findSlot(pivots, leaf, first);
    path[d] = at;
    leaf = slots[at] as number;
  }
  if (fetchLeaf(pivots, slots, leaf)) return -EEXIST;
  let from = findSlot(pivots, leaf, first);
  const before = slots[from];
  if (mode === INSERT && (before !== null || pivots[from]! < last)) return -EEXIST;
  const count = counts[leaf >> NODE_SHIFT]!;
  const end = leaf + count - 1;
  let fromFirst = from === leaf ? startOfNode(pivots, path, depth) : pivots[from - 1]! + 1;
  if (mode === ERASE) {
    outcome.before = before;
    if (before === null) return 0;
    first = fromFirst;
    last = pivots[from]!;
  }
  let crossesLeft = false;
  let crossesRight = false;
  if (entry === null) {
    if (before === null) {
      first = fromFirst;
    } else if (first === fromFirst && first > 0) {
      if (from > leaf) {
        if (slots[from - 1] === null) {
          from--;
          first = fromFirst = from === leaf ? startOfNode(pivots, path, depth) : pivots[from - 1]! + 1;
        }
      } else {
        first = startOfGapAt(tree, first - 1, first);
        crossesLeft = first < fromFirst;
      }
    }
  }

  let to = from;
  while (to < end && pivots[to]! < last) to++;
  let toLast = pivots[to]!;
  if (entry === null) {
    if (toLast < last) {
      last = endOfGapFrom(tree, last);
    } else if (slots[to] === null) {
      last = toLast;
    } else if (last === toLast && last < ULONG_MAX) {
      if (to < end) {
        if (slots[to + 1] === null) {
          to++;
          last = toLast = pivots[to]!;
        }
      } else {
        last = endOfGapFrom(tree, last);
        crossesRight = last > toLast;
      }
    }
  }
  outcome.first = first;
  outcome.last = last;
  outcome.before = before;

  const keepLeft = first > fromFirst ? 1 : 0;
  const keepRight = last < toLast ? 1 : 0;
  const used = count - (to - from) + keepLeft + keepRight;
  tree.version++;
  if (crossesLeft || toLast < last || (used < MIN_SLOTS && depth > 0 && used < count) || isFrozen(tree)) {
    if (first === 0 && last === ULONG_MAX && entry === null) {
      empty(tree);
      return 0;
    }
    if (crossesLeft !== crossesRight && (crossesRight || toLast >= last) && !isFrozen(tree)) {
      // Only the border to a neighbour moves, as long as enough stays on this side of it.
      const start = crossesRight ? from + keepLeft : to + 1 - keepRight;
      if ((crossesRight ? start - leaf : end + 1 - start) >= MIN_SLOTS) {
        if (crossesLeft) giveToLeafBefore(arena, path, depth, leaf, start, last);
        else giveToNextLeaf(arena, path, depth, start, first, startOfNode(pivots, path, depth));
        return 0;
      }
    }
    return rebuild(tree, first, last, entry, mode === ERASE) ? 0 : -ENOMEM;
  }
  if (used > SLOTS) {
    const min = startOfNode(pivots, path, depth);
    return splitLeaf(tree, path, from, to, min, first, last, entry, keepLeft, keepRight) ? 0 : -ENOMEM;
  }

  if (used === count && to === from) {
    slots[from] = entry;
    if (entry !== null && (arena.gaps === null || before !== null)) return 0;
  } else {
    writeSlots(arena, from, to, first, last, entry, keepLeft, keepRight);
  }
  if (used === 1 && entry === null && depth === 0) {
    empty(tree);
    return 0;
  }
  if (arena.gaps !== null) {
    raiseGap(arena, path, depth, gapOfLeaf(arena, leaf, startOfNode(pivots, path, depth)));
  }
  return 0;
}

/** Writes to a tree without nodes: empty, or one entry at index 0. */
function storeInRoot(tree: MapleTree, first: number, last: number, entry: unknown, mode: number): number {
  const old = tree.rootEntry;
  outcome.first = first;
  outcome.last = last;
  outcome.before = first === 0 ? old : null;
  if (mode === INSERT && first === 0 && old !== null) return -EEXIST;
  if (entry === null) {
    if (first === 0) tree.rootEntry = null;
    outcome.first = tree.rootEntry === null ? 0 : 1;
    outcome.last = ULONG_MAX;
    tree.version++;
    return 0;
  }
  if (last === 0) {
    tree.rootEntry = entry;
    tree.version++;
    return 0;
  }
  const arena = tree.arena;
  if (arena.overLimit(1)) arena.reclaim();
  if (arena.overLimit(1)) return -ENOMEM;
  const leaf = arena.take();
  if (leaf < 0) return -ENOMEM;
  const { pivots, slots } = arena;
  let at = leaf;
  if (first > 0) {
    if (old !== null) {
      pivots[at] = 0;
      slots[at++] = old;
    }
    if (first > 1 || old === null) pivots[at++] = first - 1;
  }
  pivots[at] = last;
  slots[at++] = entry;
  if (last < ULONG_MAX) pivots[at++] = ULONG_MAX;
  arena.counts[leaf >> NODE_SHIFT] = at - leaf;
  gapOfLeaf(arena, leaf, 0);
  while (at < leaf + SLOTS) pivots[at++] = NaN;
  tree.root = leaf;
  tree.height = 1;
  tree.rootEntry = null;
  tree.version++;
  return 0;
}

/** The start of the gap that ends at `index`, or `otherwise` if there is an entry. */
function startOfGapAt(tree: MapleTree, index: number, otherwise: number): number {
  const { pivots, slots } = tree.arena;
  let node = tree.root;
  let min = 0;
  for (let level = tree.height; ; level--) {
    const at = findSlot(pivots, node, index);
    if (at !== node) min = pivots[at - 1]! + 1;
    if (level === 1) return slots[at] === null ? min : otherwise;
    node = slots[at] as number;
  }
}

/** The end of the gap that holds `last` or starts behind it; else `last`. */
function endOfGapFrom(tree: MapleTree, last: number): number {
  const here = endOfGapAt(tree, last, last);
  return here === last && last < ULONG_MAX ? endOfGapAt(tree, last + 1, last) : here;
}

function endOfGapAt(tree: MapleTree, index: number, otherwise: number): number {
  const { pivots, slots } = tree.arena;
  let node = tree.root;
  for (let level = tree.height; ; level--) {
    const at = findSlot(pivots, node, index);
    if (level === 1) return slots[at] === null ? pivots[at]! : otherwise;
    node = slots[at] as number;
  }
}

import { fetchLeaf, findSlot, NODE_SHIFT, SLOTS } from '../tree/node.ts';
import { ULONG_MAX } from '../constants.ts';
import { rcu } from '../rcu/sections.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { type MaState, UNBOUND } from './ma-state.ts';

/** Notes the hold in which the cursor's place was found. */
export function bind(mas: MaState, tree: MapleTree): void {
  mas.hold = tree.guardian.hold;
  mas.section = rcu.clock;
}

/** True while the cursor's place is one that it may go on from, in the tree as it is or as a read section keeps it. */
export function isPlaced(mas: MaState): boolean {
  return mas.at >= 0 && (mas.version === mas.tree.version || (mas.kept && rcu.oldest <= mas.section));
}

/** Finds the place of the cursor's index in a tree of nodes; index and last stay. */
export function locate(mas: MaState): void {
  const tree = mas.tree;
  const arena = tree.arena;
  const { pivots, slots } = arena;
  const depth = tree.height - 1;
  const index = mas.index;
  const path = mas.path ?? (mas.path = []);
  let node = tree.root;
  let min = 0;
  for (let d = 0; d < depth; d++) {
    const at = findSlot(pivots, node, index);
    path[d] = at;
    if (at !== node) min = pivots[at - 1]! + 1;
    node = slots[at] as number;
  }
  if (fetchLeaf(pivots, slots, node)) return;
  mas.at = findSlot(pivots, node, index);
  mas.end = node + arena.counts[node >> NODE_SHIFT]! - 1;
  mas.min = min;
  mas.depth = depth;
  mas.arena = arena;
  mas.version = tree.version;
  mas.kept = rcu.clock <= tree.frozenUntil;
  bind(mas, tree);
}

/**
 * Walks from the root to the cursor's index and sets its range and status by what is there.
 *
 * Kernel: lib/maple_tree.c, mas_walk(), 6.12.
 */
export function walk<T>(mas: MaState<T>): T | null {
  const tree = mas.tree;
  mas.error = 0;
  if (tree.height > 0) {
    locate(mas);
    const { pivots, slots } = mas.arena;
    const at = mas.at;
    mas.status = 'active';
    mas.index = (at & (SLOTS - 1)) === 0 ? mas.min : pivots[at - 1]! + 1;
    mas.last = pivots[at]!;
    return slots[at] as T | null;
  }
  mas.at = -1;
  mas.hold = UNBOUND;
  const entry = tree.rootEntry as T | null;
  if (entry !== null && mas.index === 0) {
    mas.status = 'root';
    mas.last = 0;
    return entry;
  }
  mas.status = 'none';
  mas.index = entry === null ? 0 : 1;
  mas.last = ULONG_MAX;
  return null;
}

/**
 * Moves to the next slot, or with `gaps` false to the next entry, as long as the range it is on ends before max.
 * Overflows where it does not. The cursor is active.
 */
export function nextSlot<T>(mas: MaState<T>, max: number, gaps: boolean): T | null {
  const { pivots, slots } = mas.arena;
  const end = mas.end;
  let at = mas.at;
  let last = pivots[at]!;
  // Most steps end on the next slot of the leaf, or behind the gap that it is. Without a loop or a call in between, V8
  // looks at each object once.
  if (at < end && last < max) {
    let first = last + 1;
    last = pivots[++at]!;
    let entry = slots[at];
    if (entry === null && !gaps && at < end && last < max) {
      first = last + 1;
      last = pivots[++at]!;
      entry = slots[at];
    }
    if (entry !== null || gaps) {
      mas.at = at;
      mas.index = first;
      mas.last = last;
      return entry as T | null;
    }
  }
  return nextSlotBeyond(mas, max, gaps);
}

/** nextSlot() where it leaves the leaf, or max is near. */
function nextSlotBeyond<T>(mas: MaState<T>, max: number, gaps: boolean): T | null {
  const { pivots, slots } = mas.arena;
  let at = mas.at;
  let end = mas.end;
  let last = pivots[at]!;
  while (last < max) {
    let first = last + 1;
    if (at < end) {
      at++;
    } else {
      if (!nextLeaf(mas)) break;
      at = mas.at;
      end = mas.end;
      first = mas.min;
    }
    last = pivots[at]!;
    const entry = slots[at];
    if (entry !== null || gaps || last >= max) {
      mas.at = at;
      mas.index = first;
      mas.last = last;
      if (entry === null && !gaps) break;
      return entry as T | null;
    }
  }
  mas.status = 'overflow';
  return null;
}

/** Moves to the previous slot, or entry, as long as the range it is on starts after min. Underflows where it does not. */
export function prevSlot<T>(mas: MaState<T>, min: number, gaps: boolean): T | null {
  const { pivots, slots } = mas.arena;
  let at = mas.at;
  let first = (at & (SLOTS - 1)) === 0 ? mas.min : pivots[at - 1]! + 1;
  while (first > min) {
    if ((at & (SLOTS - 1)) !== 0) {
      mas.at = --at;
    } else {
      if (!prevLeaf(mas)) break;
      at = mas.at;
    }
    mas.last = first - 1;
    first = (at & (SLOTS - 1)) === 0 ? mas.min : pivots[at - 1]! + 1;
    mas.index = first;
    const entry = slots[at];
    if (entry !== null || gaps) return entry as T | null;
  }
  mas.status = 'underflow';
  return null;
}

function nextLeaf(mas: MaState): boolean {
  const { pivots, slots, counts } = mas.arena;
  const path = mas.path!;
  const depth = mas.depth;
  let d = depth - 1;
  for (; d >= 0; d--) {
    const at = path[d]!;
    const node = at & -SLOTS;
    if (at < node + counts[node >> NODE_SHIFT]! - 1) break;
  }
  if (d < 0) return false;
  let at = path[d]! + 1;
  path[d] = at;
  mas.min = pivots[at - 1]! + 1;
  let node = slots[at] as number;
  while (++d < depth) {
    path[d] = at = node;
    node = slots[at] as number;
  }
  mas.at = node;
  mas.end = node + counts[node >> NODE_SHIFT]! - 1;
  return true;
}

function prevLeaf(mas: MaState): boolean {
  const { pivots, slots, counts } = mas.arena;
  const path = mas.path!;
  const depth = mas.depth;
  let d = depth - 1;
  while (d >= 0 && (path[d]! & (SLOTS - 1)) === 0) d--;
  if (d < 0) return false;
  let at = path[d]! - 1;
  path[d] = at;
  let node = slots[at] as number;
  while (++d < depth) {
    at = node + counts[node >> NODE_SHIFT]! - 1;
    path[d] = at;
    node = slots[at] as number;
  }
  mas.end = mas.at = node + counts[node >> NODE_SHIFT]! - 1;
  // The leaf starts behind whatever the lowest level that has something to its left ends with.
  while (--d >= 0 && (path[d]! & (SLOTS - 1)) === 0);
  mas.min = d < 0 ? 0 : pivots[path[d]! - 1]! + 1;
  return true;
}

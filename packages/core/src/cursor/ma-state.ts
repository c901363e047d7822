import { requireIndex } from '../arguments.ts';
import type { CursorStatus } from '../contract/contract.ts';
import type { Arena } from '../tree/arena.ts';
import type { MapleTree } from '../tree/maple-tree.ts';

/** What a cursor that remembers no place is bound to. */
export const UNBOUND = -1;

/**
 * A cursor: a range, and the place in the tree where an operation left it. Made by `MA_STATE()`.
 *
 * The place is bound to the unbroken hold of the lock, or of the read section, in which it was found.
 */
export class MaState<T = unknown> {
  /** The tree it walks. */
  declare tree: MapleTree<T>;
  // Starting with a number, not undefined, lets the engine keep the fields as plain doubles.
  /** The first index of its range. */
  index = 0;
  /** The last index of its range. */
  last = 0;
  /** What the last operation left: enum maple_status of the kernel. */
  status: CursorStatus = 'start';
  /** The negative errno of the last operation where `status` is `error`, else 0. */
  error = 0;

  /** @internal The slot it is on, as a place in the arena; -1 for none. */
  at = -1;
  /** @internal The last used slot of that leaf. */
  end = -1;
  /** @internal Where the leaf's range starts. */
  min = 0;
  /** @internal Levels above the leaf. */
  depth = 0;
  /** @internal The places above the leaf, from the root down. */
  path: number[] | null = null;
  /** @internal The memory that the places are in. */
  declare arena: Arena;
  /** @internal The tree's version at which they were found. */
  version = -1;
  /** @internal The hold of the tree's lock in which they were found, 0 for none, or UNBOUND. */
  hold: number = UNBOUND;
  /** @internal The time of the read sections' clock at which they were found. */
  section = 0;
  /** @internal Whether the tree was in RCU mode then, so that open sections keep them as they were. */
  kept = false;
  /** @internal Nodes reserved for its next store. */
  reserved = 0;
  /** @internal Whether the reservation is for many stores. */
  bulk = false;

  constructor(tree: MapleTree<T>, index: number, last: number) {
    this.tree = tree;
    this.index = index;
    this.last = last;
    this.arena = tree.arena;
  }
}

/**
 * Makes a cursor on the range index..last of a tree. O(1).
 *
 * A range whose first index is above its last is taken; storing to it is -EINVAL.
 *
 * @throws RangeError where index and last are not integers from 0 to ULONG_MAX.
 * Kernel: include/linux/maple_tree.h, MA_STATE(), 6.12.
 */
export function MA_STATE<T>(mt: MapleTree<T>, index: number, last: number): MaState<T> {
  requireBounds('MA_STATE', index, last);
  return new MaState(mt, index, last);
}

/** Throws unless both bounds are indices. */
export function requireBounds(functionName: string, first: number, last: number): void {
  requireIndex(functionName, first);
  requireIndex(functionName, last);
}

/** Forgets the place, so that the next operation walks from the root. */
export function forget(mas: MaState, status: CursorStatus): void {
  mas.at = -1;
  mas.hold = UNBOUND;
  mas.status = status;
}

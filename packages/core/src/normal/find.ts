import { next, prev } from '../advanced/step.ts';
import { isIndex, requireIndex } from '../arguments.ts';
import { ULONG_MAX } from '../constants.ts';
import { ZERO } from '../tree/zero-entry.ts';
import { MaState } from '../cursor/ma-state.ts';
import { nextSlot, walk } from '../cursor/place.ts';
import type { MapleTree } from '../tree/maple-tree.ts';

/** Where a search goes on. ULONG_MAX + 1 once the entry that ends there was found. */
export interface IndexCursor {
  index: number;
}

/**
 * The first entry at or behind cursor.index, up to max; cursor.index is moved behind it. Needs no lock. O(log n).
 *
 * @returns the entry, or null where there is none: then the cursor stays. XA_ZERO_ENTRY is passed over.
 * @throws RangeError for what is not an index.
 * Kernel: lib/maple_tree.c, mt_find(), 6.12.
 */
export function mt_find<T>(mt: MapleTree<T>, cursor: IndexCursor, max: number): T | null {
  requireIndex('mt_find', max);
  const { index } = cursor;
  if (!isIndex(index)) {
    if (index === ULONG_MAX + 1) return null;
    requireIndex('mt_find', index);
  }
  if (index > max) return null;
  const mas = new MaState(mt, index, index);
  let entry: T | null = walk(mas);
  while (entry === null || (entry as unknown) === ZERO) {
    if (mas.status !== 'active' || mas.last >= max) return null;
    entry = nextSlot(mas, max, false);
  }
  cursor.index = mas.last + 1;
  return entry;
}

/**
 * mt_find() for going on from an earlier one: null where cursor.index is 0, which in the kernel is where an index
 * behind the end of the space wraps to. O(log n).
 *
 * Kernel: lib/maple_tree.c, mt_find_after(), 6.12.
 */
export function mt_find_after<T>(mt: MapleTree<T>, cursor: IndexCursor, max: number): T | null {
  requireIndex('mt_find_after', max);
  return cursor.index === 0 ? null : mt_find(mt, cursor, max);
}

/**
 * The first entry behind the range that holds index, up to max. Needs no lock. O(log n).
 *
 * @returns the entry, or null.
 * @throws RangeError for what is not an index.
 * Kernel: lib/maple_tree.c, mt_next(), 6.12.
 */
export function mt_next<T>(mt: MapleTree<T>, index: number, max: number): T | null {
  requireIndex('mt_next', index);
  requireIndex('mt_next', max);
  return next(new MaState(mt, index, index), max, false);
}

/**
 * The last entry before the range that holds index, down to min. Needs no lock. O(log n).
 *
 * @returns the entry, or null.
 * @throws RangeError for what is not an index.
 * Kernel: lib/maple_tree.c, mt_prev(), 6.12.
 */
export function mt_prev<T>(mt: MapleTree<T>, index: number, min: number): T | null {
  requireIndex('mt_prev', index);
  requireIndex('mt_prev', min);
  return prev(new MaState(mt, index, index), min, false);
}

/**
 * Iterates over the entries from first to last. Needs no lock: each step looks the tree up anew, so the body may change
 * it in any way. O(log n) a step; mas_for_each() is the faster one.
 *
 * @throws RangeError for what is not an index.
 * Kernel: include/linux/maple_tree.h, mt_for_each(), 6.12.
 */
export function mt_for_each<T>(mt: MapleTree<T>, first: number, last: number): IterableIterator<T> {
  requireIndex('mt_for_each', first);
  requireIndex('mt_for_each', last);
  return new TreeIteration(mt, first, last);
}

class TreeIteration<T> implements IterableIterator<T> {
  readonly #tree: MapleTree<T>;
  readonly #last: number;
  readonly #cursor: IndexCursor;

  constructor(tree: MapleTree<T>, first: number, last: number) {
    this.#tree = tree;
    this.#last = last;
    this.#cursor = { index: first };
  }

  next(): IteratorResult<T> {
    const entry = mt_find(this.#tree, this.#cursor, this.#last);
    return entry === null ? { done: true, value: undefined } : { done: false, value: entry };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

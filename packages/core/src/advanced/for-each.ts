import { requireIndex } from '../arguments.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { mas_find, mas_find_rev } from './find.ts';

/** An iteration that moves a cursor; each step is a call of mas_find() or mas_find_rev(). */
class CursorIteration<T> implements IterableIterator<T> {
  readonly #mas: MaState<T>;
  readonly #bound: number;
  readonly #step: (mas: MaState<T>, bound: number) => T | null;

  constructor(mas: MaState<T>, bound: number, step: (mas: MaState<T>, bound: number) => T | null) {
    this.#mas = mas;
    this.#bound = bound;
    this.#step = step;
  }

  next(): IteratorResult<T> {
    const entry = this.#step(this.#mas, this.#bound);
    return entry === null ? { done: true, value: undefined } : { done: false, value: entry };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/**
 * Iterates over the entries from the cursor's index up to max; the cursor's index and last are the range of the entry
 * at hand. Lazy: the body may store to the range, erase it, pause the cursor and drop the lock. Amortised O(1) a step.
 *
 * @throws at each step what mas_find() throws.
 * Kernel: include/linux/maple_tree.h, mas_for_each(), 6.12.
 */
export function mas_for_each<T>(mas: MaState<T>, max: number): IterableIterator<T> {
  requireIndex('mas_for_each', max);
  return new CursorIteration(mas, max, mas_find);
}

/**
 * Iterates over the entries from the cursor's index down to min, as mas_for_each() does upwards.
 *
 * @throws at each step what mas_find_rev() throws.
 * Kernel: include/linux/maple_tree.h, mas_for_each_rev(), after 6.12.
 */
export function mas_for_each_rev<T>(mas: MaState<T>, min: number): IterableIterator<T> {
  requireIndex('mas_for_each_rev', min);
  return new CursorIteration(mas, min, mas_find_rev);
}

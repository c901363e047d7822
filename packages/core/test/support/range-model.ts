import { ULONG_MAX } from '../../src/index.ts';

export interface Range<T> {
  first: number;
  last: number;
  entry: T;
}

/** What the tree has to equal: the ranges in an array, and every operation done in the plainest way. */
export class RangeModel<T> {
  ranges: Range<T>[] = [];

  at(index: number): Range<T> | undefined {
    return this.ranges.find(({ first, last }) => first <= index && index <= last);
  }

  load(index: number): T | null {
    return this.at(index)?.entry ?? null;
  }

  /** The gap or entry around an index. */
  around(index: number): { first: number; last: number; entry: T | null } {
    const range = this.at(index);
    if (range !== undefined) return range;
    const before = this.ranges.findLast(({ last }) => last < index);
    const behind = this.ranges.find(({ first }) => first > index);
    return {
      first: before === undefined ? 0 : before.last + 1,
      last: behind === undefined ? ULONG_MAX : behind.first - 1,
      entry: null,
    };
  }

  isFree(first: number, last: number): boolean {
    return !this.ranges.some((range) => range.first <= last && range.last >= first);
  }

  store(first: number, last: number, entry: T | null): void {
    const kept: Range<T>[] = [];
    for (const range of this.ranges) {
      if (range.last < first || range.first > last) {
        kept.push(range);
        continue;
      }
      if (range.first < first) kept.push({ ...range, last: first - 1 });
      if (range.last > last) kept.push({ ...range, first: last + 1 });
    }
    if (entry !== null) kept.push({ first, last, entry });
    this.ranges = kept.sort((a, b) => a.first - b.first);
  }

  erase(index: number): T | null {
    const range = this.at(index);
    if (range === undefined) return null;
    this.store(range.first, range.last, null);
    return range.entry;
  }

  /** The first range that starts behind the one at index, up to max. */
  next(index: number, max: number): Range<T> | undefined {
    const { last } = this.around(index);
    return this.ranges.find(({ first }) => first > last && first <= max);
  }

  prev(index: number, min: number): Range<T> | undefined {
    const { first } = this.around(index);
    return this.ranges.findLast((range) => range.last < first && range.last >= min);
  }

  /** The start of the lowest, or highest, free run of `size` indices between min and max; -1 for none. */
  gap(min: number, max: number, size: number, reverse: boolean): number {
    const gaps: [number, number][] = [];
    let free = 0;
    for (const { first, last } of this.ranges) {
      if (first > free) gaps.push([free, first - 1]);
      free = last + 1;
    }
    if (free <= ULONG_MAX) gaps.push([free, ULONG_MAX]);
    if (reverse) gaps.reverse();
    for (const [from, to] of gaps) {
      const low = Math.max(from, min);
      const high = Math.min(to, max);
      if (high - low >= size - 1) return reverse ? high - (size - 1) : low;
    }
    return -1;
  }
}

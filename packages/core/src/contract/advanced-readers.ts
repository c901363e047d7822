import { type Discipline, GAP_SEARCH, READ_ANEW, READ_ONWARD } from './disciplines.ts';
import type { FunctionContract } from './contract.ts';
import { joined, rows } from './rows.ts';

/** A step of the cursor, and the state in which it leaves it when there is nothing more. */
const step = (exhausted?: 'overflow' | 'underflow'): Discipline => ({
  group: 'advanced',
  ...READ_ONWARD,
  ...(exhausted && { cursor: { ...READ_ONWARD.cursor, exhausted } }),
  result: { kind: 'entry' },
});

/** The readers of the advanced API: the caller holds RCU or the tree’s lock. */
export const ADVANCED_READERS: readonly FunctionContract[] = joined(() => [
  rows(
    { group: 'advanced', ...READ_ANEW, result: { kind: 'entry' } },
    `
    mas_walk(mas) C4949 Walks from the root to index; sets index and last to the range found.
  `,
  ),
  rows(
    step(),
    `
    mas_find(mas, max) C6062 The entry at the cursor, then the next one each time, up to max.
    mas_find_range(mas, max) C6089 mas_find() that also stops at gaps.
  `,
  ),
  rows(
    step('underflow'),
    `
    mas_find_rev(mas, min) C6201 The entry at the cursor, then the previous one each time, down to min.
    mas_find_range_rev(mas, min) C6227 mas_find_rev() that also stops at gaps.
  `,
  ),
  rows(
    step('overflow'),
    `
    mas_next(mas, max) C5754 Moves to the next entry, up to max.
    mas_next_range(mas, max) C5777 Moves to the next range, entry or gap, up to max.
  `,
  ),
  rows(
    step('underflow'),
    `
    mas_prev(mas, min) C5885 Moves to the previous entry, down to min.
    mas_prev_range(mas, min) C5908 Moves to the previous range, entry or gap, down to min.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...READ_ONWARD,
      result: { kind: 'iterable' },
      steps: 'mas_find',
    },
    `
    mas_for_each(mas, max) H596 Iterates over the entries from the cursor up to max.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...READ_ONWARD,
      result: { kind: 'iterable' },
      steps: 'mas_find_rev',
      source: { file: 'include/linux/maple_tree.h', version: '6.13' },
    },
    `
    mas_for_each_rev(mas, min) - Iterates over the entries from the cursor down to min.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...GAP_SEARCH,
      cursor: { ...GAP_SEARCH.cursor, failed: 'error' },
      result: { kind: 'errno', mustCheck: true },
    },
    `
    mas_empty_area(mas, min, max, size) C5091 Puts the cursor on the lowest gap of size between min and max.
    mas_empty_area_rev(mas, min, max, size) C5148 Puts the cursor on the highest gap of size between min and max.
  `,
  ),
]);

import type { CursorEffect, FunctionContract } from './contract.ts';
import { library, READ_CURSOR } from './parts.ts';

const FROM_POSITION: CursorEffect = { at: '$0', uses: 'position', leaves: 'node' };
const STEP = {
  group: 'advanced',
  needs: READ_CURSOR,
  cursor: FROM_POSITION,
  result: { kind: 'entry' },
} as const;
const GAP_SEARCH = {
  group: 'advanced',
  needs: READ_CURSOR,
  cursor: { ...FROM_POSITION, illegal: ['pause', 'overflow', 'underflow', 'error'] },
  result: { kind: 'errno', mustCheck: true },
} as const;

/** The readers of the advanced API: the caller holds RCU or the tree's lock. */
export const ADVANCED_READERS: readonly FunctionContract[] = [
  {
    ...STEP,
    name: 'mas_walk',
    params: ['mas'],
    summary: 'Walks from the root to the cursor’s index; sets index and last to the range found there.',
    cursor: { at: '$0', uses: 'nothing', leaves: 'node' },
    source: library(4949),
  },
  {
    ...STEP,
    name: 'mas_find',
    params: ['mas', 'max'],
    summary: 'The entry at the cursor on the first call, then the next one, up to max.',
    source: library(6062),
  },
  {
    ...STEP,
    name: 'mas_find_range',
    params: ['mas', 'max'],
    summary: 'mas_find() that also stops at gaps.',
    source: library(6089),
  },
  {
    ...STEP,
    name: 'mas_find_rev',
    params: ['mas', 'min'],
    summary: 'The entry at the cursor on the first call, then the previous one, down to min.',
    source: library(6201),
  },
  {
    ...STEP,
    name: 'mas_find_range_rev',
    params: ['mas', 'min'],
    summary: 'mas_find_rev() that also stops at gaps.',
    source: library(6227),
  },
  {
    ...STEP,
    name: 'mas_next',
    params: ['mas', 'max'],
    summary: 'Moves to the next entry, up to max.',
    source: library(5754),
  },
  {
    ...STEP,
    name: 'mas_next_range',
    params: ['mas', 'max'],
    summary: 'Moves to the next range, entry or gap, up to max.',
    source: library(5777),
  },
  {
    ...STEP,
    name: 'mas_prev',
    params: ['mas', 'min'],
    summary: 'Moves to the previous entry, down to min.',
    source: library(5885),
  },
  {
    ...STEP,
    name: 'mas_prev_range',
    params: ['mas', 'min'],
    summary: 'Moves to the previous range, entry or gap, down to min.',
    source: library(5908),
  },
  {
    ...STEP,
    name: 'mas_for_each',
    params: ['mas', 'max'],
    summary: 'Iterates over the entries from the cursor up to max.',
    steps: 'mas_find',
    result: { kind: 'iterable' },
    source: { file: 'include/linux/maple_tree.h', line: 596, version: '6.12.117' },
  },
  {
    ...STEP,
    name: 'mas_for_each_rev',
    params: ['mas', 'min'],
    summary: 'Iterates over the entries from the cursor down to min.',
    steps: 'mas_find_rev',
    result: { kind: 'iterable' },
    source: { file: 'include/linux/maple_tree.h', version: '6.13' },
  },
  {
    ...GAP_SEARCH,
    name: 'mas_empty_area',
    params: ['mas', 'min', 'max', 'size'],
    summary: 'Puts the cursor on the lowest gap of size indices between min and max.',
    source: library(5091),
  },
  {
    ...GAP_SEARCH,
    name: 'mas_empty_area_rev',
    params: ['mas', 'min', 'max', 'size'],
    summary: 'Puts the cursor on the highest gap of size indices between min and max.',
    source: library(5148),
  },
];

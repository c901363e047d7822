import type { CursorEffect, FunctionContract } from './contract.ts';
import { header, library } from './parts.ts';

const TO_START: CursorEffect = { at: '$0', uses: 'nothing', leaves: 'start' };
const QUERY = { group: 'cursor', params: ['mas'], result: { kind: 'boolean' } } as const;

/** Making cursors, moving them without looking at the tree, and asking for their state: no lock needed. */
export const CURSORS: readonly FunctionContract[] = [
  {
    group: 'cursor',
    name: 'MA_STATE',
    params: ['mt', 'index', 'last'],
    summary: 'Makes a cursor on a range of a tree.',
    makesCursor: { at: '$result', tree: '$0' },
    cursor: { at: '$result', uses: 'nothing', leaves: 'start' },
    result: { kind: 'cursor' },
    source: header(486),
  },
  {
    group: 'cursor',
    name: 'mas_init',
    params: ['mas', 'mt', 'index'],
    summary: 'Binds a cursor to a tree and an index, as if it were new.',
    makesCursor: { at: '$0', tree: '$1' },
    cursor: TO_START,
    result: { kind: 'none' },
    source: header(548),
  },
  {
    group: 'cursor',
    name: 'mas_reset',
    params: ['mas'],
    summary: 'Forgets the cursor’s place in the tree and keeps its range.',
    cursor: TO_START,
    result: { kind: 'none' },
    source: header(579),
  },
  {
    group: 'cursor',
    name: 'mas_set',
    params: ['mas', 'index'],
    summary: 'Puts the cursor on one index.',
    cursor: TO_START,
    result: { kind: 'none' },
    source: header(769),
  },
  {
    group: 'cursor',
    name: 'mas_set_range',
    params: ['mas', 'first', 'last'],
    summary: 'Puts the cursor on a range.',
    cursor: TO_START,
    result: { kind: 'none' },
    source: header(754),
  },
  {
    group: 'cursor',
    name: '__mas_set_range',
    params: ['mas', 'first', 'last'],
    summary: 'Sets the cursor’s range and keeps its place; first must lie in the range that it is on.',
    cursor: { at: '$0', uses: 'nothing', leaves: 'same' },
    result: { kind: 'none' },
    source: header(733),
  },
  {
    group: 'cursor',
    name: 'mas_pause',
    params: ['mas'],
    summary: 'Prepares an iteration for its lock to be dropped: it will go on behind the cursor’s range.',
    cursor: { at: '$0', uses: 'nothing', leaves: 'pause' },
    result: { kind: 'none' },
    source: library(5956),
  },
  {
    ...QUERY,
    name: 'mas_is_err',
    summary: 'True where the last operation failed.',
    source: header(559),
  },
  {
    ...QUERY,
    name: 'mas_is_active',
    summary: 'True where the cursor has a place in a node.',
    source: header(564),
  },
  {
    ...QUERY,
    name: 'mas_is_start',
    summary: 'True where the cursor has not been walked.',
    source: library(240),
  },
  { ...QUERY, name: 'mas_is_ptr', summary: 'True on a tree that is one entry at 0.', source: library(235) },
  { ...QUERY, name: 'mas_is_none', summary: 'True where nothing was found.', source: library(245) },
  { ...QUERY, name: 'mas_is_paused', summary: 'True after mas_pause().', source: library(250) },
  {
    ...QUERY,
    name: 'mas_is_overflow',
    summary: 'True where a step went beyond its maximum.',
    source: library(255),
  },
  {
    ...QUERY,
    name: 'mas_is_underflow',
    summary: 'True where a step went below its minimum.',
    source: library(260),
  },
];

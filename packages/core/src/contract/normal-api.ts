import type { FunctionContract } from './contract.ts';
import { library, TREE_LOCK, writeOf } from './parts.ts';

const WRITER = { group: 'normal', takes: writeOf(TREE_LOCK), sleeps: 'gfp', modifies: '$0' } as const;
const READER = { group: 'normal', result: { kind: 'entry' } } as const;
const CHECKED = { kind: 'errno', mustCheck: true } as const;
const PLACE = { kind: 'errno-or-value', mustCheck: true } as const;

/** The normal API: readers need no lock for the call itself, writers take the internal lock themselves. */
export const NORMAL_API: readonly FunctionContract[] = [
  {
    ...READER,
    name: 'mtree_load',
    params: ['mt', 'index'],
    summary: 'Returns the entry whose range holds index, or null.',
    source: library(6325),
  },
  {
    ...READER,
    name: 'mt_find',
    params: ['mt', 'cursor', 'max'],
    summary: 'Returns the first entry at or after cursor.index, up to max, and moves cursor.index behind it.',
    source: library(6926),
  },
  {
    ...READER,
    name: 'mt_find_after',
    params: ['mt', 'cursor', 'max'],
    summary: 'mt_find() that returns null where cursor.index is 0.',
    source: library(6986),
  },
  {
    ...READER,
    name: 'mt_next',
    params: ['mt', 'index', 'max'],
    summary: 'Returns the first entry that starts after the one at index, up to max.',
    source: library(5801),
  },
  {
    ...READER,
    name: 'mt_prev',
    params: ['mt', 'index', 'min'],
    summary: 'Returns the last entry before the one at index, down to min.',
    source: library(5931),
  },
  {
    group: 'normal',
    name: 'mt_for_each',
    params: ['mt', 'first', 'last'],
    summary: 'Iterates over the entries from first to last; each step looks the tree up anew.',
    steps: 'mt_find',
    result: { kind: 'iterable' },
    source: { file: 'include/linux/maple_tree.h', line: 878, version: '6.12.117' },
  },
  {
    ...WRITER,
    name: 'mtree_store',
    params: ['mt', 'index', 'entry'],
    summary: 'Stores an entry at one index, over whatever is there.',
    result: CHECKED,
    source: library(6398),
  },
  {
    ...WRITER,
    name: 'mtree_store_range',
    params: ['mt', 'first', 'last', 'entry'],
    summary: 'Stores an entry over a range, over whatever is there.',
    result: CHECKED,
    source: library(6367),
  },
  {
    ...WRITER,
    name: 'mtree_insert',
    params: ['mt', 'index', 'entry'],
    summary: 'Stores an entry at one index if nothing is there.',
    result: CHECKED,
    source: library(6453),
  },
  {
    ...WRITER,
    name: 'mtree_insert_range',
    params: ['mt', 'first', 'last', 'entry'],
    summary: 'Stores an entry over a range if nothing is there.',
    result: CHECKED,
    source: library(6416),
  },
  {
    ...WRITER,
    name: 'mtree_alloc_range',
    params: ['mt', 'entry', 'size', 'min', 'max'],
    summary: 'Stores an entry in the lowest gap of size indices between min and max; returns its start.',
    result: PLACE,
    source: library(6460),
  },
  {
    ...WRITER,
    name: 'mtree_alloc_rrange',
    params: ['mt', 'entry', 'size', 'min', 'max'],
    summary: 'Stores an entry in the highest gap of size indices between min and max; returns its start.',
    result: PLACE,
    source: library(6542),
  },
  {
    ...WRITER,
    name: 'mtree_alloc_cyclic',
    params: ['mt', 'entry', 'min', 'max', 'cursor'],
    summary: 'Stores an entry at the first free index from cursor.next on, once around; returns the index.',
    result: PLACE,
    source: library(6522),
  },
  {
    ...WRITER,
    name: 'mtree_erase',
    params: ['mt', 'index'],
    summary: 'Removes the entry whose range holds index, and returns it.',
    sleeps: 'always',
    result: { kind: 'entry' },
    source: library(6591),
  },
  {
    group: 'normal',
    name: 'mtree_destroy',
    params: ['mt'],
    summary: 'Empties the tree and gives its nodes back; its flags stay.',
    takes: writeOf(TREE_LOCK),
    modifies: '$0',
    result: { kind: 'none' },
    source: library(6902),
  },
  {
    group: 'normal',
    name: 'mtree_dup',
    params: ['mt', 'copy'],
    summary: 'Copies a tree into an empty one that has the same flags.',
    takes: [
      { lock: { of: 'internal', at: '$1' }, mode: 'write' },
      { lock: { of: 'internal', at: '$0' }, mode: 'write' },
    ],
    sleeps: 'gfp',
    modifies: '$1',
    result: CHECKED,
    source: library(6857),
  },
];

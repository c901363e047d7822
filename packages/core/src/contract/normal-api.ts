import type { FunctionContract } from './contract.ts';
import { joined, rows, TREE_LOCK, writeOf } from './rows.ts';

/** The normal API: readers need no lock for the call itself, writers take the internal lock themselves. */
export const NORMAL_API: readonly FunctionContract[] = joined(() => [
  rows(
    { group: 'normal', result: { kind: 'entry' } },
    `
    mtree_load(mt, index) C6325 The entry that holds index.
    mt_find(mt, cursor, max) C6926 The first entry from cursor.index on, up to max; moves cursor.index behind it.
    mt_find_after(mt, cursor, max) C6986 mt_find() to go on with: null where cursor.index is 0.
    mt_next(mt, index, max) C5801 The next entry behind index, up to max.
    mt_prev(mt, index, min) C5931 The previous entry before index, down to min.
  `,
  ),
  rows(
    { group: 'normal', steps: 'mt_find', result: { kind: 'iterable' } },
    `
    mt_for_each(mt, first, last) H878 Iterates over the entries from first to last.
  `,
  ),
  rows(
    {
      group: 'normal',
      takes: writeOf(TREE_LOCK),
      sleeps: 'gfp',
      modifies: '$0',
      result: { kind: 'errno', mustCheck: true },
    },
    `
    mtree_store(mt, index, entry) C6398 Stores an entry at one index.
    mtree_store_range(mt, first, last, entry) C6367 Stores an entry over a range.
    mtree_insert(mt, index, entry) C6453 Stores an entry at one index if nothing is there.
    mtree_insert_range(mt, first, last, entry) C6416 Stores an entry over a range if nothing is there.
  `,
  ),
  rows(
    {
      group: 'normal',
      takes: writeOf(TREE_LOCK),
      sleeps: 'gfp',
      modifies: '$0',
      result: { kind: 'errno-or-value', mustCheck: true },
    },
    `
    mtree_alloc_range(mt, entry, size, min, max) C6460 Stores an entry in the lowest gap of size between min and max; returns its start.
    mtree_alloc_rrange(mt, entry, size, min, max) C6542 Stores an entry in the highest gap of size between min and max; returns its start.
    mtree_alloc_cyclic(mt, entry, min, max, cursor) C6522 Stores an entry at the first free index from cursor.next on; returns it.
  `,
  ),
  rows(
    {
      group: 'normal',
      takes: writeOf(TREE_LOCK),
      sleeps: 'always',
      modifies: '$0',
      result: { kind: 'entry' },
    },
    `
    mtree_erase(mt, index) C6591 Removes the entry that holds index, and returns it.
  `,
  ),
  rows(
    { group: 'normal', takes: writeOf(TREE_LOCK), modifies: '$0', result: { kind: 'none' } },
    `
    mtree_destroy(mt) C6902 Empties the tree.
  `,
  ),
  rows(
    {
      group: 'normal',
      takes: [
        { lock: { of: 'internal', at: '$1' }, mode: 'write' },
        { lock: TREE_LOCK, mode: 'write' },
      ],
      nested: true,
      sleeps: 'gfp',
      sleepsLocked: true,
      modifies: '$1',
      result: { kind: 'errno', mustCheck: true },
    },
    `
    mtree_dup(mt, copy) C6857 Copies a tree into an empty one with the same flags.
  `,
  ),
]);

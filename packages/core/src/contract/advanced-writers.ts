import { CURSOR_LOCK, GAP_STORE, WRITE_ANEW, WRITE_ONWARD, WRITE_TREE } from './disciplines.ts';
import type { FunctionContract } from './contract.ts';
import { joined, rows } from './rows.ts';

/** The writers of the advanced API: the caller holds the tree’s write lock; RCU is not enough. */
export const ADVANCED_WRITERS: readonly FunctionContract[] = joined(() => [
  rows(
    {
      group: 'advanced',
      ...WRITE_ONWARD,
      cursor: { ...WRITE_ONWARD.cursor, failed: 'error' },
      modifies: '$0.tree',
      prealloc: 'take',
      result: { kind: 'entry-state', mustCheck: true },
    },
    `
    mas_store(mas, entry) C5423 Stores an entry over the cursor’s range; returns what was at index.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_ONWARD,
      cursor: { ...WRITE_ONWARD.cursor, failed: 'error' },
      modifies: '$0.tree',
      drops: CURSOR_LOCK,
      sleeps: 'gfp',
      prealloc: 'consume',
      result: { kind: 'errno', mustCheck: true },
    },
    `
    mas_store_gfp(mas, entry) C5478 Stores an entry over the cursor’s range.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_ONWARD,
      sleeps: 'gfp',
      prealloc: 'reserve',
      result: { kind: 'errno', mustCheck: true },
    },
    `
    mas_preallocate(mas, entry) C5543 Reserves the nodes that storing the entry can need.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_ONWARD,
      modifies: '$0.tree',
      prealloc: 'consume',
      result: { kind: 'none' },
    },
    `
    mas_store_prealloc(mas, entry) C5511 Stores an entry over the cursor’s range with the reserved nodes.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_ANEW,
      drops: CURSOR_LOCK,
      sleeps: 'always',
      modifies: '$0.tree',
      prealloc: 'consume',
      result: { kind: 'entry' },
    },
    `
    mas_erase(mas) C6250 Removes the entry that holds index, and returns it.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_ANEW,
      cursor: { ...WRITE_ANEW.cursor, leaves: 'start' },
      drops: CURSOR_LOCK,
      sleeps: 'gfp',
      prealloc: 'reserve',
      result: { kind: 'boolean', mustCheck: true },
    },
    `
    mas_nomem(mas) C6290 Allocates what the last store lacked; true to try it again.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...GAP_STORE,
      cursor: { ...GAP_STORE.cursor, failed: 'error' },
      drops: CURSOR_LOCK,
      sleeps: 'gfp',
      modifies: '$0.tree',
      prealloc: 'consume',
      result: { kind: 'errno-or-value', mustCheck: true },
    },
    `
    mas_alloc_cyclic(mas, entry, min, max, cursor) C4347 Stores an entry at the first free index from cursor.next on; returns it.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_ANEW,
      cursor: { ...WRITE_ANEW.cursor, leaves: 'same' },
      sleeps: 'always',
      prealloc: 'reserve-many',
      result: { kind: 'errno', mustCheck: true },
    },
    `
    mas_expected_entries(mas, count) C5634 Reserves the nodes that storing count entries can need.
  `,
  ),
  rows(
    {
      group: 'advanced',
      cursor: { at: '$0', uses: 'nothing', leaves: 'same' },
      prealloc: 'free',
      result: { kind: 'none' },
    },
    `
    mas_destroy(mas) C5579 Gives the reserved nodes back.
  `,
  ),
  rows(
    {
      group: 'advanced',
      needs: [...WRITE_TREE.needs, { access: 'write', tree: '$1' }],
      sleeps: 'gfp',
      modifies: '$1',
      result: { kind: 'errno', mustCheck: true },
    },
    `
    __mt_dup(mt, copy) C6820 Copies a tree into an empty one with the same flags.
  `,
  ),
  rows(
    {
      group: 'advanced',
      ...WRITE_TREE,
      modifies: '$0',
      result: { kind: 'none' },
    },
    `
    __mt_destroy(mt) C6884 Empties the tree.
  `,
  ),
]);

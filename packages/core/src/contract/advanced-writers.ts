import {
  ALLOC_CYCLIC,
  DESTROY,
  DUPLICATE,
  ERASE,
  EXPECTED_ENTRIES,
  NOMEM,
  PREALLOCATE,
  STORE,
  STORE_GFP,
  STORE_PREALLOC,
} from './disciplines.ts';
import type { FunctionContract } from './contract.ts';
import { joined, rows } from './rows.ts';

/** The writers of the advanced API: the caller holds the tree’s write lock; RCU is not enough. */
export const ADVANCED_WRITERS: readonly FunctionContract[] = joined(
  rows(
    STORE,
    `
    mas_store(mas, entry) C5423 Stores an entry over the cursor’s range; returns what was at index.
  `,
  ),
  rows(
    STORE_GFP,
    `
    mas_store_gfp(mas, entry) C5478 Stores an entry over the cursor’s range.
  `,
  ),
  rows(
    PREALLOCATE,
    `
    mas_preallocate(mas, entry) C5543 Reserves the nodes that storing the entry can need.
  `,
  ),
  rows(
    STORE_PREALLOC,
    `
    mas_store_prealloc(mas, entry) C5511 Stores an entry over the cursor’s range with the reserved nodes.
  `,
  ),
  rows(
    ERASE,
    `
    mas_erase(mas) C6250 Removes the entry that holds index, and returns it.
  `,
  ),
  rows(
    NOMEM,
    `
    mas_nomem(mas) C6290 Allocates what the last store lacked; true to try it again.
  `,
  ),
  rows(
    ALLOC_CYCLIC,
    `
    mas_alloc_cyclic(mas, entry, min, max, cursor) C4347 Stores an entry at the first free index from cursor.next on; returns it.
  `,
  ),
  rows(
    EXPECTED_ENTRIES,
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
    DUPLICATE,
    `
    __mt_dup(mt, copy) C6820 Copies a tree into an empty one with the same flags.
  `,
  ),
  rows(
    DESTROY,
    `
    __mt_destroy(mt) C6884 Empties the tree.
  `,
  ),
);

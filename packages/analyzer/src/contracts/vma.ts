/** The kernel's VMA iterators: the maple tree of an address space, protected by mmap_lock. */
import type { FunctionContract } from '@maplelock/core';
import type { AnalyzerContract } from './model.ts';

const TREE = '$0.&mas.tree';
const CURSOR = '$0.&mas';
const READ: FunctionContract['needs'] = [{ access: 'read', tree: TREE }];
const WRITE: FunctionContract['needs'] = [{ access: 'write', tree: TREE }];
const READ_MM: FunctionContract['needs'] = [{ access: 'read', tree: '$0.&mm_mt' }];

/** Areas are freed when mmap_lock is held for writing: RCU keeps none of them. */
const AREA = { kind: 'entry', keptBy: 'lock' } as const;

type Rest = Omit<FunctionContract, 'name' | 'group' | 'params' | 'summary'>;

function iterator(name: string, params: readonly string[], summary: string, rest: Rest): FunctionContract {
  const file = /area|prealloc|clear$|store$|store_gfp|load|config|reset|limit/.test(name)
    ? 'mm/vma.h'
    : 'include/linux/mm.h';
  return {
    group: 'advanced',
    name,
    params: ['vmi', ...params],
    summary,
    source: { file, version: '6.12.117' },
    ...rest,
  };
}

const STEP: Rest = {
  needs: READ,
  cursor: { at: CURSOR, uses: 'position', leaves: 'node' },
  result: AREA,
};
const GAP: Rest = {
  needs: READ,
  cursor: {
    at: CURSOR,
    uses: 'position',
    leaves: 'node',
    illegal: ['pause', 'overflow', 'underflow', 'error'],
    failed: 'error',
  },
  result: { kind: 'errno', mustCheck: true },
};
/** What a store that tells whether it failed does to the iterator's cursor. */
const STORE_OR_ERROR: FunctionContract['cursor'] = {
  at: CURSOR,
  uses: 'position',
  leaves: 'node',
  illegal: ['error'],
  failed: 'error',
};
const STORE: Rest = {
  needs: WRITE,
  cursor: { at: CURSOR, uses: 'position', leaves: 'node', illegal: ['error'] },
  modifies: TREE,
  result: { kind: 'none' },
};
const MOVE: Rest = { cursor: { at: CURSOR, uses: 'nothing', leaves: 'start' }, result: { kind: 'none' } };

const ITERATORS: readonly FunctionContract[] = [
  iterator('vma_iter_init', ['mm', 'addr'], 'Binds an iterator to an address space.', {
    ...MOVE,
    prealloc: 'forget',
    makesCursor: { at: CURSOR, tree: '$1.&mm_mt' },
  }),
  iterator('vma_find', ['max'], 'The next area that starts below max.', STEP),
  iterator('vma_next', [], 'The next area.', STEP),
  iterator('vma_prev', [], 'The area before.', STEP),
  iterator('vma_iter_next_range', [], 'The next range, area or gap.', STEP),
  iterator('vma_iter_next_range_limit', ['max'], 'The next range below max.', STEP),
  iterator('vma_iter_prev_range', [], 'The range before.', STEP),
  iterator('vma_iter_prev_range_limit', ['min'], 'The range before, not below min.', STEP),
  iterator('vma_iter_load', [], 'The area at the iterator’s address.', {
    ...STEP,
    cursor: { at: CURSOR, uses: 'nothing', leaves: 'node' },
  }),
  iterator('vma_iter_area_lowest', ['min', 'max', 'size'], 'The lowest gap of the size.', GAP),
  iterator('vma_iter_area_highest', ['min', 'max', 'size'], 'The highest gap of the size.', GAP),
  iterator('vma_iter_prealloc', ['vma'], 'Reserves the nodes that storing the area can need.', {
    needs: WRITE,
    sleeps: 'always',
    prealloc: 'reserve',
    cursor: { at: CURSOR, uses: 'position', leaves: 'node', illegal: ['error'] },
    result: { kind: 'errno', mustCheck: true },
  }),
  // A stale iterator that does not cover the area's start is reset here; one that covers it is used.
  iterator('vma_iter_store', ['vma'], 'Stores the area with the nodes reserved before.', {
    ...STORE,
    prealloc: 'consume',
  }),
  iterator('vma_iter_clear', [], 'Clears the iterator’s range with the nodes reserved before.', {
    ...STORE,
    prealloc: 'consume',
  }),
  iterator('vma_iter_store_gfp', ['vma', 'gfp'], 'Stores the area.', {
    ...STORE,
    sleeps: 'gfp',
    gfp: '$2',
    drops: { of: 'internal', at: TREE },
    cursor: STORE_OR_ERROR,
    prealloc: 'consume',
    result: { kind: 'errno', mustCheck: true },
  }),
  iterator('vma_iter_clear_gfp', ['start', 'end', 'gfp'], 'Clears a range.', {
    ...STORE,
    sleeps: 'gfp',
    gfp: '$3',
    drops: { of: 'internal', at: TREE },
    cursor: STORE_OR_ERROR,
    prealloc: 'consume',
    result: { kind: 'errno', mustCheck: true },
  }),
  iterator('vma_iter_bulk_store', ['vma'], 'Stores the area in the course of building a tree.', {
    ...STORE,
    cursor: STORE_OR_ERROR,
    prealloc: 'take',
    result: { kind: 'errno', mustCheck: true },
  }),
  iterator('vma_iter_free', [], 'Gives back the nodes that were reserved and not used.', {
    cursor: { at: CURSOR, uses: 'nothing', leaves: 'same' },
    prealloc: 'free',
    result: { kind: 'none' },
  }),
  iterator('vma_iter_invalidate', [], 'Makes the iterator go on by its address only.', {
    cursor: { at: CURSOR, uses: 'nothing', leaves: 'pause' },
    result: { kind: 'none' },
  }),
  iterator('vma_iter_reset', [], 'Forgets the iterator’s place.', MOVE),
  iterator('vma_iter_set', ['addr'], 'Puts the iterator on an address.', MOVE),
  iterator('vma_iter_config', ['index', 'last'], 'Sets the iterator’s range and keeps its place.', {
    cursor: { at: CURSOR, uses: 'nothing', leaves: 'same' },
    result: { kind: 'none' },
  }),
];

const LOOKUPS: readonly FunctionContract[] = [
  ...(
    [
      ['find_vma', ['mm', 'addr'], 'The area at the address, or the next one.'],
      [
        'find_vma_prev',
        ['mm', 'addr', 'prev'],
        'The area at the address, or the next one, and the one before.',
      ],
      ['find_vma_intersection', ['mm', 'start', 'end'], 'The first area that overlaps the range.'],
      ['find_exact_vma', ['mm', 'start', 'end'], 'The area of exactly this range.'],
    ] as const
  ).map(([name, params, summary]): FunctionContract => ({
    group: 'advanced',
    name,
    params,
    summary,
    needs: READ_MM,
    result: AREA,
    source: { file: 'include/linux/mm.h', version: '6.12.117' },
  })),
  {
    group: 'normal',
    name: 'vma_lookup',
    params: ['mm', 'addr'],
    summary: 'The area at the address.',
    entryOf: '$0.&mm_mt',
    result: AREA,
    source: { file: 'include/linux/mm.h', line: 3500, version: '6.12.117' },
  },
];

/** Calls that may come back without the mmap_lock that they were entered with; only their result tells. */
const FAULTS: readonly FunctionContract[] = (
  [
    ['handle_mm_fault', ['vma', 'address', 'flags', 'regs'], '$0.vm_mm.&mmap_lock', 'mm/memory.c'],
    ['handle_userfault', ['vmf', 'reason'], '$0.vma.vm_mm.&mmap_lock', 'fs/userfaultfd.c'],
    ['userfaultfd_remove', ['vma', 'start', 'end'], '$0.vm_mm.&mmap_lock', 'fs/userfaultfd.c'],
  ] as const
).map(([name, params, lock, file]) => ({
  group: 'lock',
  name,
  params,
  summary: 'May give mmap_lock back on its way.',
  drops: { of: 'object', at: lock },
  sleeps: 'always',
  result: { kind: 'value' },
  source: { file, version: '6.12.117' },
}));

export const VMA: AnalyzerContract = {
  name: 'vma',
  header: 'linux/mm.h',
  languages: ['c'],
  functions: [...ITERATORS, ...LOOKUPS, ...FAULTS],
  macros: {
    VMA_ITERATOR: { kind: 'declare', name: 0, type: 'vma_iterator', init: 'vma_iter_init' },
    for_each_vma: { kind: 'loop', step: 'vma_next', args: [0], into: 1, until: 'null' },
    for_each_vma_range: { kind: 'loop', step: 'vma_find', args: [0, 2], into: 1, until: 'null' },
  },
  externalLocks: [{ tree: 'mm_mt', lock: 'mmap_lock', back: 'vm_mm' }],
  mentions: [
    'vma_iter_*',
    'VMA_ITERATOR',
    'for_each_vma',
    'for_each_vma_range',
    'vma_next',
    'vma_prev',
    'vma_find',
    'find_vma',
    'find_vma_*',
    'vma_lookup',
  ],
};

/**
 * What the maple tree has in C besides core's contract, whose rows hold for C under the same names: macros, lock
 * spellings, initialisers, and the arguments that TypeScript does not have.
 */
import type { CallPath, ContractSource, FunctionContract, LockRef } from '@maplelock/core';
import type { AnalyzerContract } from './model.ts';

const VERSION = '6.12.117';

function header(line: number): ContractSource {
  return { file: 'include/linux/maple_tree.h', line, version: VERSION };
}

const CURSOR_LOCK: LockRef = { of: 'internal', at: '$0.tree' };
const TREE_LOCK: LockRef = { of: 'internal', at: '$0' };

/** Which argument carries the gfp flags, for rows that are core's. */
export const MAPLE_TREE_GFP: Readonly<Record<string, CallPath>> = {
  mas_store_gfp: '$2',
  mas_preallocate: '$2',
  mas_nomem: '$1',
  mas_alloc_cyclic: '$6',
  mtree_store: '$3',
  mtree_store_range: '$4',
  mtree_insert: '$3',
  mtree_insert_range: '$4',
  mtree_alloc_range: '$6',
  mtree_alloc_rrange: '$6',
  mtree_alloc_cyclic: '$6',
  mtree_dup: '$2',
  __mt_dup: '$2',
};

const LOCK_SPELLINGS: readonly FunctionContract[] = [
  ...(['mas_lock', 'mas_lock_irqsave', 'mas_lock_nested'] as const).map((name): FunctionContract => ({
    group: 'lock',
    name,
    params: ['mas'],
    summary: 'Takes the internal lock of the cursor’s tree.',
    acquires: [{ lock: CURSOR_LOCK, mode: 'write' }],
    atomic: true,
    ...(name.endsWith('_nested') && { nested: true }),
    result: { kind: 'none' },
    source: header(468),
  })),
  ...(['mas_unlock', 'mas_unlock_irqrestore'] as const).map((name): FunctionContract => ({
    group: 'lock',
    name,
    params: ['mas'],
    summary: 'Leaves the internal lock of the cursor’s tree.',
    releases: [{ lock: CURSOR_LOCK, mode: 'write' }],
    result: { kind: 'none' },
    source: header(469),
  })),
  ...(['mtree_lock', 'mtree_lock_nested'] as const).map((name): FunctionContract => ({
    group: 'lock',
    name,
    params: ['mt'],
    summary: 'Takes the tree’s internal lock.',
    acquires: [{ lock: TREE_LOCK, mode: 'write' }],
    atomic: true,
    ...(name.endsWith('_nested') && { nested: true }),
    result: { kind: 'none' },
    source: header(271),
  })),
  {
    group: 'lock',
    name: 'mtree_unlock',
    params: ['mt'],
    summary: 'Leaves the tree’s internal lock.',
    releases: [{ lock: TREE_LOCK, mode: 'write' }],
    result: { kind: 'none' },
    source: header(274),
  },
  {
    group: 'lock',
    name: 'mt_lock_is_held',
    params: ['mt'],
    summary: 'Says that the lock that protects the tree is held here.',
    // Which mode it is held in, it does not say: the stronger one is believed.
    asserts: [{ lock: { of: 'tree', at: '$0' }, mode: 'write' }],
    result: { kind: 'boolean' },
    source: header(198),
  },
  {
    group: 'lock',
    name: 'mt_write_lock_is_held',
    params: ['mt'],
    summary: 'Says that the lock that protects the tree is held for writing here.',
    asserts: [{ lock: { of: 'tree', at: '$0' }, mode: 'write' }],
    result: { kind: 'boolean' },
    source: header(201),
  },
];

const INITIALISERS: readonly FunctionContract[] = [
  {
    group: 'tree',
    name: 'MTREE_INIT',
    params: ['name', 'flags'],
    summary: 'The value of a new tree.',
    tree: { at: '$0', flags: '$1' },
    result: { kind: 'none' },
    source: header(246),
  },
  {
    group: 'tree',
    name: 'MTREE_INIT_EXT',
    params: ['name', 'flags', 'lock'],
    summary: 'The value of a new tree that an external lock protects.',
    tree: { at: '$0', flags: '$1', lock: '$2' },
    result: { kind: 'none' },
    deprecated:
      'The maintainers want external locks gone (Matthew Wilcox, 22 February 2023): only the internal lock lets the ' +
      'tree drop it to allocate, and defragment its nodes.',
    source: header(259),
  },
  {
    group: 'tree',
    name: 'mt_on_stack',
    params: ['mt'],
    summary: 'Says that nobody else sees the tree: it needs no lock.',
    tree: { at: '$0', private: true },
    result: { kind: 'none' },
    source: header(208),
  },
];

export const MAPLE_TREE_C: AnalyzerContract = {
  name: 'maple-tree-c',
  header: 'linux/maple_tree.h',
  languages: ['c'],
  functions: [...LOCK_SPELLINGS, ...INITIALISERS],
  macros: {
    MA_STATE: { kind: 'declare', name: 0, type: 'ma_state', init: 'mas_init' },
    DEFINE_MTREE: { kind: 'declaration', name: 0, type: 'maple_tree', init: 'mt_init' },
    mas_for_each: { kind: 'loop', step: 'mas_find', args: [0, 2], into: 1, until: 'null' },
    mas_for_each_rev: { kind: 'loop', step: 'mas_find_rev', args: [0, 2], into: 1, until: 'null' },
    mt_for_each: { kind: 'loop', step: 'mt_find', args: [0, 2, 3], into: 1, until: 'null' },
  },
  mentions: ['MA_STATE', 'MTREE_INIT*', 'DEFINE_MTREE', 'maple_tree'],
};

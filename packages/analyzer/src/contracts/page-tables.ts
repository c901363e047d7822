/**
 * The kernel's page-table accessors. They hold RCU, and hand out locks, in ways that depend on the configuration and
 * on macros of the architecture; what their bodies do is therefore no guide to what their callers must do. The rows
 * have no effects: a lock that comes out of one of these functions is nobody's finding. Some take the lock and return it,
 * whatever the configuration.
 */
import type { FunctionContract } from '@maplelock/core';
import type { AnalyzerContract } from './model.ts';

const ACCESSORS: readonly string[] = [
  'pte_offset_map',
  '__pte_offset_map',
  'pte_offset_map_nolock',
  'pte_offset_map_ro_nolock',
  'pte_offset_map_rw_nolock',
  'pte_offset_map_lock',
  '__pte_offset_map_lock',
  'pte_alloc_map_lock',
  'pte_unmap',
  'pte_unmap_unlock',
  'pte_unmap_same',
  'pmd_trans_huge_lock',
  'pud_trans_huge_lock',
  '__pmd_trans_huge_lock',
  '__pud_trans_huge_lock',
];

/** They return the spinlock that they took. */
const LOCKERS: readonly string[] = ['pmd_lock', 'pud_lock', 'huge_pte_lock'];

const SOURCE = { file: 'include/linux/mm.h', version: '6.12.117' };

function accessor(name: string): FunctionContract {
  return {
    name,
    group: 'lock',
    params: [],
    summary: 'Maps, unmaps, locks or unlocks a page table.',
    result: { kind: 'value' },
    // Where the lock was taken by hand it is given back here.
    ...(name === 'pte_unmap_unlock' ? { drops: { of: 'object', at: '$1' } } : {}),
    source: SOURCE,
  };
}

function locker(name: string): FunctionContract {
  return {
    name,
    group: 'lock',
    params: [],
    summary: 'Takes the lock of a page table, and returns it.',
    acquires: [{ lock: { of: 'object', at: '$result' }, mode: 'write' }],
    atomic: true,
    result: { kind: 'value' },
    source: SOURCE,
  };
}

export const PAGE_TABLES: AnalyzerContract = {
  name: 'page-tables',
  header: 'linux/mm.h',
  languages: ['c'],
  mentions: [],
  functions: [...ACCESSORS.map(accessor), ...LOCKERS.map(locker)],
};

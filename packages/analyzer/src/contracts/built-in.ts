import { CONTRACT } from '@maplelock/core';
import { ADDRESS_SPACE } from './address-space.ts';
import { KERNEL_LOCKS } from './kernel-locks.ts';
import { KERNEL_MACROS } from './kernel-macros.ts';
import { MAPLE_TREE_C, MAPLE_TREE_GFP } from './maple-tree-c.ts';
import type { AnalyzerContract } from './model.ts';
import { PAGE_TABLES } from './page-tables.ts';
import { VMA } from './vma.ts';
import { XARRAY } from './xarray.ts';

/** Core's rows as they stand in C, where some calls take gfp flags. */
const CORE_IN_C: AnalyzerContract = {
  ...CONTRACT,
  languages: ['c'],
  // RCU is everywhere in the kernel, and says nothing of trees.
  mentions: CONTRACT.functions.map((row) => row.name).filter((name) => !name.startsWith('rcu_')),
  functions: CONTRACT.functions.map((row) => {
    const gfp = MAPLE_TREE_GFP[row.name];
    return gfp === undefined ? row : { ...row, gfp };
  }),
};

/** The contracts that come with the analyzer. Later ones override earlier ones by name. */
export const BUILT_IN: readonly AnalyzerContract[] = [
  { ...CONTRACT, languages: ['typescript'] },
  CORE_IN_C,
  MAPLE_TREE_C,
  VMA,
  ADDRESS_SPACE,
  XARRAY,
  PAGE_TABLES,
  KERNEL_LOCKS,
  KERNEL_MACROS,
];

import { ADVANCED_READERS } from './advanced-readers.ts';
import { ADVANCED_WRITERS } from './advanced-writers.ts';
import type { Contract } from './contract.ts';
import { CURSORS } from './cursors.ts';
import { LOCKS } from './locks.ts';
import { NORMAL_API } from './normal-api.ts';
import { joined } from './rows.ts';
import { TREES } from './trees.ts';

/** The lock discipline of the maple tree: one row for each function that this package exports. */
export const CONTRACT: Contract = {
  name: 'maple-tree',
  module: '@maplelock/core',
  header: 'linux/maple_tree.h',
  functions: joined(() => [TREES, LOCKS, NORMAL_API, CURSORS, ADVANCED_READERS, ADVANCED_WRITERS]),
};

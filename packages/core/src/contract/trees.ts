import { READ_TREE, WRITE_TREE } from './disciplines.ts';
import type { FunctionContract } from './contract.ts';
import { joined, rows, TREE_LOCK, writeOf } from './rows.ts';

const EXTERNAL =
  'The maintainers want external locks gone (Matthew Wilcox, 22 February 2023): only the internal lock lets the ' +
  'tree drop it to allocate, and defragment its nodes.';

/** Making trees, setting how they are locked, asking what they are; and the debugging aids. */
export const TREES: readonly FunctionContract[] = joined(() => [
  rows(
    { group: 'tree', tree: { at: '$result', flags: '$0' }, result: { kind: 'tree' } },
    `
    new MapleTree(flags, options) H246 Makes an empty tree.
  `,
  ),
  rows(
    {
      group: 'tree',
      tree: { at: '$result', flags: '$0', lock: '$1' },
      result: { kind: 'tree' },
      deprecated: EXTERNAL,
    },
    `
    MTREE_INIT_EXT(flags, lock) H259 Makes an empty tree with an external lock.
  `,
  ),
  rows(
    { group: 'tree', tree: { at: '$0' }, modifies: '$0', result: { kind: 'none' } },
    `
    mt_init(mt) H806 Makes a tree anew.
  `,
  ),
  rows(
    { group: 'tree', tree: { at: '$0', flags: '$1' }, modifies: '$0', result: { kind: 'none' } },
    `
    mt_init_flags(mt, flags) H790 Makes a tree anew, with flags.
  `,
  ),
  rows(
    { group: 'tree', tree: { at: '$0', lock: '$1' }, result: { kind: 'none' }, deprecated: EXTERNAL },
    `
    mt_set_external_lock(mt, lock) H205 Binds the external lock of a tree.
  `,
  ),
  rows(
    { group: 'tree', result: { kind: 'boolean' } },
    `
    mt_external_lock(mt) H775 True for a tree with an external lock.
    mtree_empty(mt) H361 True for a tree that holds nothing.
  `,
  ),
  rows(
    { group: 'tree', asksRcu: '$0', result: { kind: 'boolean' } },
    `
    mt_in_rcu(mt) H811 True for a tree in RCU mode.
  `,
  ),
  rows(
    {
      group: 'tree',
      asserts: [{ lock: { of: 'tree', at: '$0' }, mode: 'write', when: 'nonzero' }],
      result: { kind: 'boolean' },
    },
    `
    mt_locked(mt) C782 True where the tree’s lock is held.
  `,
  ),
  rows(
    {
      group: 'tree',
      asserts: [{ lock: { of: 'tree', at: '$0' }, mode: 'write', when: 'nonzero' }],
      result: { kind: 'boolean' },
    },
    `
    mt_write_locked(mt) C776 True where the tree’s lock is held for writing.
  `,
  ),
  rows(
    {
      group: 'tree',
      tree: { at: '$0', rcu: true },
      takes: writeOf(TREE_LOCK),
      heedsExternal: true,
      result: { kind: 'none' },
    },
    `
    mt_set_in_rcu(mt) H842 Puts the tree in RCU mode.
  `,
  ),
  rows(
    {
      group: 'tree',
      tree: { at: '$0', rcu: false },
      takes: writeOf(TREE_LOCK),
      heedsExternal: true,
      result: { kind: 'none' },
    },
    `
    mt_clear_in_rcu(mt) H823 Takes the tree out of RCU mode.
  `,
  ),
  rows(
    { group: 'tree', result: { kind: 'value' } },
    `
    mt_height(mt) H857 The number of levels of nodes.
  `,
  ),
  rows(
    { group: 'debug', ...WRITE_TREE, result: { kind: 'none' } },
    `
    mt_validate(mt) C7592 Checks every invariant of the tree.
  `,
  ),
  rows(
    { group: 'debug', ...READ_TREE, result: { kind: 'value' } },
    `
    mt_dump(mt) C7295 Draws the tree as text.
  `,
  ),
  rows(
    { group: 'debug', result: { kind: 'value' } },
    `
    mt_stats(mt) - Measures the tree’s memory.
  `,
  ),
  rows(
    {
      group: 'debug',
      takes: writeOf(TREE_LOCK),
      sleeps: 'always',
      modifies: '$0',
      result: { kind: 'value' },
    },
    `
    mt_defragment(mt) - Moves the nodes together and gives memory back.
  `,
  ),
]);

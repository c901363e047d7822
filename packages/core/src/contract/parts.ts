import type { AccessNeed, ContractSource, LockEffect, LockRef } from './contract.ts';

const VERSION = '6.12.117';

/** A place in lib/maple_tree.c. */
export const library = (line: number): ContractSource => ({
  file: 'lib/maple_tree.c',
  line,
  version: VERSION,
});

/** A place in include/linux/maple_tree.h. */
export const header = (line: number): ContractSource => ({
  file: 'include/linux/maple_tree.h',
  line,
  version: VERSION,
});

/** The internal lock of the tree given first. */
export const TREE_LOCK: LockRef = { of: 'internal', at: '$0' };
/** The internal lock of the tree of the cursor given first. */
export const CURSOR_LOCK: LockRef = { of: 'internal', at: '$0.tree' };
export const RCU: LockRef = { of: 'token', name: 'rcu' };

export const writeOf = (lock: LockRef): readonly LockEffect[] => [{ lock, mode: 'write' }];

/** RCU, or the lock of the cursor's tree. */
export const READ_CURSOR: readonly AccessNeed[] = [{ access: 'read', tree: '$0.tree' }];
/** The write lock of the cursor's tree. */
export const WRITE_CURSOR: readonly AccessNeed[] = [{ access: 'write', tree: '$0.tree' }];

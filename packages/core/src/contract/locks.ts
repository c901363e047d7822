import { CURSOR_LOCK } from './disciplines.ts';
import type { FunctionContract } from './contract.ts';
import { joined, RCU, rows, TREE_LOCK, writeOf } from './rows.ts';

/** Taking and leaving locks. */
export const LOCKS: readonly FunctionContract[] = joined(() => [
  rows(
    { group: 'lock', acquires: writeOf(TREE_LOCK), atomic: true, result: { kind: 'guard' } },
    `
    mtree_lock(mt) H271 Takes the tree’s internal lock.
  `,
  ),
  rows(
    {
      group: 'lock',
      acquires: [{ lock: TREE_LOCK, mode: 'write', when: 'nonzero' }],
      atomic: true,
      result: { kind: 'boolean', mustCheck: true },
    },
    `
    mtree_trylock(mt) - Takes the tree’s internal lock if it is free.
  `,
  ),
  rows(
    { group: 'lock', releases: writeOf(TREE_LOCK), result: { kind: 'none' } },
    `
    mtree_unlock(mt) H274 Leaves the tree’s internal lock.
  `,
  ),
  rows(
    { group: 'lock', acquires: writeOf(CURSOR_LOCK), atomic: true, result: { kind: 'guard' } },
    `
    mas_lock(mas) H468 Takes the internal lock of the cursor’s tree.
  `,
  ),
  rows(
    { group: 'lock', releases: writeOf(CURSOR_LOCK), result: { kind: 'none' } },
    `
    mas_unlock(mas) H469 Leaves the internal lock of the cursor’s tree.
  `,
  ),
  rows(
    { group: 'lock', acquires: [{ lock: RCU, mode: 'read' }], reentrant: true, result: { kind: 'guard' } },
    `
    rcu_read_lock() R Opens a read section.
  `,
  ),
  rows(
    { group: 'lock', releases: [{ lock: RCU, mode: 'read' }], reentrant: true, result: { kind: 'none' } },
    `
    rcu_read_unlock() R Ends a read section.
  `,
  ),
  rows(
    { group: 'lock', result: { kind: 'value' } },
    `
    new Mutex(name) - Makes a lock.
  `,
  ),
  rows(
    {
      group: 'lock',
      acquires: writeOf({ of: 'object', at: '$this' }),
      atomic: true,
      result: { kind: 'guard' },
    },
    `
    Mutex.lock() - Takes the lock.
  `,
  ),
  rows(
    {
      group: 'lock',
      acquires: [{ lock: { of: 'object', at: '$this' }, mode: 'write', when: 'nonzero' }],
      atomic: true,
      result: { kind: 'boolean', mustCheck: true },
    },
    `
    Mutex.tryLock() - Takes the lock if it is free.
  `,
  ),
  rows(
    { group: 'lock', releases: writeOf({ of: 'object', at: '$this' }), result: { kind: 'none' } },
    `
    Mutex.unlock() - Leaves the lock.
  `,
  ),
]);

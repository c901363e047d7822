/**
 * The lock primitives of the kernel: spinlocks, rwlocks, mutexes, semaphores, RCU, SRCU, mmap_lock, and the guards of
 * linux/cleanup.h. Sequence locks are left out: their readers do not hold anything.
 */
import type { FunctionContract } from '@maplelock/core';
import { GUARDS } from './kernel-guards.ts';
import { ALLOCATORS, SLEEPERS } from './kernel-sleep.ts';
import {
  asserts,
  type Family,
  lock,
  names,
  OBJECT,
  row,
  putLock,
  tryLock,
  unlock,
  yields,
} from './kernel-rows.ts';
import type { AnalyzerContract } from './model.ts';

const SPIN: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/spinlock.h', atomic: true };
const RWLOCK: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/rwlock.h', atomic: true };
const MUTEX: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/mutex.h' };
const RWSEM: Family = { lock: OBJECT, params: ['sem'], file: 'include/linux/rwsem.h' };
const SEMAPHORE: Family = { lock: OBJECT, params: ['sem'], file: 'include/linux/semaphore.h' };
const MMAP: Family = {
  lock: { of: 'object', at: '$0.&mmap_lock' },
  params: ['mm'],
  file: 'include/linux/mmap_lock.h',
};
const ANY: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/compiler_types.h' };
const RCU: Family = {
  lock: { of: 'token', name: 'rcu' },
  params: [],
  file: 'include/linux/rcupdate.h',
  atomic: true,
};
const SRCU: Family = { lock: { of: 'token', name: 'srcu' }, params: ['ssp'], file: 'include/linux/srcu.h' };

const SPINLOCKS: readonly FunctionContract[] = [
  ...lock(
    SPIN,
    'write',
    names(
      ['spin_lock', 'raw_spin_lock'],
      ['', '_irq', '_irqsave', '_bh', '_nested', '_irqsave_nested', '_bh_nested', '_nest_lock'],
    ),
    false,
  ),
  ...tryLock(
    SPIN,
    'write',
    names(['spin_trylock', 'raw_spin_trylock'], ['', '_irq', '_irqsave', '_bh']),
    'nonzero',
    false,
  ),
  ...unlock(SPIN, 'write', names(['spin_unlock', 'raw_spin_unlock'], ['', '_irq', '_irqrestore', '_bh'])),
  // atomic_dec_and_lock(atomic, lock): the lock comes second.
  ...tryLock(
    { ...SPIN, lock: { of: 'object', at: '$1' }, params: ['atomic', 'lock'] },
    'write',
    [
      'atomic_dec_and_lock',
      'atomic_dec_and_lock_irqsave',
      'atomic_dec_and_raw_lock',
      'atomic_dec_and_raw_lock_irqsave',
      'refcount_dec_and_lock',
      'refcount_dec_and_lock_irqsave',
    ],
    'nonzero',
    false,
  ),
  // kref_put_lock(kref, release, lock): taken by whoever dropped the last reference, and left to what it runs.
  ...putLock(
    { ...SPIN, lock: { of: 'object', at: '$2' }, params: ['kref', 'release', 'lock'] },
    'write',
    ['kref_put_lock'],
    false,
  ),
  ...lock(RWLOCK, 'read', names(['read_lock'], ['', '_irq', '_irqsave', '_bh']), false),
  ...tryLock(RWLOCK, 'read', ['read_trylock'], 'nonzero', false),
  ...unlock(RWLOCK, 'read', names(['read_unlock'], ['', '_irq', '_irqrestore', '_bh'])),
  ...lock(RWLOCK, 'write', names(['write_lock'], ['', '_irq', '_irqsave', '_bh', '_nested']), false),
  ...tryLock(RWLOCK, 'write', names(['write_trylock'], ['', '_irqsave']), 'nonzero', false),
  ...unlock(RWLOCK, 'write', names(['write_unlock'], ['', '_irq', '_irqrestore', '_bh'])),
];

/** What takes a spinlock, a tree's own among them, and holds interrupts off with it: they stay off while the lock is dropped. */
export const MASKING: ReadonlySet<string> = new Set([
  'mas_lock_irqsave',
  ...names(['spin_lock', 'raw_spin_lock', 'spin_trylock', 'raw_spin_trylock'], ['_irq', '_irqsave', '_bh']),
  ...names(['spin_lock', 'raw_spin_lock'], ['_irqsave_nested', '_bh_nested']),
]);

const MUTEXES: readonly FunctionContract[] = [
  ...lock(
    MUTEX,
    'write',
    [
      'mutex_lock',
      'mutex_lock_nested',
      'mutex_lock_io',
      'mutex_lock_io_nested',
      'mutex_lock_nest_lock',
      'rt_mutex_lock',
      'rt_mutex_lock_nested',
    ],
    true,
  ),
  ...tryLock(MUTEX, 'write', ['mutex_trylock', 'rt_mutex_trylock'], 'nonzero', false),
  ...tryLock(
    MUTEX,
    'write',
    [
      'mutex_lock_interruptible',
      'mutex_lock_killable',
      'mutex_lock_interruptible_nested',
      'mutex_lock_killable_nested',
      'rt_mutex_lock_interruptible',
      'rt_mutex_lock_killable',
    ],
    'zero',
    true,
  ),
  ...tryLock(
    { ...MUTEX, lock: { of: 'object', at: '$1' }, params: ['count', 'lock'] },
    'write',
    ['atomic_dec_and_mutex_lock', 'refcount_dec_and_mutex_lock'],
    'nonzero',
    true,
  ),
  ...putLock(
    { ...MUTEX, lock: { of: 'object', at: '$2' }, params: ['kref', 'release', 'lock'] },
    'write',
    ['kref_put_mutex'],
    true,
  ),
  ...unlock(MUTEX, 'write', ['mutex_unlock', 'rt_mutex_unlock']),
  ...lock(SEMAPHORE, 'write', ['down'], true),
  ...tryLock(SEMAPHORE, 'write', ['down_interruptible', 'down_killable', 'down_timeout'], 'zero', true),
  ...tryLock(SEMAPHORE, 'write', ['down_trylock'], 'zero', false),
  ...unlock(SEMAPHORE, 'write', ['up']),
];

const RW_SEMAPHORES: readonly FunctionContract[] = [
  ...lock(RWSEM, 'read', ['down_read', 'down_read_nested', 'down_read_non_owner', 'percpu_down_read'], true),
  ...tryLock(
    RWSEM,
    'read',
    ['down_read_interruptible', 'down_read_killable', 'down_read_killable_nested'],
    'zero',
    true,
  ),
  ...tryLock(RWSEM, 'read', ['down_read_trylock', 'percpu_down_read_trylock'], 'nonzero', false),
  ...unlock(RWSEM, 'read', ['up_read', 'up_read_non_owner', 'percpu_up_read']),
  ...lock(
    RWSEM,
    'write',
    ['down_write', 'down_write_nested', 'down_write_nest_lock', 'percpu_down_write'],
    true,
  ),
  ...tryLock(RWSEM, 'write', ['down_write_killable', 'down_write_killable_nested'], 'zero', true),
  ...tryLock(RWSEM, 'write', ['down_write_trylock'], 'nonzero', false),
  ...unlock(RWSEM, 'write', ['up_write', 'percpu_up_write']),
  row(RWSEM, 'downgrade_write', 'Turns the write hold into a read hold.', {
    releases: [{ lock: RWSEM.lock, mode: 'write' }],
    acquires: [{ lock: RWSEM.lock, mode: 'read' }],
  }),
  ...asserts(RWSEM, 'read', ['rwsem_assert_held', 'rwsem_assert_held_nolockdep', 'percpu_rwsem_assert_held']),
  ...asserts(RWSEM, 'write', ['rwsem_assert_held_write', 'rwsem_assert_held_write_nolockdep']),
];

const YIELDS: readonly FunctionContract[] = [
  // Ends its caller's read section on every path (fs/fs_pin.c).
  row(RCU, 'pin_kill', 'Drops a pin, and the read section that protected it.', {
    releases: [{ lock: RCU.lock, mode: 'read' }],
    sleeps: 'always',
  }),
  yields(SPIN, 'write', 'cond_resched_lock'),
  yields(RWLOCK, 'read', 'cond_resched_rwlock_read'),
  yields(RWLOCK, 'write', 'cond_resched_rwlock_write'),
  yields(RCU, 'read', 'cond_resched_rcu'),
];

const MMAP_LOCK: readonly FunctionContract[] = [
  ...lock(MMAP, 'write', ['mmap_write_lock', 'mmap_write_lock_nested'], true),
  ...tryLock(MMAP, 'write', ['mmap_write_lock_killable'], 'zero', true),
  ...tryLock(MMAP, 'write', ['mmap_write_trylock'], 'nonzero', false),
  ...unlock(MMAP, 'write', ['mmap_write_unlock']),
  row(MMAP, 'mmap_write_downgrade', 'Turns the write hold into a read hold.', {
    releases: [{ lock: MMAP.lock, mode: 'write' }],
    acquires: [{ lock: MMAP.lock, mode: 'read' }],
  }),
  ...lock(MMAP, 'read', ['mmap_read_lock'], true),
  ...tryLock(MMAP, 'read', ['mmap_read_lock_killable'], 'zero', true),
  ...tryLock(MMAP, 'read', ['mmap_read_trylock'], 'nonzero', false),
  ...unlock(MMAP, 'read', ['mmap_read_unlock', 'mmap_read_unlock_non_owner']),
  ...asserts(MMAP, 'read', ['mmap_assert_locked']),
  ...asserts(MMAP, 'write', ['mmap_assert_write_locked']),
  ...asserts({ ...MMAP, lock: { of: 'object', at: '$0.vm_mm.&mmap_lock' }, params: ['vma'] }, 'read', [
    'vma_assert_locked',
  ]),
  ...asserts({ ...MMAP, lock: { of: 'object', at: '$0.vm_mm.&mmap_lock' }, params: ['vma'] }, 'write', [
    'vma_assert_write_locked',
    'vma_start_write',
  ]),
];

/** A lock that is a member of what the call is given. */
function member(path: string, param: string, file: string): Family {
  return { lock: { of: 'object', at: path }, params: [param], file };
}

const INODE = member('$0.&i_rwsem', 'inode', 'include/linux/fs.h');
const I_MMAP = member('$0.&i_mmap_rwsem', 'mapping', 'include/linux/fs.h');
const INVALIDATE = member('$0.&invalidate_lock', 'mapping', 'include/linux/fs.h');
const TASK: Family = {
  ...member('$0.&alloc_lock', 'task', 'include/linux/sched/task.h'),
  atomic: true,
};
const DEVICE = member('$0.&mutex', 'dev', 'include/linux/device.h');
const RTNL: Family = { lock: { of: 'token', name: 'rtnl' }, params: [], file: 'include/linux/rtnetlink.h' };
const CPUS: Family = {
  lock: { of: 'token', name: 'cpu_hotplug' },
  params: [],
  file: 'include/linux/cpuhplock.h',
};

/** Locks that have functions of their own. */
const NAMED_LOCKS: readonly FunctionContract[] = [
  ...lock(INODE, 'write', ['inode_lock', 'inode_lock_nested'], true),
  ...tryLock(INODE, 'write', ['inode_lock_killable'], 'zero', true),
  ...tryLock(INODE, 'write', ['inode_trylock'], 'nonzero', false),
  ...unlock(INODE, 'write', ['inode_unlock']),
  ...lock(INODE, 'read', ['inode_lock_shared', 'inode_lock_shared_nested'], true),
  ...tryLock(INODE, 'read', ['inode_trylock_shared'], 'nonzero', false),
  ...unlock(INODE, 'read', ['inode_unlock_shared']),
  ...lock(I_MMAP, 'write', ['i_mmap_lock_write'], true),
  ...tryLock(I_MMAP, 'write', ['i_mmap_trylock_write'], 'nonzero', false),
  ...unlock(I_MMAP, 'write', ['i_mmap_unlock_write']),
  ...lock(I_MMAP, 'read', ['i_mmap_lock_read'], true),
  ...tryLock(I_MMAP, 'read', ['i_mmap_trylock_read'], 'nonzero', false),
  ...unlock(I_MMAP, 'read', ['i_mmap_unlock_read']),
  ...lock(INVALIDATE, 'write', ['filemap_invalidate_lock'], true),
  ...unlock(INVALIDATE, 'write', ['filemap_invalidate_unlock']),
  ...lock(INVALIDATE, 'read', ['filemap_invalidate_lock_shared'], true),
  ...tryLock(INVALIDATE, 'read', ['filemap_invalidate_trylock_shared'], 'nonzero', false),
  ...unlock(INVALIDATE, 'read', ['filemap_invalidate_unlock_shared']),
  ...lock(TASK, 'write', ['task_lock'], false),
  ...unlock(TASK, 'write', ['task_unlock']),
  ...lock(DEVICE, 'write', ['device_lock'], true),
  ...tryLock(DEVICE, 'write', ['device_lock_interruptible'], 'zero', true),
  ...tryLock(DEVICE, 'write', ['device_trylock'], 'nonzero', false),
  ...unlock(DEVICE, 'write', ['device_unlock']),
  ...asserts(DEVICE, 'write', ['device_lock_assert']),
  ...lock(RTNL, 'write', ['rtnl_lock'], true),
  ...tryLock(RTNL, 'write', ['rtnl_lock_killable'], 'zero', true),
  ...tryLock(RTNL, 'write', ['rtnl_trylock'], 'nonzero', false),
  ...unlock(RTNL, 'write', ['rtnl_unlock']),
  ...lock(CPUS, 'read', ['cpus_read_lock'], true),
  ...unlock(CPUS, 'read', ['cpus_read_unlock']),
  ...lock(CPUS, 'write', ['cpus_write_lock'], true),
  ...unlock(CPUS, 'write', ['cpus_write_unlock']),
];

const READ_SECTIONS: readonly FunctionContract[] = [
  ...[
    'rcu_read_lock',
    'rcu_read_lock_bh',
    'rcu_read_lock_sched',
    'rcu_read_lock_sched_notrace',
    'rcu_read_lock_dont_migrate',
  ].map((name) =>
    row(RCU, name, 'Opens a read section: what is reachable in it stays whole until it ends.', {
      acquires: [{ lock: RCU.lock, mode: 'read' }],
      reentrant: true,
    }),
  ),
  ...[
    'rcu_read_unlock',
    'rcu_read_unlock_bh',
    'rcu_read_unlock_sched',
    'rcu_read_unlock_sched_notrace',
    'rcu_read_unlock_migrate',
  ].map((name) =>
    row(RCU, name, 'Ends a read section.', { releases: [{ lock: RCU.lock, mode: 'read' }], reentrant: true }),
  ),
  ...asserts(RCU, 'read', [
    'lockdep_assert_in_rcu_read_lock',
    'rcu_read_lock_held',
    'rcu_read_lock_any_held',
  ]),
  ...['srcu_read_lock', 'srcu_read_lock_nmisafe', 'srcu_read_lock_notrace', 'srcu_down_read'].map((name) =>
    row(SRCU, name, 'Opens a sleepable read section of the domain.', {
      acquires: [{ lock: SRCU.lock, mode: 'read' }],
      reentrant: true,
      result: { kind: 'value' },
    }),
  ),
  ...['srcu_read_unlock', 'srcu_read_unlock_nmisafe', 'srcu_read_unlock_notrace', 'srcu_up_read'].map(
    (name) =>
      row(SRCU, name, 'Ends a sleepable read section of the domain.', {
        releases: [{ lock: SRCU.lock, mode: 'read' }],
        reentrant: true,
      }),
  ),
  ...['synchronize_rcu', 'synchronize_rcu_expedited', 'rcu_barrier', 'synchronize_net'].map((name) =>
    row(RCU, name, 'Waits until all read sections that are open now have ended.', { sleeps: 'always' }),
  ),
];

const LOCKDEP: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/lockdep.h' };

const ASSERTIONS: readonly FunctionContract[] = [
  ...asserts(LOCKDEP, 'any', [
    'lockdep_assert_held',
    'lockdep_assert_held_once',
    'lockdep_is_held',
    'assert_spin_locked',
    'assert_raw_spin_locked',
    'spin_is_locked',
    'raw_spin_is_locked',
    'mutex_is_locked',
    'rwsem_is_locked',
  ]),
  ...asserts(LOCKDEP, 'write', ['lockdep_assert_held_write']),
  ...asserts(LOCKDEP, 'read', ['lockdep_assert_held_read']),
  row(LOCKDEP, 'lockdep_assert_not_held', 'Says that the lock is not held here.', {
    takes: [{ lock: OBJECT, mode: 'write' }],
  }),
];

/** What does to a lock what an annotation says, by the kind of the lock; no program can call those of any kind. */
export const ANNOTATED = {
  any: { acquire: '__acquires()', release: '__releases()' },
  spinning: { acquire: 'spin_lock', release: 'spin_unlock' },
  rcu: { acquire: 'rcu_read_lock', release: 'rcu_read_unlock' },
} as const;

const ANNOTATED_EFFECTS: readonly FunctionContract[] = [
  row(ANY, ANNOTATED.any.acquire, 'Takes the lock, as an annotation has it.', {
    acquires: [{ lock: OBJECT, mode: 'write' }],
  }),
  row(ANY, ANNOTATED.any.release, 'Leaves the lock, as an annotation has it.', {
    releases: [{ lock: OBJECT, mode: 'write' }],
  }),
];

export const KERNEL_LOCKS: AnalyzerContract = {
  name: 'kernel-locks',
  languages: ['c'],
  functions: [
    ...SPINLOCKS,
    ...MUTEXES,
    ...RW_SEMAPHORES,
    ...YIELDS,
    ...MMAP_LOCK,
    ...NAMED_LOCKS,
    ...READ_SECTIONS,
    ...ASSERTIONS,
    ...ANNOTATED_EFFECTS,
    ...SLEEPERS,
    ...ALLOCATORS,
  ],
  guards: GUARDS,
  // Every file has locks: none is worth reading for them alone.
  mentions: [],
};

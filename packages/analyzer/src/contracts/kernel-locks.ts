/**
 * The lock primitives of the kernel: spinlocks, rwlocks, mutexes, semaphores, RCU, SRCU, mmap_lock, and the guards of
 * linux/cleanup.h. Sequence locks are left out: their readers do not hold anything.
 */
import type { FunctionContract, LockEffect, LockMode, LockRef } from '@maplelock/core';
import type { AnalyzerContract, Guard } from './model.ts';

const VERSION = '6.12';

type When = NonNullable<LockEffect['when']>;

/** One kind of lock: where a call finds it and how it is written down. */
interface Family {
  readonly lock: LockRef;
  readonly params: readonly string[];
  readonly file: string;
}

const OBJECT: LockRef = { of: 'object', at: '$0' };
const SPIN: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/spinlock.h' };
const RWLOCK: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/rwlock.h' };
const MUTEX: Family = { lock: OBJECT, params: ['lock'], file: 'include/linux/mutex.h' };
const RWSEM: Family = { lock: OBJECT, params: ['sem'], file: 'include/linux/rwsem.h' };
const SEMAPHORE: Family = { lock: OBJECT, params: ['sem'], file: 'include/linux/semaphore.h' };
const MMAP: Family = {
  lock: { of: 'object', at: '$0.&mmap_lock' },
  params: ['mm'],
  file: 'include/linux/mmap_lock.h',
};
const RCU: Family = { lock: { of: 'token', name: 'rcu' }, params: [], file: 'include/linux/rcupdate.h' };
const SRCU: Family = { lock: { of: 'token', name: 'srcu' }, params: ['ssp'], file: 'include/linux/srcu.h' };

function row(
  family: Family,
  name: string,
  summary: string,
  rest: Omit<FunctionContract, 'name' | 'group' | 'params' | 'summary' | 'result'> &
    Partial<Pick<FunctionContract, 'result'>>,
): FunctionContract {
  return {
    group: 'lock',
    name,
    params: family.params,
    summary,
    result: { kind: 'none' },
    source: { file: family.file, version: VERSION },
    ...rest,
  };
}

function lock(family: Family, mode: LockMode, names: readonly string[], sleeps: boolean): FunctionContract[] {
  return names.map((name) =>
    row(family, name, 'Takes the lock.', {
      acquires: [{ lock: family.lock, mode }],
      ...(sleeps && { sleeps: 'always' }),
    }),
  );
}

/** Locks that may not be had: `when` says which results mean taken. */
function tryLock(
  family: Family,
  mode: LockMode,
  names: readonly string[],
  when: When,
  sleeps: boolean,
): FunctionContract[] {
  return names.map((name) =>
    row(
      family,
      name,
      when === 'zero'
        ? 'Takes the lock; 0 where it did, else a negative errno.'
        : 'Takes the lock if it is free; true where it did.',
      {
        acquires: [{ lock: family.lock, mode, when }],
        ...(sleeps && { sleeps: 'always' }),
        result: { kind: when === 'zero' ? 'errno' : 'boolean', mustCheck: true },
      },
    ),
  );
}

function unlock(family: Family, mode: LockMode, names: readonly string[]): FunctionContract[] {
  return names.map((name) =>
    row(family, name, 'Leaves the lock.', { releases: [{ lock: family.lock, mode }] }),
  );
}

function asserts(family: Family, mode: LockMode, names: readonly string[]): FunctionContract[] {
  return names.map((name) =>
    row(family, name, 'Says that the lock is held here.', { asserts: [{ lock: family.lock, mode }] }),
  );
}

/** `raw_spin_lock`, `raw_spin_lock_irq`… from the stem and the endings. */
function names(stems: readonly string[], endings: readonly string[]): string[] {
  return stems.flatMap((stem) => endings.map((ending) => `${stem}${ending}`));
}

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
  ...lock(RWLOCK, 'read', names(['read_lock'], ['', '_irq', '_irqsave', '_bh']), false),
  ...tryLock(RWLOCK, 'read', ['read_trylock'], 'nonzero', false),
  ...unlock(RWLOCK, 'read', names(['read_unlock'], ['', '_irq', '_irqrestore', '_bh'])),
  ...lock(RWLOCK, 'write', names(['write_lock'], ['', '_irq', '_irqsave', '_bh', '_nested']), false),
  ...tryLock(RWLOCK, 'write', names(['write_trylock'], ['', '_irqsave']), 'nonzero', false),
  ...unlock(RWLOCK, 'write', names(['write_unlock'], ['', '_irq', '_irqrestore', '_bh'])),
];

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
  ...unlock(MUTEX, 'write', ['mutex_unlock', 'rt_mutex_unlock']),
  ...lock(SEMAPHORE, 'write', ['down'], true),
  ...tryLock(
    SEMAPHORE,
    'write',
    ['down_interruptible', 'down_killable', 'down_timeout', 'down_trylock'],
    'zero',
    true,
  ),
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
    row(RCU, name, 'Waits until all read sections that are open now have ended.', {
      sleeps: 'always',
      takes: [{ lock: RCU.lock, mode: 'read' }],
    }),
  ),
];

const ASSERTIONS: readonly FunctionContract[] = [
  ...asserts({ ...SPIN, file: 'include/linux/lockdep.h' }, 'read', [
    'lockdep_assert_held',
    'lockdep_assert_held_once',
    'lockdep_assert_held_read',
    'lockdep_is_held',
    'lockdep_is_held_type',
    'assert_spin_locked',
    'assert_raw_spin_locked',
  ]),
  ...asserts({ ...SPIN, file: 'include/linux/lockdep.h' }, 'write', ['lockdep_assert_held_write']),
  row(
    { ...SPIN, file: 'include/linux/lockdep.h' },
    'lockdep_assert_not_held',
    'Says that the lock is not held here.',
    {
      takes: [{ lock: OBJECT, mode: 'write' }],
    },
  ),
];

/** Calls that sleep whatever they are given. */
const SLEEPERS: readonly FunctionContract[] = [
  'schedule',
  'schedule_timeout',
  'schedule_timeout_interruptible',
  'schedule_timeout_killable',
  'schedule_timeout_uninterruptible',
  'might_sleep',
  'cond_resched',
  'msleep',
  'msleep_interruptible',
  'ssleep',
  'usleep_range',
  'fsleep',
  'wait_for_completion',
  'wait_for_completion_interruptible',
  'wait_for_completion_killable',
  'wait_for_completion_timeout',
  'wait_event',
  'wait_event_interruptible',
  'wait_event_killable',
  'wait_event_timeout',
  'flush_work',
  'cancel_work_sync',
  'copy_from_user',
  'copy_to_user',
  'vmalloc',
  'vzalloc',
].map((name) => ({
  group: 'lock',
  name,
  params: [],
  summary: 'Sleeps, or may.',
  sleeps: 'always',
  result: { kind: 'value' },
}));

function guards(
  acquire: string,
  release: string,
  classes: Readonly<
    Record<
      string,
      readonly [acquire: string, release: string] | readonly [acquire: string, release: string, 'conditional']
    >
  >,
): Record<string, Guard> {
  return Object.fromEntries(
    Object.entries(classes).map(([name, [take, leave, conditional]]) => [
      name,
      {
        acquire: `${acquire}${take}`,
        release: `${release}${leave}`,
        ...(conditional && { conditional: true }),
      },
    ]),
  );
}

const GUARDS: Readonly<Record<string, Guard>> = {
  ...guards('mutex_', 'mutex_unlock', {
    mutex: ['lock', ''],
    mutex_try: ['trylock', '', 'conditional'],
    mutex_intr: ['lock_interruptible', '', 'conditional'],
    mutex_kill: ['lock_killable', '', 'conditional'],
  }),
  ...guards('spin_', 'spin_unlock', {
    spinlock: ['lock', ''],
    spinlock_try: ['trylock', '', 'conditional'],
    spinlock_irq: ['lock_irq', '_irq'],
    spinlock_irq_try: ['trylock_irq', '_irq', 'conditional'],
    spinlock_bh: ['lock_bh', '_bh'],
    spinlock_bh_try: ['trylock_bh', '_bh', 'conditional'],
    spinlock_irqsave: ['lock_irqsave', '_irqrestore'],
    spinlock_irqsave_try: ['trylock_irqsave', '_irqrestore', 'conditional'],
  }),
  ...guards('raw_spin_', 'raw_spin_unlock', {
    raw_spinlock: ['lock', ''],
    raw_spinlock_try: ['trylock', '', 'conditional'],
    raw_spinlock_nested: ['lock_nested', ''],
    raw_spinlock_irq: ['lock_irq', '_irq'],
    raw_spinlock_irq_try: ['trylock_irq', '_irq', 'conditional'],
    raw_spinlock_bh: ['lock_bh', '_bh'],
    raw_spinlock_irqsave: ['lock_irqsave', '_irqrestore'],
    raw_spinlock_irqsave_try: ['trylock_irqsave', '_irqrestore', 'conditional'],
  }),
  ...guards('read_lock', 'read_unlock', {
    read_lock: ['', ''],
    read_lock_irq: ['_irq', '_irq'],
    read_lock_irqsave: ['_irqsave', '_irqrestore'],
  }),
  ...guards('write_lock', 'write_unlock', {
    write_lock: ['', ''],
    write_lock_irq: ['_irq', '_irq'],
    write_lock_irqsave: ['_irqsave', '_irqrestore'],
  }),
  ...guards('down_read', 'up_read', {
    rwsem_read: ['', ''],
    rwsem_read_try: ['_trylock', '', 'conditional'],
    rwsem_read_intr: ['_interruptible', '', 'conditional'],
  }),
  ...guards('down_write', 'up_write', {
    rwsem_write: ['', ''],
    rwsem_write_try: ['_trylock', '', 'conditional'],
    rwsem_write_kill: ['_killable', '', 'conditional'],
  }),
  ...guards('percpu_', 'percpu_', {
    percpu_read: ['down_read', 'up_read'],
    percpu_write: ['down_write', 'up_write'],
  }),
  ...guards('mmap_', 'mmap_', {
    mmap_read_lock: ['read_lock', 'read_unlock'],
    mmap_read_lock_try: ['read_trylock', 'read_unlock', 'conditional'],
    mmap_write_lock: ['write_lock', 'write_unlock'],
  }),
  rcu: { acquire: 'rcu_read_lock', release: 'rcu_read_unlock' },
  rcu_read_lock: { acquire: 'rcu_read_lock', release: 'rcu_read_unlock' },
  srcu: { acquire: 'srcu_read_lock', release: 'srcu_read_unlock' },
};

export const KERNEL_LOCKS: AnalyzerContract = {
  name: 'kernel-locks',
  languages: ['c'],
  functions: [
    ...SPINLOCKS,
    ...MUTEXES,
    ...RW_SEMAPHORES,
    ...MMAP_LOCK,
    ...READ_SECTIONS,
    ...ASSERTIONS,
    ...SLEEPERS,
  ],
  guards: GUARDS,
  // Every file has locks: none is worth reading for them alone.
  mentions: [],
};

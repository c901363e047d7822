/** The guard classes of linux/cleanup.h: what each takes and gives back. */
import type { Guard } from './model.ts';

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

export const GUARDS: Readonly<Record<string, Guard>> = {
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
  task_lock: { acquire: 'task_lock', release: 'task_unlock' },
  device: { acquire: 'device_lock', release: 'device_unlock' },
  rtnl: { acquire: 'rtnl_lock', release: 'rtnl_unlock' },
  cpus_read_lock: { acquire: 'cpus_read_lock', release: 'cpus_read_unlock' },
  rcu: { acquire: 'rcu_read_lock', release: 'rcu_read_unlock' },
  rcu_read_lock: { acquire: 'rcu_read_lock', release: 'rcu_read_unlock' },
  srcu: { acquire: 'srcu_read_lock', release: 'srcu_read_unlock' },
};

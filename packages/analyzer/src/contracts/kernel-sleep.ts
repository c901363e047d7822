/** Functions of the kernel that sleep: always, or as their gfp argument allows. */
import type { FunctionContract } from '@maplelock/core';

const SLEEPING = `
  schedule schedule_timeout schedule_timeout_interruptible schedule_timeout_killable schedule_timeout_uninterruptible
  schedule_timeout_idle might_sleep cond_resched msleep msleep_interruptible ssleep usleep_range
  usleep_range_state fsleep wait_for_completion wait_for_completion_interruptible wait_for_completion_killable
  wait_for_completion_timeout wait_for_completion_interruptible_timeout wait_event wait_event_interruptible
  wait_event_killable wait_event_timeout wait_event_interruptible_timeout wait_event_freezable flush_work
  flush_delayed_work flush_workqueue drain_workqueue destroy_workqueue cancel_work_sync cancel_delayed_work_sync
  del_timer_sync timer_delete_sync kthread_stop copy_from_user copy_to_user get_user put_user vmalloc vzalloc vmap
  kvfree_sensitive
`;

/** Which argument carries the gfp flags. */
const GFP: Readonly<Record<string, number>> = {
  kmalloc: 1,
  kzalloc: 1,
  kmalloc_node: 1,
  kzalloc_node: 1,
  kvmalloc: 1,
  kvzalloc: 1,
  kmalloc_array: 2,
  kcalloc: 2,
  kvmalloc_array: 2,
  kvcalloc: 2,
  krealloc: 2,
  kmemdup: 2,
  kmemdup_array: 3,
  kstrdup: 1,
  kstrndup: 2,
  kasprintf: 0,
  kmem_cache_alloc: 1,
  kmem_cache_zalloc: 1,
  alloc_page: 0,
  alloc_pages: 0,
  get_zeroed_page: 0,
  __get_free_page: 0,
  __get_free_pages: 0,
  __vmalloc: 1,
  mempool_alloc: 1,
  devm_kzalloc: 2,
  devm_kmalloc: 2,
  devm_kcalloc: 3,
  idr_preload: 0,
  radix_tree_preload: 0,
};

export const SLEEPERS: readonly FunctionContract[] = SLEEPING.split(/\s+/)
  .filter((name) => name !== '')
  .map((name) => ({
    group: 'lock',
    name,
    params: [],
    summary: 'Sleeps, or may.',
    sleeps: 'always',
    result: { kind: 'value' },
  }));

export const ALLOCATORS: readonly FunctionContract[] = Object.entries(GFP).map(([name, position]) => ({
  group: 'lock',
  name,
  params: [],
  summary: 'Allocates; sleeps if the flags allow it.',
  sleeps: 'gfp',
  gfp: `$${position}`,
  result: { kind: 'value' },
}));

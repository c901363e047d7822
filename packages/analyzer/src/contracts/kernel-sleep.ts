/** Functions of the kernel that sleep: always, or as their gfp argument allows; and those that ask whether one may. */
import type { FunctionContract } from '@maplelock/core';

/** Types of locks under which nothing may sleep. */
export const ATOMIC_TYPES: ReadonlySet<string> = new Set(['spinlock_t', 'raw_spinlock_t', 'rwlock_t']);

const SLEEPING = `
  schedule schedule_timeout schedule_timeout_interruptible schedule_timeout_killable schedule_timeout_uninterruptible
  schedule_timeout_idle schedule_hrtimeout schedule_hrtimeout_range io_schedule io_schedule_timeout yield
  might_sleep might_fault cond_resched msleep msleep_interruptible ssleep usleep_range usleep_range_state fsleep
  wait_for_completion wait_for_completion_interruptible wait_for_completion_killable wait_for_completion_timeout
  wait_for_completion_interruptible_timeout wait_for_completion_killable_timeout wait_for_completion_io
  wait_event wait_event_interruptible wait_event_killable wait_event_timeout wait_event_interruptible_timeout
  wait_event_killable_timeout wait_event_freezable wait_event_idle wait_on_bit wait_on_bit_lock wait_var_event
  folio_wait_writeback wait_on_page_writeback
  flush_work flush_delayed_work flush_workqueue drain_workqueue destroy_workqueue cancel_work_sync
  cancel_delayed_work_sync kthread_stop kthread_park kthread_flush_work kthread_flush_worker synchronize_srcu
  synchronize_irq disable_irq free_irq
  copy_from_user copy_to_user copy_struct_from_user clear_user get_user put_user strncpy_from_user strnlen_user
  memdup_user memdup_user_nul strndup_user vmemdup_user
  vmalloc vzalloc vmalloc_user vmap alloc_percpu mmput kfree_rcu_mightsleep kvfree_rcu_mightsleep
  vfree vunmap vm_unmap_ram kmap mempool_resize unmap_mapping_range access_process_vm
  dma_fence_wait dma_fence_wait_timeout dma_fence_wait_any_timeout dma_resv_wait_timeout
  wait_on_bit_io wait_on_bit_timeout wait_on_bit_action wait_on_buffer irq_work_sync napi_disable
  try_to_freeze set_freezable kthread_create kthread_run call_usermodehelper request_firmware
  clk_prepare clk_prepare_enable clk_unprepare clk_disable_unprepare regulator_enable regulator_disable
  blkdev_issue_discard blkdev_issue_flush blkdev_issue_zeroout submit_bio_wait sync_blockdev write_inode_now
  kernel_read kernel_write vfs_read vfs_write filp_open dput console_lock del_gendisk register_netdevice
  debugfs_create_dir debugfs_create_file debugfs_remove device_register device_unregister
`;

/** Which argument carries the gfp flags. */
const GFP: Readonly<Record<string, number>> = {
  kmalloc: 1,
  kzalloc: 1,
  kmalloc_node: 1,
  kzalloc_node: 1,
  kvmalloc: 1,
  kvzalloc: 1,
  kvmalloc_node: 1,
  kvzalloc_node: 1,
  kmalloc_array: 2,
  kcalloc: 2,
  kvmalloc_array: 2,
  kvcalloc: 2,
  kmalloc_array_node: 2,
  kcalloc_node: 2,
  krealloc: 2,
  krealloc_array: 3,
  kmemdup: 2,
  kmemdup_nul: 2,
  kmemdup_array: 3,
  kvmemdup: 2,
  kstrdup: 1,
  kstrdup_const: 1,
  kstrndup: 2,
  kasprintf: 0,
  kvasprintf: 0,
  kmem_cache_alloc: 1,
  kmem_cache_zalloc: 1,
  kmem_cache_alloc_node: 1,
  kmem_cache_alloc_lru: 2,
  kmem_cache_alloc_bulk: 1,
  alloc_page: 0,
  alloc_pages: 0,
  alloc_pages_node: 1,
  folio_alloc: 0,
  get_zeroed_page: 0,
  __get_free_page: 0,
  __get_free_pages: 0,
  alloc_percpu_gfp: 1,
  __vmalloc: 1,
  mempool_alloc: 1,
  bitmap_alloc: 1,
  bitmap_zalloc: 1,
  bitmap_alloc_node: 1,
  bitmap_zalloc_node: 1,
  alloc_cpumask_var: 1,
  zalloc_cpumask_var: 1,
  sg_alloc_table: 2,
  dma_pool_alloc: 1,
  dma_pool_zalloc: 1,
  alloc_skb: 1,
  skb_clone: 1,
  skb_copy: 1,
  nlmsg_new: 1,
  genlmsg_new: 1,
  idr_alloc: 4,
  idr_alloc_cyclic: 4,
  idr_alloc_u32: 4,
  radix_tree_maybe_preload: 0,
  devm_kmemdup: 3,
  devm_kasprintf: 1,
  dma_alloc_coherent: 3,
  devm_kzalloc: 2,
  devm_kmalloc: 2,
  devm_kcalloc: 3,
  devm_kmalloc_array: 3,
  devm_kstrdup: 2,
  idr_preload: 0,
  radix_tree_preload: 0,
  ida_alloc: 1,
  ida_alloc_max: 2,
  ida_alloc_min: 2,
  ida_alloc_range: 3,
  might_alloc: 0,
  // Its condition asks the flags, as a rule.
  might_sleep_if: 0,
};

const ASKING_CONTEXT = `
  in_atomic in_interrupt in_irq in_softirq in_serving_softirq in_hardirq in_nmi in_task irqs_disabled preemptible
  preempt_count rcu_preempt_depth in_atomic_preempt_off spin_is_locked
`;

const ASKING_STATE = `
  atomic_dec_and_test atomic_long_dec_and_test atomic64_dec_and_test atomic_sub_and_test atomic_inc_not_zero
  atomic_long_inc_not_zero atomic_add_unless atomic_dec_return atomic_cmpxchg refcount_dec_and_test
  refcount_sub_and_test refcount_inc_not_zero refcount_dec_not_one kref_put kref_get_unless_zero percpu_ref_tryget
  percpu_ref_tryget_live test_bit test_and_set_bit test_and_clear_bit put_page_testzero folio_put_testzero
  page_ref_dec_and_test folio_ref_sub_and_test folio_try_get
`;

function words(list: string): string[] {
  return list.split(/\s+/).filter((name) => name !== '');
}

export const SLEEPERS: readonly FunctionContract[] = words(SLEEPING).map((name) => ({
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

/**
 * What a call asks, of that on which it may hang what comes after: `context`, whether one may sleep here; `state`, a
 * count or a bit whose course only its owners know.
 */
export const QUESTIONS: ReadonlyMap<string, 'context' | 'state'> = new Map([
  ...words(ASKING_CONTEXT).map((name) => [name, 'context'] as const),
  ...words(ASKING_STATE).map((name) => [name, 'state'] as const),
]);

export { mas_alloc_cyclic } from './advanced/alloc-cyclic.ts';
export type { CyclicCursor } from './advanced/alloc-cyclic.ts';
export { mas_empty_area, mas_empty_area_rev } from './advanced/empty-area.ts';
export { mas_erase } from './advanced/erase.ts';
export { mas_find, mas_find_range, mas_find_range_rev, mas_find_rev } from './advanced/find.ts';
export { mas_for_each, mas_for_each_rev } from './advanced/for-each.ts';
export { mas_destroy, mas_expected_entries, mas_nomem, mas_preallocate } from './advanced/reservation.ts';
export { mas_next, mas_next_range, mas_prev, mas_prev_range } from './advanced/step.ts';
export { mas_store, mas_store_gfp, mas_store_prealloc } from './advanced/store.ts';
export { mas_walk } from './advanced/walk.ts';
export { __mt_destroy, __mt_dup } from './advanced/whole-tree.ts';
export {
  EBUSY,
  EEXIST,
  EINVAL,
  ENOMEM,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_ALLOC_WRAPPED,
  MT_FLAGS_HEIGHT_MASK,
  MT_FLAGS_LOCK_BH,
  MT_FLAGS_LOCK_EXTERN,
  MT_FLAGS_LOCK_IRQ,
  MT_FLAGS_LOCK_MASK,
  MT_FLAGS_USE_RCU,
  ULONG_MAX,
  XA_ZERO_ENTRY,
} from './constants.ts';
export * from './contract/contract.ts';
export { CONTRACT } from './contract/maple-tree.ts';
export { MA_STATE } from './cursor/ma-state.ts';
export type { MaState } from './cursor/ma-state.ts';
export {
  mas_is_active,
  mas_is_err,
  mas_is_none,
  mas_is_overflow,
  mas_is_paused,
  mas_is_ptr,
  mas_is_start,
  mas_is_underflow,
} from './cursor/queries.ts';
export { __mas_set_range, mas_init, mas_pause, mas_reset, mas_set, mas_set_range } from './cursor/set.ts';
export { mt_defragment } from './debug/defragment.ts';
export type { Defragmentation } from './debug/defragment.ts';
export { mt_dump } from './debug/dump.ts';
export { mt_stats } from './debug/stats.ts';
export type { TreeStats } from './debug/stats.ts';
export { mt_validate } from './debug/validate.ts';
export { LockDisciplineError } from './discipline/error.ts';
export type { DisciplineRule } from './discipline/error.ts';
export { getDiscipline, setDiscipline } from './discipline/mode.ts';
export type { DisciplineMode } from './discipline/mode.ts';
export {
  MTREE_INIT_EXT,
  mt_external_lock,
  mt_locked,
  mt_set_external_lock,
  mt_write_locked,
} from './locks/external-lock.ts';
export type { LockGuard } from './locks/lock.ts';
export { Mutex } from './locks/mutex.ts';
export { mas_lock, mas_unlock, mtree_lock, mtree_trylock, mtree_unlock } from './locks/tree-lock.ts';
export { mtree_alloc_cyclic, mtree_alloc_range, mtree_alloc_rrange } from './normal/alloc.ts';
export { mt_find, mt_find_after, mt_for_each, mt_next, mt_prev } from './normal/find.ts';
export type { IndexCursor } from './normal/find.ts';
export { mtree_load } from './normal/load.ts';
export {
  mtree_erase,
  mtree_insert,
  mtree_insert_range,
  mtree_store,
  mtree_store_range,
} from './normal/store.ts';
export { mtree_destroy, mtree_dup } from './normal/whole-tree.ts';
export { rcu_read_lock, rcu_read_unlock } from './rcu/sections.ts';
export type { ReadGuard } from './rcu/sections.ts';
export { MapleTree } from './tree/maple-tree.ts';
export type { MapleTreeOptions } from './tree/maple-tree.ts';
export {
  mt_clear_in_rcu,
  mt_height,
  mt_in_rcu,
  mt_init,
  mt_init_flags,
  mt_set_in_rcu,
  mtree_empty,
} from './tree/state.ts';

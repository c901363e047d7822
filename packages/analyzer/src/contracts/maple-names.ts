/** What the maple tree's values and flags are called in programs. */
import type { Container } from './model.ts';

/** The tree, its lock, its cursors. What no contract says otherwise of is taken to be one. */
export const MAPLE_TREE: Container = {
  types: ['MapleTree', 'maple_tree'],
  lock: '&ma_lock',
  cursors: { MaState: '', ma_state: '', vma_iterator: '&mas' },
  owner: 'tree',
  advice: { take: 'mtree_lock', pause: 'mas_pause', reset: 'mas_reset', set: 'mas_set' },
};

/** The flag, and its bits, of a tree that has an external lock (include/linux/maple_tree.h, Linux 6.12). */
export const EXTERN_FLAG = 'MT_FLAGS_LOCK_EXTERN';
export const EXTERN_BITS = 0x300;

/** The flag, and its bit, of a tree that keeps its nodes for readers under RCU. */
export const RCU_FLAG = 'MT_FLAGS_USE_RCU';
export const RCU_BIT = 0x02;

/** What the names of all flags of a tree begin with. */
export const FLAG_PREFIX = 'MT_FLAGS_';

/** The gfp flag with which an allocation does not fail. */
export const NEVER_FAILING_GFP = '__GFP_NOFAIL';

/** The fields of a cursor that tell whether its last operation failed. */
export const CURSOR_STATE_FIELDS: ReadonlySet<string> = new Set(['status', 'error', 'node']);

/** The entry that keeps a place without an object; readers see nothing there. Source: include/linux/xarray.h, 6.12.117. */
export const RESERVING_ENTRY = 'XA_ZERO_ENTRY';

/** Stores with what was reserved before, and with nothing else. */
export const STORES_RESERVED = 'mas_store_prealloc';

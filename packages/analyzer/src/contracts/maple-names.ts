/** Names of the maple tree that the engine itself has to know: what its values and flags are called in programs. */

/** The field of a tree that is its own lock. */
export const INTERNAL_LOCK = 'ma_lock';

/** The flag, and its bits, of a tree that has an external lock (include/linux/maple_tree.h, Linux 6.12). */
export const EXTERN_FLAG = 'MT_FLAGS_LOCK_EXTERN';
export const EXTERN_BITS = 0x300;

/** The flag, and its bit, of a tree that keeps its nodes for readers under RCU. */
export const RCU_FLAG = 'MT_FLAGS_USE_RCU';
export const RCU_BIT = 0x02;

/** What the names of all flags of a tree begin with. */
export const FLAG_PREFIX = 'MT_FLAGS_';

/** Types whose values are trees. */
export const TREE_TYPES: ReadonlySet<string> = new Set(['MapleTree', 'maple_tree']);

/** Types whose values are cursors, or hold one: where in them it is. */
export const CURSOR_TYPES: Readonly<Record<string, readonly string[]>> = {
  MaState: [],
  ma_state: [],
  vma_iterator: ['mas'],
};

/** The gfp flag with which an allocation does not fail. */
export const NEVER_FAILING_GFP = '__GFP_NOFAIL';

/** The fields of a cursor that tell whether its last operation failed. */
export const CURSOR_STATE_FIELDS: ReadonlySet<string> = new Set(['status', 'error', 'node']);

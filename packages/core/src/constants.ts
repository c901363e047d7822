import { ZERO } from './tree/zero-entry.ts';

/** The end of the index space: the largest integer that a number counts exactly. Stands for the kernel's ULONG_MAX. */
export const ULONG_MAX = 9_007_199_254_740_991;

/** No memory (a limit of nodes is reached), as a negative result. */
export const ENOMEM = 12;
/** No gap of the size asked for. */
export const EBUSY = 16;
/** The range is not free. */
export const EEXIST = 17;
/** An argument that the call does not take. */
export const EINVAL = 22;

/** Keep the largest gap of each subtree, so that gaps are found in O(log n). */
export const MT_FLAGS_ALLOC_RANGE = 0x01;
/** Writers publish copies while a read section is open, so that suspended readers see nodes whole. */
export const MT_FLAGS_USE_RCU = 0x02;
/** The bits in which the kernel keeps the height; never set here. */
export const MT_FLAGS_HEIGHT_MASK = 0x7c;
/** The bits that say how the tree is locked. */
export const MT_FLAGS_LOCK_MASK = 0x300;
/** Defined by the kernel, implemented by nobody. */
export const MT_FLAGS_LOCK_IRQ = 0x100;
/** Defined by the kernel, implemented by nobody. */
export const MT_FLAGS_LOCK_BH = 0x200;
/**
 * The tree is protected by a lock of the caller's.
 *
 * @deprecated The maintainers want external locks gone: they keep the tree from doing work of its own.
 */
export const MT_FLAGS_LOCK_EXTERN = 0x300;
/** mtree_alloc_cyclic() has wrapped around. */
export const MT_FLAGS_ALLOC_WRAPPED = 0x0800;

/** Every flag that a tree may be made with. */
export const MT_FLAGS_ALL: number =
  MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_MASK | MT_FLAGS_ALLOC_WRAPPED;

/**
 * An entry that reserves its range: the normal API's readers answer null for it, the advanced API shows it.
 *
 * Kernel: include/linux/xarray.h, XA_ZERO_ENTRY, 6.12.
 */
export const XA_ZERO_ENTRY: typeof ZERO = ZERO;

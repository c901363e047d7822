/** Which flags of an allocation let it sleep (include/linux/gfp_types.h, Linux 6.12). */

/** Flags that have `__GFP_DIRECT_RECLAIM` in them: the allocation may sleep. */
const BLOCKING: ReadonlySet<string> = new Set([
  'GFP_KERNEL',
  'GFP_KERNEL_ACCOUNT',
  'GFP_USER',
  'GFP_HIGHUSER',
  'GFP_HIGHUSER_MOVABLE',
  'GFP_NOIO',
  'GFP_NOFS',
  'GFP_TRANSHUGE',
  '__GFP_RECLAIM',
  '__GFP_DIRECT_RECLAIM',
]);

const NOT_BLOCKING: ReadonlySet<string> = new Set([
  'GFP_ATOMIC',
  'GFP_NOWAIT',
  'GFP_TRANSHUGE_LIGHT',
  'GFP_DMA',
  'GFP_DMA32',
]);

/** The bit that is asked for, and taken out, where a program cares whether an allocation may sleep. */
const RECLAIM: ReadonlySet<string> = new Set(['__GFP_RECLAIM', '__GFP_DIRECT_RECLAIM']);

/** Functions that answer whether flags let an allocation sleep. */
const ASKING: ReadonlySet<string> = new Set(['gfpflags_allow_blocking']);

/** True if a flag of this name lets an allocation sleep, false if not; undefined for names that are not known. */
export function isBlockingFlag(name: string): boolean | undefined {
  if (BLOCKING.has(name)) return true;
  // What is left are modifiers: where to allocate, how hard to try.
  if (NOT_BLOCKING.has(name) || name.startsWith('__GFP_')) return false;
  return undefined;
}

export function isReclaimFlag(name: string): boolean {
  return RECLAIM.has(name);
}

export function asksForBlocking(name: string): boolean {
  return ASKING.has(name);
}

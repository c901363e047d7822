/** When functions that may drop a lock of their caller's do so, as far as an argument tells. */
import type { CallPath } from '@maplelock/core';

interface DropCondition {
  readonly at: CallPath;
  /** It drops nothing without one of these flags; without a list, where the argument is 0 or NULL. */
  readonly flags?: readonly string[];
  /** It comes back with the lock in any case. */
  readonly retakes?: true;
}

/** By the name of the function. Source: mm/vma.c, mm/gup.c, mm/memory.c, 6.12. */
export const DROP_CONDITIONS: ReadonlyMap<string, DropCondition> = new Map([
  ['do_vmi_munmap', { at: '$5' }],
  ['do_vmi_align_munmap', { at: '$6' }],
  ['get_user_pages_remote', { at: '$5' }],
  ['pin_user_pages_remote', { at: '$5' }],
  ['faultin_page_range', { at: '$4' }],
  ['fixup_user_fault', { at: '$3', retakes: true }],
  ['handle_mm_fault', { at: '$2', flags: ['FAULT_FLAG_ALLOW_RETRY', 'FAULT_FLAG_DEFAULT'] }],
]);

import { checkResult } from './check-result.ts';
import { lockOrder } from './lock-order.ts';
import { noEntryEscape } from './no-entry-escape.ts';
import { noExternalLock } from './no-external-lock.ts';
import { noIllegalState } from './no-illegal-state.ts';
import { noLeakedPrealloc } from './no-leaked-prealloc.ts';
import { noMixedLocks } from './no-mixed-locks.ts';
import { noRelock } from './no-relock.ts';
import { noSleepUnderLock } from './no-sleep-under-lock.ts';
import { noStaleState } from './no-stale-state.ts';
import { requireAnnotations } from './require-annotations.ts';
import { requireRcuMode } from './require-rcu-mode.ts';
import { requireReadLock } from './require-read-lock.ts';
import { requireUnlock } from './require-unlock.ts';
import { requireWriteLock } from './require-write-lock.ts';
import { validAnnotations } from './valid-annotations.ts';
import type { RuleInfo } from './rule.ts';

/** Every rule there is, in the order of the documentation. */
export const RULES: readonly RuleInfo[] = [
  requireWriteLock,
  requireReadLock,
  noExternalLock,
  noRelock,
  requireUnlock,
  noMixedLocks,
  noStaleState,
  noSleepUnderLock,
  checkResult,
  noLeakedPrealloc,
  noEntryEscape,
  lockOrder,
  requireRcuMode,
  noIllegalState,
  validAnnotations,
  requireAnnotations,
];

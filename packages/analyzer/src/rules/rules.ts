import { checkResult } from './check-result.ts';
import { noExternalLock } from './no-external-lock.ts';
import { noIllegalState } from './no-illegal-state.ts';
import { noLeakedPrealloc } from './no-leaked-prealloc.ts';
import { noRelock } from './no-relock.ts';
import { noStaleState } from './no-stale-state.ts';
import { requireReadLock } from './require-read-lock.ts';
import { requireRcuMode } from './require-rcu-mode.ts';
import { requireUnlock } from './require-unlock.ts';
import { requireWriteLock } from './require-write-lock.ts';
import type { RuleInfo } from './rule.ts';

/** Every rule there is, in the order of the documentation. */
export const RULES: readonly RuleInfo[] = [
  requireWriteLock,
  requireReadLock,
  noExternalLock,
  noRelock,
  requireUnlock,
  noStaleState,
  checkResult,
  noLeakedPrealloc,
  requireRcuMode,
  noIllegalState,
];

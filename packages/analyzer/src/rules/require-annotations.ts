import type { LockMode } from '@maplelock/core';
import type { RuleInfo } from './rule.ts';

export const requireAnnotations: RuleInfo = {
  id: 'require-annotations',
  description: 'reports an exported function that needs a lock from its caller and does not say so',
  rationale:
    'Who calls a function of another file should not have to read it to know what to hold around the call.',
  languages: ['typescript', 'c'],
  recommended: { typescript: 'off', c: 'off' },
  strict: { typescript: 'error', c: 'error' },
  certainty: 'possible',
};

/** `lock`: how C names the tree's lock; null in TypeScript, where the tree is named. */
export function unsaidMessage(
  name: string,
  tree: string,
  access: LockMode,
  lock: string | null,
  api: string,
): string {
  const needed = access === 'write' ? `the write lock of ${tree}` : `RCU or the lock of ${tree}`;
  const tag = access === 'write' ? '@requiresLock' : '@requiresReadLock';
  const attribute = access === 'write' ? '__must_hold' : '__must_hold_shared';
  const say = lock === null ? `${tag} ${tree}` : `${attribute}(${lock})`;
  return `${name}() is exported and needs ${needed} from its caller, for ${api}(), but does not say so. Write ${say} at its head.`;
}

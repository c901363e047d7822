import type { RuleInfo } from './rule.ts';

export const noExternalLock: RuleInfo = {
  id: 'no-external-lock',
  description: 'reports trees that are bound to an external lock',
  rationale:
    'Only the internal lock lets the tree drop it to allocate, and move its own nodes. The maintainers want external locks gone (Matthew Wilcox, 22 February 2023).',
  languages: ['typescript', 'c'],
  recommended: { typescript: 'error', c: 'warn' },
  strict: { typescript: 'error', c: 'error' },
  certainty: 'proved',
  schema: {
    type: 'object',
    properties: { allow: { type: 'array', items: { type: 'string' }, uniqueItems: true } },
    additionalProperties: false,
  },
};

export function externalLockMessage(api: string): string {
  return `${api} puts the tree under an external lock. The maintainers intend to remove these (Matthew Wilcox, 22 February 2023): only under its internal lock can the tree drop the lock to allocate, or move its nodes. Use the internal lock (mtree_lock, mas_lock), and nest your own lock around it if you need one.`;
}

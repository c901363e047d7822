import type { RuleInfo } from './rule.ts';

export const requireRcuMode: RuleInfo = {
  id: 'require-rcu-mode',
  description: 'reports a reader that relies on RCU alone, of a tree that is made without MT_FLAGS_USE_RCU',
  rationale:
    'Without MT_FLAGS_USE_RCU a writer changes nodes in place and frees them at once: a read section keeps nothing of the tree.',
  languages: ['typescript', 'c'],
  recommended: { typescript: 'warn', c: 'warn' },
  strict: { typescript: 'error', c: 'error' },
  certainty: 'proved',
};

export function readerOfPlainTreeMessage(api: string, tree: string): string {
  return `${api}() reads ${tree} under RCU alone, but the tree is made without MT_FLAGS_USE_RCU: its writers change and free nodes under the reader. Make it with MT_FLAGS_USE_RCU, or read under its lock.`;
}

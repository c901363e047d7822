import type { RuleInfo } from './rule.ts';

export const noEntryEscape: RuleInfo = {
  id: 'no-entry-escape',
  description:
    'reports an entry that is used or returned after the read section in which it was found has ended',
  rationale:
    'RCU keeps an entry alive for as long as the read section lasts. Behind it a writer may erase the entry and free it.',
  languages: ['typescript', 'c'],
  recommended: { typescript: 'off', c: 'error' },
  strict: { typescript: 'error', c: 'error' },
  certainty: 'proved',
};

/** What happened to the entry behind the section. */
export type EntryUse = 'used' | 'returned';

export function escapedMessage(entry: string, api: string, use: EntryUse): string {
  const remedy =
    use === 'used'
      ? 'Use it before the section ends, or take a reference to it there.'
      : 'Take a reference to it before the section ends, or leave the section to the caller.';
  return `${entry} was found by ${api}() under RCU and is ${use} here, after the read section has ended: it may be gone by now. ${remedy}`;
}

export function outlivedMessage(entry: string, api: string, use: EntryUse, lock: string): string {
  return `${entry} was found by ${api}() under ${lock} and is ${use} here, though ${lock} was given back since: it may be gone by now. Be done with it before, or look it up again.`;
}

export function unguardedMessage(entry: string, api: string, use: EntryUse): string {
  return `${entry} was found by ${api}(), which holds RCU only while it looks, and is ${use} here with nothing that keeps it: it may be gone by now. Put both between rcu_read_lock() and rcu_read_unlock(), or under the lock that frees entries.`;
}

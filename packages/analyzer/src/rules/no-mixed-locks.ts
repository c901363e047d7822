import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noMixedLocks: RuleInfo = {
  id: 'no-mixed-locks',
  description:
    'reports the internal lock, or a call that takes it itself, on a tree that has an external lock, and an external lock bound to a tree that was made with an internal one',
  rationale:
    'Whoever takes the one lock does not keep out who takes the other. In C the two even share their memory: a tree that was made for an external lock has no internal one.',
  ...EVERYWHERE,
};

/** How the tree's own lock is asked for. */
export type LockUse = 'takes' | 'takes-itself' | 'gives' | 'binds';

export interface MixedLock {
  readonly api: string;
  readonly tree: string;
  /** The tree's external lock in the program's words, if it is known. */
  readonly lock: string | null;
}

export function internalOnExternalMessage(what: MixedLock, itself: boolean): string {
  const own = `the internal lock of ${what.tree}`;
  const takes = itself ? `takes ${own} itself` : `takes ${own}`;
  const protector = what.lock === null ? 'an external lock' : `the external lock ${what.lock}`;
  const take = what.lock === null ? 'Take that lock' : `Take ${what.lock}`;
  const remedy = itself ? `${take}, and call the advanced API under it.` : `${take} instead.`;
  return `${what.api}() ${takes}, but ${what.tree} is protected by ${protector}, whose holders it does not keep out. ${remedy}`;
}

export function givenInternalMessage({ api, tree, lock }: MixedLock): string {
  const external = lock ?? 'an external lock';
  return `${api}() gives the internal lock of ${tree} back, which this path never took: ${tree} is protected by the external lock ${external}. Give ${lock ?? 'that lock'} back instead, or remove it.`;
}

export function externalOnInternalMessage(what: MixedLock): string {
  const lock = what.lock ?? 'an external lock';
  return `${what.api}() puts ${what.tree} under ${lock}, but ${what.tree} was made without MT_FLAGS_LOCK_EXTERN: its internal lock goes on protecting it. Use the internal lock, or make the tree with that flag.`;
}

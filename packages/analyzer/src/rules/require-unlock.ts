import type { Language } from '../ir/source.ts';
import type { LockMode } from '@maplelock/core';
import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const requireUnlock: RuleInfo = {
  id: 'require-unlock',
  description:
    'reports a path that leaves a function with a lock that it took, and an unlock of what is not held',
  rationale:
    'A lock that one path forgets blocks every later user; an unlock of what is not held breaks the section of whoever holds it.',
  ...EVERYWHERE,
};

export function leakMessage(lock: string, exit: string, elsewhere: boolean): string {
  const others = elsewhere ? ', while other paths give it back' : '';
  return `${lock} is taken here and still held where ${exit}${others}. Give it back on that path.`;
}

export function doubleUnlockMessage(api: string, lock: string): string {
  return `${api}() gives ${lock} back, but it is not held: it was given back before. Remove one of the two, or take the lock again between them.`;
}

export function neverLockedMessage(api: string, lock: string): string {
  return `${api}() gives ${lock} back, but this path never took it. Take it first, or remove the unlock.`;
}

export function helperUnlocksMessage(helper: string, lock: string): string {
  return `${helper}() gives ${lock} back, but it is not held here. Take it before the call, or do not call it without the lock.`;
}

export function unmatchedUnlockMessage(api: string, lock: string, language: Language): string {
  const say = language === 'c' ? '__releases()' : '@releases';
  return `${api}() gives ${lock} back, but this function did not take it, and no caller is seen that does. Take it first, or say ${say} where the caller holds it.`;
}

export function contradictedMessage(api: string, lock: string): string {
  return `${api}() gives ${lock} back, but this path never took it, and a caller cannot have: another path takes it itself. Take it first, or remove the unlock.`;
}

export function unevenMessage(api: string, lock: string): string {
  return `${api}() gives ${lock} back, which this function did not take, while other paths leave it and nothing tells the caller which. Take it first, or give it back on all of them.`;
}

export function wrongModeMessage(api: string, lock: string, held: LockMode): string {
  const [is, does] = held === 'write' ? ['writing', 'reading'] : ['reading', 'writing'];
  return `${api}() gives ${lock} back as held for ${does}, but it is held for ${is}. Use the unlock that belongs to how it was taken.`;
}

import type { LockMode } from '@maplelock/core';
import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noRelock: RuleInfo = {
  id: 'no-relock',
  description: 'reports taking a lock that is held already, directly or through a call that takes it itself',
  rationale: 'These locks do not nest: the second acquire waits for the first for ever.',
  ...EVERYWHERE,
};

export function relockMessage(api: string, lock: string, held: LockMode, wanted: LockMode): string {
  if (held === 'read' && wanted === 'read')
    return `${api}() takes ${lock} for reading, but ${lock} is held for reading already: where a writer waits in between, it waits for itself for ever. Give the lock back first, or do not take it again.`;
  const how =
    held === 'read' && wanted === 'write'
      ? `${lock} is held for reading already, and cannot be upgraded`
      : `${lock} is held already`;
  return `${api}() takes ${lock}, but ${how}: it waits for itself for ever. Give the lock back first, or do not take it again.`;
}

export function excludedMessage(name: string, lock: string): string {
  return `${name}() says that its caller does not hold ${lock}, but it is held here. Give it back before the call.`;
}

export function takesItselfMessage(api: string, lock: string, isContainer = true): string {
  const instead = isContainer ? ', or use the advanced API under the lock' : '';
  return `${api}() takes ${lock} itself, but ${lock} is held already: it waits for itself for ever. Call it after the unlock${instead}.`;
}

import type { ContainerAdvice } from '../contracts/model.ts';
import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noStaleState: RuleInfo = {
  id: 'no-stale-state',
  description: 'reports a cursor that is used after its lock was dropped, without a pause, reset or set',
  rationale:
    'A cursor remembers a node. Once the lock was dropped that node may be freed or belong to another range.',
  ...EVERYWHERE,
};

/** `mas_reset() or mas_set()`, as far as the container has such calls. */
function anyOf(...calls: readonly (string | undefined)[]): string {
  const named = calls.filter((call) => call !== undefined).map((call) => `${call}()`);
  return named.length === 0 ? 'what resets it' : named.join(' or ');
}

export function staleMessage(api: string, cursor: string, { pause, reset, set }: ContainerAdvice): string {
  const before = pause === undefined ? '' : `${pause}() before the unlock, or `;
  return `${api}() goes on from a node that ${cursor} remembers, but the lock was dropped since. Call ${before}${anyOf(reset, set)} after it.`;
}

export function overtakenMessage(api: string, cursor: string, { reset }: ContainerAdvice): string {
  return `${api}() goes on from a node that ${cursor} remembers, but the tree was changed past it since. Make the change through this cursor, or ${anyOf(reset)} it first.`;
}

export function staleThroughHelperMessage(
  helper: string,
  cursor: string,
  { pause, reset }: ContainerAdvice,
): string {
  return `${helper}() drops the lock and then goes on from the node that ${cursor} remembers. Call ${anyOf(pause, reset)} before the call, or in the helper before its unlock.`;
}

import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noStaleState: RuleInfo = {
  id: 'no-stale-state',
  description: 'reports a cursor that is used after its lock was dropped, without a pause, reset or set',
  rationale:
    'A cursor remembers a node. Once the lock was dropped that node may be freed or belong to another range.',
  ...EVERYWHERE,
};

export function staleMessage(api: string, cursor: string): string {
  return `${api}() goes on from a node that ${cursor} remembers, but the lock was dropped since. Call mas_pause() before the unlock, or mas_reset() or mas_set() after it.`;
}

export function overtakenMessage(api: string, cursor: string): string {
  return `${api}() goes on from a node that ${cursor} remembers, but the tree was changed past it since. Make the change through this cursor, or mas_reset() it first.`;
}

export function staleThroughHelperMessage(helper: string, cursor: string): string {
  return `${helper}() drops the lock and then goes on from the node that ${cursor} remembers. Call mas_pause() or mas_reset() before the call, or in the helper before its unlock.`;
}

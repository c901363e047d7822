import type { CursorStatus } from '@maplelock/core';
import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noIllegalState: RuleInfo = {
  id: 'no-illegal-state',
  description: "reports a call that the cursor's state does not allow",
  rationale:
    'A gap search goes on from the node of its cursor, and a paused one has none; after an error the cursor holds an errno where its node was. The call then follows what is no node, or returns the old error.',
  ...EVERYWHERE,
};

const STATES: Readonly<Partial<Record<CursorStatus, string>>> = {
  pause: 'is paused',
  error: 'is in the error state, since its last operation failed',
  overflow: 'went beyond its last index (overflow)',
  underflow: 'went below its first index (underflow)',
};

export function illegalStateMessage(
  api: string,
  cursor: string,
  state: CursorStatus,
  isUnsure: boolean,
): string {
  const is = STATES[state] ?? `is in the state ${state}`;
  const why = isUnsure ? `may not be there: where nothing was found it ${is}` : is;
  return `${api}() cannot go on from ${cursor}, which ${why}. Call mas_reset() or mas_set() before it.`;
}

export function nothingReservedMessage(api: string, cursor: string): string {
  return `${api}() stores with the nodes that were reserved for ${cursor}, but none are on this path. Call mas_preallocate() before it and check its result, or use mas_store_gfp().`;
}

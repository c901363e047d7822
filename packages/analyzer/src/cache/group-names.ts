import type { Phase } from '../solve/group.ts';

export function keyOfGroup(phase: Phase, members: readonly string[]): string {
  return `${phase} ${members.join('\0')}`;
}

/** Summaries of the first phase are another's than those of the second. */
export function nameOfSummary(phase: Phase, fn: string): string {
  return `${phase === 'trees' ? 'S' : 's'}:${fn}`;
}

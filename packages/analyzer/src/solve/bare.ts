import type { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Certainty } from '../report/finding.ts';
import type { AccessRequirement } from '../summaries/summary.ts';
import { type Access, reportMissing } from './access.ts';
import type { Frame } from './frame.ts';

/** An access without the lock that it needs, on a path that has not touched that lock yet. */
export interface BareAccess {
  readonly access: Access;
  readonly locks: readonly Value[];
  readonly certainty: Certainty;
}

function keyOf(tree: Value, access: string, start: number): string {
  return `${tree}${access}@${start}`;
}

/** Leaves open, for now, whether the caller holds the lock. */
export function noteBare(frame: Frame, state: State, bare: BareAccess): void {
  const { tree, access, span } = bare.access;
  const key = keyOf(tree, access, span.start);
  if (frame.settled.has(key)) return;
  frame.bare.set(key, bare);
  state.bare.add(key);
}

/**
 * The path takes a lock that it went without before: a caller who held it then would wait for itself here. So it was
 * missing there, whoever calls. A read may have been protected by RCU, under which a lock that spins can be taken.
 */
export function settleBare(frame: Frame, state: State, lock: Value, atomic: boolean, taken: TraceStep): void {
  for (const key of state.bare) {
    const bare = frame.bare.get(key);
    if (bare === undefined || !bare.locks.includes(lock)) continue;
    state.bare.delete(key);
    if (atomic && bare.access.access === 'read') continue;
    frame.settled.add(key);
    const { certainty } = bare;
    reportMissing(frame, state, bare.access, certainty, {
      released: null,
      shared: null,
      others: [],
      entered: taken,
      underRcu: false,
    });
  }
}

/** Needs that are the function's own to meet are none of its callers'. */
export function isSettled(frame: Frame, need: AccessRequirement): boolean {
  const [first] = need.steps;
  return first !== undefined && frame.settled.has(keyOf(need.tree, need.access, first.start));
}

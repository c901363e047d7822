import type { State } from '../domain/state.ts';

/** The disjuncts after a step that each of these takes. Mostly it is one, which then costs no more than the step. */
export function afterEach(states: readonly State[], step: (state: State) => State[]): State[] {
  const [only] = states;
  if (only !== undefined && states.length === 1) return step(only);
  const after: State[] = [];
  for (const state of states) for (const next of step(state)) after.push(next);
  return after;
}

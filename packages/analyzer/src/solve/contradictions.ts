import { meetFacts } from '../domain/facts.ts';
import { State } from '../domain/state.ts';
import { contradictedMessage } from '../rules/require-unlock.ts';
import type { Condition, FreeRequirement, HeldRequirement } from '../summaries/summary.ts';
import type { Frame } from './frame.ts';
import { isVague } from './lock-shape.ts';

/**
 * Reports unlocks of what the function did not take, where it takes the same lock on another path that no caller can keep
 * it from: called with the lock it waits for itself there, called without it, it gives back here what nobody holds. No
 * caller is right, so that what the unlock needs is not handed on to them. Cost: linear in the needs.
 */
export function reportContradictions(frame: Frame): void {
  const { recorder, fn } = frame;
  if (fn.home.language !== 'c' || !fn.ir.whole) return;
  for (const [key, need] of recorder.held) {
    if (!isOwn(need) || need.declared || isVague(frame, need.lock)) continue;
    const taken = [...recorder.free.values()].find((free) => isAgainst(free, need));
    const [place] = need.steps;
    const [at] = taken?.steps ?? [];
    if (place === undefined || at === undefined) continue;
    recorder.held.delete(key);
    const message = contradictedMessage(need.api, frame.sayPlace(need.lock));
    frame.report('require-unlock', place, message, [at], new State());
  }
}

/** It is done in this function itself. */
function isOwn({ steps, certainty }: FreeRequirement | HeldRequirement): boolean {
  return steps.length === 1 && certainty === 'proved';
}

/** Nothing that a caller passes or can see keeps the two paths apart. */
function areBothOpen(a: readonly Condition[], b: readonly Condition[]): boolean {
  return !a.some((x) => b.some((y) => x.value === y.value && meetFacts(x.fact, y.fact) === null));
}

function isAgainst(free: FreeRequirement, need: HeldRequirement): boolean {
  const isNested = free.mode === 'read' && need.mode === 'read';
  return (
    isOwn(free) &&
    free.lock === need.lock &&
    areBothOpen(free.when, need.when) &&
    !isNested &&
    free.declared !== true &&
    !free.freed.some((h) => h.lock === need.lock)
  );
}

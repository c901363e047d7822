import type { LockMode } from '@maplelock/core';
import type { Fact } from '../domain/facts.ts';
import { State } from '../domain/state.ts';
import type { AccessRequirement, Condition, Summary } from '../summaries/summary.ts';
import { isSettled } from './bare.ts';
import { checkAnnotations } from './annotation-checks.ts';
import { reportContradictions } from './contradictions.ts';
import { isLockedAround, mayBeLockedAround } from './decorators.ts';
import { followedParameters } from './entry-effects.ts';
import type { Solved } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { shapesKept } from './kept-locks.ts';
import { isSomeElement } from './locked-elements.ts';
import { isTakenFirst } from './hold.ts';
import { findLeaks } from './leaks.ts';
import { outcomesOf } from './outcomes.ts';
import { reportReservedExits } from './reservations.ts';
import { reportUncheckedExits } from './results.ts';
import { findUneven } from './uneven.ts';

/** Turns the ways out of a function into what its callers need to know. */
export function summarize(frame: Frame, solved: Solved): Summary {
  const { recorder } = frame;
  recorder.doubtElements(frame.lockedElements);
  recorder.doubtRounds();
  recorder.doubtChosenModes();
  if (solved.complete) checkAnnotations(frame, solved.exits);
  if (solved.complete) reportContradictions(frame);
  const { leaks, kept } = findLeaks(frame, solved.exits);
  const left = new Set(leaks.map((l) => l.lock));
  reportUncheckedExits(frame, solved.exits);
  reportReservedExits(frame, solved.exits);
  const returns = solved.exits.filter((e) => e.kind === 'return');
  const isWrapped = mayBeLockedAround(frame);
  return {
    access: [...recorder.access.values()]
      .filter((need) => !isSettled(frame, need) && !isLockedAround(frame, need))
      .map((need) => (need.declared ? { ...need, said: saidOf(frame, need) } : need))
      .map((need) =>
        isWrapped ||
        isSomeElement(frame, need.tree) ||
        isFlagged(frame, need.when) ||
        isLockedElsewhere(frame, need)
          ? { ...need, certainty: 'possible' }
          : need,
      ),
    held: [...recorder.held.values()].map((need) => ({
      ...need,
      ...(isFlagged(frame, need.when) && !isTakenFirst(frame, need.lock) && { certainty: 'possible' }),
      uneven: solved.complete ? findUneven(frame, solved.exits, need) : null,
    })),
    asserted: [...recorder.asserted.values()],
    free: [...recorder.free.values()],
    fresh: [...recorder.fresh.values()],
    lockUses: [...recorder.lockUses.values()],
    sleeps: [...recorder.sleeps.values()],
    acquired: [...recorder.acquired.values()],
    pairs: [...recorder.pairs.values()],
    alwaysSleeps: returns.length > 0 && returns.every((e) => e.state.slept),
    rcuReaders: [...recorder.rcuReaders.values()],
    doubts: [...recorder.doubts],
    follows: followedParameters(frame),
    escapes: recorder.escapes,
    asks: [...recorder.asks],
    taken: recorder.taken,
    takenKinds: recorder.takenKinds,
    releasedKinds: recorder.releasedKinds,
    outcomes: outcomesOf(frame, returns, left),
    throws: outcomesOf(
      frame,
      solved.exits.filter((e) => e.kind === 'throw'),
      left,
    ),
    complete: solved.complete,
    mayLock: recorder.mayLock,
    loneReleases: [...recorder.loneReleases.values()],
    leaks,
    kept,
    keptShapes: shapesKept(frame, returns, kept),
    kinds: [],
    names: [],
  };
}

/** The function gives the tree's lock back, which code that is not there to be read may have taken for it. */
function isLockedElsewhere(frame: Frame, need: AccessRequirement): boolean {
  if (frame.fn.home.language !== 'typescript') return false;
  const possible = [...frame.recorder.held.values()].filter((h) => h.certainty === 'possible');
  if (possible.length === 0) return false;
  const { locks } = frame.locksOf(need.tree, new State());
  return possible.some((h) => locks.includes(h.lock));
}

/** In C neither annotations nor assertions say what the lock is needed for; what the function does tells. */
function saidOf({ fn, recorder }: Frame, { tree, access }: AccessRequirement): LockMode {
  return (fn.home.language === 'c' ? recorder.uses.get(tree) : undefined) ?? access;
}

/**
 * The need hangs on a field that the function writes itself: a flag beside the lock, as a rule, that tells whether the
 * lock is held. How the flag and the lock stand when the function is entered is not known.
 */
function isFlagged(frame: Frame, when: readonly Condition[]): boolean {
  return when.some((c) => frame.recorder.flags.has(c.value) && !isOfNumber(c.fact));
}

/** `count > 7`: no flag is compared like that. */
function isOfNumber({ only, low, high }: Fact): boolean {
  return only === undefined && (low > 1 || (high > 1 && high < Number.MAX_SAFE_INTEGER));
}

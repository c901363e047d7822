/** Locks that are not a tree's own, and that a function says by an annotation or assertion that its caller holds. */
import type { LockEffect, LockMode } from '@maplelock/core';
import type { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Span } from '../ir/source.ts';
import { notHeldMessage } from '../rules/require-write-lock.ts';
import type { AssertedRequirement } from '../summaries/summary.ts';
import { shownAt } from './access.ts';
import type { Frame } from './frame.ts';
import { cannotBeHeld, heldLocks, mayBeTakenUnseen } from './hold.ts';
import { isVague, lockKind } from './lock-shape.ts';
import { isAskedFor } from './told.ts';
import { isStaticLock } from './unseen-callers.ts';

/** Notes that the function says that its caller holds the lock. */
export function assertOfCaller(
  frame: Frame,
  state: State,
  lock: Value,
  mode: LockMode,
  said: Pick<AssertedRequirement, 'api' | 'certainty' | 'shared'> & { readonly step: TraceStep },
): void {
  if (!frame.isExpressible(lock)) return;
  frame.recorder.need(frame.recorder.asserted, `${lock}${mode}`, {
    lock,
    mode,
    when: frame.conditions(state),
    steps: [said.step],
    certainty: said.certainty,
    api: said.api,
    ...(said.shared && { shared: said.shared }),
  });
}

/** An assertion that what this path itself did to the lock belies. */
export function checkSaid(
  frame: Frame,
  state: State,
  lock: Value,
  { mode, anyMode }: LockEffect,
  at: { readonly span: Span; readonly api: string },
): void {
  const known = state.locks.get(lock);
  if (known === undefined || known.doubtful || state.imprecise || frame.context.table.isRcu(lock)) return;
  const isShared = known.held && known.mode === 'read' && mode === 'write' && !anyMode;
  if ((known.held && !isShared) || (isShared && known.entry !== 'free') || isVague(frame, lock)) return;
  const message = notHeldMessage(at.api, frame.sayPlace(lock, state), isShared ? 'shared' : 'released');
  const rule = mode === 'write' ? 'require-write-lock' : 'require-read-lock';
  frame.report(rule, at.span, message, [known.at], state);
}

/** Checks at a call what the callee says of its caller. */
export function checkAsserted(
  frame: Frame,
  state: State,
  need: AssertedRequirement,
  here: (v: Value) => Value,
  call: { readonly span: Span; readonly api: string; readonly ofCallback: boolean; readonly step: TraceStep },
): void {
  const lock = here(need.lock);
  const known = state.locks.get(lock);
  const isShared =
    known?.held === true && known.mode === 'read' && need.mode === 'write' && need.shared !== 'fine';
  if (known?.held && !isShared) return;
  // Under the lock of the writers nothing is freed either.
  if (frame.context.table.isRcu(lock) && heldLocks(state).length > 0) return;
  const kind = lockKind(frame, lock);
  // A lock of its kind may be the same one, by another way to it.
  if (heldLocks(state).some(([l]) => l !== lock && kind !== '' && lockKind(frame, l) === kind)) return;
  if (known === undefined) {
    // An object that nobody else has seen yet needs no lock.
    if (frame.isOwn(lock) || cannotBeHeld(frame, state, lock) || mayBeTakenUnseen(frame, state, lock)) return;
    if (!frame.isExpressible(lock)) return;
    frame.recorder.need(frame.recorder.asserted, `${lock}${need.mode}`, {
      ...need,
      lock,
      when: frame.conditions(state),
      steps: [call.step, ...need.steps],
    });
    return;
  }
  const shown = shownAt(frame, call.span, call.ofCallback ? [call.step, ...need.steps] : need.steps);
  const isDirect = need.steps.length === 1 && need.when.length === 0;
  const mayShare = isShared && !(need.shared === 'wrong' && isDirect && known.entry === 'free');
  const unsure = mayShare || known.doubtful || isVague(frame, lock) || state.imprecise;
  const name = frame.sayPlace(lock, state);
  frame.report(
    isShared ? 'require-write-lock' : ruleOf(need),
    shown.span,
    notHeldMessage(call.api, name, isShared ? 'shared' : 'released'),
    [known.at, ...need.steps.slice(-1)],
    state,
    unsure ? 'possible' : 'proved',
  );
}

/** What is left over at a function that no one in the program calls. */
export function reportAssertedRoot(frame: Frame, state: State, need: AssertedRequirement): void {
  const [first] = need.steps;
  // It says so itself.
  if (need.steps.length < 2 || first === undefined) return;
  const name = frame.sayPlace(need.lock);
  const api = first.message.replace(/^calls /, '').replace(/\(\)$/, '');
  const message = notHeldMessage(api, name, 'never');
  // An assertion at run time may be there for another path; an annotation is for every caller to read. Callers in other
  // files know of no static lock.
  const isOurs =
    !isAskedFor(frame, need.when) && (isStaticLock(frame.context, need.lock) || takesItLater(frame, need));
  const certainty = frame.fn.ir.escapes ? 'possible' : isOurs ? 'proved' : need.certainty;
  frame.report(ruleOf(need), first, message, need.steps.slice(-1), state, certainty);
}

/** The function takes the lock, itself or by a wrapper, whatever its callers ask for: they do not hold it. */
function takesItLater(frame: Frame, { lock, when, steps }: AssertedRequirement): boolean {
  if (when.length > 0 || steps.length > 2) return false;
  const calls = steps[0]?.start;
  for (const need of frame.recorder.free.values()) {
    if (need.lock !== lock || need.when.length > 0 || need.steps.length > 2) continue;
    if (need.steps[0]?.start !== calls) return true;
  }
  return false;
}

function ruleOf(need: AssertedRequirement): string {
  return (need.use ?? need.mode) === 'write' ? 'require-write-lock' : 'require-read-lock';
}

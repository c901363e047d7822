/** Needs of a function that nothing is known to meet when it is entered. */
import { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Certainty } from '../report/finding.ts';
import type { AccessRequirement } from '../summaries/summary.ts';
import { reportMissing } from './access.ts';
import type { Frame } from './frame.ts';

/** Reports a tree that the function works on, as if its callers held nothing. */
export function reportBareNeed(frame: Frame, need: AccessRequirement, certainty: Certainty): void {
  const first = need.steps[0] as TraceStep;
  const { locks } = frame.locksOf(need.tree, new State());
  const released = need.freed.find((h) => locks.includes(h.lock))?.at ?? null;
  reportMissing(
    frame,
    new State(),
    {
      tree: need.tree,
      access: need.access,
      api: need.steps.length > 1 ? calledName(first) : need.api,
      innerApi: need.api,
      given: need.given,
      ofCallback: first.ofCallback ?? false,
      span: first,
      inside: need.steps.slice(1),
      heldInside: need.held,
      freedInside: need.freed,
      certainty: need.certainty,
      ...(need.said && { said: need.said }),
    },
    certainty,
    {
      released,
      shared: null,
      others: need.held.map((h) => ({ name: frame.sayPlace(h.lock), at: h.at })),
      ...(need.held.length > 0 || released !== null ? {} : { entered: enteredBare(frame, need.tree) }),
      underRcu: need.underRcu,
    },
  );
}

/** The second place of an access that nothing on its path protects: where the path begins. */
function enteredBare(frame: Frame, tree: Value): TraceStep {
  const { ir } = frame.fn;
  const [lock] = frame.locksOf(tree, new State()).locks;
  const what = lock === undefined ? `the lock of ${frame.sayPlace(tree)}` : frame.sayPlace(lock);
  return frame.step('enter', ir.nameSpan, `${ir.name}() is entered without ${what}, as far as can be seen`);
}

/** `calls lock_it()` → `lock_it`. */
export function calledName(step: TraceStep): string {
  return step.message.replace(/^calls /, '').replace(/\(\)$/, '');
}

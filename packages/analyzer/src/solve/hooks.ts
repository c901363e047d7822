import type { LockState, State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import { relockMessage } from '../rules/no-relock.ts';
import type { FreeRequirement } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { possible } from './callee-needs.ts';
import type { CallValues, Frame } from './frame.ts';
import { substitution } from './summary-call.ts';

/**
 * A method that stands for one of a class that it extends runs where that one is called: under the locks which its own
 * class may never have seen taken. Reported is what it takes again.
 */
export function checkHook(frame: Frame, state: State, call: CallInstr, hook: Fn, values: CallValues): void {
  for (const { need, lock, known } of takenAgain(frame, state, hook, values)) {
    const [step] = need.steps;
    if (step === undefined) continue;
    const message = relockMessage(need.api, frame.sayPlace(lock, state), known.mode, need.mode);
    const related = [known.at, frame.step('call', call.span, `${frame.fn.ir.name}() calls ${call.text}()`)];
    const { unit, start, end } = step;
    const certainty = frame.fn.ir.whole ? need.certainty : 'possible';
    const place = { unit, start, end, functionName: hook.ir.name, related };
    frame.recorder.report({ rule: 'no-relock', message, certainty, ...place }, state.trace);
  }
}

/** What a method takes that the state holds. */
function takenAgain(
  frame: Frame,
  state: State,
  fn: Fn,
  values: CallValues,
): { need: FreeRequirement; lock: Value; known: LockState }[] {
  const { table, trees } = frame.context;
  const summary = frame.context.summary(fn.index);
  if (summary === undefined || summary.free.length === 0 || state.imprecise) return [];
  const sub = substitution(frame, state, fn, values);
  const here = (v: Value): Value => trees.kinds.carry(v, table.substitute(v, sub));
  return summary.free.flatMap((need) => {
    if (need.afterAwait || !possible(frame, state, need.when, here)) return [];
    const lock = here(need.lock);
    const known = state.locks.get(lock);
    if (!known?.held || known.doubtful || (known.mode === 'read' && need.mode === 'read')) return [];
    return need.freed.some((h) => here(h.lock) === lock) ? [] : [{ need, lock, known }];
  });
}

/**
 * An inherited method runs the one that this class has put in place of another: under what is held here. Reported is the
 * call under what that takes again.
 */
export function checkOverride(
  frame: Frame,
  state: State,
  call: CallInstr,
  override: Fn,
  values: CallValues,
): void {
  for (const { need, lock, known } of takenAgain(frame, state, override, values)) {
    const message = relockMessage(call.text, frame.sayPlace(lock, state), known.mode, need.mode);
    frame.report('no-relock', call.span, message, [known.at, ...need.steps.slice(-1)], state, need.certainty);
  }
}

import type { State } from '../domain/state.ts';
import type { Fn } from '../link/program.ts';
import { relockMessage } from '../rules/no-relock.ts';
import type { CallInstr } from './api-call.ts';
import { possible } from './callee-needs.ts';
import type { CallValues, Frame } from './frame.ts';
import { substitution } from './summary-call.ts';

/**
 * A method that stands for one of a class that it extends runs where that one is called: under the locks which its own
 * class may never have seen taken. Reported is what it takes again.
 */
export function checkHook(frame: Frame, state: State, call: CallInstr, hook: Fn, values: CallValues): void {
  const { table, trees } = frame.context;
  const summary = frame.context.summary(hook.index);
  if (summary === undefined || summary.free.length === 0 || state.imprecise) return;
  const sub = substitution(frame, state, hook, values);
  const here = (v: number): number => trees.kinds.carry(v, table.substitute(v, sub));
  for (const need of summary.free) {
    const [step] = need.steps;
    if (step === undefined || need.afterAwait || !possible(frame, state, need.when, here)) continue;
    const lock = here(need.lock);
    const known = state.locks.get(lock);
    if (!known?.held || known.doubtful || (known.mode === 'read' && need.mode === 'read')) continue;
    if (need.freed.some((h) => here(h.lock) === lock)) continue;
    const message = relockMessage(need.api, frame.sayPlace(lock, state), known.mode, need.mode);
    const related = [known.at, frame.step('call', call.span, `${frame.fn.ir.name}() calls ${call.text}()`)];
    const { unit, start, end } = step;
    const certainty = frame.fn.ir.whole ? need.certainty : 'possible';
    const place = { unit, start, end, functionName: hook.ir.name, related };
    frame.recorder.report({ rule: 'no-relock', message, certainty, ...place }, state.trace);
  }
}

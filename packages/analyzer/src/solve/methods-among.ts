/** Calls through an interface, or through a class that leaves a method to those that extend it. */
import type { State } from '../domain/state.ts';
import type { Callee } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import type { Summary } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { functionArguments, noteUse, summaryHere } from './callbacks.ts';
import type { CallValues, Frame } from './frame.ts';
import { callSummary } from './summary-call.ts';

/** The methods of the program that a call may be of; none where that is not known. */
export function methodsOf({ context, fn }: Frame, callee: Callee): Fn[] {
  if (callee.kind !== 'method' || callee.among === undefined) return [];
  return callee.among.flatMap((one) => context.program.resolve(fn.home, one) ?? []);
}

/**
 * The states after a call of one of these methods; which of them depends on the object. Null if one of several takes or
 * gives back locks: then no more is known than of code that is not there.
 */
export function callOneOf(
  frame: Frame,
  state: State,
  call: CallInstr,
  methods: readonly Fn[],
  values: CallValues,
): State[] | null {
  const functions = functionArguments(frame, values);
  const known = methods.map((fn) => {
    frame.context.called.add(fn.index);
    return [fn, summaryHere(frame, state, call, fn, functions, values.args)] as const;
  });
  if (known.length > 1 && known.some(([, summary]) => handlesLocks(summary))) {
    state.imprecise = true;
    return null;
  }
  const after = known.flatMap(([fn, summary], k) => {
    const before = k === known.length - 1 ? state : state.clone();
    return callSummary(frame, before, call, fn, summary, values, false, functions.length > 0);
  });
  for (const [, fn] of functions) noteUse(frame, fn, 'reachable');
  return after;
}

function handlesLocks({ outcomes, held, complete }: Summary): boolean {
  return !complete || held.length > 0 || outcomes.some((o) => o.locks.length > 0 || o.guard !== null);
}

import type { FunctionContract } from '@maplelock/core';
import { MAPLE_TREE } from '../contracts/maple-names.ts';
import { FALSY, TRUTHY } from '../domain/facts.ts';
import { rcuQuestion } from '../domain/rcu-question.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Certainty } from '../report/finding.ts';
import { readerOfPlainTreeMessage } from '../rules/require-rcu-mode.ts';
import type { RcuReader } from '../summaries/summary.ts';
import { type Access, shownAt } from './access.ts';
import { learn } from './assume.ts';
import type { CallValues, Frame } from './frame.ts';
import { heldLocks } from './hold.ts';

/** An access that RCU covers: enough only if the tree is in RCU mode, or a lock keeps its writers out. */
export function checkRcuMode(frame: Frame, state: State, access: Access): void {
  if (access.heldInside.some((h) => !frame.context.table.isRcu(h.lock))) return;
  const { tree, api, innerApi, span, certainty } = access;
  const section = heldLocks(state).find(([l]) => frame.context.table.isRcu(l))?.[1].at;
  const step = frame.step('access', span, `${api}() reads ${frame.sayPlace(tree, state)} under RCU`);
  const call = access.ofCallback ? { ...step, ofCallback: true } : step;
  // In a callback that this function wrote itself, it is the callback that reads.
  const shown = shownAt(frame, span, access.ofCallback ? [call, ...access.inside] : access.inside);
  check(frame, state, {
    tree,
    section: section ?? null,
    when: [],
    steps: [call, ...access.inside],
    at: shown.span === span ? call : { ...call, ...shown.span },
    certainty,
    api: shown.span === span ? api : innerApi,
    innerApi,
  });
}

/** A helper of the program reads under RCU: where the lock is held around the call that is well. */
export function checkRcuReader(
  frame: Frame,
  state: State,
  reader: RcuReader,
  call: TraceStep,
  name: string,
  here: (v: Value) => Value,
): void {
  const place = reader.at.ofCallback ? calledBack(frame, reader, call, name) : undefined;
  check(frame, state, { ...reader, ...place, tree: here(reader.tree), steps: [call, ...reader.steps] });
}

/** The helper does not know the tree. Whoever gave it the callback does: it reads there, or where it was given. */
function calledBack(
  frame: Frame,
  { steps, innerApi }: RcuReader,
  call: TraceStep,
  name: string,
): Pick<RcuReader, 'at' | 'api'> {
  const { span } = shownAt(frame, call, steps);
  return span === call ? { at: call, api: name } : { at: { ...call, ...span }, api: innerApi };
}

function check(frame: Frame, state: State, reader: RcuReader): void {
  const { table, trees } = frame.context;
  // Other containers are always fit for such readers.
  if (trees.kinds.of(reader.tree) !== MAPLE_TREE) return;
  const { mode } = frame.locksOf(reader.tree, state);
  // Any lock may be the one that keeps the writers out.
  if (mode === 'private' || heldLocks(state).some(([l]) => !table.isRcu(l))) return;
  const rcu = trees.rcuOf(reader.tree, state);
  if (rcu.mode === 'on' || factAbout(state, table, rcuQuestion(table, reader.tree)).truthy) return;
  const isOurs = frame.isOwn(reader.tree) || !frame.isExpressible(reader.tree);
  if (!isOurs) {
    frame.recorder.need(frame.recorder.rcuReaders, `${reader.tree}`, {
      ...reader,
      when: frame.conditions(state),
    });
  } else if (rcu.mode === 'off') {
    report(frame, reader, rcu.at, state.imprecise ? 'possible' : reader.certainty);
  }
}

/** Nobody in the program calls the function with the lock held. */
export function reportRcuReader(frame: Frame, state: State, reader: RcuReader, certainty: Certainty): void {
  const rcu = frame.context.trees.rcuOf(reader.tree, state);
  if (rcu.mode === 'off') report(frame, reader, rcu.at, certainty);
}

function report(frame: Frame, reader: RcuReader, made: TraceStep | null, certainty: Certainty): void {
  const { at, section, tree, api } = reader;
  frame.recorder.report(
    {
      rule: 'require-rcu-mode',
      message: readerOfPlainTreeMessage(api, frame.sayPlace(tree)),
      certainty: frame.fn.ir.whole ? certainty : 'possible',
      unit: at.unit,
      start: at.start,
      end: at.end,
      functionName: frame.fn.ir.name,
      related: [...(made === null ? [] : [made]), ...(section === null ? [] : [section])],
    },
    null,
    reader.steps,
  );
}

/** A question whether a tree is in RCU mode: where the answer is yes, readers under RCU may go over it. */
export function answerRcu(frame: Frame, state: State, row: FunctionContract, values: CallValues): State[] {
  if (row.asksRcu === undefined) return [state];
  const { table, trees } = frame.context;
  const tree = frame.path(row.asksRcu, values, state);
  const { mode } = trees.rcuOf(tree, state);
  const answers = mode === 'unknown' ? [TRUTHY, FALSY] : [mode === 'on' ? TRUTHY : FALSY];
  return answers.flatMap((fact, k) => {
    const after = k === answers.length - 1 ? state : state.clone();
    const isPossible = learn(after, table, values.result, fact);
    return isPossible && learn(after, table, rcuQuestion(table, tree), fact) ? [after] : [];
  });
}

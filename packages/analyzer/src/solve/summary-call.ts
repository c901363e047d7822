import { meetFacts } from '../domain/facts.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { Substitution, Value, Var } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { Outcome, Summary } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { checkNeeds, possible } from './callee-needs.ts';
import { applyOutcome } from './callee-outcome.ts';
import { overtake } from './cursor-effects.ts';
import { inheritEscapes, takeEntries } from './entry-effects.ts';
import { loadThrough } from './evaluate.ts';
import type { CallValues, Frame } from './frame.ts';
import { doubtShape, heldLocks } from './hold.ts';
import { lockKind } from './lock-shape.ts';
import { noteCalleeOrder, noteHeldAround } from './lock-order.ts';
import { doubtReservations, receiveReservations } from './reservations.ts';
import { lookThrough, receiveOutcome } from './results.ts';

/** A call of a function of the program: what it needs is checked here, and what it does happens. */
export function callSummary(
  frame: Frame,
  state: State,
  call: CallInstr,
  callee: Fn,
  summary: Summary,
  values: CallValues,
  ofCallback = false,
  givesFunctions = false,
): State[] {
  const { table, trees } = frame.context;
  const sub = substitution(frame, state, callee, values);
  const memo = new Map<Value, Value>();
  const here = (v: Value): Value => trees.kinds.carry(v, table.substitute(v, sub, memo));

  checkNeeds(frame, state, call, callee, summary, here, ofCallback);
  lookThrough(frame, state, callee, summary.asks.map(here), values.args);
  noteHeldAround(frame, state, callee);
  noteCalleeOrder(frame, state, summary, here, frame.step('call', call.span, `calls ${call.text}()`));
  frame.callback = null;
  // What an async function throws comes up where its promise is waited for.
  if (!callee.ir.isAsync || frame.awaitsAtOnce(call)) throwThrough(frame, state, call, summary, values, here);
  inheritEscapes(frame, state, summary.escapes);
  for (const kind of summary.takenKinds) frame.recorder.takenKinds.add(kind);
  for (const kind of summary.releasedKinds) frame.recorder.releasedKinds.add(kind);
  for (const lock of summary.doubts) doubtShape(frame, state, here(lock));
  if (!summary.complete || summary.outcomes.length === 0) return summary.complete ? [] : [state];

  const applied: { state: State; outcome: Outcome }[] = [];
  const outcomes = summary.outcomes.filter((o) => !isNullTolerance(frame, state, o, summary.outcomes, here));
  const before = givesFunctions ? state.clone() : null;
  const held = callee.ir.isAsync ? new Set(heldLocks(state).map(([lock]) => lock)) : null;
  const apply = (next: State, outcome: Outcome): void => {
    if (outcome.changes.length > 0) takeEntries(next);
    for (const change of outcome.changes) {
      const by = change.cursor === null ? null : here(change.cursor);
      overtake(frame, next, here(change.tree), by, call.span, call.text, change.at);
    }
    if (!applyOutcome(frame, next, call, outcome, values, here)) return;
    const result = next.env.get(frame.fn.home.variableBase + call.to) ?? values.result;
    receiveOutcome(frame, next, call, outcome, result, here);
    receiveReservations(frame, next, call, outcome, result, here);
    if (held !== null) notePromised(next, call.to, held);
    applied.push({ state: next, outcome });
  };
  outcomes.forEach((outcome, k) => apply(k === outcomes.length - 1 ? state : state.clone(), outcome));
  if (applied.length === 0 && before !== null) {
    // What the helper waits for, the function that it is given may bring about: `stop.done = true`.
    for (const outcome of outcomes) {
      const next = before.clone();
      next.imprecise = true;
      apply(next, { ...outcome, when: [] });
    }
  }
  doubtAmbiguous(frame, applied);
  doubtReservations(frame, applied, here);
  return applied.map((a) => a.state);
}

/** What an async function has taken is held when its promise is there. */
function notePromised(state: State, promise: number, before: ReadonlySet<Value>): void {
  for (const [lock, s] of heldLocks(state))
    if (!before.has(lock)) state.locks.set(lock, { ...s, promised: promise });
}

/** What the helper throws goes on from here, with the locks of this moment: out of this function, if nothing holds it up. */
function throwThrough(
  frame: Frame,
  state: State,
  call: CallInstr,
  summary: Summary,
  values: CallValues,
  here: (v: Value) => Value,
): void {
  for (const outcome of summary.throws) {
    if (!possible(frame, state, outcome.when, here)) continue;
    const next = state.clone();
    if (applyOutcome(frame, next, call, outcome, values, here))
      frame.thrown.push({ state: next, span: call.span });
  }
}

/** The helper gives a lock back on one path and keeps it on another, and nothing that the caller sees tells which. */
function doubtAmbiguous(frame: Frame, applied: readonly { state: State; outcome: Outcome }[]): void {
  for (const { outcome } of applied) {
    for (const change of outcome.locks) {
      if (change.change !== 'released') continue;
      const kept = applied.filter(
        (a) =>
          !a.outcome.locks.some((l) => l.lock === change.lock) &&
          meetFacts(a.outcome.fact, outcome.fact) !== null,
      );
      const kind = lockKind(frame, change.lock);
      for (const { state } of kept) {
        for (const [lock, s] of state.locks) {
          if (s.held && lockKind(frame, lock) === kind) state.locks.set(lock, { ...s, doubtful: true });
        }
      }
    }
  }
}

/**
 * A helper that gives a lock back, but does nothing if it is given NULL: where nothing is known of the argument, it is
 * taken to be there.
 */
function isNullTolerance(
  frame: Frame,
  state: State,
  outcome: Outcome,
  all: readonly Outcome[],
  here: (v: Value) => Value,
): boolean {
  if (outcome.locks.length > 0) return false;
  return outcome.when.some(
    (c) =>
      c.fact.truthy === false &&
      frame.context.table.node(c.value).kind === 'entry' &&
      factAbout(state, frame.context.table, here(c.value)).truthy === undefined &&
      all.some(
        (o) =>
          o.locks.some((l) => l.change === 'released') &&
          o.when.some((d) => d.value === c.value && d.fact.truthy === true),
      ),
  );
}

/** The callee's symbols in the caller's terms: arguments for parameters, current values for captured variables. */
export function substitution(frame: Frame, state: State, callee: Fn, values: CallValues): Substitution {
  const { table, program } = frame.context;
  const byParam = new Map<number, Value>();
  const base = callee.home.variableBase;
  callee.ir.params.forEach((id, k) => {
    byParam.set(
      base + id,
      values.args[k] ?? (callee.home.language === 'c' ? table.fresh(values.site, 8 + k) : table.null),
    );
  });
  if (callee.ir.receiver !== undefined && values.receiver !== undefined) {
    byParam.set(base + callee.ir.receiver, values.receiver);
  }
  return {
    replace: (value, node) => {
      if (node.kind === 'entry') {
        const arg = byParam.get(node.variable);
        if (arg !== undefined) return arg;
        // An arrow function in a field has the `this` of the object that it was taken from: not that of this function,
        // which a closure that it has handed over still has.
        const isThis = program.variable(node.variable)?.kind === 'receiver';
        if (isThis && values.receiver !== undefined && !isSeenFrom(frame, node.variable))
          return values.receiver;
        return state.env.get(node.variable) ?? value;
      }
      if (node.kind === 'addrVar' && program.ownerOf(node.variable)?.index === callee.index) {
        return table.freshFor(values.site, 64, node.variable);
      }
      return undefined;
    },
    load: (slot) => state.memory.get(slot) ?? (isLeftOut(frame, slot) ? table.null : slot),
    loadThrough: (pointer) => loadThrough(pointer, state, table),
  };
}

function isSeenFrom({ context: { program }, fn }: Frame, variable: Var): boolean {
  return program.ownerOf(variable) === fn || program.capturesOf(fn).has(variable);
}

/** A field of an object literal of this function that the literal does not give, or of options that were left out. */
function isLeftOut(frame: Frame, slot: Value): boolean {
  const { table, births, constructed } = frame.context;
  const node = table.node(slot);
  if (node.kind !== 'field' || frame.fn.home.language === 'c') return false;
  const base = table.node(node.base);
  // `{ locked = false } = {}`: who gives no options gives none of them.
  if (base.kind === 'const') return base.value === null || base.value === undefined;
  return base.kind === 'fresh' && births.get(base.site) === '' && !constructed.has(base.site);
}

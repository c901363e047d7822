import type { FunctionContract } from '@maplelock/core';
import { meetFacts } from '../domain/facts.ts';
import { factAbout, type Reservation, State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import { innermost, stepsOf } from '../domain/trace.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { Certainty } from '../report/finding.ts';
import { STORES_RESERVED } from '../contracts/maple-names.ts';
import { variablesIn } from '../ir/walk.ts';
import { nothingReservedMessage } from '../rules/no-illegal-state.ts';
import { leakedNodesMessage } from '../rules/no-leaked-prealloc.ts';
import type { Outcome } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import type { Exit } from './fixpoint.ts';
import type { CallValues, Frame } from './frame.ts';

/** Drops the reservations that have turned out to have failed. Cost: linear in the reservations. */
export function settleReservations(state: State, table: ValueTable): void {
  for (const [cursor, r] of state.reserved) {
    if (r.kind === 'ended' || r.result === null) continue;
    const { truthy } = factAbout(state, table, r.result);
    if (truthy === true) state.reserved.delete(cursor);
    else if (truthy === false) state.reserved.set(cursor, { ...r, result: null });
  }
}

/** Lets a call of a contract's function reserve nodes for its cursor, use them, or give them back. */
export function noteReservation(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  values: CallValues,
): void {
  const { prealloc, cursor: effect, result } = row;
  if (prealloc === undefined || effect === undefined) return;
  const cursor = frame.path(effect.at, values, state);
  settleReservations(state, frame.context.table);
  const known = state.reserved.get(cursor);
  if (prealloc === 'reserve' || prealloc === 'reserve-many') {
    // What a retry reserves its store uses.
    if (result.kind !== 'errno') return;
    const at = frame.step(
      'access',
      call.span,
      `${call.text}() reserves nodes for ${frame.say(cursor, state)}`,
    );
    const kind = prealloc === 'reserve' ? 'one' : 'many';
    state.reserved.set(cursor, { kind, result: values.result, at, unsure: false });
  } else if (prealloc === 'forget') {
    if (known?.kind === 'one') reportLost(frame, state, call, cursor, known);
    if (known?.kind === 'one') state.reserved.set(cursor, { kind: 'ended' });
  } else {
    if (row.name === STORES_RESERVED && known === undefined) reportNothing(frame, state, call, cursor);
    const isOneOfMany = prealloc === 'take' || row.name === STORES_RESERVED;
    if (!isOneOfMany || known?.kind !== 'many') end(frame, state, cursor);
  }
}

/** A store with reserved nodes through a cursor of this function's, for which nobody can have reserved any. */
function reportNothing(frame: Frame, state: State, call: CallInstr, cursor: Value): void {
  const { table } = frame.context;
  if (!isLocal(frame, cursor) || frame.entrusted.has(objectAt(table, cursor))) return;
  if (isGivenToHelpers(frame, state, cursor)) return;
  const message = nothingReservedMessage(call.text, frame.sayPlace(cursor, state));
  frame.report('no-illegal-state', call.span, message, [], state);
}

/** A variable with the cursor in it is an argument of a call that is none of the API: it may have reserved nodes. */
function isGivenToHelpers(frame: Frame, state: State, cursor: Value): boolean {
  const { table } = frame.context;
  const { ir, home } = frame.fn;
  const node = table.node(cursor);
  if (node.kind !== 'addrVar' && node.kind !== 'fresh') return true;
  const named = [...state.env].flatMap(([v, value]) => (value === cursor ? [v] : []));
  const ids = new Set(
    [...(node.kind === 'addrVar' ? [node.variable] : []), ...named].map((v) => v - home.variableBase),
  );
  return ir.blocks.some((block) =>
    block.instrs.some(
      (instr) =>
        instr.kind === 'call' &&
        instr.callee.kind !== 'api' &&
        instr.args.some((arg) => {
          let isNamed = false;
          variablesIn(arg, (v) => {
            isNamed ||= ids.has(v);
          });
          return isNamed || arg.op === 'function';
        }),
    ),
  );
}

function end(frame: Frame, state: State, cursor: Value): void {
  if (frame.isExpressible(cursor)) state.reserved.set(cursor, { kind: 'ended' });
  else state.reserved.delete(cursor);
}

function reportLost(
  frame: Frame,
  state: State,
  call: CallInstr,
  cursor: Value,
  known: Extract<Reservation, { at: TraceStep }>,
): void {
  const where = frame.step('note', call.span, `${call.text}() sets ${frame.say(cursor, state)} anew`);
  report(frame, state, cursor, known, where, `where ${call.text}() sets it anew`, 'proved');
}

function report(
  frame: Frame,
  state: State,
  cursor: Value,
  known: Extract<Reservation, { at: TraceStep }>,
  second: TraceStep,
  where: string,
  certainty: Certainty,
): void {
  const { at } = known;
  // A helper that runs what it is given is the same for all callbacks: it is this one's call that leaves the nodes.
  const isGiven = frame.origin !== null && at.ofCallback === true && at.inside !== undefined;
  const place = isGiven ? innermost(at) : at;
  frame.recorder.report(
    {
      rule: 'no-leaked-prealloc',
      message: leakedNodesMessage(frame.sayPlace(cursor, state), where),
      certainty: isUnsure(frame, state, cursor, known) ? 'possible' : certainty,
      unit: place.unit,
      start: place.start,
      end: place.end,
      functionName: frame.fn.ir.name,
      related: [second, ...(at.inside && !isGiven ? [at.inside] : [])],
    },
    null,
    stepsOf(state.trace),
  );
}

/** Code that is not in the program may keep a pointer to the cursor, and do with it what it likes. */
function isUnsure(
  frame: Frame,
  state: State,
  cursor: Value,
  known: Extract<Reservation, { at: TraceStep }>,
): boolean {
  const { table } = frame.context;
  for (let at: Value | null = cursor; at !== null; at = table.baseOf(at))
    if (frame.entrusted.has(at)) return true;
  return known.unsure || state.imprecise || !frame.fn.ir.whole;
}

/** The cursor was made by this function, or lies in an object that was: no pointer to follow, nothing to choose from. */
function isLocal(frame: Frame, cursor: Value): boolean {
  const { table, program } = frame.context;
  const isC = frame.fn.home.language === 'c';
  for (let at = cursor; ;) {
    const node = table.node(at);
    if (node.kind === 'old') at = node.of;
    else if (node.kind === 'addrField' || node.kind === 'addrIndex') at = node.base;
    else if (node.kind === 'field' && !isC) at = node.base;
    else if (node.kind === 'fresh') return node.part === 0;
    else return node.kind === 'addrVar' && program.ownerOf(node.variable)?.index === frame.fn.index;
  }
}

/** A function that is not in the program was given the cursor, or what leads to it: it may give the nodes back. */
export function entrustReservations(
  frame: Frame,
  state: State,
  values: CallValues,
  contains: (argument: Value, cursor: Value) => boolean,
): void {
  const { table } = frame.context;
  for (const a of values.args) if (table.node(a).kind !== 'const') frame.entrusted.add(objectAt(table, a));
  for (const [cursor, r] of state.reserved) {
    if (r.kind === 'ended') continue;
    const given = [...values.args, values.receiver].some(
      (a) => a !== undefined && (contains(a, cursor) || leadsTo(state, table, a, cursor)),
    );
    if (given) state.reserved.delete(cursor);
  }
}

/** The object that an address lies in. What was read from a field leads to something else. */
function objectAt(table: ValueTable, address: Value): Value {
  for (let at = address; ;) {
    const node = table.node(at);
    if (node.kind !== 'addrField' && node.kind !== 'addrIndex') return at;
    at = node.base;
  }
}

/** The object holds a pointer to the cursor, or to what it lies in. */
function leadsTo(state: State, table: ValueTable, object: Value, cursor: Value): boolean {
  if (table.node(object).kind === 'const') return false;
  for (const [slot, content] of state.memory) {
    if (table.root(slot) !== table.root(object)) continue;
    for (let at: Value | null = cursor; at !== null; at = table.baseOf(at)) {
      if (at === content && at !== slot) return true;
      if (table.node(at).kind !== 'addrField') break;
    }
  }
  return false;
}

/** Reports, where a path leaves the function, what it has reserved for cursors of its own and neither used nor given back. */
export function reportReservedExits(frame: Frame, exits: readonly Exit[]): void {
  for (const exit of exits) {
    settleReservations(exit.state, frame.context.table);
    for (const [cursor, known] of exit.state.reserved) {
      if (known.kind === 'ended' || !isLocal(frame, cursor)) continue;
      if (frame.isHandedOver(exit, cursor)) continue;
      const how = exit.kind === 'throw' ? 'throws' : 'returns';
      const where = `where ${frame.fn.ir.name}() ${how}`;
      const second = frame.step('exit', exit.span, `${frame.fn.ir.name}() ${how} with the nodes reserved`);
      report(frame, exit.state, cursor, known, second, where, 'proved');
    }
  }
}

/** What the function leaves reserved for cursors of its callers, and of what it found reserved it ended. */
export function reservedOf(frame: Frame, state: State, result: Value | null): Outcome['reserved'] {
  const { table } = frame.context;
  return [...state.reserved]
    .map(([cursor, r]) => [cursor === result ? table.result : cursor, r] as const)
    .filter(([cursor]) => frame.isExpressible(cursor))
    .map(([cursor, r]) => {
      if (r.kind === 'ended' || r.result === null) return { cursor, reservation: r };
      // A failure that nobody can see any more may be none.
      const seen = r.result === result;
      return { cursor, reservation: { ...r, result: seen ? table.result : null, unsure: r.unsure || !seen } };
    });
}

/** Lets a call of a function of the program do to this one's cursors what it does to those it is given. */
export function receiveReservations(
  frame: Frame,
  state: State,
  call: CallInstr,
  outcome: Outcome,
  result: Value,
  here: (v: Value) => Value,
): void {
  const { table } = frame.context;
  for (const { cursor, reservation: r } of outcome.reserved) {
    const place = cursor === table.result ? result : here(cursor);
    if (r.kind === 'ended') end(frame, state, place);
    else {
      const step = frame.step('call', call.span, `calls ${call.text}()`, r.at);
      const at = call.callee.kind === 'value' ? { ...step, ofCallback: true } : step;
      state.reserved.set(place, { ...r, at, result: r.result === table.result ? result : r.result });
    }
  }
}

/**
 * The helper ends the reservation on one path and not on another, and the result does not tell which. Where that hangs
 * on one of its parameters the nodes may be left; else it is taken to know what it does.
 */
export function doubtReservations(
  frame: Frame,
  applied: readonly { readonly state: State; readonly outcome: Outcome }[],
  here: (v: Value) => Value,
): void {
  const { table } = frame.context;
  const hangsOnParameter = (a: Outcome, b: Outcome): boolean =>
    a.when.some(
      (x) =>
        table.node(x.value).kind === 'entry' &&
        b.when.some((y) => x.value === y.value && meetFacts(x.fact, y.fact) === null),
    );
  for (const { outcome } of applied) {
    for (const { cursor, reservation } of outcome.reserved) {
      if (reservation.kind !== 'ended') continue;
      for (const other of applied) {
        const { reserved } = other.state;
        const known = reserved.get(here(cursor));
        const isTold = meetFacts(other.outcome.fact, outcome.fact) === null;
        if (known === undefined || known.kind === 'ended' || isTold) continue;
        if (hangsOnParameter(outcome, other.outcome)) reserved.set(here(cursor), { ...known, unsure: true });
        else reserved.delete(here(cursor));
      }
    }
  }
}

/**
 * Nobody in the program calls the function. One that ends on some paths what it leaves reserved on others may forget it
 * there; one that always leaves it is there to reserve.
 */
export function reportReservedRoot(frame: Frame, outcomes: readonly Outcome[]): void {
  for (const { reserved, fact: outcomeFact } of outcomes) {
    for (const { cursor, reservation } of reserved) {
      if (reservation.kind === 'ended' || !isParameter(frame, cursor)) continue;
      const elsewhere = outcomes.some((o) =>
        o.reserved.some((r) => r.cursor === cursor && r.reservation.kind === 'ended'),
      );
      if (!elsewhere) continue;
      // It returns the same where it could reserve nothing: nobody can tell that there is something to give back.
      const untold = outcomes.some(
        (o) => !o.reserved.some((r) => r.cursor === cursor) && meetFacts(o.fact, outcomeFact) !== null,
      );
      const { ir } = frame.fn;
      const second = frame.step('exit', ir.nameSpan, `${ir.name}() returns with the nodes reserved`);
      report(
        frame,
        new State(),
        cursor,
        reservation,
        second,
        `where ${ir.name}() returns`,
        untold ? 'proved' : 'possible',
      );
    }
  }
}

/** The caller gave the cursor, or what it lies in. */
function isParameter(frame: Frame, cursor: Value): boolean {
  const { table, program } = frame.context;
  for (let at = cursor; ;) {
    const node = table.node(at);
    if (node.kind === 'addrField' || node.kind === 'field') at = node.base;
    else return node.kind === 'entry' && program.variable(node.variable)?.kind === 'param';
  }
}

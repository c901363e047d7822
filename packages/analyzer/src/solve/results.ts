import type { FunctionContract } from '@maplelock/core';
import { RESERVING } from '../contracts/xarray.ts';
import { CURSOR_STATE_FIELDS, NEVER_FAILING_GFP, RESERVING_ENTRY } from '../contracts/maple-names.ts';
import { FALSY, TRUTHY } from '../domain/facts.ts';
import { type CursorState, factAbout, State, type Telling } from '../domain/state.ts';
import { innermost, outer, type TraceStep } from '../domain/trace.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { Expr } from '../ir/ir.ts';
import { mentionsIn, walkExpression } from '../ir/walk.ts';
import type { Fn } from '../link/program.ts';
import type { Span } from '../ir/source.ts';
import type { Certainty } from '../report/finding.ts';
import { droppedMessage, droppedThroughHelperMessage, uncheckedMessage } from '../rules/check-result.ts';
import type { Outcome, Summary } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { learn } from './assume.ts';
import { settleCursors } from './cursor-states.ts';
import { type EvaluateAt, evaluate } from './evaluate.ts';
import type { Exit } from './fixpoint.ts';
import { sourceOf } from './found-entries.ts';
import { keyOf } from './recorder.ts';
import type { CallValues, Frame } from './frame.ts';

/** Notes what the call of a contract's function tells of its success, and reports what nobody can learn any more. */
export function noteResult(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  values: CallValues,
  position: CursorState['status'] | undefined,
): void {
  const { cursor: effect, result } = row;
  const at = (path: string): Value => frame.path(path, values, state);
  if (row.asks !== undefined) look(frame, state, at(row.asks.at));
  const cursor = effect === undefined ? undefined : at(effect.at);
  if (effect !== undefined && cursor !== undefined && !asksForRetry(row)) {
    if (result.kind === 'boolean') look(frame, state, cursor);
    const forgets = effect.uses === 'nothing' && effect.leaves !== 'same';
    if (forgets || effect.failed !== undefined) reportUnchecked(frame, state, cursor);
  }
  const makesRoom = RESERVING.has(row.name);
  if (makesRoom && (!row.params.includes('entry') || storesNothing(frame, state, row, at)))
    frame.context.evidence.add(reservedIn(frame, at('$0')));
  if (result.mustCheck !== true || call.result === 'discarded' || cannotFail(frame, state, row, at)) return;
  const dropped = call.result === 'dropped' || frame.unread.has(call);
  const telling: Telling = {
    api: row.name,
    at: frame.step('access', call.span, `${call.text}() can fail`),
    dropped: result.kind !== 'entry-state',
    // A store that allocates nothing, or next to nothing, succeeds where it finds a range of its own: it may never fail.
    unsure: row.prealloc === 'take',
    ...(row.acquires !== undefined && { isOfLock: true }),
    mayBeKnown: row.prealloc === 'take' && position === 'start',
  };
  if (result.kind === 'value') {
    if (dropped && !storesNothing(frame, state, row, at))
      reportDroppedStore(frame, state, call, row, at('$0'));
    return;
  }
  if (result.kind !== 'entry-state' && !dropped) state.results.set(values.result, telling);
  else if (effect?.failed !== undefined && cursor !== undefined) state.unchecked.set(cursor, telling);
  else reportDropped(frame, state, call.span, droppedMessage(call.text, row, frame.fn.home.language), []);
}

/** `mas_nomem()`: true says that the last store is to be made again, for which there is memory now. */
function asksForRetry(row: FunctionContract): boolean {
  return row.result.kind === 'boolean' && row.prealloc === 'reserve';
}

/**
 * The states in which a store is to be made again, and in which it is not: then it is done, or it failed for good, and the
 * cursor alone tells which.
 */
export function splitByRetry(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  values: CallValues,
): State[] {
  if (!asksForRetry(row) || row.cursor === undefined) return [state];
  const at = (path: string): Value => frame.path(path, values, state);
  const cursor = at(row.cursor.at);
  if (!state.unchecked.has(cursor)) return [state];
  const { table } = frame.context;
  const mayHaveFailed = call.result === 'used' && !cannotFail(frame, state, row, at);
  const last = state.clone();
  look(frame, state, cursor);
  if (!mayHaveFailed) return [state];
  const states: State[] = [];
  if (learn(state, table, values.result, TRUTHY)) states.push(state);
  if (learn(last, table, values.result, FALSY)) states.push(last);
  return states;
}

/** Somebody asks whether the last call through a cursor failed: who does that in this file knows that such calls can. */
function look(frame: Frame, state: State, cursor: Value): void {
  if (frame.isExpressible(cursor)) frame.recorder.asks.add(cursor);
  const asked = state.unchecked.get(cursor);
  if (asked?.unsure) frame.context.evidence.add(askedIn(frame, asked.api));
  state.unchecked.delete(cursor);
}

/** What a helper asks of cursors, by the API or by reading the state of one that it is given. */
export function lookThrough(
  frame: Frame,
  state: State,
  callee: Fn,
  asks: readonly Value[],
  args: readonly Value[],
): void {
  for (const cursor of asks) look(frame, state, cursor);
  for (const cursor of [...state.unchecked.keys()]) {
    if (!args.includes(cursor)) continue;
    frame.context.program.readBody(callee);
    if (mentionsIn(callee.ir, (e) => e.op === 'field' && CURSOR_STATE_FIELDS.has(e.name)))
      look(frame, state, cursor);
  }
}

function askedIn(frame: Frame, api: string): string {
  return `asked ${frame.fn.home.unit.path} ${api}`;
}

/** Arrays that functions are given by a bare pointer are one for all of their file. */
function reservedIn(frame: Frame, array: Value): string {
  return `reserved ${sourceOf(frame, array) ?? frame.fn.home.unit.path}`;
}

/** The entry that a store returns is an error where it failed. Where room was made before, or an entry is replaced, it cannot. */
function reportDroppedStore(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  array: Value,
): void {
  const source = sourceOf(frame, array);
  const isFound =
    source !== undefined && [...state.entries.values()].some((entry) => entry.source === source);
  const message = droppedMessage(call.text, row, frame.fn.home.language);
  reportDropped(frame, state, call.span, message, [], isFound ? 'possible' : 'proved');
  const key = keyOf({ rule: 'check-result', unit: frame.fn.home.index, ...call.span });
  frame.recorder.doubtBy(key, reservedIn(frame, array));
}

/** A store of NULL, or of the mark for a reserved place, takes an entry away, and allocates next to nothing. */
function storesNothing(
  frame: Frame,
  state: State,
  { params }: FunctionContract,
  at: (path: string) => Value,
): boolean {
  const entry = params.indexOf('entry');
  if (entry < 0) return false;
  const { table } = frame.context;
  const stored = at(`$${entry}`);
  const node = table.node(stored);
  const isMark = node.kind === 'global' && node.name === RESERVING_ENTRY;
  return isMark || factAbout(state, table, stored).truthy === false;
}

/** True where the flags given to the call promise that memory comes. */
function cannotFail(frame: Frame, state: State, row: FunctionContract, at: (path: string) => Value): boolean {
  const cursor = row.prealloc === 'take' && row.cursor !== undefined ? at(row.cursor.at) : undefined;
  const reserved = cursor === undefined ? undefined : state.reserved.get(cursor);
  // What is reserved a store cannot lack.
  if (reserved !== undefined && reserved.kind !== 'ended') return true;
  if (row.gfp === undefined) return false;
  return frame.context.table.mentions(
    at(row.gfp),
    (n) => (n.kind === 'global' || n.kind === 'import') && n.name === NEVER_FAILING_GFP,
  );
}

function reportDropped(
  frame: Frame,
  state: State,
  span: Span,
  message: string,
  related: readonly TraceStep[],
  certainty: Certainty = 'proved',
): void {
  frame.report('check-result', span, message, related, state, certainty);
}

/** The cursor is used for something else, or the path ends: its last failure nobody will learn. */
function reportUnchecked(frame: Frame, state: State, cursor: Value, certainty: Certainty = 'proved'): void {
  const telling = state.unchecked.get(cursor);
  if (telling === undefined) return;
  state.unchecked.delete(cursor);
  const inside = telling.at.inside;
  // The call whose own result tells is where it was dropped, wherever the cursor went then.
  const place = telling.dropped && inside !== undefined ? innermost(inside) : telling.at;
  const related = inside === undefined ? [] : [place === telling.at ? innermost(inside) : outer(telling.at)];
  const message = uncheckedMessage(
    telling,
    argumentFor(frame, state, cursor),
    place === telling.at && inside !== undefined,
    frame.fn.home.language,
  );
  frame.recorder.report(
    {
      rule: 'check-result',
      message,
      certainty: state.imprecise || !frame.fn.ir.whole || telling.unsure ? 'possible' : certainty,
      unit: place.unit,
      start: place.start,
      end: place.end,
      functionName: frame.fn.ir.name,
      related,
    },
    state.trace,
  );
  if (telling.mayBeKnown && certainty === 'proved' && !state.imprecise && frame.fn.ir.whole) {
    const key = keyOf({ rule: 'check-result', ...place });
    frame.recorder.proveBy(key, { fact: askedIn(frame, telling.api), isSaidElse: true });
  }
}

/** How many calls this path knows to have failed; 0 where it has nothing left to ask. Cost: linear in cursors and results. */
export function failuresKnown(state: State, table: ValueTable): number {
  if (state.unchecked.size === 0) return 0;
  settleCursors(state, table);
  let known = 0;
  for (const cursor of state.cursors.values()) if (cursor.state === 'error' && !cursor.unsure) known++;
  for (const result of state.results.keys()) if (factAbout(state, table, result).high < 0) known++;
  return known;
}

/** A path that has just learnt of a failure is one that fails: what it has not asked until then, it need not ask. */
export function excuseUnchecked(state: State, table: ValueTable, knownBefore: number): void {
  if (failuresKnown(state, table) <= knownBefore) return;
  for (const cursor of state.unchecked.keys()) state.unchecked.delete(cursor);
}

/** A cursor as it is given to a function. */
function argumentFor(frame: Frame, state: State, cursor: Value): string {
  const name = frame.say(cursor, state);
  const isStruct = frame.fn.home.language === 'c' && frame.isOwn(cursor) && !name.startsWith('&');
  return isStruct ? `&${name}` : name;
}

/** The further the result was handed on, the more else it tells of. */
const MOST_LEVELS = 3;

function levelsOf(step: TraceStep): number {
  return step.inside === undefined ? 1 : 1 + levelsOf(step.inside);
}

/** Reports, where a path leaves the function, the failures of its own cursors that nobody has looked for. */
export function reportUncheckedExits(frame: Frame, exits: readonly Exit[]): void {
  for (const exit of exits) {
    // What an exception cuts short has failed already.
    if (exit.kind === 'throw') continue;
    for (const cursor of [...exit.state.unchecked.keys()]) {
      if (!frame.isExpressible(cursor) && !frame.isHandedOver(exit, cursor))
        reportUnchecked(frame, exit.state, cursor);
    }
  }
}

/** The failures that lie in cursors of the callers. */
export function uncheckedOf(frame: Frame, state: State): Outcome['unchecked'] {
  return [...state.unchecked]
    .filter(([cursor]) => frame.isExpressible(cursor))
    .map(([cursor, telling]) => ({ cursor, telling }));
}

/** The function does something by itself: what it knows to have failed, it may have seen to by that. */
export function seeTo(state: State, table: ValueTable): void {
  for (const [result, telling] of state.results) {
    const { truthy, high } = factAbout(state, table, result);
    if (telling.seenTo === true || truthy === undefined || high >= 0) continue;
    state.results.set(result, { ...telling, seenTo: true });
  }
}

/** What the function's result tells its callers. */
export function tellingOf(frame: Frame, state: State, value: Value): Telling | null {
  const telling = state.results.get(value);
  if (telling !== undefined) {
    const { truthy, high, low } = factAbout(state, frame.context.table, value);
    const isSeenTo = telling.seenTo === true;
    if (truthy === undefined) return isSeenTo ? { ...telling, unsure: true } : telling;
    if (isSeenTo || telling.isOfLock === true) return { ...telling, unsure: true };
    // `if (ret) goto unlock;`: what failed is passed on as it is.
    if (high < 0) return telling;
    return low >= 0 ? null : { ...telling, unsure: true };
  }
  const { kind } = frame.context.table.node(value);
  if (kind !== 'binary' && kind !== 'unary') return null;
  for (const [result, t] of state.results) {
    if (partOf(frame, value, result)) return { ...t, unsure: true };
  }
  return null;
}

function partOf(frame: Frame, value: Value, part: Value): boolean {
  if (value === part) return true;
  const node = frame.context.table.node(value);
  if (node.kind === 'unary') return partOf(frame, node.operand, part);
  return node.kind === 'binary' && (partOf(frame, node.left, part) || partOf(frame, node.right, part));
}

/** A call of a function of the program: what it leaves in a cursor of this one, and what its result tells. */
export function receiveOutcome(
  frame: Frame,
  state: State,
  call: CallInstr,
  outcome: Outcome,
  result: Value,
  here: (v: Value) => Value,
): void {
  for (const { cursor, telling } of outcome.unchecked) {
    const at = frame.step('call', call.span, `calls ${call.text}()`, telling.at);
    const place = here(cursor);
    reportUnchecked(frame, state, place);
    state.unchecked.set(place, { ...telling, at });
  }
  const { tells } = outcome;
  if (tells === null || call.result === 'discarded') return;
  const at = frame.step('call', call.span, `calls ${call.text}()`, tells.at);
  if (call.result === 'used' && !frame.unread.has(call)) {
    state.results.set(result, { ...tells, at });
    return;
  }
  reportDroppedResult(frame, state, call, tells);
}

function reportDroppedResult(frame: Frame, state: State, call: CallInstr, tells: Telling): void {
  const source = innermost(tells.at);
  const { unit, start, end } = source;
  // A callback that is written in the call gave the result away there.
  const own = unit === frame.fn.home.index && start >= call.span.start && end <= call.span.end;
  // A function that was given as an argument: the helper that calls it is the same for all of them.
  const isCallback = frame.origin !== null && call.callee.kind === 'value';
  const message = droppedThroughHelperMessage(
    call.text,
    tells.api,
    own || isCallback,
    frame.fn.home.language,
  );
  if (isCallback) frame.callback = [source];
  const related = own ? [] : [source];
  reportDropped(
    frame,
    state,
    own ? source : call.span,
    message,
    related,
    tells.unsure || levelsOf(tells.at) > MOST_LEVELS ? 'possible' : 'proved',
  );
  frame.callback = null;
}

/** A call that drops whatever the function it is given returns. */
export function dropResultsOf(
  frame: Frame,
  state: State,
  call: CallInstr,
  summary: Summary | undefined,
): void {
  for (const { tells } of summary?.outcomes ?? [])
    if (tells !== null) reportDroppedResult(frame, state, call, tells);
}

/** Nobody in the program calls the function: whoever does may look at the cursor, though not at a dropped result. */
export function reportUncheckedRoot(frame: Frame, { unchecked }: Outcome): void {
  for (const { cursor, telling } of unchecked) {
    const state = new State();
    state.unchecked.set(cursor, telling);
    reportUnchecked(frame, state, cursor, telling.dropped ? 'proved' : 'possible');
  }
}

/** The program reads the state of a cursor itself: `mas.status`, `mas->node`. */
export function noteLook(state: State, expr: Expr, at: EvaluateAt): void {
  if (state.unchecked.size === 0) return;
  walkExpression(expr, (e) => {
    if (e.op === 'field' && CURSOR_STATE_FIELDS.has(e.name))
      state.unchecked.delete(evaluate(e.base, state, at));
  });
}

import type { CursorEffect, CursorStatus, FunctionContract } from '@maplelock/core';
import { ERRNO, type Fact, FALSY, NONNEGATIVE, TRUTHY } from '../domain/facts.ts';
import { type CursorState, type CursorTest, factAbout, type State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { Span } from '../ir/source.ts';
import { illegalStateMessage } from '../rules/no-illegal-state.ts';
import { learn } from './assume.ts';
import type { CallValues, Frame } from './frame.ts';

/** Answers that are remembered for one cursor. */
const MOST_TESTS = 6;

/** The fields of a cursor of `@maplelock/core` that tell of its state; the symbols of a call that stand for them. */
const STATUS_FIELDS = ['status', 'error'] as const;
const STATUS_PART = 320;

/** What the answer is where the cursor is in the state, and where it is not. */
const SIGNS: Readonly<Record<CursorTest['sign'], readonly [Fact, Fact]>> = {
  negative: [ERRNO, NONNEGATIVE],
  truthy: [TRUTHY, FALSY],
  falsy: [FALSY, TRUTHY],
};

/** Whether the answer says that the cursor is in the state; undefined while nobody has looked at it. */
function decided(state: State, table: ValueTable, { value, sign }: CursorTest): boolean | undefined {
  const { truthy, low, high } = factAbout(state, table, value);
  if (sign === 'negative') return high < 0 ? true : low >= 0 ? false : undefined;
  return truthy === undefined ? undefined : truthy === (sign === 'truthy');
}

/** The state that a cursor is in for all that is known. */
function knownState(known: CursorState): CursorStatus | undefined {
  return known.state ?? (known.status === 'pause' ? 'pause' : undefined);
}

/** Lets what this path knows of results say in which states its cursors are. Cost: linear in the cursors. */
export function settleCursors(state: State, table: ValueTable): void {
  for (const [cursor, known] of state.cursors) {
    if (known.tests === undefined || known.state !== undefined) continue;
    for (const test of known.tests) {
      const answer = decided(state, table, test);
      if (answer === undefined) continue;
      if (known.status === 'stale' && saysUnplaced(test, answer)) {
        state.cursors.set(cursor, { status: 'start', protectors: new Set(), at: null });
        break;
      }
      // Whoever tells of the same state tells the same.
      for (const other of known.tests) {
        if (other !== test && other.state === test.state && other.certain && test.certain)
          learn(state, table, other.value, SIGNS[other.sign][answer ? 0 : 1]);
      }
      if (!answer) continue;
      const { state: status, certain } = test;
      state.cursors.set(cursor, { ...known, state: status, ...(certain ? {} : { unsure: true }) });
      break;
    }
  }
}

/** States in which a cursor remembers no node. */
const UNPLACED: ReadonlySet<CursorStatus> = new Set(['start', 'root', 'none', 'pause']);

/** The answer says that the cursor remembers no node: there is none that could be gone. */
function saysUnplaced({ state, certain }: CursorTest, answer: boolean): boolean {
  return certain && (answer ? UNPLACED.has(state) : state === 'active');
}

/** Notes what will tell in which state a call has left its cursor, and answers a question about one. */
export function noteCursorState(frame: Frame, state: State, row: FunctionContract, values: CallValues): void {
  const { table } = frame.context;
  const { cursor: effect, asks, result } = row;
  if (effect?.failed !== undefined && result.kind !== 'entry-state')
    addTest(state, frame.path(effect.at, values, state), {
      value: values.result,
      sign: 'negative',
      state: effect.failed,
      certain: true,
    });
  if (effect?.exhausted !== undefined)
    addTest(state, frame.path(effect.at, values, state), {
      value: values.result,
      sign: 'falsy',
      state: effect.exhausted,
      certain: false,
    });
  if (effect !== undefined && effect.leaves !== 'same' && frame.readsStatus)
    noteStatus(frame, state, frame.path(effect.at, values, state), effect, values.site);
  if (asks === undefined) return;
  const cursor = frame.path(asks.at, values, state);
  settleCursors(state, table);
  const known = state.cursors.get(cursor);
  if (known === undefined) return;
  const is = known.unsure ? undefined : knownState(known);
  const denied = known.tests?.some(
    (t) => t.state === asks.status && t.certain && decided(state, table, t) === false,
  );
  if (is !== undefined) learn(state, table, values.result, is === asks.status ? TRUTHY : FALSY);
  else if (denied) learn(state, table, values.result, FALSY);
  else addTest(state, cursor, { value: values.result, sign: 'truthy', state: asks.status, certain: true });
}

/** The fields of a cursor that tell of its state hold something new after each call that moves it. */
function noteStatus(frame: Frame, state: State, cursor: Value, effect: CursorEffect, site: number): void {
  const { table } = frame.context;
  const fields = STATUS_FIELDS.map((name, k) => {
    const content = table.fresh(site, STATUS_PART + k);
    state.memory.set(table.field(cursor, name), content);
    return content;
  });
  const [status, error] = fields as [Value, Value];
  const truthy = { sign: 'truthy', certain: true } as const;
  for (const left of [effect.failed, effect.exhausted]) {
    if (left === undefined) continue;
    const is = table.binary('==', status, table.constant(left));
    addTest(state, cursor, { ...truthy, value: is, state: left });
  }
  if (effect.failed === 'error') addTest(state, cursor, { ...truthy, value: error, state: 'error' });
}

function addTest(state: State, cursor: Value, test: CursorTest): void {
  const known = state.cursors.get(cursor);
  if (known === undefined) return;
  const { unsure: _, state: before, ...rest } = known;
  const tests = [...(known.tests ?? []), test].slice(-MOST_TESTS);
  state.cursors.set(cursor, known.unsure || before === undefined ? { ...rest, tests } : { ...known, tests });
}

/** Reports a call that the state of its cursor does not allow. */
export function checkCursorState(
  frame: Frame,
  state: State,
  cursor: Value,
  illegal: CursorEffect['illegal'],
  api: string,
  span: Span,
): void {
  if (illegal === undefined) return;
  settleCursors(state, frame.context.table);
  const known = state.cursors.get(cursor);
  const is = known === undefined ? undefined : knownState(known);
  if (known === undefined || is === undefined || !illegal.includes(is)) return;
  const message = illegalStateMessage(api, frame.sayPlace(cursor, state), is, known.unsure === true);
  const related = known.at === null ? [] : [known.at];
  frame.report('no-illegal-state', span, message, related, state, known.unsure ? 'possible' : 'proved');
}

import type { FunctionContract } from '@maplelock/core';
import { allowsBlocking } from '../domain/gfp.ts';
import type { LockState, State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import { MAPLE_TREE } from '../contracts/maple-names.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { Instr } from '../ir/ir.ts';
import type { Span } from '../ir/source.ts';
import type { Certainty } from '../report/finding.ts';
import { sleepInsideMessage, sleepMessage, suspendMessage } from '../rules/no-sleep-under-lock.ts';
import type { SleepRequirement } from '../summaries/summary.ts';
import { shownAt } from './access.ts';
import type { Frame } from './frame.ts';
import { freedLocks, heldLocks } from './hold.ts';
import { arePartsOfOne, isVague, lockKind } from './lock-shape.ts';
import { isApi } from './own-api.ts';

/** Ways in which one function may sleep that are worth telling its callers apart. */
const MOST_SLEEPS = 8;

interface Sleeping {
  /** Flags that decide whether it sleeps; null if it may in any case. */
  readonly gfp: Value | null;
  /** Locks that are given back before it sleeps. */
  readonly freed: readonly Value[];
  /** That one of them which the call itself drops for the time. */
  readonly drops: Value | null;
  readonly api: string;
  readonly innerApi: string;
  readonly span: Span;
  /** Steps inside the call, if it is a helper that sleeps. */
  readonly inside: readonly TraceStep[];
  readonly certainty: Certainty;
  readonly ofCallback: boolean;
  /** A helper that sleeps on some of its paths only. */
  readonly conditional: boolean;
}

type SuspendInstr = Extract<Instr, { kind: 'suspend' }>;

/** Checks a call of the API that may sleep. */
export function checkSleep(
  frame: Frame,
  state: State,
  row: FunctionContract,
  at: (path: string) => Value,
  by: { readonly span: Span; readonly api: string },
): void {
  // Only C has calls that sleep: nothing of core waits.
  if (row.sleeps === undefined || frame.fn.home.language !== 'c') return;
  const own = [...(row.takes ?? []), ...(row.releases ?? [])].map((e) => frame.lock(e.lock, at, state));
  const drops = row.drops === undefined ? null : frame.lock(row.drops, at, state);
  const [taken] = own;
  if (row.sleepsLocked && row.gfp !== undefined && taken !== undefined) {
    const flags = at(row.gfp);
    if (allowsBlocking(frame.context.table, flags) === true) {
      const message = sleepInsideMessage(by.api, frame.sayPlace(taken, state), frame.say(flags, state));
      frame.report('no-sleep-under-lock', by.span, message, [], state);
      return;
    }
  }
  checkSleeping(frame, state, {
    gfp: row.sleeps === 'gfp' && row.gfp !== undefined ? at(row.gfp) : null,
    freed: drops === null ? own : [...own, drops],
    drops,
    api: by.api,
    innerApi: by.api,
    span: by.span,
    inside: [],
    certainty: frame.asked.has('context') ? 'possible' : 'proved',
    ofCallback: false,
    conditional: false,
  });
}

/** The same for a helper that may sleep. */
export function checkSleepNeed(
  frame: Frame,
  state: State,
  need: SleepRequirement,
  here: (v: Value) => Value,
  call: { readonly span: Span; readonly api: string; readonly ofCallback: boolean },
  always: boolean,
): void {
  checkSleeping(frame, state, {
    gfp: need.gfp === null ? null : here(need.gfp),
    freed: need.freed.map(here),
    drops: need.drops === null ? null : here(need.drops),
    api: call.api,
    innerApi: need.api,
    span: call.span,
    inside: need.steps,
    certainty: frame.asked.has('context') ? 'possible' : need.certainty,
    ofCallback: call.ofCallback,
    conditional: !always,
  });
}

function checkSleeping(frame: Frame, state: State, sleep: Sleeping): void {
  const { table } = frame.context;
  const allows = sleep.gfp === null || allowsBlocking(table, sleep.gfp);
  if (allows === false) return;
  state.slept ||= !sleep.conditional;
  // The tree drops its lock by itself, whatever it was taken with.
  const isDropped = (lock: Value, s: LockState): boolean =>
    sleep.freed.includes(lock) && !(s.masks && lock === sleep.drops && isTreesOwn(table, lock));
  const held = heldLocks(state).filter(([lock, s]) => s.atomic && !isDropped(lock, s));
  const first = held.find(([lock, s]) => isCertain(frame, lock, s, sleep.freed)) ?? held[0];
  if (allows === true && first !== undefined) {
    if (!isApi(frame.fn)) report(frame, state, sleep, first);
  } else if (allows === true || (sleep.gfp !== null && frame.isExpressible(sleep.gfp)))
    require(frame, state, sleep);
}

/** The internal lock of a maple tree. The XArray drops its own in the way that it was taken. */
function isTreesOwn(table: ValueTable, lock: Value): boolean {
  const node = table.node(lock);
  return node.kind === 'addrField' && `&${node.name}` === MAPLE_TREE.lock;
}

function isCertain(frame: Frame, lock: Value, s: LockState, freed: readonly Value[] = []): boolean {
  if (s.doubtful || isVague(frame, lock)) return false;
  // A lock that is given back by another way to it (`limiter->pool->lock`) may be this one.
  const { table } = frame.context;
  const kind = lockKind(frame, lock);
  return !freed.some(
    (f) =>
      f !== lock &&
      lockKind(frame, f) === kind &&
      table.root(f) === table.root(lock) &&
      !arePartsOfOne(table, f, lock),
  );
}

function report(frame: Frame, state: State, sleep: Sleeping, [lock, s]: readonly [Value, LockState]): void {
  const { table } = frame.context;
  const callStep = { ...frame.step('call', sleep.span, `calls ${sleep.api}()`), ofCallback: true };
  const shown = shownAt(frame, sleep.span, sleep.ofCallback ? [callStep, ...sleep.inside] : sleep.inside);
  const last = shown.inside.at(-1);
  const message = sleepMessage({
    api: shown.span === sleep.span ? sleep.api : sleep.innerApi,
    lock: frame.sayPlace(lock, state),
    isRcu: table.isRcu(lock),
    flags: sleep.gfp === null ? null : frame.say(sleep.gfp, state),
    drops: sleep.drops === null ? null : frame.sayPlace(sleep.drops, state),
    masked: lock === sleep.drops,
  });
  const unsure = sleep.certainty === 'possible' || !isCertain(frame, lock, s, sleep.freed);
  frame.report(
    'no-sleep-under-lock',
    shown.span,
    message,
    last === undefined ? [s.at] : [s.at, last],
    state,
    unsure ? 'possible' : 'proved',
  );
}

/** Whether a lock is held around it that forbids it is for the callers to know. */
function require(frame: Frame, state: State, sleep: Sleeping): void {
  const { sleeps } = frame.recorder;
  if (sleeps.size >= MOST_SLEEPS) return;
  const given = freedLocks(state)
    .map((h) => h.lock)
    .filter((lock) => state.locks.get(lock)?.entry !== 'free');
  // A lock that a call may have dropped in a way that is not followed is nobody's finding.
  const freed = [...new Set([...sleep.freed, ...given, ...frame.recorder.doubts])]
    .filter((lock) => frame.isExpressible(lock))
    .sort();
  const drops = sleep.drops !== null && frame.isExpressible(sleep.drops) ? sleep.drops : null;
  const kind = `${sleep.gfp}/${freed.join()}`;
  // One that sleeps whatever it is given stands for all others like it.
  if (sleeps.has(kind)) return;
  const when = frame.conditions(state);
  const key = when.length === 0 ? kind : `${kind}?${when.map((c) => `${c.value}${c.fact.truthy}`).join()}`;
  if (sleeps.has(key)) return;
  // Whether it comes to that, so many calls down, may hang on what only the callers know.
  const isUnsure = state.imprecise || sleep.conditional || frame.asked.has('state');
  const step =
    sleep.inside.length > 0
      ? { ...frame.step('call', sleep.span, `calls ${sleep.api}()`), ofCallback: sleep.ofCallback }
      : frame.step('note', sleep.span, `${sleep.api}() may sleep`);
  sleeps.set(key, {
    gfp: sleep.gfp,
    freed,
    drops,
    when,
    steps: [step, ...sleep.inside],
    certainty: isUnsure ? 'possible' : sleep.certainty,
    api: sleep.innerApi,
  });
}

/** Checks an await or yield: the locks that this function took are held until it goes on. */
export function checkSuspend(frame: Frame, state: State, instr: SuspendInstr): void {
  const { what, value, span, declaration } = instr;
  const promise = what === 'await' && value.op === 'var' ? value.id : null;
  // What the caller holds is the caller's affair: it goes on at once, and may give the lock back.
  const held = heldLocks(state).filter(
    ([lock, s]) =>
      (s.atomic || frame.context.table.isRcu(lock)) &&
      s.entry !== 'asserted' &&
      (promise === null || s.promised !== promise),
  );
  const first = held.find(([lock, s]) => isCertain(frame, lock, s)) ?? held[0];
  if (first === undefined) return;
  const [lock, s] = first;
  frame.report(
    'no-sleep-under-lock',
    declaration ?? span,
    suspendMessage(
      declaration === undefined ? what : 'await using',
      frame.context.table.isRcu(lock) ? null : frame.sayPlace(lock, state),
    ),
    [s.at],
    state,
    isCertain(frame, lock, s) ? 'proved' : 'possible',
  );
}

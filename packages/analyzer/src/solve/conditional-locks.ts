/** What a call does to locks as its result tells: it takes them or not, gives one back or not, says whether one is held. */
import type { FunctionContract, LockEffect, LockMode } from '@maplelock/core';
import { RUNS_LOCKED } from '../contracts/kernel-rows.ts';
import { ERRNO, type Fact, factOf, FALSY, NONNEGATIVE, TRUTHY, ZERO } from '../domain/facts.ts';
import { heldQuestion } from '../domain/held-question.ts';
import type { State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { CallInstr } from './api-call.ts';
import { learn } from './assume.ts';
import type { CallValues, Frame } from './frame.ts';
import { acquire, assertHeld, type HoldAt, release } from './hold.ts';

/** The results of a trylock, and of a sleeping acquire that a signal cut short (-EINTR). */
const ONE = factOf(1);
const INTERRUPTED = factOf(-4);

/** What the result of a conditional acquire is when the lock was taken, and when it was not. */
const RESULTS: Readonly<
  Record<'typescript' | 'c', Readonly<Record<NonNullable<LockEffect['when']>, readonly [Fact, Fact]>>>
> = {
  typescript: {
    nonzero: [TRUTHY, FALSY],
    zero: [FALSY, TRUTHY],
    nonnegative: [NONNEGATIVE, ERRNO],
  },
  c: { nonzero: [ONE, ZERO], zero: [ZERO, INTERRUPTED], nonnegative: [NONNEGATIVE, ERRNO] },
};

/** Takes what the call takes: in any case, or as its result tells. */
export function takeLocks(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  values: CallValues,
  hold: HoldAt,
): State[] {
  const at = (path: string): Value => frame.path(path, values, state);
  const conditional: (LockEffect & { when: NonNullable<LockEffect['when']> })[] = [];
  for (const effect of row.acquires ?? []) {
    if (effect.when !== undefined) {
      conditional.push({ ...effect, when: effect.when });
      continue;
    }
    const lock = frame.lock(effect.lock, at, state);
    acquire(frame, state, lock, effect.mode, hold);
    if (row.result.kind === 'guard') {
      const at = state.locks.get(lock)?.at;
      state.guards.set(values.result, { lock, mode: effect.mode, ...(at && { at }) });
      learn(state, frame.context.table, values.result, TRUTHY);
    }
    if (effect.releaser !== undefined) {
      const releaser = at(effect.releaser);
      state.guards.set(releaser, { lock, mode: effect.mode });
      learn(state, frame.context.table, releaser, TRUTHY);
    }
  }
  // The effects of one call have one condition: all of the locks are taken, or none.
  const [first] = conditional;
  if (first === undefined) return [state];
  if (isLeftToCallback(frame, call, row, values)) {
    for (const { lock, mode } of conditional) passBy(frame, state, frame.lock(lock, at, state), mode, hold);
    return [state];
  }

  // A call that returns the lock, or what it lies in, returns no 1.
  const isPointer = 'at' in first.lock && first.lock.at.startsWith('$result');
  const [whenTaken, missed] = RESULTS[frame.fn.home.language][first.when];
  const taken = isPointer ? TRUTHY : whenTaken;
  const { table } = frame.context;
  const lock = frame.lock(first.lock, at, state);
  const known = state.locks.get(lock);
  const without = state.clone();
  const states: State[] = [];
  // A trylock of a lock that this path holds fails; a sleeping acquire of it would wait for ever.
  const sleeps = row.sleeps !== undefined;
  if (!known?.held || sleeps || table.isRcu(lock)) {
    for (const effect of conditional) {
      acquire(frame, state, frame.lock(effect.lock, at, state), effect.mode, { ...hold, tries: !sleeps });
    }
    if (learn(state, table, values.result, taken)) states.push(state);
  }
  without.step(frame.step('branch', call.span, `${call.text}() does not get ${frame.sayPlace(lock, state)}`));
  if (learn(without, table, values.result, missed)) states.push(without);
  return states;
}

/** A call that comes back with the lock or without it. */
export function leaveLock(
  frame: Frame,
  state: State,
  row: FunctionContract,
  values: CallValues,
  hold: HoldAt,
): State[] {
  const effect = row.releases?.find((e) => e.when !== undefined);
  if (effect?.when === undefined) return [state];
  // A pointer may be what it returns, in C as well.
  const [left, kept] = RESULTS.typescript[effect.when];
  return byResult(state, frame.context.table, values.result, [
    [kept, () => undefined],
    [
      left,
      (s) => {
        const lock = frame.lock(effect.lock, (path) => frame.path(path, values, s), s);
        release(frame, s, lock, effect.mode, hold);
      },
    ],
  ]);
}

/** A question whether a lock is held: where the answer is yes it is, taken by whomever. */
export function answer(
  frame: Frame,
  state: State,
  row: FunctionContract,
  values: CallValues,
  hold: HoldAt,
): State[] {
  const effect = row.asserts?.find((e) => e.when !== undefined);
  if (effect?.when === undefined) return [state];
  const lock = frame.lock(effect.lock, (path) => frame.path(path, values, state), state);
  const [yes, no] = RESULTS[frame.fn.home.language][effect.when];
  const { table } = frame.context;
  const known = state.locks.get(lock);
  if (known !== undefined) {
    // Given back here, it may be another's by now.
    if (known.held && !known.doubtful) learn(state, table, values.result, yes);
    return [state];
  }
  return byResult(state, table, values.result, [
    [
      yes,
      (s) => {
        learn(s, table, heldQuestion(table, lock, effect.mode), TRUTHY);
        assertHeld(frame, s, lock, effect.mode, hold);
      },
    ],
    [no, (s) => void learn(s, table, heldQuestion(table, lock, effect.mode), FALSY)],
  ]);
}

/** The states in which the result is as one of the facts has it, each after what goes with that. */
function byResult(
  state: State,
  table: ValueTable,
  result: Value,
  ways: readonly (readonly [Fact, (after: State) => void])[],
): State[] {
  return ways.flatMap(([fact, follow], k) => {
    const after = k === ways.length - 1 ? state : state.clone();
    if (!learn(after, table, result, fact)) return [];
    follow(after);
    return [after];
  });
}

/** The call takes the lock, if it does, for a function that gives it back: afterwards it is not held. */
function passBy(frame: Frame, state: State, lock: Value, mode: LockMode, { span, api }: HoldAt): void {
  if (state.locks.has(lock)) return;
  const at = frame.step(
    'release',
    span,
    `${api}() leaves ${frame.sayPlace(lock, state)} to the function that it runs`,
  );
  state.locks.set(lock, { held: false, mode, depth: 0, entry: 'free', dropped: true, at });
}

/** `kref_put_lock(&obj->ref, obj_release, &lock)`: obj_release() gives the lock back. */
function isLeftToCallback(
  { context }: Frame,
  call: CallInstr,
  { name }: FunctionContract,
  { args }: CallValues,
): boolean {
  const position = RUNS_LOCKED.get(name);
  if (position === undefined) return false;
  if (call.result !== 'used') return true;
  const callback = args[position];
  const node = callback === undefined ? undefined : context.table.node(callback);
  return node?.kind === 'function' && (context.summary(node.fn)?.held.length ?? 0) > 0;
}

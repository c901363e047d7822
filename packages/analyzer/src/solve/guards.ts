/** Values that stand for a lock which was taken: guards, and functions that give it back. */
import type { GuardState, LockState, State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { CallInstr } from './api-call.ts';
import { load } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { type HoldAt, release } from './hold.ts';

/** Disposes of a value, or calls it to give back a lock. Like the disposal of a guard, it does nothing the second time. */
export function disposeOf(frame: Frame, state: State, value: Value, at: HoldAt): void {
  const guard = state.guards.get(value) ?? disposerIn(frame, state, value);
  if (guard !== undefined) {
    const known = state.locks.get(guard.lock);
    if (known?.held && !isLater(known, guard)) release(frame, state, guard.lock, guard.mode, at);
  } else if (frame.context.table.node(value).kind !== 'const' && frame.isExpressible(value)) {
    state.disposed.add(value);
  }
}

/** The lock was left by hand, and taken again: the guard's hold has ended. */
function isLater({ at, depth }: LockState, guard: GuardState): boolean {
  return guard.at !== undefined && depth === 1 && (at.unit !== guard.at.unit || at.start !== guard.at.start);
}

/** An object literal with a method for its disposal: `{ rows, [Symbol.dispose]: () => mtree_unlock(tree) }`. */
function disposerIn(frame: Frame, state: State, object: Value): GuardState | undefined {
  const method = state.memory.get(frame.context.table.field(object, '[Symbol.dispose]'));
  return method === undefined ? undefined : (state.guards.get(method) ?? releasedBy(frame, state, method));
}

/** The function that an acquire returned to give the lock back, by itself or as a method of what it returned. */
export function guardCalled(
  frame: Frame,
  state: State,
  { callee }: CallInstr,
  value: Value | undefined,
  receiver: Value | undefined,
): GuardState | undefined {
  if (state.guards.size === 0) return undefined;
  if (value !== undefined) return state.guards.get(value);
  return callee.kind === 'method' && receiver !== undefined
    ? state.guards.get(load(state, frame.context.table.field(receiver, callee.name)))
    : undefined;
}

/** The function is one that an object was handed out with: `session.end()` gives back the lock of that session. */
export function guardOf(
  frame: Frame,
  state: State,
  fn: Fn,
  receiver: Value | undefined,
): GuardState | undefined {
  if (receiver === undefined || state.guards.size === 0) return undefined;
  const { table } = frame.context;
  for (const [slot, value] of state.memory) {
    const guard = state.guards.get(value);
    if (guard?.functionIndex === fn.index && table.baseOf(slot) === receiver) return guard;
  }
  return undefined;
}

/** The guards in variables that a function uses: it may give their locks back. */
export function guardsCaptured(frame: Frame, state: State, index: number): GuardState[] {
  const { program, table } = frame.context;
  const fn = program.functions[index];
  if (fn === undefined || state.guards.size === 0) return [];
  return [...program.capturesOf(fn)].flatMap(
    (variable) => state.guards.get(state.env.get(variable) ?? table.entry(variable)) ?? [],
  );
}

/**
 * What callers get to give a lock back: a guard, or a function that is as good as one. `said`: the lock as callers can say
 * it that cannot say it by itself.
 */
export function guardAt(
  frame: Frame,
  state: State,
  value: Value,
  said: (lock: Value) => Value | null = () => null,
): GuardState | null {
  const guard = state.guards.get(value) ?? releasedBy(frame, state, value);
  const lock = guard && (frame.isExpressible(guard.lock) ? guard.lock : said(guard.lock));
  if (guard === undefined || lock === undefined || lock === null) return null;
  const node = frame.context.table.node(value);
  // Whoever has the guard calls it.
  if (node.kind === 'function') frame.context.called.add(node.fn);
  // Where the hold began is told in the terms of this function.
  const { at: _, ...told } = guard;
  return { ...told, lock };
}

/** The lock of this path that a function gives back whenever it is called: such a function is as good as a guard. */
export function releasedBy(frame: Frame, state: State, value: Value): GuardState | undefined {
  const { table } = frame.context;
  const node = table.node(value);
  if (node.kind !== 'function') return undefined;
  const summary = frame.context.summary(node.fn);
  const [first] = summary?.outcomes ?? [];
  if (summary === undefined || first === undefined) return undefined;
  const here = (v: Value): Value =>
    table.substitute(v, {
      replace: (x, n) => (n.kind === 'entry' ? (state.env.get(n.variable) ?? x) : undefined),
      load: (slot) => state.memory.get(slot) ?? slot,
    });
  const own = first.locks.find(({ lock, change }) =>
    summary.outcomes.every((o) =>
      o.locks.some((l) => l.lock === lock && l.change === change && change === 'released'),
    ),
  );
  const disposed = first.disposed.filter((v) => summary.outcomes.every((o) => o.disposed.includes(v)));
  const guard = disposed.map((v) => state.guards.get(here(v))).find((g) => g !== undefined);
  const given = own === undefined ? guard : { lock: here(own.lock), mode: own.mode };
  return given !== undefined && state.locks.get(given.lock)?.held
    ? { lock: given.lock, mode: given.mode, functionIndex: node.fn }
    : undefined;
}

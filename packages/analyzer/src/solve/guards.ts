/** Values that stand for a lock which was taken: guards, and functions that give it back. */
import type { GuardState, State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { CallInstr } from './api-call.ts';
import type { Frame } from './frame.ts';

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
    ? state.guards.get(frame.context.table.field(receiver, callee.name))
    : undefined;
}

/** What stands for the lock of a guard that the function was given, and of which it knows no more. */
export function lockOfGuard(table: ValueTable, guard: Value): Value {
  return table.field(guard, OWN_LOCK);
}

/** The lock that such a symbol stands for here; null if the value is no guard that is known. */
export function guardedLock(frame: Frame, state: State, lock: Value): Value | null {
  const node = frame.context.table.node(lock);
  if (node.kind !== 'field' || node.name !== OWN_LOCK) return lock;
  const guard = state.guards.get(node.base);
  if (guard !== undefined) return guard.lock;
  return frame.isExpressible(lock) ? lock : null;
}

const OWN_LOCK = '[Symbol.dispose]';

/** The guards in variables that a function uses: it may give their locks back. */
export function guardsCaptured(frame: Frame, state: State, index: number): GuardState[] {
  const { program, table } = frame.context;
  const fn = program.functions[index];
  if (fn === undefined || state.guards.size === 0) return [];
  return [...program.capturesOf(fn)].flatMap(
    (variable) => state.guards.get(state.env.get(variable) ?? table.entry(variable)) ?? [],
  );
}

/** Values that stand for a lock which was taken: guards, and functions that give it back. */
import type { GuardState, State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
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

/** The guards in variables that a function uses: it may give their locks back. */
export function guardsCaptured(frame: Frame, state: State, index: number): GuardState[] {
  const { program, table } = frame.context;
  const fn = program.functions[index];
  if (fn === undefined || state.guards.size === 0) return [];
  return [...program.capturesOf(fn)].flatMap(
    (variable) => state.guards.get(state.env.get(variable) ?? table.entry(variable)) ?? [],
  );
}

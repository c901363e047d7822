/** Calls of code that is not in the program, whose names say that they take a lock of what they are given. */
import type { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Frame } from './frame.ts';
import { stemOfPair } from './intent.ts';

/** Such a call came by, and nothing has given back since what it may have taken in these objects. */
export function noteTaker(
  frame: Frame,
  state: State,
  name: string,
  args: readonly Value[],
  roots: readonly Value[],
): void {
  state.takers.set(callOf(frame, name, args), roots);
}

/** The other half of such a call, by its name and what it is given: between them, they have left things as they were. */
export function pairTaker(frame: Frame, state: State, name: string, args: readonly Value[]): boolean {
  return state.takers.delete(callOf(frame, name, args));
}

function callOf(frame: Frame, name: string, args: readonly Value[]): Value {
  return frame.context.table.intern({ kind: 'pure', name: stemOfPair(name), args: args.slice(0, 1) });
}

/** Whether such code was called with the object. */
export function isEntrustedTo(state: State, root: Value): boolean {
  for (const roots of state.takers.values()) if (roots.includes(root)) return true;
  return false;
}

/** Whether such code may have taken a lock that anybody can reach. */
export function isOpaque(state: State): boolean {
  return state.opaque || state.takers.size > 0;
}

/** Whether it may have begun a section of RCU. */
export function isOpaqueRcu({ context }: Frame, state: State): boolean {
  if (state.opaque) return true;
  for (const call of state.takers.keys()) {
    const node = context.table.node(call);
    if (node.kind === 'pure' && node.name.includes('rcu')) return true;
  }
  return false;
}

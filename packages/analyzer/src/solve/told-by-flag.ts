import type { State } from '../domain/state.ts';
import type { CallInstr } from './api-call.ts';
import { assume } from './assume.ts';
import { dropProtection } from './cursor-effects.ts';
import type { CallValues, Frame } from './frame.ts';
import { heldLocks } from './hold.ts';
import { soundsTelling } from './intent.ts';

/**
 * A call of code that is not in the program, or that a contract knows to drop a lock at times, was given the address of a flag whose name speaks of locking, as in
 * `get_user_pages_remote(mm, …, &locked)`: it may give the lock back, and clears the flag if it does.
 */
export function splitByFlag(frame: Frame, state: State, instr: CallInstr, values: CallValues): State[] {
  const flag = flagAmong(frame, values);
  if (flag === null) return [state];
  const held = heldLocks(state).filter(([lock, s]) => !frame.context.table.isRcu(lock) && !s.atomic);
  const [only] = held;
  if (only === undefined) return [state];
  const { table } = frame.context;
  const dropped = state.clone();
  const value = state.env.get(flag);
  if (held.length > 1 || value === undefined || !assume(dropped, table, value, false)) {
    for (const [lock, s] of held) state.locks.set(lock, { ...s, doubtful: true });
    return [state];
  }
  const [lock, known] = only;
  const at = frame.step(
    'release',
    instr.span,
    `${instr.text}() may give ${frame.sayPlace(lock, state)} back`,
  );
  const entry = known.entry === 'asserted' ? 'held' : known.entry;
  // That it does is taken from names.
  dropped.locks.set(lock, { ...known, held: false, depth: 0, entry, dropped: true, doubtful: true, at });
  dropProtection(frame, dropped, lock, at, known.entry !== 'free');
  return assume(state, table, value, true) ? [state, dropped] : [dropped];
}

/** The variable of the flag; null where none was given. */
export function flagAmong(frame: Frame, { args }: CallValues): number | null {
  if (frame.fn.home.language !== 'c') return null;
  const { table, program } = frame.context;
  for (const arg of args) {
    const node = table.node(arg);
    const variable = node.kind === 'addrVar' ? program.variable(node.variable) : undefined;
    const isPlain = variable?.type === undefined || /^(int|bool|_Bool)$/.test(variable.type.name);
    if (node.kind === 'addrVar' && variable && isPlain && soundsTelling(variable.name)) return node.variable;
  }
  return null;
}

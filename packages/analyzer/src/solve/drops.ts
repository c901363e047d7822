/** Calls of the API that may drop a lock of an object, which their caller holds. */
import type { FunctionContract } from '@maplelock/core';
import { DROP_CONDITIONS } from '../contracts/drop-conditions.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import { dropProtection } from './cursor-effects.ts';
import type { CallValues, Frame } from './frame.ts';
import { doubtShape, type HoldAt } from './hold.ts';
import { flagAmong } from './told-by-flag.ts';

/** Whether the lock is held afterwards is open, unless the arguments tell that it is not dropped, or is taken again. */
export function dropObjectLock(
  frame: Frame,
  state: State,
  row: FunctionContract,
  values: CallValues,
  hold: HoldAt,
): void {
  if (row.drops?.of !== 'object' || !mayDrop(frame, state, row, values)) return;
  const lock = frame.lock(row.drops, (path) => frame.path(path, values, state), state);
  const known = state.locks.get(lock);
  if (comesBackLocked(row) && known?.held) {
    const message = `${hold.api}() drops ${frame.sayPlace(lock, state)} and takes it again`;
    const at = frame.step('drop', hold.span, message);
    const entry = known.entry === 'asserted' ? 'held' : known.entry;
    state.locks.set(lock, { ...known, entry, dropped: true });
    dropProtection(frame, state, lock, at, known.entry !== 'free');
    return;
  }
  // Where it is given a flag that tells, `splitByFlag` follows.
  if (flagAmong(frame, values) === null || !known?.held) doubtShape(frame, state, lock);
}

/** Whatever it drops, it takes again. */
export function comesBackLocked({ name }: FunctionContract): boolean {
  return DROP_CONDITIONS.get(name)?.retakes === true;
}

/** False where an argument says that the lock stays. */
function mayDrop(frame: Frame, state: State, row: FunctionContract, values: CallValues): boolean {
  const condition = DROP_CONDITIONS.get(row.name);
  if (condition === undefined) return true;
  const { table } = frame.context;
  const value = frame.path(condition.at, values, state);
  if (factAbout(state, table, value).truthy === false) return false;
  const { flags } = condition;
  return flags === undefined || !areOthers(table, value, flags);
}

/** The value is made up of named flags, none of which is one of these. */
function areOthers(table: ValueTable, value: Value, flags: readonly string[]): boolean {
  const node = table.node(value);
  if (node.kind === 'global') return !flags.includes(node.name);
  // What a number stands for is not told by names.
  if (node.kind === 'const') return node.value === 0;
  return (
    node.kind === 'binary' &&
    node.operator === '|' &&
    areOthers(table, node.left, flags) &&
    areOthers(table, node.right, flags)
  );
}

/** What keeps an entry alive that a reader has found: a lock of the function's, one of its callers', a read section. */
import type { FunctionContract } from '@maplelock/core';
import type { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Frame } from './frame.ts';
import { heldLocks } from './hold.ts';

/** The lock that alone keeps an entry; `counted` where references may; null where a section or any lock does. */
export type Keeper = Value | 'counted' | 'unknown' | null;

/** The lock that alone keeps what a reader finds, if this function took it. */
export function keeperOf(
  frame: Frame,
  state: State,
  { result, needs, entryOf }: FunctionContract,
  at: (path: string) => Value,
): Keeper {
  if (result.keptBy !== 'lock') return result.keptBy ?? null;
  const tree = entryOf ?? needs?.[0]?.tree;
  if (tree === undefined) return 'unknown';
  return ownLockOf(frame, state, at(tree)) ?? 'unknown';
}

/** The function has opened the read section itself. */
export function isInOwnSection(frame: Frame, state: State): boolean {
  const rcu = state.locks.get(frame.context.table.token('rcu'));
  return rcu?.held === true && rcu.entry === 'free';
}

/** Any lock but RCU may be the one under which entries are freed. */
export function holdsLock(frame: Frame, state: State): boolean {
  for (const [lock, s] of state.locks) if (s.held && !frame.context.table.isRcu(lock)) return true;
  return false;
}

/** The lock of a tree, if this function took it. */
export function ownLockOf(frame: Frame, state: State, tree: Value): Value | undefined {
  return frame.locksOf(tree, state).locks.find((lock) => isTakenHere(state, lock));
}

/** True for a lock that is held, and that this function took for certain. */
export function isTakenHere(state: State, lock: Value): boolean {
  const known = state.locks.get(lock);
  return known?.held === true && known.entry === 'free' && known.doubtful !== true;
}

/** The lock of a tree, if the callers hold it: this function says so, or needs it of them and has not touched it. */
export function callersLockOf(frame: Frame, state: State, tree: Value): Value | undefined {
  return frame.locksOf(tree, state).locks.find((lock) => isOfCallers(frame, state, lock));
}

/** True for a lock that the callers may hold, as far as this function has not touched it or says so. */
export function isOfCallers(frame: Frame, state: State, lock: Value): boolean {
  const known = state.locks.get(lock);
  return frame.isExpressible(lock) && (known === undefined || (known.held && known.entry === 'asserted'));
}

/** The one lock that is held, if this function took it, and it is not RCU. */
export function onlyLockOf(frame: Frame, state: State): Value | undefined {
  const [only, another] = heldLocks(state).filter(([lock]) => !frame.context.table.isRcu(lock));
  return only !== undefined && another === undefined && isTakenHere(state, only[0]) ? only[0] : undefined;
}

/**
 * The question whether a lock is held, asked where nothing is known of it on the path: it is asked of the callers, and their
 * state has the answer.
 */
import type { LockMode } from '@maplelock/core';
import type { State } from './state.ts';
import type { Value, ValueTable } from './values.ts';

/** No function of a program has such a name. */
const NAMES: Readonly<Record<LockMode, string>> = { read: 'is held?', write: 'is held for writing?' };

export interface HeldQuestion {
  readonly lock: Value;
  readonly mode: LockMode;
}

/** The value whose truth is the answer. */
export function heldQuestion(table: ValueTable, lock: Value, mode: LockMode): Value {
  return table.intern({ kind: 'pure', name: NAMES[mode], args: [lock] });
}

/** What such a value asks; null for other values. */
export function askedOf(table: ValueTable, value: Value): HeldQuestion | null {
  const node = table.node(value);
  if (node.kind !== 'pure' || node.args[0] === undefined) return null;
  const [lock] = node.args;
  if (node.name === NAMES.write) return { lock, mode: 'write' };
  return node.name === NAMES.read ? { lock, mode: 'read' } : null;
}

/** The answer of a state; undefined for other values, and where it does not know. */
export function answerOf(state: State, table: ValueTable, value: Value): boolean | undefined {
  const asked = askedOf(table, value);
  const known = asked === null ? undefined : state.locks.get(asked.lock);
  if (asked === null || known === undefined || known.doubtful) return undefined;
  return known.held && (known.mode === 'write' || asked.mode === 'read');
}

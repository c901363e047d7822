import type { FunctionContract, LockRef } from '@maplelock/core';
import type { Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { Frame } from './frame.ts';

/** The API's own functions are written to leave the locking to their callers: their contract says how. */
export function isApi(fn: Fn): boolean {
  return contractOf(fn) !== undefined;
}

/** What the contract says of a function, if it is one of the API's own. */
export function contractOf({ ir, home }: Fn): FunctionContract | undefined {
  const row = ir.exportName === undefined ? undefined : home.model.function(ir.exportName);
  return row !== undefined && SAYING.some((part) => row[part] !== undefined) ? row : undefined;
}

/** What a contract says of locks, trees and cursors. A row that only says whether it sleeps says nothing of the rest. */
const SAYING = [
  ...(['needs', 'acquires', 'releases', 'takes', 'drops', 'asserts', 'runs'] as const),
  ...(['cursor', 'makesCursor', 'tree', 'entryOf', 'prealloc', 'asks', 'steps'] as const),
];

/** The lock may be the one that a contract speaks of: it lies in a field of that name, or is some tree's own. */
export function isMeantBy(frame: Frame, lock: Value, ref: LockRef): boolean {
  if (ref.of !== 'object') return frame.ownerOf(lock) !== null;
  const node = frame.context.table.node(lock);
  return node.kind !== 'addrField' || ref.at.endsWith(`&${node.name}`) || !ref.at.includes('&');
}

import { ATOMIC_TYPES } from '../contracts/kernel-sleep.ts';
import type { Value } from '../domain/values.ts';
import type { Frame } from './frame.ts';

/** True for a lock, not seen to be taken, under which nothing may sleep: by what it is, or by its type. */
export function isAtomic(frame: Frame, lock: Value): boolean {
  const { table, program, births } = frame.context;
  if (table.isRcu(lock)) return frame.fn.home.language === 'c';
  if (frame.treeOfLock(lock) !== null) return true;
  const type = program.typeOf(table, lock, births);
  return type !== undefined && ATOMIC_TYPES.has(type.name);
}

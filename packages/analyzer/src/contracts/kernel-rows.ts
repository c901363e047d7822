/** How rows of the kernel's lock primitives are written: one kind of lock, and the calls that do the same with it. */
import type { FunctionContract, LockEffect, LockMode, LockRef } from '@maplelock/core';

const VERSION = '6.12';

type When = NonNullable<LockEffect['when']>;

/** One kind of lock: where a call finds it and how it is written down. */
export interface Family {
  readonly lock: LockRef;
  readonly params: readonly string[];
  readonly file: string;
  /** Nothing may sleep while it is held. */
  readonly atomic?: true;
}

export const OBJECT: LockRef = { of: 'object', at: '$0' };

export function row(
  family: Family,
  name: string,
  summary: string,
  rest: Omit<FunctionContract, 'name' | 'group' | 'params' | 'summary' | 'result'> &
    Partial<Pick<FunctionContract, 'result'>>,
): FunctionContract {
  return {
    group: 'lock',
    name,
    params: family.params,
    summary,
    result: { kind: 'none' },
    source: { file: family.file, version: VERSION },
    ...(family.atomic && rest.acquires && { atomic: true }),
    // spin_lock_nested(), mutex_lock_nest_lock(): the kernel's way to declare an order among locks of one kind.
    ...(/_nest(ed|_lock)$/.test(name) && { nested: true }),
    ...rest,
  };
}

/** Gives way to others: drops the lock and takes it again. */
export function yields(family: Family, mode: LockMode, name: string): FunctionContract {
  const effect = { lock: family.lock, mode };
  return row(family, name, 'Drops the lock for others that wait, and takes it again.', {
    releases: [effect],
    acquires: [effect],
    sleeps: 'always',
  });
}

export function lock(
  family: Family,
  mode: LockMode,
  names: readonly string[],
  sleeps: boolean,
): FunctionContract[] {
  return names.map((name) =>
    row(family, name, 'Takes the lock.', {
      acquires: [{ lock: family.lock, mode }],
      ...(sleeps && { sleeps: 'always' }),
    }),
  );
}

/** Locks that may not be had: `when` says which results mean taken. */
export function tryLock(
  family: Family,
  mode: LockMode,
  names: readonly string[],
  when: When,
  sleeps: boolean,
): FunctionContract[] {
  return names.map((name) =>
    row(
      family,
      name,
      when === 'zero'
        ? 'Takes the lock; 0 where it did, else a negative errno.'
        : 'Takes the lock if it is free; true where it did.',
      {
        acquires: [{ lock: family.lock, mode, when }],
        ...(sleeps && { sleeps: 'always' }),
        result: { kind: when === 'zero' ? 'errno' : 'boolean', mustCheck: true },
      },
    ),
  );
}

/** The functions that run another with the lock that they took, which gives it back as a rule: by its argument. */
export const RUNS_LOCKED: ReadonlyMap<string, number> = new Map([
  ['kref_put_lock', 1],
  ['kref_put_mutex', 1],
]);

/** Takes the lock with the last reference. Who does not ask leaves the lock to the function that the call runs. */
export function putLock(
  family: Family,
  mode: LockMode,
  names: readonly string[],
  sleeps: boolean,
): FunctionContract[] {
  return names.map((name) =>
    row(family, name, 'Gives a reference back; takes the lock, and true, if it was the last one.', {
      acquires: [{ lock: family.lock, mode, when: 'nonzero' }],
      ...(sleeps && { sleeps: 'always' }),
      result: { kind: 'boolean' },
    }),
  );
}

export function unlock(family: Family, mode: LockMode, names: readonly string[]): FunctionContract[] {
  return names.map((name) =>
    row(family, name, 'Leaves the lock.', { releases: [{ lock: family.lock, mode }] }),
  );
}

export function asserts(
  family: Family,
  mode: LockMode | 'any',
  names: readonly string[],
): FunctionContract[] {
  const effect: LockEffect =
    mode === 'any' ? { lock: family.lock, mode: 'write', anyMode: true } : { lock: family.lock, mode };
  return names.map((name) => row(family, name, 'Says that the lock is held here.', { asserts: [effect] }));
}

/** `raw_spin_lock`, `raw_spin_lock_irq`… from the stem and the endings. */
export function names(stems: readonly string[], endings: readonly string[]): string[] {
  return stems.flatMap((stem) => endings.map((ending) => `${stem}${ending}`));
}

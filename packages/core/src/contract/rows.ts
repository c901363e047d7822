import type { ContractSource, FunctionContract, LockEffect, LockRef } from './contract.ts';
import type { Discipline } from './disciplines.ts';

const VERSION = '6.12.117';
const FILES: Readonly<Record<string, string>> = {
  C: 'lib/maple_tree.c',
  H: 'include/linux/maple_tree.h',
  R: 'include/linux/rcupdate.h',
};

/** The internal lock of the tree given first. */
export const TREE_LOCK: LockRef = { of: 'internal', at: '$0' };
export const RCU: LockRef = { of: 'token', name: 'rcu' };

export const writeOf = (lock: LockRef): readonly LockEffect[] => [{ lock, mode: 'write' }];

/**
 * Rows that differ in no more than what a line of the listing says: `name(parameters) source summary`. The source is a
 * letter for the kernel's file and the line in it, or `-` for what the kernel does not have.
 */
/* @__NO_SIDE_EFFECTS__ */
export function rows(shared: Discipline, listing: string): FunctionContract[] {
  return [...listing.matchAll(/^ *(.+?)\((.*?)\) (\S)(\d*) (.+)$/gmu)].map(
    ([, name = '', params = '', file = '', line = '', summary = '']) => ({
      name,
      params: params === '' ? [] : params.split(', '),
      summary,
      ...(file === '-' ? {} : { source: sourceOf(file, line) }),
      ...shared,
    }),
  );
}

/**
 * Parts of a table as one. A call that a bundler may leave out where nobody uses what it answers, with the whole of its
 * argument: for all it knows, a spread outside of a function has effects.
 */
/* @__NO_SIDE_EFFECTS__ */
export function joined(parts: () => readonly (readonly FunctionContract[])[]): readonly FunctionContract[] {
  return parts().flat();
}

function sourceOf(letter: string, line: string): ContractSource {
  const source = { file: FILES[letter] ?? letter, version: VERSION };
  return line === '' ? source : { ...source, line: Number(line) };
}

import { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { AccessRequirement, Condition } from '../summaries/summary.ts';
import type { Frame } from './frame.ts';
import { asksToUnlock, soundsTelling } from './intent.ts';

/** A parameter or flag tells, by its name, that the caller holds the lock on this path; on others the function takes it. */
export function isTold(
  frame: Frame,
  need: AccessRequirement,
  taken: ReadonlySet<Value> | undefined,
): boolean {
  const { table, program } = frame.context;
  const lock = frame.locksOf(need.tree, new State()).locks.find((l) => taken?.has(l));
  if (lock === undefined) return false;
  // What the lock lies in tells nothing by being there.
  const path = new Set<Value>();
  for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) path.add(at);
  return need.when.some(
    ({ value }) =>
      !path.has(value) &&
      table.mentions(value, (node) => {
        if (node.kind === 'field' || node.kind === 'global') return soundsTelling(node.name);
        // A bit of a parameter: it was a name in the header that defines it.
        if (node.kind === 'binary' && node.operator === '&')
          return [node.left, node.right].some((part) => table.node(part).kind === 'entry');
        return node.kind === 'entry' && soundsTelling(program.variable(node.variable)?.name ?? '');
      }),
  );
}

/** A parameter asks, by its name, that the caller's lock be given back: `unlock`. */
export function isAskedFor(frame: Frame, when: readonly Condition[]): boolean {
  const { table, program } = frame.context;
  return when.some(
    ({ value, fact }) =>
      fact.truthy === true &&
      table.mentions(
        value,
        (node) =>
          (node.kind === 'field' && asksToUnlock(node.name)) ||
          (node.kind === 'entry' && asksToUnlock(program.variable(node.variable)?.name ?? '')),
      ),
  );
}

/** A flag or parameter on which a need hangs speaks, by its name, of locks that are held, or to be given back. */
export function isAboutLocks(frame: Frame, when: readonly Condition[]): boolean {
  const { table, program } = frame.context;
  const speaks = (name: string): boolean => soundsTelling(name) || asksToUnlock(name);
  return when.some(({ value }) =>
    table.mentions(value, (node) => {
      if (node.kind === 'field' || node.kind === 'global') return speaks(node.name);
      return node.kind === 'entry' && speaks(program.variable(node.variable)?.name ?? '');
    }),
  );
}

import type { Program } from '../link/program.ts';
import type { CallGraph } from '../solve/call-graph.ts';
import type { Phase } from '../solve/group.ts';

export function keyOfGroup(phase: Phase, members: readonly string[]): string {
  return `${phase} ${members.join('\0')}`;
}

/** Summaries of the first phase are another's than those of the second. */
export function nameOfSummary(phase: Phase, fn: string): string {
  return `${phase === 'trees' ? 'S' : 's'}:${fn}`;
}

/** The keys of a program's groups: in the order in which they are analysed, and by the first member of each. */
export function keysOfGroups(
  program: Program,
  { initializers, groups }: CallGraph,
): {
  readonly inOrder: readonly string[];
  readonly byFirst: ReadonlyMap<Phase, ReadonlyMap<number, string>>;
} {
  const inOrder: string[] = [];
  const keysOf = (phase: Phase, lists: readonly (readonly number[])[]): Map<number, string> =>
    new Map(
      lists.map((members) => {
        const key = keyOfGroup(
          phase,
          members.map((fn) => program.names.fn(fn)),
        );
        inOrder.push(key);
        return [members[0] as number, key];
      }),
    );
  const trees = keysOf(
    'trees',
    initializers.map((index) => [index]),
  );
  const all = keysOf(
    'all',
    groups.map(({ members }) => members),
  );
  return {
    inOrder,
    byFirst: new Map([
      ['trees', trees],
      ['all', all],
    ]),
  };
}

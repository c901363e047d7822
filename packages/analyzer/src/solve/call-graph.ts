import type { Expr } from '../ir/ir.ts';
import type { Program } from '../link/program.ts';
import { expressionsOf, walkExpression } from '../ir/walk.ts';
import { components } from './shape.ts';

export interface CallGraph {
  /** Functions that call each other, callees' groups first. */
  readonly groups: readonly { readonly members: readonly number[]; readonly recursive: boolean }[];
  /** Functions whose only callers are in their own group: no one enters the group from outside. */
  readonly onlyRecursive: ReadonlySet<number>;
  /** Who calls each function, or makes it as a closure. */
  readonly callers: readonly (readonly number[])[];
  /** Functions that make trees or say how they are locked. */
  readonly initializes: ReadonlySet<number>;
}

/** Who calls whom, closures counted as called by the function that makes them. Cost: linear in the program. */
export function callGraph(program: Program): CallGraph {
  const edges: number[][] = program.functions.map(() => []);
  const initializes = new Set<number>();
  for (const fn of program.functions) {
    const out = new Set<number>();
    const noteClosures = (expr: Expr): void =>
      walkExpression(expr, (x) => {
        if (x.op === 'function') out.add(program.functionIn(fn.home, x.fn).index);
      });
    for (const block of fn.ir.blocks) {
      if (block.end.kind === 'return' && block.end.value !== null) noteClosures(block.end.value);
      for (const instr of block.instrs) {
        expressionsOf(instr).forEach(noteClosures);
        if (instr.kind !== 'call') continue;
        const target = program.resolve(fn.home, instr.callee);
        if (target !== undefined) out.add(target.index);
        const row =
          instr.callee.kind === 'api'
            ? fn.home.model.function(instr.callee.name, instr.callee.module)
            : undefined;
        if (row?.tree !== undefined || row?.makesCursor?.at === '$result') initializes.add(fn.index);
      }
    }
    edges[fn.index] = [...out].sort((a, b) => a - b);
  }
  const groups = components(edges.length, (n) => edges[n] as number[]).map((members) => {
    const sorted = [...members].sort((a, b) => a - b);
    const only = sorted[0] as number;
    return { members: sorted, recursive: sorted.length > 1 || (edges[only] as number[]).includes(only) };
  });
  const callers: number[][] = program.functions.map(() => []);
  edges.forEach((out, from) => out.forEach((to) => callers[to]?.push(from)));
  return { groups, callers, onlyRecursive: enteredByNone(groups, edges), initializes };
}

function enteredByNone(
  groups: readonly { readonly members: readonly number[]; readonly recursive: boolean }[],
  edges: readonly (readonly number[])[],
): Set<number> {
  const groupOf = new Map<number, number>();
  groups.forEach((g, k) => g.members.forEach((m) => groupOf.set(m, k)));
  const entered = new Set<number>();
  edges.forEach((out, from) => {
    for (const to of out) if (groupOf.get(to) !== groupOf.get(from)) entered.add(groupOf.get(to) as number);
  });
  const result = new Set<number>();
  groups.forEach((g, k) => {
    if (g.recursive && !entered.has(k)) for (const m of g.members) result.add(m);
  });
  return result;
}

import type { Program } from '../link/program.ts';
import { components } from './shape.ts';

export interface CallGraph {
  /** Functions that call each other, callees' groups first. */
  readonly groups: readonly { readonly members: readonly number[]; readonly recursive: boolean }[];
  /** Functions whose only callers are in their own group: no one enters the group from outside. */
  readonly onlyRecursive: ReadonlySet<number>;
  /** Who calls each function, or makes it as a closure. */
  readonly callers: readonly (readonly number[])[];
  /** Functions that make trees or say how they are locked, and constructors that make parts; callees first. */
  readonly initializers: readonly number[];
  /** Names by which functions of other files, and methods of unknown objects, are called. */
  readonly calledNames: ReadonlySet<string>;
}

/** Who calls whom, closures counted as called by the function that makes them. Cost: linear in the program. */
export function callGraph(program: Program): CallGraph {
  const edges: number[][] = program.functions.map(() => []);
  for (const fn of program.functions) {
    const out = new Set(fn.outline.own.map((id) => fn.home.functionBase + id));
    for (const callee of fn.outline.externals) {
      const target = program.resolve(fn.home, callee);
      if (target !== undefined) out.add(target.index);
    }
    // What its decorators do around it is known before it.
    for (const decorator of fn.ir.decorators ?? []) {
      const target = program.resolve(fn.home, decorator);
      if (target !== undefined && target !== fn) out.add(target.index);
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
  const isInitializer = (index: number): boolean => {
    const isPart = (other: readonly number[] | undefined): boolean =>
      isConstructor(program, index) && (other ?? []).some((n) => isConstructor(program, n));
    return program.functions[index]?.outline.initializes || isPart(edges[index]) || isPart(callers[index]);
  };
  const initializers = groups.flatMap(({ members }) => members).filter(isInitializer);
  const calledNames = new Set<string>();
  for (const { outline } of program.functions) {
    for (const { name } of outline.externals) calledNames.add(name);
    for (const name of outline.methods) calledNames.add(name);
  }
  return { groups, callers, onlyRecursive: enteredByNone(groups, edges), initializers, calledNames };
}

function isConstructor(program: Program, index: number): boolean {
  const fn = program.functions[index];
  return fn?.ir.isInit === true && fn.home.language === 'typescript';
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

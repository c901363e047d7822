import { TreeModes } from '../domain/tree-modes.ts';
import type { TraceStep } from '../domain/trace.ts';
import { ValueTable } from '../domain/values.ts';
import type { Fn, Program } from '../link/program.ts';
import { Describer } from '../report/describe.ts';
import { NO_SUMMARY, type Summary } from '../summaries/summary.ts';
import { dropUnsaidOfBroken } from './annotation-checks.ts';
import type { Budget, Context } from './context.ts';
import { callGraph } from './call-graph.ts';
import { entryState } from './entry-state.ts';
import { solve } from './fixpoint.ts';
import { Frame } from './frame.ts';
import type { Observer } from './observer.ts';
import { foldOrder, heldAround } from './order-fold.ts';
import { type RawFinding, Recorder } from './recorder.ts';
import { Roots } from './roots.ts';
import { keptVariables, type Shape, shapeOf } from './shape.ts';
import { summarize } from './summarize.ts';
import { learnCursors, learnPlaces } from './tree-effects.ts';

export interface FunctionProblem {
  readonly fn: Fn;
  readonly kind: 'budget' | 'internal';
  readonly message: string;
}

export interface SolverResult {
  readonly findings: readonly RawFinding[];
  readonly problems: readonly FunctionProblem[];
}

/** Rounds over a group of functions that call each other, before their summaries are taken as they are. */
const RECURSION_ROUNDS = 3;

/** Analyses all functions bottom-up: callees before callers, each once, but for recursion. */
export function solveProgram(
  program: Program,
  budget: Budget,
  observer: Observer | null = null,
): SolverResult {
  const table = new ValueTable();
  const births = new Map<number, string>();
  const shapes = new Map<number, Shape>();
  const kept = new Map<number, ReadonlySet<number>>();
  const special = new Map<string, Summary>();
  const recorders = new Map<number, Recorder>();
  const problems: FunctionProblem[] = [];
  const context: Context = {
    program,
    table,
    births,
    constructed: new Set(),
    budget,
    describer: new Describer(table, program),
    trees: new TreeModes(table, program, births),
    foreign: new Map(),
    summaries: new Map(),
    called: new Set(),
    excused: new Set(),
    closureUses: new Map(),
    observer,
    specialize,
  };

  function shape(fn: Fn): Shape {
    let known = shapes.get(fn.index);
    if (known === undefined) {
      let variables = kept.get(fn.home.index);
      if (variables === undefined) kept.set(fn.home.index, (variables = keptVariables(fn.home.unit)));
      shapes.set(fn.index, (known = shapeOf(fn.ir, variables)));
    }
    return known;
  }

  /** One function, with the functions that its parameters are known to be. */
  function analyze(
    fn: Fn,
    functions: ReadonlyMap<number, number>,
    depth: number,
    origin: TraceStep | null,
  ): [Summary, Recorder] {
    const recorder = new Recorder();
    const frame = new Frame(context, fn, recorder, depth, origin);
    observer?.entered(frame);
    const start = entryState(frame, functions);
    frame.entry = start.clone();
    frame.kept = shape(fn).kept;
    const solved = solve(frame, shape(fn), start);
    for (const exit of solved.exits) {
      learnPlaces(frame, exit.state);
      learnCursors(frame, exit.state);
    }
    const summary = summarize(frame, solved);
    observer?.summarized(frame, summary);
    return [summary, recorder];
  }

  function specialize(
    fn: Fn,
    functions: ReadonlyMap<number, number>,
    depth: number,
    origin: TraceStep,
  ): Summary {
    const plain = context.summaries.get(fn.index) ?? NO_SUMMARY;
    if (depth > budget.depth) return plain;
    const key = `${fn.index}(${[...functions].join(';')})@${origin.unit}:${origin.start}`;
    const known = special.get(key);
    if (known !== undefined) return known;
    // Guards against a helper that passes its callback on to itself.
    special.set(key, plain);
    const [summary, recorder] = analyze(fn, functions, depth, origin);
    special.set(key, summary);
    mergeFindings(recorder);
    return summary;
  }

  const callbackFindings = new Recorder();
  function mergeFindings(from: Recorder): void {
    for (const [key, f] of from.findings)
      if (!callbackFindings.findings.has(key)) callbackFindings.findings.set(key, f);
    for (const [key, edge] of from.edges)
      if (!callbackFindings.edges.has(key)) callbackFindings.edges.set(key, edge);
  }

  const graph = callGraph(program);
  // How trees are locked is said by their initialisers, anywhere in the program: these are read first.
  for (const fn of program.functions) if (graph.initializes.has(fn.index)) attempt(fn);
  // Helpers that were given functions then knew nothing of these yet.
  special.clear();
  callbackFindings.findings.clear();
  callbackFindings.edges.clear();
  context.called.clear();
  context.closureUses.clear();
  problems.length = 0;
  for (const group of graph.groups) {
    const rounds = group.recursive ? RECURSION_ROUNDS : 1;
    for (let k = 0; k < rounds; k++)
      for (const index of group.members) attempt(program.functions[index] as Fn);
  }

  function attempt(fn: Fn): void {
    try {
      const [summary, recorder] = analyze(fn, new Map(), 0, null);
      context.summaries.set(fn.index, summary);
      recorders.set(fn.index, recorder);
      if (!summary.complete) {
        problems.push({
          fn,
          kind: 'budget',
          message: `${fn.ir.name}() has too many combinations of lock states; it was not analysed to its end`,
        });
      }
    } catch (error) {
      context.summaries.set(fn.index, NO_SUMMARY);
      recorders.set(fn.index, new Recorder());
      const text = error instanceof Error ? error.message : String(error);
      problems.push({ fn, kind: 'internal', message: `${fn.ir.name}() could not be analysed: ${text}` });
    }
  }

  const roots = program.functions.filter(
    (fn) => !context.called.has(fn.index) || graph.onlyRecursive.has(fn.index),
  );
  const isRoot = new Set(roots);
  const rootPolicy = new Roots(context, isRoot, graph.callers);
  for (const fn of program.functions) {
    const summary = context.summaries.get(fn.index);
    const recorder = recorders.get(fn.index);
    if (summary === undefined || recorder === undefined) continue;
    rootPolicy.reportLeaks(fn, summary, recorder);
    if (isRoot.has(fn)) rootPolicy.report(fn, summary, recorder);
    else rootPolicy.reportUnclaimed(fn, summary, recorder);
  }
  const all = new Map<string, RawFinding>();
  for (const recorder of [...recorders.values(), callbackFindings]) {
    for (const [key, finding] of recorder.findings) {
      const known = all.get(key);
      if (known === undefined || (known.certainty === 'possible' && finding.certainty === 'proved')) {
        all.set(key, finding);
      }
    }
  }
  dropUnsaidOfBroken(all);
  for (const key of context.excused) {
    const finding = all.get(key);
    if (finding !== undefined) all.set(key, { ...finding, certainty: 'possible' });
  }
  const orders = foldOrder(context, [...recorders.values(), callbackFindings], heldAround(graph, recorders));
  return { findings: [...all.values(), ...orders], problems };
}

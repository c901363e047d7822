import { TreeModes } from '../domain/tree-modes.ts';
import type { TraceStep } from '../domain/trace.ts';
import { type Value, ValueTable, type Var } from '../domain/values.ts';
import type { Fn, Program } from '../link/program.ts';
import { Describer } from '../report/describe.ts';
import { NO_SUMMARY, type Summary } from '../summaries/summary.ts';
import { dropUnsaidOfBroken } from './annotation-checks.ts';
import { callGraph, type CallGraph } from './call-graph.ts';
import type { Budget, Context } from './context.ts';
import { entryState } from './entry-state.ts';
import { FirstPass } from './first-pass.ts';
import { solve } from './fixpoint.ts';
import { Frame } from './frame.ts';
import {
  type EdgeSource,
  edgeSources,
  type FunctionProblem,
  type GroupResult,
  type LeftOver,
  leftOverOf,
  NOTHING_LEFT,
  type Phase,
  type SolveMemory,
} from './group.ts';
import type { Observer } from './observer.ts';
import { foldOrder, heldAround } from './order-fold.ts';
import { type Found, NOTHING_FOUND, type RawFinding, Recorder } from './recorder.ts';
import { reportReturnedClosure, returnsClosure } from './returned-closures.ts';
import { Roots } from './roots.ts';
import { firstOf, WholeProgram } from './whole-program.ts';
import { keptVariables, type Shape, shapeOf } from './shape.ts';
import { summarize } from './summarize.ts';
import { withSharedSymbols } from './shared-symbols.ts';
import { forgetSymbols, recallSymbols, symbolsOf } from './symbol-facts.ts';
import { learnCursors, learnParts, learnPlaces } from './tree-effects.ts';

export interface SolverResult {
  readonly findings: readonly RawFinding[];
  readonly problems: readonly FunctionProblem[];
}

export interface SolveOptions {
  readonly budget: Budget;
  readonly observer?: Observer | null;
  readonly memory?: ((context: Context, graph: CallGraph) => SolveMemory) | null;
}

/** Rounds over a group of functions that call each other, before their summaries are taken as they are. */
const RECURSION_ROUNDS = 3;

const IDLE = new Recorder();

/** The members, which are taken out of the set. */
function taken<T>(set: Set<T>): ReadonlySet<T> {
  const members = new Set(set);
  set.clear();
  return members;
}

/** Analyses all functions bottom-up: callees before callers, each once, but for recursion. */
export function solveProgram(
  program: Program,
  { budget, observer = null, memory: remember = null }: SolveOptions,
): SolverResult {
  const table = new ValueTable();
  const births = new Map<number, string>();
  const shapes = new Map<number, Shape>();
  const kept = new Map<number, ReadonlySet<number>>();
  const special = new Map<string, Summary>();
  /** Of the functions that have been analysed so far. */
  const results = new Map<number, GroupResult>();
  /** Of the group that is being analysed. */
  const summaries = new Map<number, Summary>();
  /** The functions whose summaries it has asked for. */
  let asked = new Map<number, GroupResult | undefined>();
  const context: Context = {
    program,
    table,
    births,
    constructed: new Set(),
    budget,
    describer: new Describer(table, program),
    trees: new TreeModes(table, program, births),
    callees: new Map(),
    called: new Set(),
    erased: new Map(),
    found: new Map(),
    excused: new Set(),
    provided: new Set(),
    evidence: new Set(),
    closureUses: new Map(),
    observer,
    specialize,
    summary(index) {
      program.reader?.note(`s:${program.names.fn(index)}`);
      asked.set(index, results.get(index));
      const summary = summaries.get(index) ?? results.get(index)?.summary(index);
      if (summary === undefined) return summary;
      for (const [value, kind] of summary.kinds) context.trees.kinds.note(value, kind);
      for (const [value, name] of summary.names)
        if (!context.describer.names.has(value)) context.describer.names.set(value, name);
      return summary;
    },
  };
  let callbacks = new Recorder();

  function shape(fn: Fn): Shape {
    let known = shapes.get(fn.index);
    if (known === undefined) {
      let variables = kept.get(fn.home.index);
      if (variables === undefined) kept.set(fn.home.index, (variables = keptVariables(fn.home.unit)));
      shapes.set(fn.index, (known = shapeOf(fn.ir, variables)));
    }
    return known;
  }

  /** One function, with the functions and tables of operations that variables are known to hold. */
  function analyze(
    fn: Fn,
    given: ReadonlyMap<Var, Value>,
    depth: number,
    origin: TraceStep | null,
  ): [Summary, Recorder] {
    const recorder = new Recorder();
    const frame = new Frame(context, fn, recorder, depth, origin);
    observer?.entered(frame);
    frame.held = given;
    const start = entryState(frame, given);
    frame.entry = start.clone();
    frame.kept = shape(fn).kept;
    const solved = solve(frame, shape(fn), start);
    for (const exit of solved.exits) {
      learnPlaces(frame, exit.state);
      learnCursors(frame, exit.state);
      learnParts(frame, exit.state);
    }
    const summary = summarize(frame, solved);
    observer?.summarized(frame, summary);
    return [summary, recorder];
  }

  /** What a function does where variables hold these functions; what is found in the closures that it makes of them, too. */
  function specialize(fn: Fn, given: ReadonlyMap<Var, Value>, depth: number, origin: TraceStep): Summary {
    const plain = context.summary(fn.index) ?? NO_SUMMARY;
    if (depth > budget.depth) return plain;
    const key = `${fn.index}(${[...given].join(';')})@${origin.unit}:${origin.start}`;
    const known = special.get(key);
    if (known !== undefined) return known;
    program.readBody(fn);
    // Guards against a helper that passes its callback on to itself.
    special.set(key, plain);
    const [summary, recorder] = analyze(fn, given, depth, origin);
    special.set(key, summary);
    mergeFindings(recorder);
    for (const inner of fn.outline.own) {
      const closure = program.functionIn(fn.home, inner);
      const held = new Map([...given].filter(([v]) => isCapturedWithin(closure, v)));
      if (held.size === 0) continue;
      const made = specialize(closure, held, depth, origin);
      if (!returnsClosure(fn, inner)) continue;
      const left = new Recorder();
      reportReturnedClosure(new Frame(context, closure, left, depth, origin), made, origin);
      mergeFindings(left);
    }
    return summary;
  }

  /** The closure, or one in it, reads the variable. */
  function isCapturedWithin(closure: Fn, v: Var, depth = 0): boolean {
    if (program.capturesOf(closure).has(v)) return true;
    if (depth > budget.depth) return false;
    return closure.outline.own.some((id) => {
      const inner = program.functionIn(closure.home, id);
      return inner.ir.linkage === 'nested' && isCapturedWithin(inner, v, depth + 1);
    });
  }

  function mergeFindings(from: Recorder): void {
    for (const [key, f] of from.findings) if (!callbacks.findings.has(key)) callbacks.findings.set(key, f);
    for (const [key, edge] of from.edges) if (!callbacks.edges.has(key)) callbacks.edges.set(key, edge);
  }

  const graph = callGraph(program);
  const memory = remember?.(context, graph) ?? null;
  const firstPass = new FirstPass(context.trees, (fn) => results.get(fn));

  /** Analyses functions that call each other. What others know of their symbols is not known here, nor the other way. */
  function group(phase: Phase, members: readonly number[], rounds: number): GroupResult {
    const known = memory?.recall(phase, members) ?? null;
    if (known !== null) {
      for (const op of known.treeOps) context.trees.apply(op);
      return known;
    }
    const first = phase === 'all' && rounds === 1 ? firstPass.stillTrue(members) : null;
    if (first !== null) {
      for (const op of first.result.treeOps) context.trees.apply(op);
      memory?.keep(phase, first.result, first.reads);
      return first.result;
    }
    const recorders = new Map<number, Recorder>();
    const problems: FunctionProblem[] = [];
    const reads = new Set<string>();
    forgetSymbols(context);
    special.clear();
    summaries.clear();
    callbacks = new Recorder();
    const treeOps = context.trees.record();
    const since = context.trees.changes;
    asked = new Map();
    if (memory !== null || phase === 'trees') {
      const homes = new Set(members.map((m) => (program.functions[m] as Fn).home.index));
      program.reader = { homes, note: (key) => void reads.add(key) };
    }
    for (let k = 0; k < rounds; k++)
      for (const index of members) attempt(program.functions[index] as Fn, recorders, problems);
    const result = finished(members, recorders, problems, treeOps);
    program.reader = null;
    memory?.keep(phase, result, reads);
    if (phase === 'trees' && observer === null) firstPass.keep(result, reads, asked, since);
    return result;
  }

  function finished(
    members: readonly number[],
    recorders: ReadonlyMap<number, Recorder>,
    problems: readonly FunctionProblem[],
    treeOps: GroupResult['treeOps'],
  ): GroupResult {
    const own = new Map(summaries);
    const symbols = symbolsOf(context);
    const helpers = callbacks;
    const left = new Map(
      [...own].map(([fn, summary]) => [
        fn,
        leftOverOf(frameOf(fn), summary, recorders.get(fn)?.unmatched ?? new Map()),
      ]),
    );
    const uses: GroupResult['uses'][number][] = [];
    for (const [fn, all] of context.closureUses) for (const use of all) uses.push([fn, use]);
    const result: GroupResult = {
      members,
      summary: (fn) => own.get(fn) ?? NO_SUMMARY,
      found: (fn) => recorders.get(fn)?.findings ?? NOTHING_FOUND,
      foundInHelpers: () => helpers.findings,
      recorder: (fn) => recorders.get(fn) ?? new Recorder(),
      leftOver: (fn) => left.get(fn) ?? NOTHING_LEFT,
      calls: (fn) => recorders.get(fn)?.calls ?? new Map(),
      edges: (fn) => edgeSources(recorders.get(fn) ?? IDLE),
      callbackEdges: () => edgeSources(helpers),
      symbols: () => symbols,
      problems,
      called: taken(context.called),
      uses,
      excused: taken(context.excused),
      provided: taken(context.provided),
      evidence: taken(context.evidence),
      treeOps,
    };
    context.closureUses.clear();
    return result;
  }

  /** To say values in terms of a function; nothing is recorded. */
  function frameOf(fn: number): Frame {
    return new Frame(context, program.functions[fn] as Fn, IDLE, 0);
  }

  function attempt(fn: Fn, recorders: Map<number, Recorder>, problems: FunctionProblem[]): void {
    try {
      const [summary, recorder] = analyze(fn, new Map(), 0, null);
      summaries.set(fn.index, withSharedSymbols(frameOf(fn.index), summary));
      // What is only declared is believed.
      recorders.set(fn.index, fn.ir.declared ? new Recorder() : recorder);
      if (!summary.complete) {
        problems.push({
          fn,
          kind: 'budget',
          message: `${fn.ir.name}() has too many combinations of lock states; it was not analysed to its end`,
        });
      }
    } catch (error) {
      summaries.set(fn.index, NO_SUMMARY);
      recorders.set(fn.index, new Recorder());
      const text = error instanceof Error ? error.message : String(error);
      problems.push({ fn, kind: 'internal', message: `${fn.ir.name}() could not be analysed: ${text}` });
    }
  }

  // How trees are locked is said by their initialisers, anywhere in the program: these are read first.
  for (const index of graph.initializers) {
    const result = group('trees', [index], 1);
    results.set(index, result);
  }
  results.clear();
  const groups = graph.groups.map(({ members, recursive }) => {
    const result = group('all', members, recursive ? RECURSION_ROUNDS : 1);
    for (const index of members) results.set(index, result);
    return result;
  });
  summaries.clear();

  for (const result of groups) {
    for (const fn of result.called) context.called.add(fn);
    for (const key of result.excused) context.excused.add(key);
    for (const origin of result.provided) context.provided.add(origin);
    for (const fact of result.evidence) context.evidence.add(fact);
    for (const [fn, use] of result.uses) {
      const uses = context.closureUses.get(fn);
      if (uses === undefined) context.closureUses.set(fn, new Set([use]));
      else uses.add(use);
    }
  }
  const roots = program.functions.filter((fn) => {
    const index = firstOf(fn);
    return !context.called.has(index) || graph.onlyRecursive.has(index);
  });
  const isRoot = new Set(roots);
  const leftOver = (fn: Fn): LeftOver => results.get(fn.index)?.leftOver(fn.index) ?? NOTHING_LEFT;
  const ends = new Map<number, Found>();
  const whole = new WholeProgram(context, isRoot, graph.callers, leftOver);
  const rootPolicy = new Roots(context, whole);
  for (const fn of program.functions) {
    if (fn.ir.declared) continue;
    const { ofRoot, always } = leftOver(fn);
    if (!(isRoot.has(fn) ? ofRoot : always)) continue;
    ends.set(fn.index, memory?.recallEnd(fn, (question) => whole.answer(question)) ?? end(fn));
  }

  /** What is said of a function when all is known. */
  function end(fn: Fn): Found {
    const result = results.get(fn.index) as GroupResult;
    const recorder = result.recorder(fn.index);
    const reads = new Set<string>();
    recallSymbols(context, result.symbols());
    if (memory !== null)
      program.reader = { homes: new Set([fn.home.index]), note: (key) => void reads.add(key) };
    rootPolicy.finish(fn, result.summary(fn.index), recorder);
    program.reader = null;
    memory?.keepEnd(fn, recorder.findings, reads);
    return recorder.findings;
  }

  const all = new Map<string, RawFinding>();
  const add = (found: Found): void => {
    for (const [key, finding] of found) {
      const known = all.get(key);
      if (known === undefined || (known.certainty === 'possible' && finding.certainty === 'proved'))
        all.set(key, finding);
    }
  };
  for (const result of groups) for (const fn of result.members) add(ends.get(fn) ?? result.found(fn));
  for (const result of groups) add(result.foundInHelpers());
  dropUnsaidOfBroken(all);
  for (const [key, finding] of all) {
    if (finding.calledBy?.some((name) => graph.calledNames.has(name))) {
      all.delete(key);
      continue;
    }
    if (finding.doubtedBy !== undefined && context.evidence.has(finding.doubtedBy))
      all.set(key, { ...finding, certainty: 'possible' });
    if (finding.provedBy === undefined) continue;
    const { fact, isSaidElse } = finding.provedBy;
    if (context.evidence.has(fact)) all.set(key, { ...finding, certainty: 'proved' });
    else if (!isSaidElse) all.delete(key);
  }
  // What every caller in the program keeps alive is none; what some do, may be.
  const accusers = context.excused.size === 0 ? [] : roots.filter((fn) => leftOver(fn).letsEscape);
  const accused = new Set(
    accusers.flatMap((fn) => [...(results.get(fn.index)?.summary(fn.index).escapes ?? [])]),
  );
  for (const key of context.excused) {
    const finding = all.get(key);
    if (finding === undefined) continue;
    if (accused.has(key)) all.set(key, { ...finding, certainty: 'possible' });
    else all.delete(key);
  }
  const edges: EdgeSource[] = [];
  for (const result of groups) for (const fn of result.members) edges.push(...result.edges(fn));
  for (const result of groups) edges.push(...result.callbackEdges());
  const orders = foldOrder(
    context,
    edges,
    heldAround(graph, (fn) => results.get(fn)?.calls(fn)),
    (fn) => isRoot.has(program.functions[fn] as Fn),
  );
  return {
    findings: [...all.values(), ...orders],
    problems: groups.flatMap((result) => result.problems),
  };
}

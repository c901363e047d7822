import type { LockMode } from '@maplelock/core';
import type { LockState, State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import { stepsOf } from '../domain/trace.ts';
import type { Value, ValueNode } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { Certainty } from '../report/finding.ts';
import type { Condition, Summary } from '../summaries/summary.ts';
import { possible } from './callee-needs.ts';
import type { Frame } from './frame.ts';
import { heldLocks } from './hold.ts';
import { isVague } from './lock-shape.ts';
import { isOneForAll, isReadSection, lockClass, objectOf } from './lock-class.ts';

/** Acquires, and pairs of them, of one function that are worth telling its callers apart. */
const MOST_ACQUIRES = 24;

/**
 * What so many calls down is taken on some path is taken under conditions that are not followed any more. A bracket
 * function and its callback are two calls of TypeScript already.
 */
const DEEPEST_PROOF = { typescript: 4, c: 2 };

/** A lock that a function takes, for callers that hold others meanwhile. */
export interface Acquired {
  /** In the function's terms; null where callers have no name for it. */
  readonly lock: Value | null;
  readonly kind: string | null;
  readonly name: string;
  readonly mode: LockMode;
  /** Said to come after others of its kind. */
  readonly ordered: boolean;
  /** Locks of the callers' that are given back before. */
  readonly freed: readonly Value[];
  readonly when: readonly Condition[];
  readonly at: TraceStep;
  readonly certainty: Certainty;
}

/** Two locks of which the second is taken while the first is held, both in the function's terms. */
export interface AcquiredPair {
  readonly first: Value;
  readonly firstMode: LockMode;
  readonly firstAt: TraceStep;
  readonly outer: ReadonlySet<string>;
  readonly second: Acquired & { readonly lock: Value };
}

/** A pair whose kinds are known: an edge of the order of all locks of the program. */
export interface OrderEdge {
  readonly first: string;
  readonly second: string;
  /** Two locks of one kind that are not known apart. */
  readonly sameKind: boolean;
  readonly isTree: boolean;
  /** Whether the two are parts of one object; null where one of them lies in no object. */
  readonly inOneObject: boolean | null;
  readonly names: { readonly first: string; readonly second: string };
  readonly modes: readonly [LockMode, LockMode];
  readonly firstAt: TraceStep;
  readonly secondAt: TraceStep;
  /** Kinds of locks that were held before the first of the two. */
  readonly outer: ReadonlySet<string>;
  readonly certainty: Certainty;
  readonly functionIndex: number;
  readonly functionName: string;
  readonly path: readonly TraceStep[];
}

/** Notes that a function takes a lock itself, after what it holds already. */
export function noteAcquire(
  frame: Frame,
  state: State,
  lock: Value,
  mode: LockMode,
  ordered: boolean,
  at: TraceStep,
): void {
  const node = frame.context.table.node(lock);
  if (node.kind === 'token' && isReadSection(node.name)) return;
  const unsure = state.imprecise || isVague(frame, lock) || !frame.fn.ir.whole;
  follow(frame, state, {
    lock,
    kind: lockClass(frame, lock),
    name: frame.sayPlace(lock, state),
    mode,
    ordered,
    freed: [],
    when: [],
    at,
    certainty: unsure ? 'possible' : 'proved',
  });
}

/** The same for what a helper takes while its caller holds locks. */
export function noteCalleeOrder(
  frame: Frame,
  state: State,
  summary: Summary,
  here: (v: Value) => Value,
  call: TraceStep,
): void {
  for (const acquired of summary.acquired) {
    if (!possible(frame, state, acquired.when, here)) continue;
    follow(frame, state, translated(frame, state, acquired, here, call));
  }
  for (const pair of summary.pairs) {
    if (!possible(frame, state, pair.second.when, here)) continue;
    const second = translated(frame, state, pair.second, here, call);
    const first = here(pair.first);
    if (second.lock === null || first === second.lock) continue;
    const step = { ...call, inside: pair.firstAt };
    const chosenBy = pair.second.when.map(({ value }) => here(value));
    join(frame, state, first, { mode: pair.firstMode, at: step }, second, pair.outer, chosenBy);
  }
}

/** Notes which kinds of locks are held around a call, for the order of what happens inside it. */
export function noteHeldAround(frame: Frame, state: State, callee: Fn): void {
  const kinds = new Set<string>();
  for (const [lock, s] of heldLocks(state)) {
    const kind = s.mode === 'write' ? lockClass(frame, lock) : null;
    if (kind !== null) kinds.add(kind);
  }
  const { calls } = frame.recorder;
  const known = calls.get(callee.index);
  const common = known === undefined ? kinds : new Set([...known].filter((kind) => kinds.has(kind)));
  calls.set(callee.index, common);
}

function translated(
  frame: Frame,
  state: State,
  acquired: Acquired,
  here: (v: Value) => Value,
  call: TraceStep,
): Acquired {
  const lock = acquired.lock === null ? null : here(acquired.lock);
  const at = { ...call, inside: acquired.at };
  return {
    ...acquired,
    lock,
    kind: (lock === null ? null : lockClass(frame, lock)) ?? acquired.kind,
    name: lock === null ? acquired.name : frame.sayPlace(lock, state),
    freed: acquired.freed.map(here),
    at,
    certainty: depthOf(at) > DEEPEST_PROOF[frame.fn.home.language] ? 'possible' : acquired.certainty,
  };
}

function depthOf(step: TraceStep): number {
  let depth = 0;
  for (let at = step.inside; at !== undefined; at = at.inside) depth++;
  return depth;
}

function follow(frame: Frame, state: State, taken: Acquired): void {
  const { table } = frame.context;
  const before = new Set<string>();
  for (const [held, s] of heldLocks(state)) {
    const node = table.node(held);
    if (held === taken.lock || (node.kind === 'token' && isReadSection(node.name))) continue;
    if (taken.freed.includes(held)) continue;
    if (!s.doubtful) join(frame, state, held, s, taken, new Set(before));
    const kind = lockClass(frame, held);
    if (kind !== null && s.mode === 'write') before.add(kind);
  }
  offer(frame, state, taken);
}

/** Leaves an acquire to the callers: they may hold other locks around it. */
function offer(frame: Frame, state: State, taken: Acquired): void {
  const { acquired } = frame.recorder;
  const lock = taken.lock !== null && frame.isExpressible(taken.lock) ? taken.lock : null;
  if (lock === null && taken.kind === null) return;
  // What was held and given back on the way here is not held around it.
  const given = [...state.locks].filter(([, s]) => !s.held && s.entry !== 'free').map(([l]) => l);
  const freed = [...new Set([...taken.freed, ...given])].filter((l) => frame.isExpressible(l));
  const key = `${lock ?? taken.kind}/${freed.join()}`;
  if (acquired.has(key) || acquired.size >= MOST_ACQUIRES) return;
  acquired.set(key, { ...taken, lock, freed, when: frame.conditions(state) });
}

function join(
  frame: Frame,
  state: State,
  first: Value,
  held: Pick<LockState, 'mode' | 'at'>,
  second: Acquired,
  outer: ReadonlySet<string>,
  chosenBy: readonly Value[] = [],
): void {
  const kind = lockClass(frame, first);
  const named = { first: frame.sayPlace(first, state), second: second.name };
  const isUnsure = state.imprecise || isVague(frame, first) || second.certainty === 'possible';
  const edge = {
    names: named,
    modes: [held.mode, second.mode] as const,
    firstAt: held.at,
    secondAt: shownAt(frame, second.at),
    outer,
    certainty: isUnsure ? ('possible' as const) : ('proved' as const),
    functionIndex: frame.fn.index,
    functionName: frame.fn.ir.name,
    inOneObject: areInOneObject(frame, first, second.lock),
    isTree: isTreeLock(frame, first) && (second.lock === null || isTreeLock(frame, second.lock)),
  };
  if (kind !== null && second.kind !== null && kind !== second.kind) {
    add(frame, state, { ...edge, first: kind, second: second.kind, sameKind: false });
    return;
  }
  if (second.lock === null) return;
  const common = kind !== null && kind === second.kind ? kind : elementClass(frame, first, second.lock);
  if (
    common !== null &&
    !second.ordered &&
    areTwo(frame, first, second.lock, [...state.facts.keys(), ...chosenBy])
  ) {
    const certainty = isChosenByCall(frame, state) ? 'possible' : edge.certainty;
    add(frame, state, { ...edge, certainty, first: common, second: common, sameKind: true });
  }
  // Two of one kind, or of no known kind: told apart by the variables that they lie in, if by anything.
  const isSaidByAll = (lock: Value): boolean => isOneForAll(frame, lock) && !isOfOwnKey(frame, lock);
  if (isSaidByAll(first) && isSaidByAll(second.lock)) {
    add(frame, state, {
      ...edge,
      first: `lock ${frame.context.program.names.value(frame.context.table, first)}`,
      second: `lock ${frame.context.program.names.value(frame.context.table, second.lock)}`,
      sameKind: false,
    });
    return;
  }
  if (!frame.isExpressible(first) || !frame.isExpressible(second.lock)) return;
  const { pairs } = frame.recorder;
  const key = `${first}/${second.lock}`;
  if (pairs.has(key) || pairs.size >= MOST_ACQUIRES) return;
  pairs.set(key, {
    first,
    firstMode: held.mode,
    firstAt: held.at,
    outer,
    second: { ...second, lock: second.lock, when: frame.conditions(state) },
  });
}

/** The element of an array or map under a key that is this function's: what its parameter is called means nothing elsewhere. */
function isOfOwnKey({ context: { table, program }, fn }: Frame, lock: Value): boolean {
  return table.mentions(lock, (n) => n.kind === 'entry' && program.ownerOf(n.variable) === fn);
}

/** In a helper that was given a callback: the place in that callback, or the call that gave it, but not the helper. */
function shownAt(frame: Frame, at: TraceStep): TraceStep {
  if (frame.origin === null) return at;
  for (let step: TraceStep | undefined = at; step !== undefined; step = step.inside)
    if (frame.isGiven(step)) return step;
  return { ...frame.origin, inside: at };
}

function areInOneObject(frame: Frame, first: Value, second: Value | null): boolean | null {
  if (second === null) return false;
  if (isOneForAll(frame, first) || isOneForAll(frame, second)) return null;
  return objectOf(frame, first) === objectOf(frame, second);
}

function isTreeLock(frame: Frame, lock: Value): boolean {
  return frame.ownerOf(lock) !== null;
}

/**
 * Reached in the same way from two parameters (`a.tree` and `b.tree`, `shards[from]` and `shards[to]`), of which nothing
 * on this path says which comes first.
 */
function areTwo(frame: Frame, first: Value, second: Value, facts: readonly Value[]): boolean {
  const { table } = frame.context;
  const [a, ...others] = parametersOnlyIn(frame, first, second);
  const [b, ...more] = parametersOnlyIn(frame, second, first);
  if (a === undefined || b === undefined || others.length + more.length > 0) return false;
  if (table.substitute(first, { replace: (v) => (v === a ? b : undefined) }) !== second) return false;
  const isAbout = (value: Value, parameter: Value): boolean =>
    table.mentions(value, (n) => n === table.node(parameter));
  // `if (a->id < b->id)`, `if (a < b)`: the path was chosen by it.
  for (const value of facts) {
    const node = table.node(value);
    if (node.kind !== 'binary' || node.operator !== '<') continue;
    const sides = [node.left, node.right];
    if ([a, b].every((parameter) => sides.some((side) => isAbout(side, parameter)))) return false;
  }
  return true;
}

/** The function's own parameters that the way to one lock leads over, and the way to the other does not. */
function parametersOnlyIn(frame: Frame, lock: Value, other: Value): Value[] {
  const { table, program } = frame.context;
  const found: Value[] = [];
  table.mentions(lock, (node) => {
    if (node.kind === 'entry' && program.ownerOf(node.variable)?.index === frame.fn.index) {
      const parameter = table.entry(node.variable);
      const isShared = table.mentions(other, (n) => n === node);
      if (!isShared && !found.includes(parameter)) found.push(parameter);
    }
    return false;
  });
  return found;
}

/** The path was chosen by what some call said: `compare(a, b) < 0` may have put the two in order. */
function isChosenByCall(frame: Frame, state: State): boolean {
  const { table, births } = frame.context;
  if (!stepsOf(state.trace).some(({ kind }) => kind === 'branch')) return false;
  const isAnswer = (n: ValueNode): boolean => n.kind === 'fresh' && !births.has(n.site);
  return [...state.facts.keys()].some((value) => !state.guards.has(value) && table.mentions(value, isAnswer));
}

/** The elements of one array or map, of which the keys are not known to differ. */
function elementClass(frame: Frame, first: Value, second: Value): string | null {
  const { table, program } = frame.context;
  const container = (lock: Value): Value | null => {
    for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) {
      const node = table.node(at);
      if (node.kind === 'index') return node.base;
    }
    return null;
  };
  const all = container(first);
  return all !== null && all === container(second) && isTreeLock(frame, first)
    ? `element ${program.names.value(table, all)}`
    : null;
}

function add(frame: Frame, state: State, edge: Omit<OrderEdge, 'path'>): void {
  const { edges } = frame.recorder;
  const key = `${edge.first}>${edge.second}@${edge.secondAt.unit}:${edge.secondAt.start}`;
  const known = edges.get(key);
  const full = { ...edge, path: known?.path ?? stepsOf(state.trace) };
  if (known === undefined) {
    edges.set(key, full);
    return;
  }
  // Held around it on every path that leads here.
  const outer = new Set([...known.outer].filter((kind) => edge.outer.has(kind)));
  edges.set(key, { ...(known.certainty === 'possible' ? full : known), outer });
}

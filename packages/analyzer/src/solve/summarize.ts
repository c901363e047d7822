import { joinFacts, meetFacts, type Fact, FALSY, NONNEGATIVE } from '../domain/facts.ts';
import { factAbout, type LockState, type State } from '../domain/state.ts';
import { stepsOf } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Condition, Leak, LockChange, Outcome, Summary } from '../summaries/summary.ts';
import { annotatedLocks } from './entry-state.ts';
import { evaluate } from './evaluate.ts';
import type { Exit, Solved } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { lockShape } from './hold.ts';
import { soundsAcquiring } from './intent.ts';

/** More written slots than this are not worth carrying to the callers. */
const MOST_STORES = 16;
const MOST_OUTCOMES = 8;

/** Turns the ways out of a function into what its callers need to know. */
export function summarize(frame: Frame, solved: Solved): Summary {
  const { recorder } = frame;
  const { leaks, kept } = findLeaks(frame, solved.exits);
  const left = new Set(leaks.map((l) => l.lock));
  const returns = solved.exits.filter((e) => e.kind === 'return');
  return {
    access: [...recorder.access.values()],
    held: [...recorder.held.values()],
    free: [...recorder.free.values()],
    fresh: [...recorder.fresh.values()],
    changes: [...recorder.changes.values()],
    outcomes: outcomesOf(frame, returns, left),
    complete: solved.complete,
    leaks,
    kept,
  };
}

function changeOf(s: LockState): LockChange | null {
  if (s.entry === 'free') return s.held ? 'acquired' : null;
  if (!s.held) return 'released';
  return s.dropped ? 'retaken' : null;
}

/** One outcome for each effect on locks and cursors; what differs only in its values is joined. */
function outcomesOf(frame: Frame, exits: readonly Exit[], leaked: ReadonlySet<Value>): Outcome[] {
  const byEffect = new Map<string, Outcome>();
  const intended = soundsAcquiring(frame.fn) || isSmall(frame);
  for (const exit of exits) {
    const outcome = outcomeOf(frame, exit, leaked, intended);
    const key = [
      ...outcome.locks.map((l) => `${l.lock}${l.change}${l.mode}`).sort(),
      '|',
      ...outcome.cursors.map((c) => `${c.cursor}${c.state.status}${c.state.fromEntry ? 'e' : ''}`).sort(),
      outcome.guard === null ? '' : `g${outcome.guard.lock}`,
    ].join();
    const known = byEffect.get(key);
    if (known !== undefined) byEffect.set(key, joinOutcomes(known, outcome));
    else if (byEffect.size < MOST_OUTCOMES) byEffect.set(key, outcome);
  }
  return [...byEffect.values()];
}

function outcomeOf(frame: Frame, exit: Exit, leaked: ReadonlySet<Value>, intended: boolean): Outcome {
  const { state, value } = exit;
  const { table } = frame.context;
  const locks: Outcome['locks'][number][] = [];
  for (const [own, s] of state.locks) {
    const change = changeOf(s);
    const lock = change === null || leaked.has(own) ? null : inCallersTerms(frame, exit, own);
    if (change !== null && lock !== null) locks.push({ lock, change, mode: s.mode, at: s.at, intended });
  }
  const cursors = [...state.cursors]
    .filter(([cursor, s]) => s.status !== 'entry' && frame.isExpressible(cursor))
    .map(([cursor, s]) => ({ cursor, state: s }));
  const guard = value === null ? undefined : state.guards.get(value);
  return {
    when: frame.conditions(state),
    result: value !== null && frame.isExpressible(value) ? value : null,
    fact: value === null ? factAbout(state, table, table.null) : factAbout(state, table, value),
    guard: guard !== undefined && frame.isExpressible(guard.lock) ? guard : null,
    locks,
    cursors,
    assigned: assignedOuter(frame, state),
    stored: storedOuter(frame, state),
  };
}

/**
 * A lock as the callers can say it: by parameters, by what the function returned (`->lock` of the result), or by the
 * place where the function left a pointer to it.
 */
function inCallersTerms(frame: Frame, exit: Exit, lock: Value): Value | null {
  if (frame.isExpressible(lock)) return lock;
  const { table } = frame.context;
  const { state, value } = exit;
  if (value !== null && table.node(value).kind !== 'const') {
    const said = table.substitute(lock, { replace: (x) => (x === value ? table.result : undefined) });
    if (said !== lock && frame.isExpressible(said)) return said;
  }
  for (const [slot, content] of state.memory) {
    if (content === lock && slot !== lock && frame.isExpressible(slot)) return slot;
  }
  return null;
}

/** Variables of enclosing functions that this one assigned. */
function assignedOuter(frame: Frame, state: State): Outcome['assigned'] {
  const result: { variable: number; value: Value | null }[] = [];
  for (const [variable, value] of state.env) {
    const owner = frame.context.program.ownerOf(variable);
    if (
      owner === undefined ||
      owner.index === frame.fn.index ||
      value === frame.context.table.entry(variable)
    )
      continue;
    result.push({ variable, value: frame.isExpressible(value) ? value : null });
  }
  return result;
}

function storedOuter(frame: Frame, state: State): Outcome['stored'] {
  const result: { slot: Value; value: Value }[] = [];
  for (const [slot, value] of state.memory) {
    if (slot === value || result.length >= MOST_STORES) continue;
    if (frame.isExpressible(slot) && frame.isExpressible(value)) result.push({ slot, value });
  }
  return result;
}

function joinOutcomes(a: Outcome, b: Outcome): Outcome {
  return {
    when: joinConditions(a.when, b.when),
    result: a.result === b.result ? a.result : null,
    fact: joinFacts(a.fact, b.fact),
    guard: a.guard,
    locks: a.locks,
    cursors: a.cursors,
    assigned: unionAssigned(a.assigned, b.assigned),
    stored: a.stored.filter((x) => b.stored.some((y) => x.slot === y.slot && x.value === y.value)),
  };
}

function joinConditions(a: readonly Condition[], b: readonly Condition[]): Condition[] {
  const result: Condition[] = [];
  for (const x of a) {
    const y = b.find((c) => c.value === x.value);
    if (y !== undefined) result.push({ value: x.value, fact: joinFacts(x.fact, y.fact) });
  }
  return result;
}

function unionAssigned(a: Outcome['assigned'], b: Outcome['assigned']): Outcome['assigned'] {
  const result = new Map(a.map((x) => [x.variable, x.value]));
  for (const y of b) result.set(y.variable, result.get(y.variable) === y.value ? y.value : null);
  for (const x of a) if (!b.some((y) => y.variable === x.variable)) result.set(x.variable, null);
  return [...result].map(([variable, value]) => ({ variable, value }));
}

/** A function of a few instructions, of which one takes the lock, is a wrapper of it. */
function isSmall(frame: Frame): boolean {
  let calls = 0;
  for (const block of frame.fn.ir.blocks) for (const i of block.instrs) if (i.kind === 'call') calls++;
  return calls <= 2;
}

/**
 * Locks left held where that cannot be meant: on some of the paths while others give them back, unless the results
 * tell the two apart and the lock goes with success. A function whose every path leaves the lock may be meant to;
 * its callers, or the roots, decide.
 */
function findLeaks(frame: Frame, exits: readonly Exit[]): { leaks: Leak[]; kept: Leak[] } {
  const leaks: Leak[] = [];
  const kept: Leak[] = [];
  const locks = new Set(exits.flatMap((e) => [...e.state.locks.keys()]));
  const declared = declaredLocks(frame);
  for (const lock of locks) {
    const holding = exits.filter((e) => isLeft(frame, e, lock));
    if (holding.length === 0 || declared.has(lock)) continue;
    const others = exits.filter((e) => e.kind === 'return' && !e.state.locks.get(lock)?.held);
    const returning = holding.filter((e) => e.kind === 'return');
    const mayBeMeant =
      returning.length > 0 &&
      holding.every((e) => inCallersTerms(frame, e, lock) !== null) &&
      (others.length === 0 ||
        isConditionalAcquire(frame, returning, others) ||
        areAlternatives(returning, others));
    const broken = holding.find((e) => !mayBeMeant || e.kind === 'throw');
    // It gives back a lock of this kind that it did not take: hand over hand.
    const handsOver = [...frame.recorder.held.values()].some(
      (need) => need.lock !== lock && lockShape(frame, need.lock) === lockShape(frame, lock),
    );
    const unsure = handsOver || (others.length > 0 && others.every((e) => e.state.opaque));
    if (broken !== undefined) {
      const leak = leakOf(frame, broken, lock, others.length > 0);
      leaks.push(unsure ? { ...leak, certainty: 'possible' } : leak);
    } else kept.push(leakOf(frame, holding[0] as Exit, lock, others.length > 0));
  }
  return { leaks, kept };
}

function leakOf(frame: Frame, exit: Exit, lock: Value, elsewhere: boolean): Leak {
  const s = exit.state.locks.get(lock) as LockState;
  const how = exit.kind === 'throw' ? 'throws' : 'returns';
  return {
    lock,
    taken: s.at,
    exit: frame.step(
      'exit',
      exit.span,
      `${frame.fn.ir.name}() ${how} with ${frame.sayPlace(lock, exit.state)} held`,
    ),
    elsewhere,
    certainty: exit.state.imprecise || s.doubtful || !frame.fn.ir.whole ? 'possible' : 'proved',
    path: stepsOf(exit.state.trace),
  };
}

function isLeft(frame: Frame, exit: Exit, lock: Value): boolean {
  const s = exit.state.locks.get(lock);
  return (
    s?.held === true && s.entry === 'free' && !isHandedOver(frame, exit, lock) && !isUncertain(frame, lock)
  );
}

/** Which element of a container is meant cannot be told: what happened to it neither. */
function isUncertain(frame: Frame, lock: Value): boolean {
  return frame.context.table.mentions(lock, (n) => n.kind === 'old' || n.kind === 'phi');
}

/** The guard, or the object that it was stored in, leaves the function: its new owner gives the lock back. */
function isHandedOver(frame: Frame, exit: Exit, lock: Value): boolean {
  const { table } = frame.context;
  for (const [guard, s] of exit.state.guards) {
    if (s.lock !== lock) continue;
    if (guard === exit.value) return true;
    for (const [slot, value] of exit.state.memory) {
      if (value !== guard) continue;
      if (frame.isExpressible(slot) || (exit.value !== null && table.root(slot) === table.root(exit.value)))
        return true;
    }
  }
  return false;
}

function declaredLocks(frame: Frame): Set<Value> {
  const result = new Set<Value>();
  for (const a of frame.fn.ir.annotations) {
    if (a.kind !== 'acquires' && a.kind !== 'acquires-if') continue;
    const state = frame.entry;
    const place = a.value === null ? null : evaluate(a.value, state, frame.at(frame.fn.siteBase));
    for (const lock of annotatedLocks(frame, state, a.path, place)) result.add(lock);
  }
  return result;
}

/** True if the other paths each hold another lock that the function took: it takes one of several for its caller. */
function areAlternatives(holding: readonly Exit[], others: readonly Exit[]): boolean {
  const taken = (e: Exit): Value[] =>
    [...e.state.locks].filter(([, s]) => s.held && s.entry === 'free').map(([lock]) => lock);
  const here = new Set(holding.flatMap(taken));
  return others.every((e) => taken(e).some((lock) => !here.has(lock)));
}

/** True if the results of the paths that hold the lock exclude those of the others, and read as success. */
function isConditionalAcquire(frame: Frame, holding: readonly Exit[], others: readonly Exit[]): boolean {
  const fact = (e: Exit): Fact =>
    factAbout(e.state, frame.context.table, e.value ?? frame.context.table.null);
  const taken = holding.map(fact).reduce(joinFacts);
  const missed = others.map(fact).reduce(joinFacts);
  if (missed.high < 0) return meetFacts(taken, NONNEGATIVE) !== null;
  // A pointer of C that a call returned, against NULL.
  const pointer =
    holding.every((e) => isUnknownResult(frame, e)) &&
    others.every((e) => e.value === frame.context.table.null);
  if (pointer && frame.fn.home.language === 'c') return true;
  if (meetFacts(taken, missed) !== null) return false;
  // 0 or more against a negative errno; otherwise something against nothing.
  if (taken.high < 0) return false;
  return taken.truthy === true && meetFacts(missed, FALSY) !== null;
}

function isUnknownResult(frame: Frame, exit: Exit): boolean {
  return exit.value !== null && frame.context.table.node(exit.value).kind === 'fresh';
}

import { meetFacts } from '../domain/facts.ts';
import { factAbout, type LockState, type State } from '../domain/state.ts';
import { stepsOf, type TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import { leakMessage } from '../rules/require-unlock.ts';
import type { Condition, Leak } from '../summaries/summary.ts';
import { inCallersTerms, isOfResult } from './callers-terms.ts';
import { areAlternatives, isConditionalAcquire } from './conditional-acquire.ts';
import { annotatedLocks } from './entry-state.ts';
import { evaluate } from './evaluate.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { guardsCaptured, releasedBy } from './guards.ts';
import { isAbsent } from './hold.ts';
import { othersFind } from './kept-locks.ts';
import { isElement, isVague, lockKind } from './lock-shape.ts';
import { soundsAcquiring, soundsTelling } from './intent.ts';
import type { RawFinding } from './recorder.ts';
import { isOpaque } from './unseen-takers.ts';

/**
 * Locks left held where that cannot be meant: on some of the paths while others give them back, unless the results
 * tell the two apart and the lock goes with success. A function whose every path leaves the lock may be meant to;
 * its callers, or the roots, decide.
 */
export function findLeaks(frame: Frame, exits: readonly Exit[]): { leaks: Leak[]; kept: Leak[] } {
  const leaks: Leak[] = [];
  const kept: Leak[] = [];
  const locks = new Set<Value>();
  for (const { state } of exits) for (const lock of state.locks.keys()) locks.add(lock);
  const declared = declaredLocks(frame);
  for (const lock of locks) {
    const holding = exits.filter((e) => isLeft(frame, e, lock));
    if (holding.length === 0 || declared.has(lock)) continue;
    const others = exits.filter(
      ({ kind, state }) =>
        kind === 'return' &&
        !state.locks.get(lock)?.held &&
        !isAbsent(frame, state, lock) &&
        !isHeldByOtherName(frame, state, lock),
    );
    const returning = holding.filter((e) => e.kind === 'return');
    const alternatives = areAlternatives(returning, others);
    const switches = isSwitch(frame, lock, returning, others);
    const told = areToldBySlot(frame, returning, others);
    const mayBeMeant = (exit: Exit): boolean =>
      exit.kind === 'return' &&
      inCallersTerms(frame, exit, lock) !== null &&
      (others.length === 0 ||
        told ||
        alternatives ||
        switches ||
        isOfResult(frame, exit, lock) ||
        isConditionalAcquire(frame, [exit], others));
    const broken = holding.find((e) => !mayBeMeant(e));
    // It gives back a lock of this kind that it did not take: hand over hand.
    const handsOver = [...frame.recorder.held.values()].some(
      (need) => need.lock !== lock && lockKind(frame, need.lock) === lockKind(frame, lock),
    );
    // Whoever gives back the lock of an object may end a section of RCU with it.
    const isRcu = frame.context.table.isRcu(lock);
    const mayBeGiven = ({ state }: Exit): boolean => isOpaque(state) || (isRcu && state.heardOfLocks);
    const unsure =
      handsOver ||
      isCounted(frame, lock, broken) ||
      isLeftInSlot(frame, lock, broken, others) ||
      (others.length > 0 &&
        others.every(
          (e) => mayBeGiven(e) && ((broken !== undefined && mayBeGiven(broken)) || !e.state.locks.has(lock)),
        ));
    if (broken !== undefined) {
      const leak = leakOf(frame, broken, lock, others.length > 0);
      leaks.push(unsure || isToldByFlag(frame, broken) ? { ...leak, certainty: 'possible' } : leak);
    } else {
      // An exit that hands nothing out says most against its being meant.
      const shown = holding.find((e) => !isOfResult(frame, e, lock)) ?? (holding[0] as Exit);
      kept.push(leakOf(frame, shown, lock, others.length > 0));
    }
  }
  if (kept.length > 0 && frame.fn.ir.escapes) frame.context.evidence.add(lockedAround(frame));
  return { leaks, kept };
}

/** The fact that an operation of this file leaves a lock to those that are called after it: `.start` of a seq_file. */
export function lockedAround({ fn }: Frame): string {
  return `locked around ${fn.home.unit.path}`;
}

/** `if (a != b) lock(b)`: where the two are one, its lock is held as the other's. */
function isHeldByOtherName({ context: { table } }: Frame, state: State, lock: Value): boolean {
  for (const [value, { truthy }] of state.facts) {
    const node = table.node(value);
    if (truthy !== true || node.kind !== 'binary' || node.operator !== '==') continue;
    const { left, right } = node;
    const replace = (v: Value): Value | undefined => (v === left ? right : v === right ? left : undefined);
    const other = table.substitute(lock, { replace });
    if (other !== lock && state.locks.get(other)?.held === true) return true;
  }
  return false;
}

/** The finding for a lock that was left. */
export function leakFinding(frame: Frame, leak: Leak): RawFinding {
  const name = frame.sayPlace(leak.lock);
  const exit = leak.exit.message.replace(/ with .* held$/, '');
  return {
    rule: 'require-unlock',
    message: leakMessage(name, exit, leak.elsewhere),
    certainty: leak.certainty,
    unit: leak.taken.unit,
    start: leak.taken.start,
    end: leak.taken.end,
    functionName: frame.fn.ir.name,
    related: [leak.exit, ...(leak.taken.inside ? [leak.taken.inside] : [])],
    path: leak.path,
  };
}

/** `*locked = mmap_read_trylock(mm)`: what the function leaves where its caller looks tells whether it holds the lock. */
function areToldBySlot(frame: Frame, holding: readonly Exit[], others: readonly Exit[]): boolean {
  const [first] = holding;
  if (first === undefined || others.length === 0) return false;
  const { table } = frame.context;
  const truthOf = ({ state }: Exit, slot: Value): boolean | undefined => {
    const content = state.memory.get(slot);
    return content === undefined ? undefined : factAbout(state, table, content).truthy;
  };
  return [...first.state.memory.keys()].some((slot) => {
    const truth = truthOf(first, slot);
    if (truth === undefined || !frame.isExpressible(slot)) return false;
    return (
      holding.every((exit) => truthOf(exit, slot) === truth) &&
      others.every((exit) => truthOf(exit, slot) === !truth)
    );
  });
}

/** `set_locked(pool, true)`: it takes the lock or gives it back, as a parameter has it. */
function isSwitch(frame: Frame, lock: Value, holding: readonly Exit[], others: readonly Exit[]): boolean {
  const givesBack = others.every(({ state }) => state.locks.get(lock)?.entry === 'held');
  if (others.length === 0 || !givesBack) return false;
  const { table } = frame.context;
  const asked = (exit: Exit): readonly Condition[] =>
    frame.conditions(exit.state).filter(({ value }) => table.node(value).kind === 'entry');
  return holding.every((exit) =>
    others.every((other) =>
      asked(exit).some((x) =>
        asked(other).some((y) => x.value === y.value && meetFacts(x.fact, y.fact) === null),
      ),
    ),
  );
}

/**
 * It leaves the pointer to the lock for its caller (`walk->ptl = ptl`), as other paths do with pointers that calls gave
 * them: to other locks, which those took unseen.
 */
function isLeftInSlot(frame: Frame, lock: Value, exit: Exit | undefined, others: readonly Exit[]): boolean {
  if (exit === undefined) return false;
  const { table } = frame.context;
  const slots = [...exit.state.memory].flatMap(([slot, content]) =>
    content === lock && slot !== lock && frame.isExpressible(slot) ? [slot] : [],
  );
  return slots.some((slot) =>
    others.some(({ state }) => {
      const content = state.memory.get(slot);
      if (content === undefined || state.locks.get(content)?.held === false) return false;
      return table.node(content).kind === 'fresh';
    }),
  );
}

/**
 * It takes the lock where a count in memory says that it is the first, and gives it back where that says that it is the
 * last: which of its calls are that is not known.
 */
function isCounted(frame: Frame, lock: Value, exit: Exit | undefined): boolean {
  if (exit === undefined || ![...frame.recorder.held.values()].some((need) => need.lock === lock))
    return false;
  const { table } = frame.context;
  const isCount = (value: Value): boolean => {
    const node = table.node(value);
    return (
      node.kind === 'binary' &&
      (node.operator === '+' || node.operator === '-') &&
      table.mentions(node.left, (n) => n.kind === 'field')
    );
  };
  return [...exit.state.memory].some(([slot, value]) => frame.recorder.written.has(slot) && isCount(value));
}

/** It leaves a flag set in what the caller gave it, whose name says that a lock is held: `user->locked = true`. */
function isToldByFlag(frame: Frame, { state }: Exit): boolean {
  const { table } = frame.context;
  return [...state.memory].some(([slot, value]) => {
    const node = table.node(slot);
    return (
      node.kind === 'field' &&
      soundsTelling(node.name) &&
      frame.isExpressible(slot) &&
      factAbout(state, table, value).truthy === true
    );
  });
}

function leakOf(frame: Frame, exit: Exit, lock: Value, elsewhere: boolean): Leak {
  const s = exit.state.locks.get(lock) as LockState;
  const how = exit.kind === 'throw' ? 'throws' : 'returns';
  return {
    lock,
    taken: elsewhere ? takenBy(exit, s.at) : s.at,
    exit: frame.step(
      'exit',
      exit.span,
      `${frame.fn.ir.name}() ${how} with ${frame.sayPlace(lock, exit.state)} held`,
    ),
    ofResult: isOfResult(frame, exit, lock),
    elsewhere,
    entrusted: isEntrusted(frame, exit, lock),
    succeeds: readsAsSuccess(frame, exit),
    certainty: exit.state.imprecise || s.doubtful || !frame.fn.ir.whole ? 'possible' : 'proved',
    path: stepsOf(exit.state.trace),
  };
}

/** The call by which the function took a lock that it gives back on its other paths, however deep in that it was taken. */
function takenBy({ state }: Exit, at: TraceStep): TraceStep {
  for (let t = state.trace; t !== null; t = t.before)
    if (t.step.kind === 'acquire' && t.step.inside === at) return t.step;
  return at;
}

/** It returns something, and no errno. */
function readsAsSuccess(frame: Frame, { kind, value, state }: Exit): boolean {
  if (kind !== 'return' || value === null) return false;
  const { table } = frame.context;
  if (table.node(value).kind === 'const') return false;
  const fact = factAbout(state, table, value);
  return fact.truthy !== false && fact.high >= 0;
}

function isEntrusted(frame: Frame, exit: Exit, lock: Value): boolean {
  const { table } = frame.context;
  const object = table.baseOf(lock);
  // A cursor over a tree is no owner of it.
  if (frame.fn.home.language !== 'c' || object === null) return false;
  if (table.node(object).kind.startsWith('addr')) return false;
  // An entry of a tree that leads back to what the tree lies in owns nothing.
  const backs = frame.fn.home.model.externalFields.map((f) => f.back);
  const leadsBack = (slot: Value): boolean => {
    const node = table.node(slot);
    return node.kind === 'field' && backs.includes(node.name);
  };
  return [...exit.state.memory].some(
    ([slot, content]) =>
      content === object &&
      !leadsBack(slot) &&
      table.root(slot) !== table.root(object) &&
      table.node(table.root(slot)).kind !== 'addrVar',
  );
}

function isLeft(frame: Frame, exit: Exit, lock: Value): boolean {
  const s = exit.state.locks.get(lock);
  return (
    s?.held === true && s.entry === 'free' && !isHandedOver(frame, exit, lock) && !isUncertain(frame, lock)
  );
}

/**
 * Which of several objects is meant cannot be told, nor what happened to its lock: unless the function never gives
 * such a lock back and is not there to take many, or gives it back in the same round on another path.
 */
function isUncertain(frame: Frame, lock: Value): boolean {
  if (!isVague(frame, lock) && !isElement(frame, lock)) return false;
  const { table } = frame.context;
  const inItsRound = table.substitute(lock, {
    replace: (_, node) => (node.kind === 'old' ? node.of : undefined),
  });
  if (frame.recorder.releasedInRound.has(inItsRound)) return false;
  return soundsAcquiring(frame.fn) || frame.recorder.releasedKinds.has(lockKind(frame, lock));
}

/** The guard, or the object that it was stored in, leaves the function: its new owner gives the lock back. */
function isHandedOver(frame: Frame, exit: Exit, lock: Value): boolean {
  const { table } = frame.context;
  const gives = (value: Value): boolean => {
    const node = table.node(value);
    return (
      node.kind === 'function' &&
      (releasedBy(frame, exit.state, value)?.lock === lock ||
        guardsCaptured(frame, exit.state, node.fn).some((g) => g.lock === lock))
    );
  };
  if (exit.value !== null && gives(exit.value)) return true;
  for (const [guard, s] of exit.state.guards) {
    if (s.lock !== lock) continue;
    if (guard === exit.value) return true;
    for (const [slot, value] of exit.state.memory) {
      if (value !== guard && !gives(value)) continue;
      const isReturned = exit.value !== null && table.root(slot) === table.root(exit.value);
      if (isReturned || othersFind(frame, exit.state, slot)) return true;
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

import type { LockMode } from '@maplelock/core';
import { TRUTHY, VALID } from '../domain/facts.ts';
import type { Span } from '../ir/source.ts';
import { factAbout, type LockState, type State } from '../domain/state.ts';
import { stepsOf, type TraceStep } from '../domain/trace.ts';
import { kindSet, type Value } from '../domain/values.ts';
import { doubleUnlockMessage, neverLockedMessage, wrongModeMessage } from '../rules/require-unlock.ts';
import { relockMessage } from '../rules/no-relock.ts';
import { settleBare } from './bare.ts';
import { learn } from './assume.ts';
import { isAtomic } from './atomic.ts';
import { UNKNOWN_PART } from './evaluate.ts';
import { arePaired, soundsReleasing, tellsByFlag } from './intent.ts';
import { dropProtection } from './cursor-effects.ts';
import type { HeldLock } from '../summaries/summary.ts';
import type { Frame } from './frame.ts';
import { noteAcquire } from './lock-order.ts';
import { isVague, lockShape, lockKind } from './lock-shape.ts';
import { noteElement } from './locked-elements.ts';
import { keyOf } from './recorder.ts';
import { isEntrustedTo, isOpaque, isOpaqueRcu } from './unseen-takers.ts';

export interface HoldAt {
  readonly span: Span;
  /** Function whose call does it: `mas_lock`. */
  readonly api: string;
  /** Where a helper does it, if the call is of a helper. */
  readonly inside?: TraceStep;
  readonly reentrant?: boolean;
  /** It is no call: the end of a scope. */
  readonly implicit?: boolean;
  /** A trylock of a lock that is held fails, and harms no one. */
  readonly tries?: boolean;
  /** Nothing may sleep while the lock is held. */
  readonly atomic?: boolean;
  /** Interrupts, or what they leave to do, are held off with it. */
  readonly masks?: boolean;
  /** Declares that the lock comes after those of its kind that are held. */
  readonly nested?: boolean;
}

/** Locks that this path has given back, its caller's among them. */
export function freedLocks(state: State): HeldLock[] {
  return [...state.locks].filter(([, s]) => !s.held).map(([lock, s]) => ({ lock, at: s.at }));
}

/** Locks that are held, and what they are to the reader of a message. */
export function heldLocks(state: State): [Value, LockState][] {
  return [...state.locks].filter(([, s]) => s.held);
}

/** Takes a lock. Reports `no-relock` if it is held, and then leaves it held once. */
export function acquire(frame: Frame, state: State, lock: Value, mode: LockMode, at: HoldAt): void {
  const known = state.locks.get(lock);
  const name = frame.sayPlace(lock, state);
  const step = frame.step('acquire', at.span, `${at.api}() takes ${name}`, at.inside);
  state.step(step);
  // What a lock lies in is there.
  learnFollowed(frame, state, lock);
  frame.recorder.taken.add(lock);
  if (mode === 'write') frame.recorder.takenToWrite.add(lock);
  frame.recorder.takenKinds.add(lockKind(frame, lock));
  frame.recorder.ownTakenKinds.add(lockKind(frame, lock));
  noteElement(frame, state, lock);
  if (known?.held && !known.doubtful) {
    if (at.reentrant || frame.context.table.isRcu(lock)) {
      state.locks.set(lock, { ...known, depth: known.depth + 1 });
      return;
    }
    if (known.mode === 'read' && mode === 'read' && mayRecur(frame, known)) {
      state.locks.set(lock, { ...known, depth: known.depth + 1 });
      return;
    }
    frame.report('no-relock', at.span, relockMessage(at.api, name, known.mode, mode), [known.at], state);
    state.locks.set(lock, { ...known, excess: (known.excess ?? 0) + 1 });
    return;
  }
  // After a call that may have given it back, to take it says nothing of the caller.
  const isOpen = state.doubted.has(lockKind(frame, lock));
  if (known === undefined && !isOpen && !at.reentrant && !at.tries && !frame.context.table.isRcu(lock)) {
    requireFree(frame, state, lock, mode, at, false);
    if (!mayBeOthers(frame, state, lock) && !isEntrustedTo(state, frame.context.table.root(lock)))
      settleBare(frame, state, lock, at.atomic ?? false, step);
  }
  // Who only tries does not wait.
  if (!at.tries) noteAcquire(frame, state, lock, mode, at.nested ?? false, step);
  state.locks.set(lock, {
    held: true,
    mode,
    depth: 1,
    entry: known?.entry ?? (isOpen ? 'asserted' : 'free'),
    dropped: known?.dropped ?? false,
    atomic: at.atomic ?? false,
    ...(at.masks && { masks: true }),
    at: step,
  });
}

/**
 * Two readers may share; what waits for a writer in between is a matter of lock order. But a semaphore of C lets no reader
 * pass a writer that waits. Source: Documentation/locking/lockdep-design.rst, recursive read locks, 6.12.
 */
export function mayRecur(frame: Frame, known: LockState): boolean {
  return frame.fn.home.language !== 'c' || known.atomic === true;
}

/** The object that the lock lies in is not there on this path: `if (parent) mutex_lock(&parent->lock)`. */
export function isAbsent(frame: Frame, state: State, lock: Value): boolean {
  const { table } = frame.context;
  for (let at = table.baseOf(lock); at !== null; at = table.baseOf(at))
    if (factAbout(state, table, at).truthy === false) return true;
  return false;
}

/** Every pointer on the way to a lock that was taken is a good one. */
export function learnFollowed(frame: Frame, state: State, lock: Value): void {
  const { table } = frame.context;
  const fact = frame.fn.home.language === 'c' ? VALID : TRUTHY;
  for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) {
    const { kind } = table.node(at);
    if (kind !== 'addrField' && kind !== 'addrIndex' && kind !== 'token') learn(state, table, at, fact);
  }
}

/** Notes that the callers must not hold a lock that this function takes. */
export function requireFree(
  frame: Frame,
  state: State,
  lock: Value,
  mode: LockMode,
  at: HoldAt,
  inside: boolean,
): void {
  if (!frame.isExpressible(lock)) return;
  const step = frame.step('acquire', at.span, `${at.api}() takes ${frame.sayPlace(lock, state)}`, at.inside);
  frame.recorder.need(frame.recorder.free, `${lock}${mode}`, {
    lock,
    mode,
    inside,
    afterAwait: state.suspended,
    held: heldLocks(state).map(([l, s]) => ({ lock: l, at: s.at })),
    freed: freedLocks(state),
    when: frame.conditions(state),
    steps: [step],
    certainty: 'proved',
    api: at.api,
  });
}

/**
 * True if the function, or what it calls, takes the lock whatever its callers ask for, with nothing given back before: they
 * do not hold it.
 */
export function isTakenFirst({ recorder }: Frame, lock: Value): boolean {
  for (const need of recorder.free.values()) {
    const isLeft = need.freed.some((f) => f.lock === lock);
    if (need.lock === lock && need.when.length === 0 && need.certainty === 'proved' && !isLeft) return true;
  }
  return false;
}

/** Gives a lock back. Reports `require-unlock` if it is known not to be held. */
export function release(frame: Frame, state: State, lock: Value, mode: LockMode, at: HoldAt): void {
  const known = state.locks.get(lock);
  const name = frame.sayPlace(lock, state);
  frame.recorder.releasedKinds.add(lockKind(frame, lock));
  const who = at.implicit ? at.api : `${at.api}()`;
  const step = frame.step('release', at.span, `${who} gives ${name} back`, at.inside);
  if (known?.held && known.mode !== mode) {
    if (known.excess) {
      state.locks.set(lock, { ...known, excess: known.excess - 1 });
      return;
    }
    if (known.entry !== 'asserted' && !known.doubtful) {
      frame.report('require-unlock', at.span, wrongModeMessage(at.api, name, known.mode), [known.at], state);
    }
  }
  if (known?.held) {
    frame.recorder.releasedInRound.add(lock);
    state.step(step);
    if (known.depth > 1) {
      state.locks.set(lock, { ...known, depth: known.depth - 1 });
      return;
    }
    const entry = known.entry === 'asserted' ? 'held' : known.entry;
    if (known.entry === 'asserted') requireHeld(frame, state, lock, mode, at, step, true);
    state.locks.set(lock, { ...known, held: false, depth: 0, entry, dropped: true, at: step });
    dropProtection(frame, state, lock, step, known.entry !== 'free');
    return;
  }
  const stand = known === undefined ? standIn(frame, state, lock) : undefined;
  if (stand !== undefined) {
    // Which element of a container this is cannot be told: one of those that are held.
    state.step(step);
    state.locks.delete(stand);
    return;
  }
  if (known !== undefined) {
    if (known.excess) {
      state.locks.set(lock, { ...known, excess: known.excess - 1 });
      return;
    }
    const certainty = known.doubtful || isVague(frame, lock) ? 'possible' : 'proved';
    frame.report('require-unlock', at.span, doubleUnlockMessage(at.api, name), [known.at], state, certainty);
    state.step(step);
    return;
  }
  state.step(step);
  if ((frame.isOwn(lock) && !mayBeTakenUnseen(frame, state, lock)) || cannotBeHeld(frame, state, lock)) {
    // A function that is there to unlock what it looks up.
    const isMeant = soundsReleasing(frame.fn) || tellsByFlag(frame.fn) || hasFirstHalf(frame);
    const certainty = isMeant ? 'possible' : 'proved';
    frame.report('require-unlock', at.span, neverLockedMessage(at.api, name), [], state, certainty);
    const key = keyOf({ rule: 'require-unlock', unit: frame.fn.home.index, ...at.span });
    frame.recorder.unmatched.set(key, lockKind(frame, lock));
    if (frame.inLoop) frame.recorder.unmatchedInRound.add(key);
    return;
  }
  requireHeld(frame, state, lock, mode, at, step);
  if (wasLookedUp(frame, state, lock)) noteLoneRelease(frame, state, lock, at, step);
  noteUnseenLocker(frame, state, lock);
  state.locks.set(lock, { held: false, mode, depth: 0, entry: 'held', dropped: true, at: step });
  dropProtection(frame, state, lock, step, true);
}

/** An operation whose counterpart is one too (`suspend` and `resume`): both look up the same object by their argument. */
function hasFirstHalf(frame: Frame): boolean {
  const { fn, context } = frame;
  const { home, ir } = fn;
  return (
    ir.escapes &&
    home.unit.functions.some((other, k) => {
      const half = context.program.functions[home.functionBase + k];
      return other.escapes && half !== undefined && arePaired(half, fn);
    })
  );
}

/**
 * A lock in an object that this function got for itself, and that it gives back without having taken it: a call that
 * was given the object came back with it locked, and may have left more than that.
 */
export function noteUnseenLocker(frame: Frame, state: State, lock: Value): void {
  const { table, callees } = frame.context;
  if (frame.isExpressible(lock) || isVague(frame, lock) || table.node(table.root(lock)).kind !== 'fresh')
    return;
  state.opaque = true;
  // `folio_of(page)`: the callers may hold it by another way to it.
  const node = table.node(table.root(lock));
  if (node.kind === 'fresh' && callees.get(node.site)?.kind === 'unseen') frame.recorder.doubts.add(lock);
}

/** True if a call of code that is not in the program, whose name speaks of locking, may have taken the lock on this path. */
export function mayBeTakenUnseen(frame: Frame, state: State, lock: Value): boolean {
  const { table, program } = frame.context;
  if (table.isRcu(lock)) return isOpaqueRcu(frame, state);
  const root = table.root(lock);
  const node = table.node(root);
  if (node.kind === 'global' || node.kind === 'addrGlobal' || node.kind === 'import' || node.kind === 'token')
    return isOpaque(state);
  if (node.kind === 'entry' || node.kind === 'addrVar') {
    const variable = program.variable(node.variable);
    // What is static in a file only the file's functions can name.
    if (variable?.kind === 'module') return variable.exported === true && isOpaque(state);
  }
  return isEntrustedTo(state, root);
}

/** True if code of a module that is not there to be read was called with what the lock lies in, or lies there too. */
export function mayBeTakenElsewhere(frame: Frame, state: State, lock: Value): boolean {
  if (state.unseen.size === 0) return false;
  const { table } = frame.context;
  for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) if (state.unseen.has(at)) return true;
  return (
    table.node(table.root(lock)).kind === 'import' &&
    [...state.unseen].some((v) => table.node(v).kind === 'import')
  );
}

const POINTED = kindSet('field', 'deref');

/**
 * True for a lock in an object that a call returned, where neither that call nor one that was given the object since
 * sounds like locking: this path never took the lock, and no one else took it for this path.
 */
export function cannotBeHeld(frame: Frame, state: State, lock: Value): boolean {
  const { table, callees, births } = frame.context;
  if (frame.isExpressible(lock) || isVague(frame, lock)) return false;
  const root = table.root(lock);
  const node = table.node(root);
  if (node.kind !== 'fresh' || births.has(node.site) || isEntrustedTo(state, root)) return false;
  // At the end of a pointer of C there may be an object that the caller has locked.
  if (frame.fn.home.language === 'c' && table.holds(lock, POINTED)) return false;
  const callee = callees.get(node.site);
  if (callee?.kind === 'elsewhere') return false;
  // What a loop goes over is not handed out locked.
  if (callee === undefined || callee.kind === 'known') return node.part === UNKNOWN_PART;
  // Code that makes a new object known to others may lock it first.
  if (callee.kind === 'allocator' && frame.handedOut.has(root)) return false;
  return node.part === 0 && !callee.mayLock;
}

/**
 * True for a lock in an object that a function of the program, or of a contract, has looked up on this path, and that
 * came from there unlocked.
 */
function wasLookedUp(frame: Frame, state: State, lock: Value): boolean {
  const { table, callees } = frame.context;
  if (frame.fn.home.language !== 'c' || state.imprecise || isVague(frame, lock)) return false;
  const root = table.root(lock);
  const node = table.node(root);
  if (node.kind !== 'fresh' || node.part !== 0 || root === lock || isEntrustedTo(state, root)) return false;
  if (table.holds(lock, POINTED)) return false;
  const callee = callees.get(node.site);
  return callee?.kind === 'known' && !callee.mayLock;
}

function noteLoneRelease(frame: Frame, state: State, lock: Value, at: HoldAt, step: TraceStep): void {
  const { loneReleases } = frame.recorder;
  const key = `${at.span.start}`;
  if (loneReleases.has(key)) return;
  const path = stepsOf(state.trace);
  loneReleases.set(key, {
    kind: lockKind(frame, lock),
    name: frame.sayPlace(lock, state),
    api: at.api,
    at: step,
    path,
  });
}

function requireHeld(
  frame: Frame,
  state: State,
  lock: Value,
  mode: LockMode,
  at: HoldAt,
  step: TraceStep,
  declared = false,
): void {
  if (!frame.isExpressible(lock)) return;
  frame.recorder.need(frame.recorder.held, `${lock}${mode}`, {
    lock,
    mode,
    declared,
    origin: `${frame.context.program.names.fn(frame.fn.index)} ${lockKind(frame, lock)}`,
    uneven: null,
    when: frame.conditions(state),
    steps: [step],
    certainty: mayBeOthers(frame, state, lock) ? 'possible' : 'proved',
    api: at.api,
  });
}

/** Who took a lock that is given back here cannot be told. */
export function mayBeOthers(frame: Frame, state: State, lock: Value): boolean {
  return state.imprecise || mayBeTakenUnseen(frame, state, lock) || mayBeTakenElsewhere(frame, state, lock);
}

/** One of several objects: where the other lock is, and where this one is named. */
const SOME_ONE = kindSet('old', 'index', 'phi');
const SOME_HERE = kindSet('index', 'phi', 'fresh');

/** A held lock that may be this one: the lock of an element of a container whose index is not known to be equal. */
function standIn(frame: Frame, state: State, lock: Value): Value | undefined {
  const { table } = frame.context;
  const shape = lockShape(frame, lock);
  for (const [other, s] of state.locks) {
    if (!s.held) continue;
    const uncertain = table.holds(other, SOME_ONE);
    const here = table.holds(lock, SOME_HERE);
    if ((uncertain || here) && lockShape(frame, other) === shape) return other;
  }
  return undefined;
}

/** A call that may drop a lock and not take it again: what is held of its kind is open from here on. */
export function doubtShape(frame: Frame, state: State, lock: Value): void {
  const kind = lockKind(frame, lock);
  if (kind !== '') state.doubted.add(kind);
  if (frame.isExpressible(lock)) frame.recorder.doubts.add(lock);
  for (const [other, s] of state.locks) {
    if (other === lock || (kind !== '' && lockKind(frame, other) === kind)) {
      state.locks.set(other, { ...s, doubtful: true });
    }
  }
}

/** A condition that the program asserts: the lock is held. */
export function assertHeld(frame: Frame, state: State, lock: Value, mode: LockMode, at: HoldAt): void {
  const known = state.locks.get(lock);
  if (known?.held) return;
  const step = frame.step('note', at.span, `${at.api}() says that ${frame.sayPlace(lock, state)} is held`);
  state.step(step);
  const atomic = isAtomic(frame, lock);
  state.locks.set(lock, { held: true, mode, depth: 1, entry: 'asserted', dropped: false, atomic, at: step });
}

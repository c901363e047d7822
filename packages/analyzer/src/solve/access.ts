import type { LockMode } from '@maplelock/core';
import { mayAlias } from '../domain/alias.ts';
import type { LockState, State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { TreeLocks } from '../domain/tree-modes.ts';
import { kindSet, type Value, type ValueNode } from '../domain/values.ts';
import type { Span } from '../ir/source.ts';
import type { Fn } from '../link/program.ts';
import type { Certainty } from '../report/finding.ts';
import { missingReadMessage } from '../rules/require-read-lock.ts';
import { type HeldInstead, missingWriteMessage, notHeldMessage } from '../rules/require-write-lock.ts';
import type { HeldLock } from '../summaries/summary.ts';
import { noteBare } from './bare.ts';
import type { Frame } from './frame.ts';
import { checkRcuMode } from './rcu-readers.ts';
import { keyOf } from './recorder.ts';
import { freedLocks, heldLocks, mayBeTakenElsewhere, mayBeTakenUnseen } from './hold.ts';
import { containerOf } from './lock-shape.ts';
import { isEntrustedTo, isOpaque } from './unseen-takers.ts';

export interface Access {
  readonly tree: Value;
  readonly access: LockMode;
  readonly api: string;
  /** The API function that touches the tree in the end. */
  readonly innerApi: string;
  readonly span: Span;
  /** Steps inside the call, if it is a helper that touches the tree. */
  readonly inside: readonly TraceStep[];
  /** Locks that the helper held itself. */
  readonly heldInside: readonly HeldLock[];
  /** Locks that the helper had given back before. */
  readonly freedInside: readonly HeldLock[];
  /** The tree is that of a cursor which came from the caller. */
  readonly given: boolean;
  readonly certainty: Certainty;
  /** The function that is called says that its caller holds the lock, and does this itself. */
  readonly said?: LockMode;
  /** The call runs a function that was given as an argument. */
  readonly ofCallback?: boolean;
  /** The helper suspends before it. */
  readonly afterAwait?: boolean;
  /** This function does not wait for that: it goes on, and gives back what it has taken. */
  readonly detached?: boolean;
}

/** Checks an access to a tree against the locks held. What may be the caller's to hold becomes a requirement. */
export function checkAccess(frame: Frame, state: State, access: Access): void {
  const { table } = frame.context;
  // NULL has no lock: what a cursor over nothing does is not about locks.
  if (table.node(access.tree).kind === 'const') return;
  const tree = frame.locksOf(access.tree, state);
  const { locks, mode } = tree;
  const { uses } = frame.recorder;
  if (uses.get(access.tree) !== 'write') uses.set(access.tree, access.said ?? access.access);
  if (mode === 'private') return;
  const [held, gone] = lasting(frame, state, access);
  const underRcu = held.some(([l]) => table.isRcu(l));
  if (access.access === 'read' && underRcu) {
    checkRcuMode(frame, state, access);
    return;
  }
  const freed = [...access.freedInside, ...gone].find((h) => locks.includes(h.lock));
  const ours = freed === undefined ? held.filter(([l]) => locks.includes(l)) : [];
  const own = ours.find(([, s]) => access.access === 'read' || s.mode === 'write');
  if (own !== undefined) {
    noteAsserted(frame, own, access.access);
    return;
  }
  if (access.heldInside.some((h) => locks.includes(h.lock))) return;
  const others = held.filter(([l]) => !table.isRcu(l) && !locks.includes(l));
  const strong = others.filter(([, s]) => access.access === 'read' || s.mode === 'write');
  const heldHere = [...strong.map(([lock, s]) => ({ lock, at: s.at })), ...access.heldInside];
  // The internal lock of a tree is no other tree's external lock.
  const mayBeOurs = heldHere.filter((h) => !isInternal(frame, h.lock));
  // An external lock that no initialiser names: any lock may be it.
  if (mode === 'external' && locks.length === 0 && mayBeOurs.length > 0) return;

  if (access.access === 'read' && isInCallersSection(frame, state, access.tree)) return;
  const mayBeHeld = heldHere.some((h) => locks.some((o) => mayBeOne(frame, h.lock, o, access)));
  const apart: Certainty =
    access.certainty === 'possible' ||
    (mayBeExternal(frame, access, tree) && mayBeOurs.length > 0) ||
    opaqueOwner(frame, state, access.tree) ||
    isEntrustedTo(state, table.root(access.tree)) ||
    mayBeLockedUnseen(frame, state, access, mode, locks) ||
    isReachedFromUnknown(frame, access.tree) ||
    (heldHere.length > 0 && isOfUnknownCursor(frame, access))
      ? 'possible'
      : 'proved';
  const certainty = mayBeHeld ? 'possible' : apart;
  const released = locks.map((l) => state.locks.get(l)).find((s) => s !== undefined && !s.held);
  const sharedHere = ours[0]?.[1];
  // A lock that this function took or gave back itself is not the caller's any more.
  const settled =
    (freed !== undefined && !(access.ofCallback && gone.includes(freed))) ||
    frame.isOwn(access.tree) ||
    !frame.isExpressible(access.tree) ||
    (access.access === 'write' && (released !== undefined || isForReading(frame, sharedHere))) ||
    // Nor was the caller in a read section: a lock that sleeps cannot be taken there.
    (released !== undefined && released.entry === 'free' && !released.atomic);
  if (!settled) {
    if (!mayBeHeld && !underRcu) noteBare(frame, state, { access, locks, certainty: apart });
    const afterAwait = access.afterAwait === true || state.suspended;
    frame.recorder.need(frame.recorder.access, `${access.tree}${access.access}${certainty}${afterAwait}`, {
      access: access.access,
      tree: access.tree,
      held: heldHere,
      freed: [...freedLocks(state), ...access.freedInside, ...gone],
      given: access.given,
      afterAwait,
      underRcu,
      when: frame.conditions(state),
      ...(access.said && { said: access.said }),
      steps: [accessStep(frame, access, state), ...access.inside],
      certainty: state.imprecise ? 'possible' : apart,
      mayBeHeld,
      api: access.innerApi,
    });
    return;
  }
  reportMissing(frame, state, access, certainty, {
    released: freed?.at ?? released?.at ?? null,
    shared: sharedHere?.at ?? null,
    others: others.map(([l, s]) => ({ name: frame.sayPlace(l, state), at: s.at })),
    underRcu,
  });
}

/** The function says of its callers that they hold the lock: how they have to hold it, what it does under it tells. */
function noteAsserted(frame: Frame, [lock, { entry }]: readonly [Value, LockState], access: LockMode): void {
  if (entry !== 'asserted') return;
  const { asserted } = frame.recorder;
  for (const [key, need] of asserted) {
    if (need.lock !== lock || need.steps.length > 1) continue;
    const shared = access === 'write' ? 'wrong' : (need.shared ?? 'fine');
    const use = access === 'write' ? access : (need.use ?? access);
    if (shared !== need.shared || use !== need.use) asserted.set(key, { ...need, shared, use });
  }
}

/** The tree lies in an entry that was found under what the callers hold: the section that they keep open covers it as well. */
function isInCallersSection(frame: Frame, state: State, tree: Value): boolean {
  const { table } = frame.context;
  if (frame.isExpressible(tree) || state.locks.has(table.token('rcu'))) return false;
  for (let at: Value | null = tree; at !== null; at = table.baseOf(at))
    if (state.entries.get(at)?.status === 'callers') return true;
  return false;
}

/** Some code that is not there to be read has made the cursor, for which tree is not known: it may be one that is locked. */
function isOfUnknownCursor(frame: Frame, { tree, given }: Access): boolean {
  const { table, callees, births } = frame.context;
  const root = table.node(table.root(tree));
  if (!given || root.kind !== 'fresh' || births.has(root.site)) return false;
  return callees.get(root.site)?.kind === 'unseen';
}

/** Taken for reading, or held for reading as the function says itself. In C who says that it is held may hold it for more. */
function isForReading(frame: Frame, lock: LockState | undefined): boolean {
  return lock?.entry === 'free' || (lock?.entry === 'asserted' && frame.fn.home.language === 'typescript');
}

/** The locks that are held when the access comes about, and those that this function will have given back by then. */
function lasting(frame: Frame, state: State, access: Access): [[Value, LockState][], HeldLock[]] {
  const held = heldLocks(state);
  if (!access.detached) return [held, []];
  const isOurs = ([lock, s]: [Value, LockState]): boolean =>
    s.entry === 'free' && !isLeftToClosure(frame, lock);
  const gone = held.filter(isOurs).map(([lock]): HeldLock => {
    const message = `${access.api}() goes on behind its await, when ${frame.sayPlace(lock, state)} has been given back`;
    return { lock, at: frame.step('release', access.span, message) };
  });
  return [held.filter((entry) => !isOurs(entry)), gone];
}

/** A closure of this function gives the lock back, it may be when all is done: `.finally(() => mtree_unlock(tree))`. */
function isLeftToClosure(frame: Frame, lock: Value): boolean {
  const { home, outline } = frame.fn;
  return outline.own.some((id) =>
    frame.context.summary(home.functionBase + id)?.held.some((need) => need.lock === lock),
  );
}

/**
 * No initialiser says how the tree is locked. In C they are read together with its users, and the few that name an
 * external lock with them; but a reader may have been let in by some other lock, which all writers hold besides.
 */
function mayBeExternal(frame: Frame, { access }: Access, { mode, doubtful }: TreeLocks): boolean {
  if (mode !== 'unknown') return false;
  return frame.fn.home.language !== 'c' || access === 'read' || doubtful === true;
}

function isInternal(frame: Frame, lock: Value): boolean {
  return frame.ownerOf(lock) !== null;
}

/** The function that takes the lock of a tree. */
function takeOf(frame: Frame, tree: Value): string | undefined {
  return frame.context.trees.kinds.of(tree).advice.take;
}

/** The lock that is held may be the lock that is needed, by another way to it. */
function mayBeOne(frame: Frame, held: Value, needed: Value, access: Access): boolean {
  const { language } = frame.fn.home;
  if (mayAlias(frame.context.table, held, needed, language)) return true;
  // `under(words)(() => …)`: which tree the wrapper was made for, whoever wrote the callback may know.
  if (access.ofCallback && isInternal(frame, held) && isOfMaker(frame, held, needed)) return true;
  // A cursor that came from the caller walks a tree that the caller may have passed along with it.
  return (
    access.given && isInternal(frame, held) && frame.isExpressible(held) && !isCaptured(frame, access.tree)
  );
}

/** The lock of what a function around this one was given, which has made it; nothing of that function's is needed. */
function isOfMaker(frame: Frame, held: Value, needed: Value): boolean {
  const maker = capturedFrom(frame, held);
  return maker !== undefined && capturedFrom(frame, needed) !== maker;
}

/** The variable of an enclosing function, or of one that gave this one its callback: it knows its own trees. */
function isCaptured(frame: Frame, value: Value): boolean {
  return capturedFrom(frame, value) !== undefined;
}

/** The other function whose variable a value begins at. */
function capturedFrom(frame: Frame, value: Value): Fn | undefined {
  const { table, program } = frame.context;
  const root = table.node(table.root(value));
  const owner = root.kind === 'entry' ? program.ownerOf(root.variable) : undefined;
  return owner === frame.fn ? undefined : owner;
}

function accessStep(frame: Frame, access: Access, state: State): TraceStep {
  const verb = access.access === 'write' ? 'writes' : 'reads';
  const step = frame.step(
    access.inside.length > 0 ? 'call' : 'access',
    access.span,
    access.inside.length > 0
      ? `calls ${access.api}()`
      : `${access.api}() ${verb} ${frame.sayPlace(access.tree, state)}`,
  );
  return access.ofCallback ? { ...step, ofCallback: true } : step;
}

/** Where a need is shown: at the call that brings it about, or in the callback that this function wrote itself. */
export function shownAt(
  frame: Frame,
  span: Span,
  inside: readonly TraceStep[],
): { span: Span; inside: readonly TraceStep[] } {
  const k = inside.findLastIndex((s) => s.ofCallback);
  const step = inside[k + 1];
  const { start, end } = frame.fn.ir.span;
  if (
    k < 0 ||
    step === undefined ||
    step.unit !== frame.fn.home.index ||
    step.start < start ||
    step.end > end
  ) {
    return { span, inside };
  }
  return { span: step, inside: inside.slice(k + 2) };
}

export function reportMissing(
  frame: Frame,
  state: State,
  access: Access,
  certainty: Certainty,
  instead: HeldInstead,
): void {
  const own = access.ofCallback ? [accessStep(frame, access, state)] : [];
  const shown = shownAt(frame, access.span, [...own, ...access.inside]);
  const tree = frame.sayPlace(access.tree, state);
  const { locks } = frame.locksOf(access.tree, state);
  const lock = locks[0] === undefined ? null : frame.sayPlace(locks[0], state);
  const last = shown.inside.at(-1);
  const related = [
    ...(instead.entered ? [instead.entered] : []),
    ...(instead.released ? [instead.released] : []),
    ...(instead.shared ? [instead.shared] : []),
    ...instead.others.map((o) => o.at),
    ...(last ? [last] : []),
  ];
  const what = {
    api: shown.span === access.span ? access.api : access.innerApi,
    viaHelper: last !== undefined,
    tree,
    treeArgument: frame.say(access.tree, state),
    take: locks[0] !== undefined && isInternal(frame, locks[0]) ? takeOf(frame, access.tree) : undefined,
    lock,
    language: frame.fn.home.language,
  };
  const isSaid = access.said !== undefined && lock !== null && shown.inside.length === 1;
  const why = instead.released ? 'released' : instead.shared ? 'shared' : 'never';
  const message = isSaid
    ? notHeldMessage(what.api, lock, why, [
        ...(instead.underRcu ? ['RCU'] : []),
        ...instead.others.map((o) => o.name),
      ])
    : access.access === 'write'
      ? missingWriteMessage(what, instead)
      : missingReadMessage(what, instead);
  const rule = (access.said ?? access.access) === 'write' ? 'require-write-lock' : 'require-read-lock';
  frame.report(rule, shown.span, message, related, state, certainty);
  const key = keyOf({ rule, unit: frame.fn.home.index, start: shown.span.start, end: shown.span.end });
  const container = containerOf(frame, access.tree);
  if (container !== null) frame.recorder.elements.set(key, container);
  const [held] = locks;
  if (instead.shared === null || held === undefined || access.inside.length === 0) return;
  // Nothing is chosen where the lock is downgraded on the way.
  if (state.locks.get(held)?.lowered !== true) frame.recorder.shared.set(key, held);
}

const IN_MEMORY = kindSet('field', 'deref', 'index');

/**
 * A tree at the end of a pointer of C, in an object that some call returned or left behind in a variable, or the element
 * that some call has named: its lock may be one that the callers hold.
 */
function isReachedFromUnknown(frame: Frame, tree: Value): boolean {
  if (frame.fn.home.language !== 'c') return false;
  const { table, births, program, callees } = frame.context;
  const isResult = (n: ValueNode): boolean => n.kind === 'fresh' && !births.has(n.site);
  for (let at: Value | null = tree; at !== null; at = table.baseOf(at)) {
    const node = table.node(at);
    if ((node.kind === 'index' || node.kind === 'addrIndex') && table.mentions(node.index, isResult))
      return true;
  }
  const root = table.node(table.root(tree));
  // `__drop(entry)` with `mapping_of(entry)`: the callers may have locked what that leads to. The name says that they do.
  const isLookedUp = root.kind === 'fresh' && callees.get(root.site)?.kind === 'unseen' && root.part === 0;
  if (isLookedUp && frame.fn.ir.name.startsWith('__')) return true;
  const isOwnVariable = root.kind === 'addrVar' && program.ownerOf(root.variable) === frame.fn;
  if (root.kind !== 'phi' && root.kind !== 'old' && !isResult(root) && !isOwnVariable) return false;
  return table.holds(tree, IN_MEMORY);
}

/**
 * In TypeScript the code of other modules is often not there: a file is linted by itself. A lock that such code took may
 * be the tree's, where the tree is not known to have one of its own; and a cursor that it made may come locked.
 */
function mayBeLockedUnseen(
  frame: Frame,
  state: State,
  access: Access,
  mode: TreeLocks['mode'],
  locks: readonly Value[],
): boolean {
  if (frame.fn.home.language !== 'typescript') return false;
  const { table, callees } = frame.context;
  const root = table.node(table.root(access.tree));
  if (access.given && root.kind === 'fresh' && callees.get(root.site)?.kind === 'elsewhere') return true;
  if (locks.some((lock) => mayBeTakenElsewhere(frame, state, lock))) return true;
  return (
    isOpaque(state) && (mode === 'unknown' || locks.some((lock) => mayBeTakenUnseen(frame, state, lock)))
  );
}

/** The object came from a function that is not in the program and whose name speaks of locking: it may come locked. */
function opaqueOwner(frame: Frame, state: State, tree: Value): boolean {
  if (!isOpaque(state)) return false;
  const root = frame.context.table.node(frame.context.table.root(tree));
  return root.kind === 'fresh' && !frame.context.births.has(root.site);
}

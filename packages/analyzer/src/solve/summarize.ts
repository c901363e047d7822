import { joinFacts, meetFacts, type Fact, FALSY, NONNEGATIVE } from '../domain/facts.ts';
import { factAbout, type LockState, type State } from '../domain/state.ts';
import { stepsOf } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type {
  AccessRequirement,
  Condition,
  Leak,
  LockChange,
  Outcome,
  Summary,
} from '../summaries/summary.ts';
import { annotatedLocks } from './entry-state.ts';
import { evaluate } from './evaluate.ts';
import type { Exit, Solved } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { containerOf, isElement, isVague, lockKind } from './hold.ts';
import { soundsAcquiring } from './intent.ts';

/** More written slots than this are not worth carrying to the callers. */
const MOST_STORES = 32;
const MOST_OUTCOMES = 8;

/** Turns the ways out of a function into what its callers need to know. */
export function summarize(frame: Frame, solved: Solved): Summary {
  const { recorder } = frame;
  recorder.doubtElements(frame.lockedElements);
  recorder.doubtRounds();
  const { leaks, kept } = findLeaks(frame, solved.exits);
  const left = new Set(leaks.map((l) => l.lock));
  const returns = solved.exits.filter((e) => e.kind === 'return');
  return {
    access: [...recorder.access.values()].map((need) =>
      isSomeElement(frame, need) || isFlagged(frame, need.when) ? { ...need, certainty: 'possible' } : need,
    ),
    held: [...recorder.held.values()].map((need) =>
      isFlagged(frame, need.when) ? { ...need, certainty: 'possible' } : need,
    ),
    free: [...recorder.free.values()],
    fresh: [...recorder.fresh.values()],
    changes: [...recorder.changes.values()],
    doubts: [...recorder.doubts],
    taken: recorder.taken,
    takenKinds: recorder.takenKinds,
    releasedKinds: recorder.releasedKinds,
    outcomes: outcomesOf(frame, returns, left),
    throws: outcomesOf(
      frame,
      solved.exits.filter((e) => e.kind === 'throw'),
      left,
    ),
    complete: solved.complete,
    leaks,
    kept,
  };
}

/** One element of a container of which this function locks others, all of them perhaps. */
function isSomeElement(frame: Frame, need: AccessRequirement): boolean {
  const container = containerOf(frame, need.tree);
  return container !== null && frame.lockedElements.has(container);
}

/**
 * The need hangs on a field that the function writes itself: a flag beside the lock, as a rule, that tells whether the
 * lock is held. How the flag and the lock stand when the function is entered is not known.
 */
function isFlagged(frame: Frame, when: readonly Condition[]): boolean {
  return when.some((c) => frame.recorder.written.has(c.value));
}

function changeOf(s: LockState): LockChange | null {
  if (s.entry === 'free') return s.held ? 'acquired' : null;
  if (!s.held) return 'released';
  return s.dropped ? 'retaken' : null;
}

/**
 * One outcome for each effect on locks and cursors, told apart by result and by the conditions that led to it as far
 * as there is room: `if (ret || !unlock) …` in a caller asks for just that.
 */
function outcomesOf(frame: Frame, exits: readonly Exit[], leaked: ReadonlySet<Value>): Outcome[] {
  const intended = soundsAcquiring(frame.fn) || isSmall(frame);
  const said = exits.map((exit) => outcomeOf(frame, exit, leaked, intended));
  const pointers = new Set(said.flatMap((o) => o.locks.map((l) => l.lock)));
  const outcomes = said.map((o) => ({
    ...o,
    stored: o.stored.map((s) => ({ ...s, isLock: pointers.has(s.slot) })),
  }));
  const plain = outcomes.every((o) => o.locks.length === 0 && o.guard === null);
  const telling = tellingConditions(outcomes);
  const keys = plain ? [effectKey] : [(o: Outcome) => pathKey(o, telling), resultKey, effectKey];
  for (const key of keys) {
    const grouped = new Map<string, Outcome>();
    for (const outcome of outcomes) {
      const k = key(outcome);
      const known = grouped.get(k);
      grouped.set(k, known === undefined ? outcome : joinOutcomes(known, outcome));
    }
    if (grouped.size <= MOST_OUTCOMES || key === effectKey)
      return [...grouped.values()].slice(0, MOST_OUTCOMES);
  }
  return [];
}

function effectKey(o: Outcome): string {
  return [
    ...o.locks.map((l) => `${l.lock}${l.change}${l.mode}`).sort(),
    '|',
    ...o.cursors.map((c) => `${c.cursor}${c.state.status}${c.state.fromEntry ? 'e' : ''}`).sort(),
    o.guard === null ? '' : `g${o.guard.lock}`,
  ].join();
}

function resultKey(o: Outcome): string {
  const { truthy, low, high } = o.fact;
  const fields = o.fields.map((f) => `${f.name}${f.fact.truthy}`).join();
  return `${effectKey(o)}=${truthy}${high < 0 ? '-' : low >= 0 ? '+' : ''}${o.fact.only?.join() ?? ''}{${fields}}`;
}

function pathKey(o: Outcome, telling: ReadonlySet<Value>): string {
  const conditions = o.when
    .filter((c) => telling.has(c.value) && c.fact.truthy !== undefined)
    .map((c) => `${c.value}${c.fact.truthy}`);
  return `${resultKey(o)}?${conditions.sort().join()}`;
}

/** Conditions of which the one answer goes with other effects than the other. */
function tellingConditions(outcomes: readonly Outcome[]): Set<Value> {
  const effects = new Map<Value, { yes: Set<string>; no: Set<string> }>();
  for (const outcome of outcomes) {
    for (const { value, fact } of outcome.when) {
      if (fact.truthy === undefined) continue;
      let seen = effects.get(value);
      if (seen === undefined) effects.set(value, (seen = { yes: new Set(), no: new Set() }));
      (fact.truthy ? seen.yes : seen.no).add(effectKey(outcome));
    }
  }
  const telling = new Set<Value>();
  for (const [value, { yes, no }] of effects) {
    if (yes.size > 0 && no.size > 0 && [...yes].some((e) => !no.has(e))) telling.add(value);
  }
  return telling;
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
    resultSlot: value === null ? null : slotWith(frame, state, value),
    fact: value === null ? factAbout(state, table, table.null) : factAbout(state, table, value),
    fields: value === null ? [] : fieldsOf(frame, state, value),
    guard: guard !== undefined && frame.isExpressible(guard.lock) ? guard : null,
    locks,
    cursors,
    trees: [...state.trees].flatMap(([tree, t]) =>
      frame.isExpressible(tree) && (t.lock === null || frame.isExpressible(t.lock))
        ? [{ tree, state: t }]
        : [],
    ),
    assigned: assignedOuter(frame, state),
    stored: storedOuter(frame, state),
  };
}

/**
 * A lock as the callers can say it: by parameters, by what the function returned (`->lock` of the result), or by the
 * place where the function left a pointer to it.
 */
function inCallersTerms(frame: Frame, exit: Exit, lock: Value): Value | null {
  const { table } = frame.context;
  if (frame.isExpressible(lock)) return lock;
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

/** The place, which callers can name, that holds a value: where it was put, or where it was read. */
function slotWith(frame: Frame, state: State, value: Value): Value | null {
  const { table } = frame.context;
  for (const [slot, content] of state.memory) {
    if (content === value && table.node(slot).kind === 'field' && frame.isExpressible(slot)) return slot;
  }
  return table.node(value).kind === 'field' && frame.isExpressible(value) ? value : null;
}

/** Two ways to the same place: made on the one, found there on the other. */
function joinSlots(a: Outcome, b: Outcome): Value | null {
  return a.resultSlot === b.resultSlot ? a.resultSlot : null;
}

/** The fields of an object that this function made. A value that callers cannot say is told by what is known of it. */
function fieldsOf(frame: Frame, state: State, object: Value): Outcome['fields'] {
  const { table, births } = frame.context;
  const node = table.node(object);
  if (node.kind !== 'fresh' || !births.has(node.site)) return [];
  const result: Outcome['fields'][number][] = [];
  for (const [slot, value] of state.memory) {
    const at = table.node(slot);
    if (at.kind !== 'field' || at.base !== object) continue;
    const named = frame.isExpressible(value) ? value : null;
    result.push({ name: at.name, value: named, fact: factAbout(state, table, value) });
  }
  return result;
}

function joinFields(a: Outcome['fields'], b: Outcome['fields']): Outcome['fields'] {
  const result: Outcome['fields'][number][] = [];
  for (const x of a) {
    const y = b.find((f) => f.name === x.name);
    if (y === undefined) continue;
    const value = x.value === y.value ? x.value : null;
    result.push({ name: x.name, value, fact: joinFacts(x.fact, y.fact) });
  }
  return result;
}

/** The lock lies in what the function returns: the caller gets the object locked. */
function isOfResult(frame: Frame, exit: Exit, lock: Value): boolean {
  const { table } = frame.context;
  if (exit.value === null || table.node(exit.value).kind === 'const') return false;
  for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) if (at === exit.value) return true;
  return false;
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
  const result: Outcome['stored'][number][] = [];
  for (const [slot, value] of state.memory) {
    if (slot === value || result.length >= MOST_STORES) continue;
    if (frame.isExpressible(slot))
      result.push({ slot, value: frame.isExpressible(value) ? value : null, isLock: false });
  }
  return result;
}

function joinOutcomes(a: Outcome, b: Outcome): Outcome {
  return {
    when: joinConditions(a.when, b.when),
    result: a.result === b.result ? a.result : null,
    resultSlot: joinSlots(a, b),
    fact: joinFacts(a.fact, b.fact),
    fields: joinFields(a.fields, b.fields),
    guard: a.guard,
    locks: a.locks,
    cursors: a.cursors,
    trees: a.trees.filter((x) => b.trees.some((y) => x.tree === y.tree && x.state.mode === y.state.mode)),
    assigned: unionAssigned(a.assigned, b.assigned),
    stored: joinStored(a.stored, b.stored),
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

/** What one of the two did not write, or wrote differently, is without a name. */
function joinStored(a: Outcome['stored'], b: Outcome['stored']): Outcome['stored'] {
  const result = new Map<Value, Outcome['stored'][number]>();
  for (const x of a) {
    const alike = b.some((y) => y.slot === x.slot && y.value === x.value);
    result.set(x.slot, alike ? x : { ...x, value: null });
  }
  for (const y of b) if (!result.has(y.slot)) result.set(y.slot, { ...y, value: null });
  return [...result.values()];
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
    const alternatives = areAlternatives(returning, others);
    const mayBeMeant = (exit: Exit): boolean =>
      exit.kind === 'return' &&
      inCallersTerms(frame, exit, lock) !== null &&
      (others.length === 0 ||
        alternatives ||
        isOfResult(frame, exit, lock) ||
        isConditionalAcquire(frame, [exit], others));
    const broken = holding.find((e) => !mayBeMeant(e));
    // It gives back a lock of this kind that it did not take: hand over hand.
    const handsOver = [...frame.recorder.held.values()].some(
      (need) => need.lock !== lock && lockKind(frame, need.lock) === lockKind(frame, lock),
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
    ofResult: isOfResult(frame, exit, lock),
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
  if (meetFacts(taken, missed) !== null) return areToldByField(frame, holding, others);
  // 0 or more against a negative errno; otherwise something against nothing.
  if (taken.high < 0) return false;
  if (taken.only !== undefined && missed.only !== undefined) return true;
  return taken.truthy === true && meetFacts(missed, FALSY) !== null;
}

/**
 * The paths are told apart by something else that the function hands out: a field of the object that it returns
 * (`{ ok: true }`), or a flag that it was given the address of.
 */
function areToldByField(frame: Frame, holding: readonly Exit[], others: readonly Exit[]): boolean {
  const fields = (e: Exit): Outcome['fields'] => {
    const own = e.value === null ? [] : fieldsOf(frame, e.state, e.value);
    return [...own, ...flagsOf(frame, e.state)];
  };
  const taken = holding.map(fields).reduce(joinFields);
  const missed = others.map(fields).reduce(joinFields);
  return taken.some((x) => missed.some((y) => y.name === x.name && meetFacts(x.fact, y.fact) === null));
}

/** What lies at the addresses that the function was given, by the number of the slot. */
function flagsOf(frame: Frame, state: State): Outcome['fields'] {
  const { table } = frame.context;
  const result: Outcome['fields'][number][] = [];
  for (const [slot, value] of state.memory) {
    if (table.node(slot).kind !== 'deref' || !frame.isExpressible(slot)) continue;
    result.push({ name: `*${slot}`, value: null, fact: factAbout(state, table, value) });
  }
  return result;
}

function isUnknownResult(frame: Frame, exit: Exit): boolean {
  if (exit.value === null || frame.context.table.node(exit.value).kind === 'const') return false;
  return factAbout(exit.state, frame.context.table, exit.value).truthy === undefined;
}

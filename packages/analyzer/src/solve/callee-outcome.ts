import { answerOf, askedOf } from '../domain/held-question.ts';
import { type Fact, saysNothing, TRUTHY } from '../domain/facts.ts';
import { type CursorState, factAbout, type GuardState, type State } from '../domain/state.ts';
import type { EntryState } from '../domain/entries.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Field, Outcome, Parts } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { assume, learn } from './assume.ts';
import { partAt } from './callers-terms.ts';
import { dropProtection } from './cursor-effects.ts';
import { findEntry, lendEntry, receiveEntry } from './found-entries.ts';
import { isInOwnSection } from './entry-keepers.ts';
import { loadThrough, storeThrough } from './evaluate.ts';
import type { CallValues, Frame } from './frame.ts';
import { disposeOf } from './guards.ts';
import { assertHeld, isAbsent, learnFollowed, mayBeTakenUnseen } from './hold.ts';
import { lockKind } from './lock-shape.ts';
import { noteElement } from './locked-elements.ts';
import { isNew, learnTree } from './tree-effects.ts';

/** The symbols of a call that stand for the fields of its result start here. */
const FIELD_PART = 4096;

function guardHere(guard: GuardState | null, here: (v: Value) => Value): GuardState | null {
  return guard && { ...guard, lock: here(guard.lock) };
}

function partsHere(parts: Parts, here: (v: Value) => Value): Parts {
  return { guard: guardHere(parts.guard, here), fields: parts.fields.map((f) => fieldHere(f, here)) };
}

function fieldHere(field: Field, here: (v: Value) => Value): Field {
  return { ...field, value: field.value === null ? null : here(field.value), ...partsHere(field, here) };
}

/** Lets one outcome of the callee happen. False if it cannot, from this state. */
export function applyOutcome(
  frame: Frame,
  state: State,
  call: CallInstr,
  outcome: Outcome,
  values: CallValues,
  here: (v: Value) => Value,
): boolean {
  const { table } = frame.context;
  // Everything is put in the caller's terms before anything changes.
  const when = outcome.when.map((c) => ({ value: here(c.value), fact: c.fact }));
  const stored = outcome.stored.map((s) => ({
    pointer: pointerHere(frame, s.slot, here),
    value: s.value === null ? null : here(s.value),
    slot: s.slot,
    isLock: s.isLock,
    fact: s.fact,
    parts: partsHere(s.parts, here),
  }));
  const assigned = outcome.assigned.map((a) => ({ ...a, value: a.value === null ? null : here(a.value) }));
  const treesHere = outcome.trees.map((t) => {
    const tree = t.tree === table.result ? null : here(t.tree);
    const unpublished = frame.fn.home.language === 'c' && tree !== null && isNew(frame, tree);
    return {
      tree,
      state: { ...t.state, lock: t.state.lock === null ? null : here(t.state.lock), unpublished },
    };
  });
  const fields = outcome.fields.map((f) => fieldHere(f, here));
  const slot = outcome.result === null ? outcome.resultSlot : null;
  const pointer = slot === null ? null : pointerHere(frame, slot, here);
  const named = outcome.result === null ? null : here(outcome.result);
  const guard = guardHere(outcome.guard, here);
  const disposed = outcome.disposed.map(here);
  const keeper = outcome.entry?.keeper === undefined ? null : here(outcome.entry.keeper);

  for (const { value, fact } of when) {
    if (fact.truthy !== undefined && !assume(state, table, value, fact.truthy)) return false;
    if (answerOf(state, table, value) !== undefined) continue;
    const asked = fact.truthy === true ? askedOf(table, value) : null;
    if (asked !== null) assertHeld(frame, state, asked.lock, asked.mode, { span: call.span, api: call.text });
    if (!learn(state, table, value, fact)) return false;
  }

  let part = FIELD_PART;
  const filled = new Map<Value, Value>();
  const guards: [Value, GuardState][] = [];
  const fill = (object: Value, given: readonly Field[]): void => {
    for (const { name, value, fact, guard: released, fields: inner } of given) {
      const content = value ?? table.fresh(values.site, part++);
      const slot = partAt(table, object, name);
      state.memory.set(slot, content);
      filled.set(slot, content);
      learn(state, table, content, fact);
      if (released !== null) guards.push([content, released]);
      fill(content, inner);
    }
  };
  stored.forEach(({ pointer, value, isLock, parts, fact }, k) => {
    if (pointer === null) return;
    if (value !== null) storeThrough(pointer, value, state, table);
    else if (parts.guard !== null || parts.fields.length > 0) {
      const content = table.fresh(values.site, part++);
      storeThrough(pointer, content, state, table);
      // In C what the helper made may not have been made, for want of memory.
      const isThere = parts.guard !== null || frame.fn.home.language === 'typescript';
      if (parts.guard !== null) state.guards.set(content, parts.guard);
      if (isThere) learn(state, table, content, TRUTHY);
      fill(content, parts.fields);
    }
    // An unnamed value ends what is known of a number, a lock or NULL; other pointers are taken to be as they were.
    else if (
      isLock ||
      isAnswer(frame, pointer, fact) ||
      isKnownContent(frame, state, loadThrough(pointer, state, table))
    ) {
      const content = table.fresh(values.site, 512 + k);
      storeThrough(pointer, content, state, table);
      learn(state, table, content, fact);
    }
  });
  // What a slot holds is returned as it is when the helper has written to it.
  const result = named ?? (pointer === null ? values.result : loadThrough(pointer, state, table));
  if (!saysNothing(outcome.fact) && !learn(state, table, result, outcome.fact)) return false;
  fill(result, fields);
  const inResult = (v: Value): Value =>
    table.substitute(v, {
      replace: (x) => (x === table.result ? result : undefined),
      load: (place) => filled.get(place) ?? place,
    });
  for (const [content, released] of guards)
    state.guards.set(content, { ...released, lock: inResult(released.lock) });
  // A lock that the helper left a pointer to is found through the pointer, as it is now.
  const ofResult = (v: Value): Value => {
    const left = stored.find((s) => s.slot === v);
    if (left !== undefined && left.pointer !== null) return loadThrough(left.pointer, state, table);
    return inResult(here(v));
  };
  const locks = outcome.locks.map((l) => ({ ...l, lock: ofResult(l.lock) }));
  if (locks.some((l) => l.change === 'acquired' && isAbsent(frame, state, l.lock))) return false;
  const handsOver = isHandOver(frame, locks);
  for (const change of locks) {
    const step = (kind: TraceStep['kind'], message: string): TraceStep =>
      frame.step(kind, call.span, message, change.at);
    const known = state.locks.get(change.lock);
    const name = frame.sayPlace(change.lock, state);
    if (change.change === 'acquired') {
      if (known?.held) {
        const nests = table.isRcu(change.lock) || (known.mode === 'read' && change.mode === 'read');
        state.locks.set(
          change.lock,
          nests ? { ...known, depth: known.depth + 1 } : { ...known, excess: (known.excess ?? 0) + 1 },
        );
        continue;
      }
      // A helper that is there to lock stands for the lock; one that left it behind is where it was taken.
      const through = step('acquire', `${call.text}() takes ${name}`);
      const at = change.intended ? through : change.at;
      state.step(through);
      noteElement(frame, state, change.lock);
      frame.recorder.ownTakenKinds.add(lockKind(frame, change.lock));
      learnFollowed(frame, state, change.lock);
      state.locks.set(change.lock, {
        held: true,
        mode: change.mode,
        depth: 1,
        entry: known?.entry ?? 'free',
        dropped: known?.dropped ?? false,
        atomic: change.atomic,
        ...(change.entrusted && { doubtful: true }),
        at,
      });
    } else {
      const at = step(
        change.change === 'released' ? 'release' : 'drop',
        change.change === 'released'
          ? `${call.text}() gives ${name} back`
          : `${call.text}() drops ${name} and takes it again`,
      );
      state.step(at);
      const callers = known === undefined || known.entry !== 'free';
      if (change.change === 'released') {
        if (known?.held && known.depth > 1) {
          state.locks.set(change.lock, { ...known, depth: known.depth - 1 });
          continue;
        }
        state.locks.set(change.lock, {
          held: false,
          mode: change.mode,
          depth: 0,
          entry: known === undefined || known.entry === 'asserted' ? 'held' : known.entry,
          dropped: true,
          // It was taken twice, which has been said: it may be given back twice.
          ...(known?.held && known.excess && { excess: known.excess }),
          at,
        });
      } else if (known !== undefined) {
        state.locks.set(change.lock, {
          ...known,
          held: true,
          depth: 1,
          mode: change.mode,
          dropped: true,
          // It can have been taken again only if somebody had taken it before the call.
          doubtful: known.doubtful === true || !known.held,
          at: known.held ? known.at : at,
        });
      } else {
        state.locks.set(change.lock, {
          held: true,
          mode: change.mode,
          depth: 1,
          entry: 'held',
          dropped: true,
          doubtful: mayBeTakenUnseen(frame, state, change.lock),
          at,
        });
      }
      dropProtection(frame, state, change.lock, at, callers);
    }
  }
  if (handsOver) {
    for (const { lock } of locks) {
      const known = state.locks.get(lock);
      if (known !== undefined) state.locks.set(lock, { ...known, doubtful: true });
    }
  }
  for (const { cursor, state: after } of outcome.cursors)
    applyCursor(frame, state, call, ofResult(cursor), after, ofResult, result);
  for (const { variable, value } of assigned) {
    state.env.set(variable, value ?? table.freshFor(values.site, 65, variable));
  }
  for (const { tree: own, state: t } of treesHere) {
    const tree = own ?? result;
    const known = state.trees.get(tree);
    // The helper has only put it in RCU mode, or out of it: that says nothing of how it is locked.
    const isSwitch = t.mode === 'unknown' && t.lock === null && t.flags === undefined;
    if (t.rcu !== undefined) frame.context.trees.learnRcu(tree, t.rcu, isSwitch);
    state.trees.set(tree, isSwitch && known !== undefined ? { ...known, ...(t.rcu && { rcu: t.rcu }) } : t);
    if (!isSwitch) learnTree(frame, tree, t);
  }
  if (outcome.entry !== null) takeOver(frame, state, call, result, outcome.entry, keeper);
  for (const value of disposed) {
    disposeOf(frame, state, value, {
      span: call.span,
      api: call.implicit ? 'the end of the scope' : call.text,
      implicit: call.implicit ?? false,
    });
  }
  if (guard !== null) state.guards.set(result, guard);
  state.env.set(frame.fn.home.variableBase + call.to, result);
  frame.context.describer.name(result, frame.fn.home.variableBase + call.to);
  return true;
}

/** The helper returns an entry: what keeps it is this function's, or its callers' affair. */
function takeOver(
  frame: Frame,
  state: State,
  call: CallInstr,
  result: Value,
  entry: EntryState,
  keeper: Value | null,
): void {
  const message = `${call.text}() returns what ${entry.api}() found`;
  const found = frame.step('call', call.span, message, entry.found);
  if (keeper !== null && receiveEntry(frame, state, result, call.text, found, { ...entry, keeper })) return;
  const isLent = entry.status === 'loose';
  // Whether anything but a section keeps it, whoever wrote the helper may know.
  if (isLent && !isInOwnSection(frame, state)) lendEntry(frame, state, result, call.text, found, entry);
  else findEntry(frame, state, result, { api: call.text, found, isLent, keeper: null, tree: null });
}

/** Something that is known to be true or false is left in a variable of the caller's, or NULL somewhere. */
function isAnswer({ context: { table } }: Frame, pointer: Value, { truthy }: Fact): boolean {
  return truthy === false || (truthy === true && table.node(pointer).kind === 'addrVar');
}

function isKnownContent({ context: { table } }: Frame, state: State, value: Value): boolean {
  const { kind } = table.node(value);
  if (state.locks.has(value) || kind === 'const' || kind === 'binary' || kind === 'unary') return true;
  return factAbout(state, table, value).truthy === false;
}

/** Gives one lock of a kind back and takes another: which one the caller is left with depends on what it gave. */
function isHandOver(frame: Frame, locks: readonly { lock: Value; change: string }[]): boolean {
  const kinds = (change: string): string[] =>
    locks.filter((l) => l.change === change).map((l) => lockKind(frame, l.lock));
  const released = kinds('released');
  return kinds('acquired').some((kind) => released.includes(kind));
}

/** The address of a slot, in the caller's terms: its base is put over, its content is not read. */
function pointerHere(frame: Frame, slot: Value, here: (v: Value) => Value): Value | null {
  const { table } = frame.context;
  const node = table.node(slot);
  switch (node.kind) {
    case 'field':
      return table.addrField(here(node.base), node.name);
    case 'index':
      return table.intern({ kind: 'addrIndex', base: here(node.base), index: here(node.index) });
    case 'deref':
      return here(node.base);
    case 'global':
      return table.intern({ kind: 'addrGlobal', name: node.name });
    default:
      return null;
  }
}

function applyCursor(
  frame: Frame,
  state: State,
  call: CallInstr,
  cursor: Value,
  after: CursorState,
  here: (v: Value) => Value,
  result: Value,
): void {
  if (after.status === 'entry') return;
  const known = state.cursors.get(cursor);
  if (after.fromEntry) {
    // The helper dropped the lock under whatever position the cursor had.
    if (known?.status === 'node' || known?.status === 'stale') {
      state.cursors.set(cursor, { status: 'stale', protectors: new Set(), at: after.at });
    } else if (known === undefined || known.status === 'entry') state.cursors.set(cursor, after);
    return;
  }
  const protectors = new Set<Value | 'caller'>();
  for (const p of after.protectors) {
    if (p !== 'caller') protectors.add(here(p));
  }
  if (after.protectors.has('caller')) {
    for (const [lock, s] of state.locks) if (s.held) protectors.add(lock);
    if (protectors.size === 0) protectors.add('caller');
  }
  const at = after.at === null ? null : frame.step(after.at.kind, call.span, after.at.message, after.at);
  const tests = after.tests?.map((t) =>
    t.value === frame.context.table.result ? { ...t, value: result } : t,
  );
  state.cursors.set(cursor, { ...after, protectors, at, ...(tests && { tests }) });
}

import { meetFacts, saysNothing } from '../domain/facts.ts';
import { type CursorState, factAbout, type State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Substitution, Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import { relockMessage, takesItselfMessage } from '../rules/no-relock.ts';
import { overtakenMessage, staleMessage, staleThroughHelperMessage } from '../rules/no-stale-state.ts';
import { helperUnlocksMessage } from '../rules/require-unlock.ts';
import type { Condition, Outcome, Summary } from '../summaries/summary.ts';
import { soundsReleasing } from './intent.ts';
import { checkAccess, shownAt } from './access.ts';
import type { CallInstr } from './api-call.ts';
import { assume, learn } from './assume.ts';
import { loadThrough, storeThrough } from './evaluate.ts';
import { dropProtection, overtake } from './cursor-effects.ts';
import type { CallValues, Frame } from './frame.ts';
import { isNew } from './tree-effects.ts';
import {
  cannotBeHeld,
  doubtShape,
  freedLocks,
  mayBeTakenUnseen,
  heldLocks,
  isVague,
  lockKind,
} from './hold.ts';

/** The symbols of a call that stand for the fields of its result start here. */
const FIELD_PART = 4096;

/** A call of a function of the program: what it needs is checked here, and what it does happens. */
export function callSummary(
  frame: Frame,
  state: State,
  call: CallInstr,
  callee: Fn,
  summary: Summary,
  values: CallValues,
  ofCallback = false,
): State[] {
  const { table } = frame.context;
  const sub = substitution(frame, state, callee, values);
  const memo = new Map<Value, Value>();
  const here = (v: Value): Value => table.substitute(v, sub, memo);

  checkNeeds(frame, state, call, summary, here, ofCallback);
  frame.callback = null;
  for (const change of summary.changes) {
    const by = change.cursor === null ? null : here(change.cursor);
    overtake(frame, state, here(change.tree), by, call.span, call.text, change.at);
  }
  if (!call.guarded) throwThrough(frame, state, call, summary, values, here);
  for (const kind of summary.takenKinds) frame.recorder.takenKinds.add(kind);
  for (const kind of summary.releasedKinds) frame.recorder.releasedKinds.add(kind);
  for (const lock of summary.doubts) doubtShape(frame, state, here(lock));
  if (!summary.complete || summary.outcomes.length === 0) return summary.complete ? [] : [state];

  const applied: { state: State; outcome: Outcome }[] = [];
  const outcomes = summary.outcomes.filter((o) => !isNullTolerance(frame, state, o, summary.outcomes, here));
  outcomes.forEach((outcome, index) => {
    const last = index === outcomes.length - 1;
    const next = last ? state : state.clone();
    if (applyOutcome(frame, next, call, outcome, values, here)) applied.push({ state: next, outcome });
  });
  doubtAmbiguous(frame, applied);
  return applied.map((a) => a.state);
}

/** What the helper throws leaves this function too, with the locks of this moment. */
function throwThrough(
  frame: Frame,
  state: State,
  call: CallInstr,
  summary: Summary,
  values: CallValues,
  here: (v: Value) => Value,
): void {
  for (const outcome of summary.throws) {
    if (!possible(frame, state, outcome.when, here)) continue;
    const next = state.clone();
    if (applyOutcome(frame, next, call, outcome, values, here))
      frame.thrown.push({ state: next, span: call.span });
  }
}

/** The helper gives a lock back on one path and keeps it on another, and nothing that the caller sees tells which. */
function doubtAmbiguous(frame: Frame, applied: readonly { state: State; outcome: Outcome }[]): void {
  for (const { outcome } of applied) {
    for (const change of outcome.locks) {
      if (change.change !== 'released') continue;
      const kept = applied.filter(
        (a) =>
          !a.outcome.locks.some((l) => l.lock === change.lock) &&
          meetFacts(a.outcome.fact, outcome.fact) !== null,
      );
      const kind = lockKind(frame, change.lock);
      for (const { state } of kept) {
        for (const [lock, s] of state.locks) {
          if (s.held && lockKind(frame, lock) === kind) state.locks.set(lock, { ...s, doubtful: true });
        }
      }
    }
  }
}

/**
 * A helper that gives a lock back, but does nothing if it is given NULL: where nothing is known of the argument, it is
 * taken to be there.
 */
function isNullTolerance(
  frame: Frame,
  state: State,
  outcome: Outcome,
  all: readonly Outcome[],
  here: (v: Value) => Value,
): boolean {
  if (outcome.locks.length > 0) return false;
  return outcome.when.some(
    (c) =>
      c.fact.truthy === false &&
      frame.context.table.node(c.value).kind === 'entry' &&
      factAbout(state, frame.context.table, here(c.value)).truthy === undefined &&
      all.some(
        (o) =>
          o.locks.some((l) => l.change === 'released') &&
          o.when.some((d) => d.value === c.value && d.fact.truthy === true),
      ),
  );
}

/** The callee's symbols in the caller's terms: arguments for parameters, current values for captured variables. */
function substitution(frame: Frame, state: State, callee: Fn, values: CallValues): Substitution {
  const { table, program } = frame.context;
  const byParam = new Map<number, Value>();
  const base = callee.home.variableBase;
  callee.ir.params.forEach((id, k) => {
    byParam.set(
      base + id,
      values.args[k] ?? (callee.home.language === 'c' ? table.fresh(values.site, 8 + k) : table.null),
    );
  });
  if (callee.ir.receiver !== undefined && values.receiver !== undefined) {
    byParam.set(base + callee.ir.receiver, values.receiver);
  }
  return {
    replace: (value, node) => {
      if (node.kind === 'entry') {
        const arg = byParam.get(node.variable);
        if (arg !== undefined) return arg;
        return state.env.get(node.variable) ?? value;
      }
      if (node.kind === 'addrVar' && program.ownerOf(node.variable)?.index === callee.index) {
        return table.fresh(values.site, 64 + node.variable);
      }
      return undefined;
    },
    load: (slot) => state.memory.get(slot) ?? (isLeftOut(frame, slot) ? table.null : slot),
    loadThrough: (pointer) => loadThrough(pointer, state, table),
  };
}

/** A field of an object literal of this function that the literal does not give. */
function isLeftOut(frame: Frame, slot: Value): boolean {
  const { table, births } = frame.context;
  const node = table.node(slot);
  if (node.kind !== 'field' || frame.fn.home.language === 'c') return false;
  const base = table.node(node.base);
  return base.kind === 'fresh' && births.get(base.site) === '';
}

/** False if a condition on the entry cannot hold in this state. */
function possible(
  frame: Frame,
  state: State,
  when: readonly Condition[],
  here: (v: Value) => Value,
): boolean {
  const { table } = frame.context;
  return when.every((c) => {
    const value = here(c.value);
    return (
      meetFacts(factAbout(state, table, value), c.fact) !== null &&
      !contradicts(frame, state, value, c.fact.truthy)
    );
  });
}

/** Conditions are expressions of the callee: in the caller they may be decided by what is known of their parts. */
function contradicts(frame: Frame, state: State, value: Value, truthy: boolean | undefined): boolean {
  if (truthy === undefined) return false;
  const kind = frame.context.table.node(value).kind;
  if (kind !== 'unary' && kind !== 'binary' && kind !== 'pure') return false;
  return !assume(state.clone(), frame.context.table, value, truthy);
}

function checkNeeds(
  frame: Frame,
  state: State,
  call: CallInstr,
  summary: Summary,
  here: (v: Value) => Value,
  ofCallback: boolean,
): void {
  const span = call.span;
  const name = call.text;
  const callStep = { ...frame.step('call', span, `calls ${name}()`), ofCallback };
  for (const need of summary.access) {
    if (!possible(frame, state, need.when, here)) continue;
    if (ofCallback) frame.callback = need.steps;
    checkAccess(frame, state, {
      tree: here(need.tree),
      access: need.access,
      api: name,
      innerApi: need.api,
      span,
      inside: need.steps,
      heldInside: need.held.map((h) => ({ ...h, lock: here(h.lock) })),
      freedInside: need.freed.map((h) => ({ ...h, lock: here(h.lock) })),
      given: need.given && here(need.tree) === treeSlotHere(frame, need.tree, here),
      certainty: need.certainty,
      ofCallback,
    });
  }
  for (const need of summary.free) {
    if (!possible(frame, state, need.when, here)) continue;
    if (ofCallback) frame.callback = need.steps;
    const lock = here(need.lock);
    const known = state.locks.get(lock);
    const lockName = frame.sayPlace(lock, state);
    const inside = need.held.map((h) => ({ ...h, lock: here(h.lock) }));
    const freed = need.freed.map((h) => ({ ...h, lock: here(h.lock) }));
    // The helper gives the lock back before it, or what it calls, takes it.
    if (freed.some((h) => h.lock === lock)) continue;
    const heldAt =
      known?.held && !(known.mode === 'read' && need.mode === 'read')
        ? known.at
        : inside.find((h) => h.lock === lock)?.at;
    if (heldAt !== undefined) {
      const shown = shownAt(frame, span, ofCallback ? [callStep, ...need.steps] : need.steps);
      const taker = shown.span === span ? name : need.api;
      const message = need.inside
        ? takesItselfMessage(taker, lockName)
        : relockMessage(taker, lockName, known?.mode ?? 'write', need.mode);
      frame.report(
        'no-relock',
        shown.span,
        message,
        [heldAt, ...need.steps.slice(-1)],
        state,
        need.certainty,
      );
    } else if (known === undefined && frame.isExpressible(lock)) {
      frame.recorder.need(frame.recorder.free, `${lock}${need.mode}`, {
        ...need,
        lock,
        held: [...inside, ...heldLocks(state).map(([l, s]) => ({ lock: l, at: s.at }))],
        freed: [...freed, ...freedLocks(state)],
        when: frame.conditions(state),
        steps: [callStep, ...need.steps],
      });
    }
  }
  const applicable = summary.outcomes.filter((o) => possible(frame, state, o.when, here));
  for (const need of summary.held) {
    if (!possible(frame, state, need.when, here)) continue;
    if (ofCallback) frame.callback = need.steps;
    // Where the helper gives the lock back on some of its paths only, which of them is taken here is not known.
    const always = applicable.every((o) =>
      o.locks.some((l) => l.lock === need.lock && l.change !== 'acquired'),
    );
    const needCertainty = always ? need.certainty : 'possible';
    const lock = here(need.lock);
    const known = state.locks.get(lock);
    const lockName = frame.sayPlace(lock, state);
    if (known?.held) continue;
    if (
      known !== undefined ||
      (frame.isOwn(lock) && !mayBeTakenUnseen(frame, state, lock)) ||
      cannotBeHeld(frame, state, lock)
    ) {
      const related = [...(known === undefined ? [] : [known.at]), ...need.steps.slice(-1)];
      const unsure = known?.doubtful || isVague(frame, lock) || soundsReleasing(frame.fn);
      const certainty = unsure ? 'possible' : needCertainty;
      frame.report('require-unlock', span, helperUnlocksMessage(name, lockName), related, state, certainty);
    } else if (frame.isExpressible(lock)) {
      frame.recorder.need(frame.recorder.held, `${lock}${need.mode}`, {
        ...need,
        lock,
        when: frame.conditions(state),
        certainty: mayBeTakenUnseen(frame, state, lock) || state.imprecise ? 'possible' : needCertainty,
        steps: [callStep, ...need.steps],
      });
    }
  }
  for (const need of summary.fresh) {
    if (!possible(frame, state, need.when, here)) continue;
    if (ofCallback) frame.callback = need.steps;
    const cursor = here(need.cursor);
    const known = state.cursors.get(cursor);
    const related = need.steps.slice(-1);
    const cursorName = frame.sayPlace(cursor, state);
    if (need.drop !== null && known?.status === 'node') {
      frame.report(
        'no-stale-state',
        span,
        staleThroughHelperMessage(name, cursorName),
        [need.drop, ...related],
        state,
      );
    } else if (need.drop === null && known?.status === 'stale' && known.at !== null && !known.fromEntry) {
      const message = known.overtaken ? overtakenMessage(name, cursorName) : staleMessage(name, cursorName);
      frame.report('no-stale-state', span, message, [known.at, ...related], state);
    } else if ((known === undefined || known.status === 'entry') && frame.isExpressible(cursor)) {
      frame.recorder.need(frame.recorder.fresh, `${cursor}`, {
        ...need,
        cursor,
        when: frame.conditions(state),
        steps: [callStep, ...need.steps],
      });
    }
  }
}

/** Where the tree of a need is the tree of a cursor: the slot that holds it, in the caller's terms. */
function treeSlotHere(frame: Frame, tree: Value, here: (v: Value) => Value): Value | null {
  const node = frame.context.table.node(tree);
  return node.kind === 'field' ? frame.context.table.field(here(node.base), node.name) : null;
}

/** Lets one outcome of the callee happen. False if it cannot, from this state. */
function applyOutcome(
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
  const cursors = outcome.cursors.map((c) => ({ ...c, cursor: here(c.cursor) }));
  const stored = outcome.stored.map((s) => ({
    pointer: pointerHere(frame, s.slot, here),
    value: s.value === null ? null : here(s.value),
    slot: s.slot,
    isLock: s.isLock,
  }));
  const assigned = outcome.assigned.map((a) => ({ ...a, value: a.value === null ? null : here(a.value) }));
  const trees = outcome.trees.map((t) => {
    const tree = here(t.tree);
    const unpublished = frame.fn.home.language === 'c' && isNew(frame, tree);
    return {
      tree,
      state: { ...t.state, lock: t.state.lock === null ? null : here(t.state.lock), unpublished },
    };
  });
  const fields = outcome.fields.map((f) => ({ ...f, value: f.value === null ? null : here(f.value) }));
  const slot = outcome.result === null ? outcome.resultSlot : null;
  const pointer = slot === null ? null : pointerHere(frame, slot, here);
  const named = pointer === null ? values.result : loadThrough(pointer, state, table);
  const result = outcome.result === null ? named : here(outcome.result);
  const guard = outcome.guard === null ? null : { ...outcome.guard, lock: here(outcome.guard.lock) };

  for (const { value, fact } of when) {
    if (fact.truthy !== undefined && !assume(state, table, value, fact.truthy)) return false;
    if (!learn(state, table, value, fact)) return false;
  }
  if (!saysNothing(outcome.fact) && !learn(state, table, result, outcome.fact)) return false;

  fields.forEach(({ name, value, fact }, k) => {
    const content = value ?? table.fresh(values.site, FIELD_PART + k);
    state.memory.set(table.field(result, name), content);
    learn(state, table, content, fact);
  });
  stored.forEach(({ pointer, value, isLock }, k) => {
    if (pointer === null) return;
    if (value !== null) storeThrough(pointer, value, state, table);
    // An unnamed value ends what is known of a number or a lock; other pointers are taken to be as they were.
    else if (isLock || isNumberOrLock(frame, state, loadThrough(pointer, state, table))) {
      storeThrough(pointer, table.fresh(values.site, 512 + k), state, table);
    }
  });
  // A lock that the helper left a pointer to is found through the pointer, as it is now.
  const ofResult = (v: Value): Value => {
    const left = stored.find((s) => s.slot === v);
    if (left !== undefined && left.pointer !== null) return loadThrough(left.pointer, state, table);
    return table.substitute(here(v), { replace: (x) => (x === table.result ? result : undefined) });
  };
  const locks = outcome.locks.map((l) => ({ ...l, lock: ofResult(l.lock) }));
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
      const at = change.intended ? step('acquire', `${call.text}() takes ${name}`) : change.at;
      state.step(at);
      state.locks.set(change.lock, {
        held: true,
        mode: change.mode,
        depth: 1,
        entry: known?.entry ?? 'free',
        dropped: known?.dropped ?? false,
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
          at,
        });
      } else if (known !== undefined) {
        state.locks.set(change.lock, { ...known, held: true, depth: 1, mode: change.mode, dropped: true });
      } else {
        state.locks.set(change.lock, {
          held: true,
          mode: change.mode,
          depth: 1,
          entry: 'held',
          dropped: true,
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
  for (const { cursor, state: after } of cursors) applyCursor(frame, state, call, cursor, after, here);
  for (const { variable, value } of assigned) {
    state.env.set(variable, value ?? table.fresh(values.site, 1024 + variable));
  }
  for (const { tree, state: t } of trees) state.trees.set(tree, t);
  if (guard !== null) state.guards.set(result, guard);
  state.env.set(frame.fn.home.variableBase + call.to, result);
  return true;
}

function isNumberOrLock(frame: Frame, state: State, value: Value): boolean {
  const { kind } = frame.context.table.node(value);
  return state.locks.has(value) || kind === 'const' || kind === 'binary' || kind === 'unary';
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
  state.cursors.set(cursor, { ...after, protectors, at });
}

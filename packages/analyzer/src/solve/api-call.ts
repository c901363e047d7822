import type { FunctionContract, LockEffect } from '@maplelock/core';
import { ZERO_OR_ERRNO } from '../domain/facts.ts';
import type { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Instr } from '../ir/ir.ts';
import type { Container } from '../contracts/model.ts';
import { takesItselfMessage } from '../rules/no-relock.ts';
import { checkAccess } from './access.ts';
import { assertOfCaller, checkSaid } from './asserted.ts';
import { runGiven } from './callbacks.ts';
import { learn } from './assume.ts';
import { MASKING } from '../contracts/kernel-locks.ts';
import { answer, leaveLock, takeLocks } from './conditional-locks.ts';
import { overtake, useCursor } from './cursor-effects.ts';
import { noteCursorState } from './cursor-states.ts';
import { afterEach } from './disjuncts.ts';
import { dropObjectLock } from './drops.ts';
import { noteErased, takeEntries } from './entry-effects.ts';
import { findEntry } from './found-entries.ts';
import { keeperOf } from './entry-keepers.ts';
import type { CallValues, Frame } from './frame.ts';
import { acquire, assertHeld, heldLocks, type HoldAt, release, requireFree } from './hold.ts';
import { lockKind } from './lock-shape.ts';
import { noteAcquire } from './lock-order.ts';
import { checkOwnLocks, givesOtherLock } from './mixed-locks.ts';
import { answerRcu } from './rcu-readers.ts';
import { noteReservation } from './reservations.ts';
import { noteResult, splitByRetry } from './results.ts';
import { checkSleep } from './sleep.ts';
import { initializeTree } from './tree-effects.ts';

export type CallInstr = Extract<Instr, { kind: 'call' }>;

/** A call of a function that a contract describes. Returns the states after it: one, or two for a conditional acquire. */
export function callApi(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  values: CallValues,
): State[] {
  const at = (path: string): Value => frame.path(path, values, state);
  if (touchesNothing(frame, state, row, at)) return [];
  const api = row.name.startsWith('new ') ? row.name : call.text;
  const hold: HoldAt = {
    span: call.span,
    api,
    reentrant: row.reentrant ?? false,
    atomic: row.atomic ?? false,
    nested: row.nested ?? false,
    masks: MASKING.has(row.name),
  };

  frame.noteContainers(row, at);
  const container = frame.fn.home.model.containerOf(row);
  const { owner } = container;
  const cursor = row.cursor === undefined ? undefined : at(row.cursor.at);
  for (const need of row.needs ?? []) {
    const tree = at(need.tree);
    checkAccess(frame, state, {
      tree,
      given:
        (cursor !== undefined && frame.context.table.field(cursor, owner) === tree) ||
        isOfGivenCursor(frame, tree, container),
      access: need.access,
      api,
      innerApi: api,
      span: call.span,
      inside: [],
      heldInside: [],
      freedInside: [],
      certainty: 'proved',
    });
  }
  checkOwnLocks(frame, state, row, at, { span: call.span, api });
  checkSleep(frame, state, row, at, { span: call.span, api });
  for (const effect of row.takes ?? [])
    takeInside(frame, state, frame.lock(effect.lock, at, state), effect, hold);
  const position = cursor === undefined ? undefined : state.cursors.get(cursor)?.status;
  if (row.cursor !== undefined && cursor !== undefined)
    useCursor(frame, state, cursor, row.cursor, api, call.span);
  noteCursorState(frame, state, row, values);
  // A writer that takes the lock itself runs where the lock is free: no position under that lock is alive there.
  if (row.modifies !== undefined && row.takes === undefined)
    overtake(frame, state, at(row.modifies), cursor ?? null, call.span, api);
  if (row.makesCursor !== undefined)
    makeCursor(frame, state, at(row.makesCursor.at), owner, at(row.makesCursor.tree));
  if (row.tree !== undefined) initializeTree(frame, state, row, at, { span: call.span, api });
  dropObjectLock(frame, state, row, values, hold);
  if (isDowngrade(row)) {
    for (const effect of row.acquires ?? []) {
      const lock = frame.lock(effect.lock, at, state);
      const known = state.locks.get(lock);
      if (known?.held) state.locks.set(lock, { ...known, mode: effect.mode, lowered: true });
    }
    return [state];
  }
  if (isYield(row)) expectHeld(frame, state, row, at, hold);
  for (const effect of row.releases ?? []) {
    if (effect.when !== undefined) continue;
    const lock = frame.lock(effect.lock, at, state);
    if (!givesOtherLock(frame, state, lock, hold)) release(frame, state, lock, effect.mode, hold);
  }
  for (const effect of row.asserts ?? []) {
    if (effect.when !== undefined) continue;
    // Asked in an expression it is one of several answers.
    if (call.result === 'dropped')
      sayOfCaller(frame, state, frame.lock(effect.lock, at, state), effect, hold);
    checkSaid(frame, state, frame.lock(effect.lock, at, state), effect, hold);
    assertHeld(frame, state, frame.lock(effect.lock, at, state), effect.mode, hold);
  }
  if (row.modifies !== undefined) {
    takeEntries(state);
    if (row.result.kind === 'entry') noteErased(frame, state, at(row.modifies), values.site);
  }
  if (row.result.kind === 'entry' && row.modifies === undefined) {
    const found = frame.step('access', call.span, `${api}() finds ${frame.say(values.result, state)}`);
    const isLent = row.needs === undefined;
    const keeper = keeperOf(frame, state, row, at);
    // A function of the normal API is given the tree itself.
    const source = row.entryOf ?? row.needs?.[0]?.tree ?? (row.cursor === undefined ? '$0' : undefined);
    const tree = source === undefined ? null : at(source);
    findEntry(frame, state, values.result, { api, found, isLent, keeper, tree });
  }
  if (row.result.kind === 'entry') leadBack(frame, state, values.result, row, at);
  noteResult(frame, state, call, row, values, position);
  noteReservation(frame, state, call, row, values);
  if (row.result.kind === 'errno') learn(state, frame.context.table, values.result, ZERO_OR_ERRNO);
  const steps: readonly ((after: State) => State[])[] = [
    (after) => runCallbacks(frame, after, call, row, values, hold),
    (after) => takeLocks(frame, after, call, row, values, hold),
    (after) => answer(frame, after, row, values, hold),
    (after) => answerRcu(frame, after, row, values),
    (after) => leaveLock(frame, after, row, values, hold),
  ];
  return steps.reduce(afterEach, splitByRetry(frame, state, call, row, values));
}

/** `mtree_destroy(mas->tree)`: the tree of a cursor, which the call itself is not given. */
function isOfGivenCursor(frame: Frame, tree: Value, { owner, cursors }: Container): boolean {
  const { table, program, births } = frame.context;
  const node = table.node(tree);
  if (node.kind !== 'field' || node.name !== owner || !frame.isExpressible(tree)) return false;
  return Object.entries(cursors).some(([name, path]) => {
    const part = table.node(node.base);
    if (path === '') return program.typeOf(table, node.base, births)?.name === name;
    return (
      part.kind === 'addrField' &&
      path === `&${part.name}` &&
      program.typeOf(table, part.base, births)?.name === name
    );
  });
}

/** The tree or lock lies behind NULL: nobody comes here. */
function touchesNothing(
  frame: Frame,
  state: State,
  { needs = [], takes = [], acquires = [], releases = [], asserts = [] }: FunctionContract,
  at: (path: string) => Value,
): boolean {
  const { table } = frame.context;
  const isNowhere = ({ lock }: LockEffect): boolean => table.isBehindNull(frame.lock(lock, at, state));
  return (
    needs.some(({ tree }) => table.isBehindNull(at(tree))) ||
    [takes, acquires, releases, asserts].some((effects) => effects.some(isNowhere))
  );
}

/** An entry leads back to the object that its tree lies in: `vma->vm_mm`. */
function leadBack(
  frame: Frame,
  state: State,
  entry: Value,
  row: FunctionContract,
  at: (path: string) => Value,
): void {
  const path = row.entryOf ?? row.needs?.[0]?.tree;
  if (path === undefined) return;
  const { table } = frame.context;
  const tree = table.node(at(path));
  if (tree.kind !== 'addrField') return;
  const { back } = frame.fn.home.model.externalFields.find((f) => f.tree === tree.name) ?? {};
  if (back !== undefined) state.memory.set(table.field(entry, back), tree.base);
}

/** An assertion of a lock that this function has not touched speaks of its callers. */
function sayOfCaller(frame: Frame, state: State, lock: Value, effect: LockEffect, at: HoldAt): void {
  // `rcu_read_lock_held() || lockdep_is_held(...)`: RCU is one of several ways, as a rule.
  if (state.locks.has(lock) || !frame.isExpressible(lock) || frame.context.table.isRcu(lock)) return;
  const kind = lockKind(frame, lock);
  // A lock of its kind may be the same one, by another way to it.
  if (kind !== '' && heldLocks(state).some(([l]) => lockKind(frame, l) === kind)) return;
  const tree = frame.ownerOf(lock);
  const text = `${at.api}() says that ${frame.sayPlace(lock, state)} is held`;
  const step = frame.step('note', at.span, text);
  if (tree === null) {
    const shared = effect.anyMode === true ? 'fine' : 'wrong';
    const said = { api: frame.fn.ir.name, step, certainty: 'possible', shared } as const;
    assertOfCaller(frame, state, lock, effect.mode, said);
    return;
  }
  frame.recorder.need(frame.recorder.access, `asserted ${tree}${effect.mode}`, {
    access: effect.mode,
    tree,
    held: [],
    freed: [],
    underRcu: false,
    afterAwait: false,
    mayBeHeld: false,
    when: frame.conditions(state),
    steps: [step],
    certainty: state.imprecise ? 'possible' : 'proved',
    api: at.api,
    declared: true,
    given: false,
  });
}

/** The functions that the call runs, each with the locks that it takes around them. */
function runCallbacks(
  frame: Frame,
  state: State,
  call: CallInstr,
  row: FunctionContract,
  values: CallValues,
  hold: HoldAt,
): State[] {
  let states = [state];
  for (const { at, under = [] } of row.runs ?? []) {
    const locks = under.map(({ lock, mode }) => ({
      lock: frame.lock(lock, (path) => frame.path(path, values, state), state),
      mode,
    }));
    const giveBack = (s: State): void => {
      for (const { lock, mode } of locks.toReversed()) release(frame, s, lock, mode, hold);
    };
    states = afterEach(states, (s) => {
      for (const { lock, mode } of locks) acquire(frame, s, lock, mode, hold);
      const before = frame.thrown.length;
      const after = runGiven(frame, s, call, frame.path(at, values, s), values);
      for (const thrown of frame.thrown.slice(before)) giveBack(thrown.state);
      after.forEach(giveBack);
      return after;
    });
  }
  return states;
}

/** Gives the lock back and takes it again in the same mode. */
function isYield(row: FunctionContract): boolean {
  const { releases = [], acquires = [] } = row;
  return (
    releases.length > 0 &&
    releases.length === acquires.length &&
    releases.every((released, k) => JSON.stringify(released) === JSON.stringify(acquires[k]))
  );
}

/** Who gives way with the lock of an object that it looked up was called with that lock. */
function expectHeld(
  frame: Frame,
  state: State,
  row: FunctionContract,
  at: (path: string) => Value,
  hold: HoldAt,
): void {
  for (const effect of row.releases ?? []) {
    const lock = frame.lock(effect.lock, at, state);
    if (state.locks.has(lock) || frame.isExpressible(lock) || frame.isOwn(lock)) continue;
    assertHeld(frame, state, lock, effect.mode, hold);
  }
}

/** Gives back one mode and takes the other of the same lock: the hold is not broken. */
function isDowngrade(row: FunctionContract): boolean {
  const released = row.releases?.[0];
  const taken = row.acquires?.[0];
  return (
    released !== undefined &&
    released.mode !== taken?.mode &&
    JSON.stringify(released.lock) === JSON.stringify(taken?.lock)
  );
}

/** The call takes the lock and gives it back: the caller must not hold it. */
function takeInside(frame: Frame, state: State, lock: Value, effect: LockEffect, at: HoldAt): void {
  const known = state.locks.get(lock);
  if (known?.held) {
    frame.report(
      'no-relock',
      at.span,
      takesItselfMessage(at.api, frame.sayPlace(lock, state), effect.lock.of !== 'object'),
      [known.at],
      state,
    );
  } else if (known === undefined && !at.reentrant) {
    requireFree(frame, state, lock, effect.mode, at, true);
  }
  if (!known?.held) {
    const step = frame.step('acquire', at.span, `${at.api}() takes ${frame.sayPlace(lock, state)}`);
    noteAcquire(frame, state, lock, effect.mode, at.nested ?? false, step);
  }
}

function makeCursor(frame: Frame, state: State, cursor: Value, owner: string, tree: Value): void {
  state.memory.set(frame.context.table.field(cursor, owner), tree);
  state.cursors.set(cursor, { status: 'start', protectors: new Set(), at: null });
}

import type { CursorEffect } from '@maplelock/core';
import { mayAlias } from '../domain/alias.ts';
import type { CursorState, State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Span } from '../ir/source.ts';
import { overtakenMessage, staleMessage } from '../rules/no-stale-state.ts';
import { endReadSection } from './entry-effects.ts';
import { checkCursorState } from './cursor-states.ts';
import type { Frame } from './frame.ts';

const NONE: ReadonlySet<Value | 'caller'> = new Set();

/** The tree that a cursor walks. */
export function treeOf(frame: Frame, state: State, cursor: Value): Value {
  return frame.member(cursor, frame.context.trees.kinds.of(cursor).owner, state);
}

/** The locks, held now, that keep the node under a cursor alive. */
function protectorsOf(frame: Frame, state: State, cursor: Value): Set<Value | 'caller'> {
  const tree = treeOf(frame, state, cursor);
  const { locks, mode } = frame.locksOf(tree, state);
  const result = new Set<Value | 'caller'>();
  for (const [lock, s] of state.locks) {
    if (!s.held) continue;
    const isRcu = frame.context.table.isRcu(lock);
    if (isRcu || locks.includes(lock) || mode === 'unknown' || (mode === 'external' && locks.length === 0)) {
      result.add(lock);
    }
  }
  if (result.size === 0 || isCallersTree(frame, tree)) result.add('caller');
  return result;
}

/** True if this function touches the tree elsewhere without a lock of its own: it is called under the lock. */
function isCallersTree(frame: Frame, tree: Value): boolean {
  for (const need of frame.recorder.access.values()) if (need.tree === tree) return true;
  return false;
}

/** Checks that a cursor's position is still good, and moves the cursor as the contract says. */
export function useCursor(
  frame: Frame,
  state: State,
  cursor: Value,
  effect: CursorEffect,
  api: string,
  span: Span,
  inside?: TraceStep,
): void {
  checkCursorState(frame, state, cursor, effect.illegal, api, span);
  const known = state.cursors.get(cursor);
  if (effect.uses === 'position') {
    if (known?.status === 'stale') reportStale(frame, state, cursor, known, api, span, inside);
    else if (known?.status === 'entry' || (known === undefined && !frame.isOwn(cursor)))
      requireFresh(frame, state, cursor, null, api, span, inside, effect.illegal);
  }
  if (effect.leaves === 'same') return;
  if (effect.leaves === 'node') {
    const at = frame.step('position', span, `${api}() places ${frame.say(cursor, state)}`, inside);
    state.cursors.set(cursor, { status: 'node', protectors: protectorsOf(frame, state, cursor), at });
  } else {
    const at =
      effect.leaves === 'pause'
        ? frame.step('position', span, `${api}() pauses ${frame.say(cursor, state)}`, inside)
        : null;
    state.cursors.set(cursor, { status: effect.leaves, protectors: NONE, at });
  }
}

function reportStale(
  frame: Frame,
  state: State,
  cursor: Value,
  known: CursorState,
  api: string,
  span: Span,
  inside: TraceStep | undefined,
): void {
  const name = frame.sayPlace(cursor, state);
  if (known.fromEntry && known.at !== null) {
    requireFresh(frame, state, cursor, known.at, api, span, inside);
    return;
  }
  const { advice } = frame.context.trees.kinds.of(cursor);
  const message = known.overtaken ? overtakenMessage(api, name, advice) : staleMessage(api, name, advice);
  frame.report('no-stale-state', span, message, known.at === null ? [] : [known.at], state);
}

function requireFresh(
  frame: Frame,
  state: State,
  cursor: Value,
  drop: TraceStep | null,
  api: string,
  span: Span,
  inside: TraceStep | undefined,
  illegal: CursorEffect['illegal'] = [],
): void {
  if (!frame.isExpressible(cursor)) return;
  frame.recorder.need(frame.recorder.fresh, `${cursor}${drop === null ? '' : 'dropped'}`, {
    cursor,
    drop,
    illegal,
    when: frame.conditions(state),
    steps: [frame.step('access', span, `${api}() goes on from ${frame.sayPlace(cursor, state)}`, inside)],
    certainty: 'possible',
    api,
  });
}

/** A lock was given back: cursors that nothing else protects have lost their node, and entries what kept them. */
export function dropProtection(
  frame: Frame,
  state: State,
  lock: Value,
  at: TraceStep,
  wasCallers: boolean,
): void {
  endReadSection(frame, state, lock, at);
  for (const [cursor, s] of state.cursors) {
    if (s.status !== 'node' && s.status !== 'entry') continue;
    const relevant =
      s.protectors.has(lock) ||
      (wasCallers && s.protectors.has('caller') && guards(frame, state, cursor, lock));
    if (!relevant) continue;
    const left = new Set(s.protectors);
    left.delete(lock);
    if (wasCallers) left.delete('caller');
    if (left.size > 0) state.cursors.set(cursor, { ...s, protectors: left });
    else {
      const fromEntry = s.status === 'entry' ? { fromEntry: true } : {};
      state.cursors.set(cursor, { status: 'stale', protectors: NONE, at, ...fromEntry });
    }
  }
}

/** True if the lock is one of those that may protect the cursor's tree. */
function guards(frame: Frame, state: State, cursor: Value, lock: Value): boolean {
  if (frame.context.table.isRcu(lock)) return true;
  const { locks, mode } = frame.locksOf(treeOf(frame, state, cursor), state);
  return locks.includes(lock) || (mode === 'external' && locks.length === 0);
}

/** A write to a tree: the other cursors on it have lost their node, unless RCU keeps it for them. */
export function overtake(
  frame: Frame,
  state: State,
  tree: Value,
  by: Value | null,
  span: Span,
  api: string,
  inside?: TraceStep,
): void {
  const { table } = frame.context;
  const at = frame.step('note', span, `${api}() changes ${frame.sayPlace(tree, state)}`, inside);
  for (const [cursor, s] of state.cursors) {
    if (s.status !== 'node' || treeOf(frame, state, cursor) !== tree) continue;
    if (by !== null && mayAlias(table, by, cursor, frame.fn.home.language)) continue;
    if ([...s.protectors].some((p) => p !== 'caller' && table.isRcu(p))) continue;
    state.cursors.set(cursor, { status: 'stale', protectors: NONE, at, overtaken: true });
  }
  if (!frame.isExpressible(tree)) return;
  const cursor = by !== null && frame.isExpressible(by) ? by : null;
  const { changes } = frame.recorder;
  const key = `${tree}/${cursor}`;
  if (!changes.has(key)) changes.set(key, { tree, cursor, at });
  state.changed.add(key);
}

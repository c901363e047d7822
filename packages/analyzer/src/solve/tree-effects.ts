import { EXTERN_BITS, EXTERN_FLAG, FLAG_PREFIX } from '../contracts/maple-names.ts';
import type { FunctionContract } from '@maplelock/core';
import type { State, TreeState } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Frame } from './frame.ts';

/** What the flags given to a tree say of its lock. */
function modeOfFlags(frame: Frame, flags: Value): 'internal' | 'external' | 'unknown' {
  const { table } = frame.context;
  const node = table.node(flags);
  if (node.kind === 'const') {
    return typeof node.value === 'number' && (node.value & EXTERN_BITS) === EXTERN_BITS
      ? 'external'
      : 'internal';
  }
  const names: string[] = [];
  const known = !table.mentions(flags, (n) => {
    if (n.kind === 'global' || n.kind === 'import') names.push(n.name);
    return n.kind !== 'global' && n.kind !== 'import' && n.kind !== 'binary' && n.kind !== 'const';
  });
  // Bits that are taken out again, or chosen from, are no promise.
  const joined = !table.mentions(
    flags,
    (n) => n.kind === 'unary' || (n.kind === 'binary' && n.operator !== '|'),
  );
  if (!joined) return 'unknown';
  if (names.includes(EXTERN_FLAG)) return 'external';
  return known && names.every((n) => n.startsWith(FLAG_PREFIX)) ? 'internal' : 'unknown';
}

/** A call that makes a tree, gives it flags, binds it to a lock, or declares it private. */
export function initializeTree(
  frame: Frame,
  state: State,
  row: FunctionContract,
  at: (path: string) => Value,
): void {
  const effect = row.tree;
  if (effect === undefined) return;
  const tree = at(effect.at);
  const before = state.trees.get(tree);
  // In C an object that this function made is nobody else's until it is handed on; core checks its trees at once.
  const unpublished = frame.fn.home.language === 'c' && (before?.unpublished ?? isNew(frame, tree));
  let next: TreeState;
  if (effect.private) next = { mode: 'private', lock: null, unpublished };
  else {
    let mode = before?.mode ?? 'unknown';
    let lock = before?.lock ?? null;
    if (effect.flags !== undefined) mode = modeOfFlags(frame, at(effect.flags));
    else if (effect.lock === undefined) mode = 'internal';
    if (effect.lock !== undefined) {
      mode = 'external';
      lock = at(effect.lock);
    }
    next = { mode, lock, unpublished };
  }
  state.trees.set(tree, next);
  if (next.mode !== 'private') frame.context.trees.learn(tree, next.mode, next.lock);
}

/** The tree lies in an object that this function made, or was just given by an allocator. */
export function isNew(frame: Frame, tree: Value): boolean {
  const root = frame.context.table.node(frame.context.table.root(tree));
  return root.kind === 'fresh' || frame.isOwn(tree);
}

/** An object is handed on: its trees are no longer this function's alone. */
export function publish(frame: Frame, state: State, value: Value): void {
  const root = frame.context.table.root(value);
  for (const [tree, s] of state.trees) {
    if (s.unpublished && frame.context.table.root(tree) === root)
      state.trees.set(tree, { ...s, unpublished: false });
  }
}

/** Trees that were stored in fields and variables: what their initialiser said holds for the place too. */
export function learnPlaces(frame: Frame, state: State): void {
  for (const [tree, s] of state.trees) {
    if (s.mode === 'private' || s.mode === 'unknown') continue;
    for (const [slot, value] of state.memory) {
      if (value === tree) frame.context.trees.learn(slot, s.mode, placeOf(frame, state, s.lock));
    }
    for (const [variable, value] of state.env) {
      if (value === tree && frame.context.program.isLasting(variable)) {
        frame.context.trees.learn(frame.context.table.entry(variable), s.mode, placeOf(frame, state, s.lock));
      }
    }
  }
}

/** Cursors that were stored in fields and module variables: their tree is known to whoever uses them from there. */
export function learnCursors(frame: Frame, state: State): void {
  const { table, trees, program } = frame.context;
  for (const cursor of state.cursors.keys()) {
    const tree = state.memory.get(table.field(cursor, trees.kinds.of(cursor).owner));
    const place = tree === undefined ? null : placeOf(frame, state, tree);
    if (place === null) continue;
    for (const [slot, value] of state.memory) if (value === cursor) trees.learnCursor(slot, place);
    for (const [variable, value] of state.env) {
      if (value === cursor && program.isLasting(variable)) trees.learnCursor(table.entry(variable), place);
    }
  }
}

/** Where something that was made here has been stored: its name for everyone else. */
function placeOf(frame: Frame, state: State, lock: Value | null): Value | null {
  if (lock === null || frame.isExpressible(lock)) return lock;
  for (const [slot, value] of state.memory) if (value === lock && frame.isExpressible(slot)) return slot;
  for (const [variable, value] of state.env) {
    if (value === lock && frame.context.program.isLasting(variable)) {
      return frame.context.table.entry(variable);
    }
  }
  return null;
}

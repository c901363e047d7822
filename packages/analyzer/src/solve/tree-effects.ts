import type { FunctionContract } from '@maplelock/core';
import type { RcuMode, State, TreeState } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Unit } from '../ir/ir.ts';
import type { Span } from '../ir/source.ts';
import type { Frame } from './frame.ts';
import { modeOfFlags, rcuOfFlags } from './tree-flags.ts';

/** What the call says of readers under RCU; undefined if nothing. */
function rcuOfCall(
  frame: Frame,
  row: FunctionContract,
  at: (path: string) => Value,
): RcuMode['mode'] | undefined {
  const effect = row.tree;
  if (effect?.rcu !== undefined) return effect.rcu ? 'on' : 'off';
  if (effect?.flags !== undefined) return rcuOfFlags(frame.context.table, at(effect.flags));
  return effect?.lock === undefined && effect?.private !== true ? 'off' : undefined;
}

/** A call that makes a tree, gives it flags, binds it to a lock, or declares it private. */
export function initializeTree(
  frame: Frame,
  state: State,
  row: FunctionContract,
  at: (path: string) => Value,
  by: { readonly span: Span; readonly api: string },
): void {
  const effect = row.tree;
  if (effect === undefined) return;
  const tree = at(effect.at);
  const before = state.trees.get(tree);
  const mode = rcuOfCall(frame, row, at);
  const said = mode === 'on' ? 'in RCU mode' : 'without MT_FLAGS_USE_RCU';
  const made = frame.step('bind', by.span, `${row.name}() leaves ${frame.sayPlace(tree, state)} ${said}`);
  const rcu = mode === undefined ? before?.rcu : { mode, at: made };
  if (rcu !== undefined && mode !== undefined)
    frame.context.trees.learnRcu(tree, rcu, effect.rcu !== undefined);
  // In C an object that this function made is nobody else's until it is handed on; core checks its trees at once.
  const unpublished = frame.fn.home.language === 'c' && (before?.unpublished ?? isNew(frame, tree));
  const bindsOnly = effect.lock !== undefined && effect.flags === undefined;
  let next: TreeState;
  if (effect.rcu !== undefined) {
    const rest = before ?? { mode: 'unknown', lock: null, unpublished };
    next = { ...rest, ...(rcu && { rcu }) };
  } else if (effect.private) next = { mode: 'private', lock: null, unpublished };
  else {
    // The flags decide: a lock that is bound to a tree without the flag protects nothing.
    if (bindsOnly && before?.flags === 'internal') return;
    let flags = before?.flags;
    let locking = before?.mode ?? 'unknown';
    let lock = before?.lock ?? null;
    if (effect.flags !== undefined) locking = modeOfFlags(frame.context.table, at(effect.flags));
    else if (effect.lock === undefined) locking = 'internal';
    if (effect.lock !== undefined) {
      locking = 'external';
      lock = at(effect.lock);
    }
    if (!bindsOnly && locking !== 'private') flags = locking;
    const where = locking === 'external' ? boundAt(frame, state, tree, lock, by) : null;
    next = {
      mode: locking,
      lock,
      unpublished,
      at: where,
      ...(flags === undefined ? {} : { flags }),
      ...(rcu && { rcu }),
    };
  }
  state.trees.set(tree, next);
  if (effect.rcu === undefined) learnTree(frame, tree, next, bindsOnly);
}

/** What one path says of a tree holds for every object of its type. */
export function learnTree(
  frame: Frame,
  tree: Value,
  { mode, lock, flags, at = null }: TreeState,
  bindsOnly: boolean = flags === undefined,
): void {
  if (mode !== 'private') frame.context.trees.learn(tree, { mode, lock, bindsOnly, at });
}

function boundAt(
  frame: Frame,
  state: State,
  tree: Value,
  lock: Value | null,
  by: { readonly span: Span; readonly api: string },
): TraceStep {
  const what = lock === null ? 'an external lock' : frame.sayPlace(lock, state);
  const name = frame.sayPlace(tree, state);
  return frame.step('note', by.span, `${by.api}() puts ${name} under ${what}`);
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
    const { rcu } = s;
    if (rcu !== undefined) {
      for (const [slot, value] of state.memory)
        if (value === tree && !isOfCursor(frame, state, slot)) frame.context.trees.learnRcu(slot, rcu, false);
      for (const [variable, value] of state.env) {
        if (value === tree && frame.context.program.isLasting(variable))
          frame.context.trees.learnRcu(frame.context.table.entry(variable), rcu, false);
      }
    }
    if (s.mode === 'private' || s.mode === 'unknown') continue;
    const { mode, at = null } = s;
    // The initialiser itself has been learned; a place that it was put in afterwards has the same flags.
    const init = { mode, lock: placeOf(frame, state, s.lock), bindsOnly: s.flags === undefined, at };
    for (const [slot, value] of state.memory) {
      if (value === tree && !isOfCursor(frame, state, slot)) frame.context.trees.learn(slot, init);
    }
    for (const [variable, value] of state.env) {
      if (value === tree && frame.context.program.isLasting(variable)) {
        frame.context.trees.learn(frame.context.table.entry(variable), init);
      }
    }
  }
}

/** A cursor's tree: which tree this one walks says nothing of the others. */
function isOfCursor(frame: Frame, state: State, slot: Value): boolean {
  const { table, program, births } = frame.context;
  const node = table.node(slot);
  if (node.kind !== 'field' && node.kind !== 'addrField') return false;
  if (state.cursors.has(node.base)) return true;
  const type = program.typeOf(table, node.base, births);
  return frame.fn.home.model.containers.some(
    ({ owner, cursors }) => owner === node.name && (type === undefined || type.name in cursors),
  );
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

/**
 * A constructor that puts a new object into a field, and gives it a tree or lock of its own, or the object itself: that
 * object has the same one, as long as neither field is written by anything else.
 */
export function learnParts(frame: Frame, state: State): void {
  const { table, trees, births } = frame.context;
  const { ir, home } = frame.fn;
  if (!ir.isInit || ir.receiver === undefined || home.language === 'c') return;
  const self = table.entry(home.variableBase + ir.receiver);
  for (const [slot, object] of state.memory) {
    const field = table.node(slot);
    const made = table.node(object);
    if (field.kind !== 'field' || field.base !== self || made.kind !== 'fresh' || !births.has(made.site))
      continue;
    for (const [inner, value] of state.memory) {
      const part = table.node(inner);
      if (part.kind !== 'field' || part.base !== object || table.node(value).kind === 'const') continue;
      if (
        value === self &&
        ![field.name, part.name].some((name) => isRewritten(home.unit, ir.className, name))
      )
        trees.learnPart(slot, part.name, self);
      for (const [place, content] of state.memory) {
        const own = table.node(place);
        if (content !== value || own.kind !== 'field' || own.base !== self) continue;
        const names = [field.name, part.name, own.name];
        if (!names.some((name) => isRewritten(home.unit, ir.className, name)))
          trees.learnPart(slot, part.name, place);
      }
    }
  }
}

const rewritten = new WeakMap<Unit, ReadonlySet<string>>();

/** Something other than a constructor writes a field of that name, in `this` of the class or in who knows what object. */
function isRewritten(unit: Unit, className: string | undefined, name: string): boolean {
  let names = rewritten.get(unit);
  if (names === undefined) rewritten.set(unit, (names = rewrittenIn(unit)));
  return names.has(`${className}.${name}`) || names.has(`.${name}`);
}

function rewrittenIn(unit: Unit): Set<string> {
  const names = new Set<string>();
  for (const { isInit, blocks } of unit.functions) {
    if (isInit) continue;
    // What an object is made with is no second thing in it.
    const made = new Set<number>();
    for (const { instrs } of blocks) for (const i of instrs) if (i.kind === 'new') made.add(i.to);
    for (const { instrs } of blocks) {
      for (const i of instrs) {
        if (i.kind !== 'store' || i.name === undefined) continue;
        if (i.base.op === 'var' && made.has(i.base.id)) continue;
        const base = i.base.op === 'var' ? unit.variables[i.base.id] : undefined;
        const owner = base?.kind === 'receiver' ? unit.functions[base.owner ?? -1] : undefined;
        names.add(`${owner?.className ?? ''}.${i.name}`);
      }
    }
  }
  return names;
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

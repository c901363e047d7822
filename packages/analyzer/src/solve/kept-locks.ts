/** Locks that a function leaves held for whoever comes later. */
import { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { AccessRequirement, Leak } from '../summaries/summary.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { capturedShape, lockShape, narrowShape } from './lock-shape.ts';
import type { WholeProgram } from './whole-program.ts';

/** How many objects in objects a lock's own object is looked for in. */
const DEEPEST_PLACE = 3;

/** Ways to one lock that are worth knowing. */
const MOST_WAYS = 16;

/**
 * What the locks look like that a function leaves held for whoever comes later: by the way to them that it had, and by
 * the ways that it made (`this.#open = { room, guard }`).
 */
export function shapesKept(frame: Frame, returns: readonly Exit[], kept: readonly Leak[]): string[] {
  const shapes = new Set(kept.map(({ lock }) => lockShape(frame, lock)));
  if (frame.fn.home.language === 'c') return [...shapes];
  for (const { state } of returns) {
    const locks = new Set(kept.map(({ lock }) => lock));
    for (const [guard, { lock }] of state.guards) if (isStored(frame, state, guard)) locks.add(lock);
    for (const lock of locks) {
      const known = state.locks.get(lock);
      if (known?.held !== true || known.entry !== 'free') continue;
      for (const way of waysTo(frame, state, lock)) shapes.add(lockShape(frame, way));
    }
  }
  const [first, ...others] = returns.map(({ state }) => shapesOutside(frame, state));
  // What only some of its paths leave is forgotten there, and nothing to count on.
  for (const shape of first ?? []) if (others.every((all) => all.includes(shape))) shapes.add(shape);
  return [...shapes];
}

/** What the held locks look like from variables of the functions around this one, or of the file, that lead to them. */
function shapesOutside(frame: Frame, state: State): string[] {
  const { table, program } = frame.context;
  const shapes: string[] = [];
  for (const [lock, { held, entry }] of state.locks) {
    if (!held || entry !== 'free') continue;
    const own = capturedShape(frame, lock);
    if (own !== null) shapes.push(own);
    const root = table.root(lock);
    for (const [variable, content] of state.env) {
      if (content !== root || root === lock || program.ownerOf(variable) === frame.fn) continue;
      const place = table.entry(variable);
      const way = table.substitute(lock, { replace: (v) => (v === content ? place : undefined) });
      shapes.push(narrowShape(frame, way));
    }
  }
  return shapes;
}

function isStored(frame: Frame, state: State, guard: Value): boolean {
  for (const [slot, content] of state.memory)
    if (content === guard && othersFind(frame, state, slot)) return true;
  return false;
}

/** Others find the slot, be it in an object that was made here and put where they find it. */
export function othersFind(frame: Frame, { memory }: State, slot: Value): boolean {
  if (frame.isExpressible(slot)) return true;
  const object = frame.context.table.root(slot);
  for (const [outer, content] of memory) if (content === object && frame.isExpressible(outer)) return true;
  return false;
}

/** The lock by the ways to it that its callers have, those among them that this function's stores have made. */
function waysTo(frame: Frame, { memory }: State, lock: Value): Value[] {
  const { table } = frame.context;
  const known = new Set([lock]);
  let last = [lock];
  for (let depth = 0; depth < DEEPEST_PLACE && last.length > 0; depth++) {
    const next: Value[] = [];
    for (const way of last) {
      for (const [slot, content] of memory) {
        if (slot === content || table.node(content).kind === 'const') continue;
        const other = table.substitute(way, { replace: (v) => (v === content ? slot : undefined) });
        if (known.has(other) || known.size >= MOST_WAYS) continue;
        known.add(other);
        next.push(other);
      }
    }
    last = next;
  }
  return [...known].filter((way) => frame.isExpressible(way));
}

/**
 * `begin()` of the same object, or its constructor, leaves the tree locked until `end()`, and whoever uses the object calls
 * all of them. Not where a method takes the lock for itself: then each of them is to.
 */
export function isHeldBetweenMethods(whole: WholeProgram, frame: Frame, need: AccessRequirement): boolean {
  const { fn, context } = frame;
  const { className } = fn.ir;
  if (fn.home.language === 'c' || className === undefined) return false;
  if (need.held.length > 0 || need.underRcu) return false;
  const isOfObject = (other: Fn): boolean =>
    other !== fn && other.home === fn.home && other.ir.className === className;
  return frame.locksOf(need.tree, new State()).locks.some((lock) => {
    const shape = lockShape(frame, lock);
    const keepers = whole.partners('keepers', shape).filter(isOfObject);
    if (!keepers.some(({ ir }) => ir.isInit || ir.linkage === 'exported')) return false;
    const takesItself = ({ index }: Fn): boolean =>
      context
        .summary(index)
        ?.acquired.some((taken) => taken.lock !== null && lockShape(frame, taken.lock) === shape) === true;
    return !context.program.functions.some(
      (other) => isOfObject(other) && !keepers.includes(other) && takesItself(other),
    );
  });
}

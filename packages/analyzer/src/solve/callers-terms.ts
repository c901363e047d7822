import { factAbout, type State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { Field, Parts } from '../summaries/summary.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { guardAt } from './guards.ts';

/**
 * A lock as the callers can say it: by parameters, by what the function returned (`->lock` of the result), or by the
 * place where the function left a pointer to it.
 */
export function inCallersTerms(frame: Frame, exit: Exit, lock: Value): Value | null {
  const { table } = frame.context;
  if (frame.isExpressible(lock)) return lock;
  const { state, value } = exit;
  if (value !== null && table.node(value).kind !== 'const') {
    const inside = embeddedIn(frame, value);
    const said = table.substitute(lock, {
      replace: (x) => (x === value ? table.result : x === inside?.part ? inside.place : undefined),
    });
    if (said !== lock && frame.isExpressible(said)) return said;
    const byPart = byPartOf(frame, state, value, lock);
    if (byPart !== null) return byPart;
  }
  for (const [slot, content] of state.memory) {
    if (content === lock && slot !== lock && frame.isExpressible(slot)) return slot;
  }
  return null;
}

/** `[room, guard]`: a lock that lies in what is a part of the object that this function made and returns. */
function byPartOf(frame: Frame, state: State, result: Value, lock: Value): Value | null {
  const { table } = frame.context;
  if (!isMadeHere(frame, result)) return null;
  for (const [slot, content] of state.memory) {
    const name = nameOfPart(table, slot, result);
    if (name === undefined || table.node(content).kind === 'const' || frame.isExpressible(content)) continue;
    const place = partAt(table, table.result, name);
    const said = table.substitute(lock, { replace: (x) => (x === content ? place : undefined) });
    if (said !== lock && frame.isExpressible(said)) return said;
  }
  return null;
}

export function partAt(table: ValueTable, object: Value, name: Field['name']): Value {
  return typeof name === 'string'
    ? table.field(object, name)
    : table.intern({ kind: 'index', base: object, index: table.constant(name) });
}

/** An object of this function, or of a helper for it, or a structure of C that is returned by value. */
function isMadeHere({ context, fn }: Frame, object: Value): boolean {
  const node = context.table.node(object);
  if (node.kind === 'fresh') {
    const isOfHelper = fn.home.language === 'typescript' && context.callees.get(node.site)?.kind === 'known';
    return isOfHelper || context.births.has(node.site);
  }
  return node.kind === 'addrVar' && context.program.ownerOf(node.variable) === fn;
}

/** Objects in objects in objects are followed so far. */
const DEEPEST_PART = 2;
const LONGEST_TUPLE = 4;

/** The fields of an object that this function made. A value that callers cannot say is told by what is known of it. */
export function fieldsOf(
  frame: Frame,
  state: State,
  object: Value,
  depth = 0,
  whole: Value | null = object,
): readonly Field[] {
  const { table } = frame.context;
  if (depth > DEEPEST_PART || !isMadeHere(frame, object)) return [];
  const result: Field[] = [];
  for (const [slot, value] of state.memory) {
    const name = nameOfPart(table, slot, object);
    if (name === undefined) continue;
    const parts = partsOf(frame, state, value, depth + 1, whole);
    const named = parts.guard === null && frame.isExpressible(value) ? value : null;
    result.push({ name, value: named, fact: factAbout(state, table, value), ...parts });
  }
  return result;
}

/** Of arrays the first elements are told, as of a tuple. */
function nameOfPart(table: ValueTable, slot: Value, object: Value): Field['name'] | undefined {
  const at = table.node(slot);
  if ((at.kind !== 'field' && at.kind !== 'index') || at.base !== object) return undefined;
  if (at.kind === 'field') return at.name;
  const index = table.node(at.index);
  return index.kind === 'const' && typeof index.value === 'number' && index.value < LONGEST_TUPLE
    ? index.value
    : undefined;
}

/** What is told of a value that callers cannot say; `whole`: the result of the function that it is a part of, if it is one. */
export function partsOf(
  frame: Frame,
  state: State,
  value: Value,
  depth = 0,
  whole: Value | null = null,
): Parts {
  const said = (lock: Value): Value | null => (whole === null ? null : byPartOf(frame, state, whole, lock));
  const guard = guardAt(frame, state, value, said);
  return { guard, fields: guard === null ? fieldsOf(frame, state, value, depth, whole) : [] };
}

/** For a result that is `container_of(part, type, member)`: the part is that member of the result. */
function embeddedIn(frame: Frame, result: Value): { part: Value; place: Value } | null {
  const { table } = frame.context;
  const node = table.node(result);
  if (node.kind !== 'pure' || node.name !== 'container_of') return null;
  const [part, , member] = node.args;
  const path = member === undefined ? undefined : table.node(member);
  if (part === undefined || path?.kind !== 'const' || typeof path.value !== 'string') return null;
  const place = path.value.split('.').reduce((at, name) => table.addrField(at, name), table.result);
  return { part, place };
}

/** The lock lies in what the function returns: the caller gets the object locked. */
export function isOfResult(frame: Frame, exit: Exit, lock: Value): boolean {
  const { table } = frame.context;
  if (exit.value === null || table.node(exit.value).kind === 'const') return false;
  if (byPartOf(frame, exit.state, exit.value, lock) !== null) return true;
  for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) if (at === exit.value) return true;
  return isOfCursor(frame, exit, lock);
}

/** The function returns a cursor that it made, on the tree that it leaves locked. */
export function isOfCursor(frame: Frame, { state, value }: Exit, lock: Value): boolean {
  if (value === null || !state.cursors.has(value) || frame.isExpressible(value)) return false;
  const { kinds } = frame.context.trees;
  return kinds.lockOf(frame.member(value, kinds.of(value).owner, state)) === lock;
}

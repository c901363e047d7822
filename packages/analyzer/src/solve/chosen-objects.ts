/** Which of two objects a variable holds was decided on the way: `if (a.id > b.id) [a, b] = [b, a]`. */
import type { State } from '../domain/state.ts';
import { kindSet, LOCAL, type Value, type Var } from '../domain/values.ts';
import type { Frame } from './frame.ts';

/** Symbols for objects that a path has by name. */
const NAMED = kindSet('entry', 'field', 'index', 'import', 'global', 'addrField', 'addrIndex', 'addrGlobal');

/**
 * True if the paths of two states with the same locks have decided otherwise: a variable holds another parameter's object
 * than there, two variables hold each other's, or a guard is another lock's. Merged, they would know neither which lock
 * comes first nor that all are taken. Cost: linear in the variables, and quadratic in those that differ.
 */
export function haveChosenOtherwise(frame: Frame, x: State, y: State, live: ReadonlySet<Var>): boolean {
  const { table } = frame.context;
  for (const [guard, { lock }] of x.guards) {
    const other = y.guards.get(guard)?.lock ?? lock;
    // Objects of a chain are one after the other in the rounds of a loop.
    if (table.root(other) === table.root(lock)) continue;
    if (!table.holds(lock, LOCAL) && !table.holds(other, LOCAL)) return true;
  }
  const differing: [Value, Value][] = [];
  for (const v of live) {
    const [a, b] = [x.env.get(v), y.env.get(v)];
    if (a === b) continue;
    const [left, right] = [a ?? table.entry(v), b ?? table.entry(v)];
    if (left === right || !isNamed(frame, left) || !isNamed(frame, right)) continue;
    if (areParameters(frame, left, right)) return true;
    if (differing.some(([p, q]) => p === right && q === left)) return true;
    differing.push([left, right]);
  }
  return false;
}

function isNamed({ context: { table } }: Frame, value: Value): boolean {
  return (kindSet(table.node(value).kind) & NAMED) !== 0;
}

const PLAIN: ReadonlySet<string> = new Set(['bigint', 'boolean', 'number', 'string']);

/** Two parameters of one type that is no number, text or truth value. */
function areParameters(frame: Frame, left: Value, right: Value): boolean {
  const [a, b] = [typeOfParameter(frame, left), typeOfParameter(frame, right)];
  return a !== null && a === b;
}

function typeOfParameter({ context: { table, program }, fn }: Frame, value: Value): string | null {
  const node = table.node(value);
  if (node.kind !== 'entry' || program.ownerOf(node.variable) !== fn) return null;
  const { kind, type } = program.variable(node.variable) ?? {};
  if (kind !== 'param' || type === undefined) return null;
  const isPlain = fn.home.language === 'c' ? type.pointers === 0 : PLAIN.has(type.name);
  return isPlain ? null : type.name;
}

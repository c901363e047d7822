import {
  ANYTHING,
  between,
  differingFrom,
  ERRNO,
  type Fact,
  FALSY,
  NONNEGATIVE,
  factOf,
  meetFacts,
  sameFact,
  saysNothing,
  TRUTHY,
  VALID,
} from '../domain/facts.ts';
import { allowsBlocking } from '../domain/gfp.ts';
import { answerOf } from '../domain/held-question.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import { unify } from './unify.ts';

/** Adds a fact to the state. False if it contradicts what is known: the path is impossible. */
export function learn(state: State, table: ValueTable, value: Value, fact: Fact): boolean {
  const known = factAbout(state, table, value);
  const met = meetFacts(known, fact);
  if (met === null) return false;
  if (saysNothing(met) || table.node(value).kind === 'const') return true;
  if (!sameFact(met, known) || !state.facts.has(value)) state.facts.set(value, met);
  return true;
}

/** Predicates of the kernel over pointers: what their truth says of the argument. */
const POINTER_PREDICATES: Readonly<Record<string, { whenFalse?: Fact; whenTrue?: Fact }>> = {
  IS_ERR_OR_NULL: { whenFalse: VALID },
  IS_ERR: { whenTrue: ERRNO, whenFalse: NONNEGATIVE },
};

/** Assumes that a condition is true or false. False if the path is impossible then. */
export function assume(state: State, table: ValueTable, condition: Value, truth: boolean): boolean {
  const node = table.node(condition);
  switch (node.kind) {
    case 'const':
      return Boolean(node.value) === truth;
    case 'function':
    case 'addrVar':
    case 'addrGlobal':
      return truth;
    case 'unary':
      if (node.operator === '!') {
        return (
          assume(state, table, node.operand, !truth) && learn(state, table, condition, truth ? TRUTHY : FALSY)
        );
      }
      break;
    case 'binary':
      if (node.operator === '&' && allowsBlocking(table, condition) === !truth) return false;
      if (!compare(state, table, node.operator, node.left, node.right, truth)) return false;
      break;
    case 'pure': {
      if (node.name === '&&' || node.name === '||') {
        if (!assumeLogical(state, table, node.name, node.args, truth)) return false;
        break;
      }
      if (allowsBlocking(table, condition) === !truth) return false;
      const isHeld = answerOf(state, table, condition);
      if (isHeld !== undefined) return isHeld === truth;
      const says = POINTER_PREDICATES[node.name];
      const fact = truth ? says?.whenTrue : says?.whenFalse;
      const arg = node.args[0];
      if (
        node.name === 'IS_ERR_OR_NULL' &&
        truth &&
        arg !== undefined &&
        factAbout(state, table, arg).low > 0
      )
        return false;
      if (fact !== undefined && arg !== undefined && !learn(state, table, arg, fact)) return false;
      break;
    }
    default:
      break;
  }
  return learn(state, table, condition, truth ? TRUTHY : FALSY);
}

/** `a && b` is true if both are; if it is false and one is true, the other is not. `a || b` is its mirror. */
function assumeLogical(
  state: State,
  table: ValueTable,
  name: '&&' | '||',
  args: readonly Value[],
  truth: boolean,
): boolean {
  const [left, right] = args as [Value, Value];
  const all = name === '&&';
  if (truth === all) return assume(state, table, left, truth) && assume(state, table, right, truth);
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (truthOf(state, table, one) === all) return assume(state, table, other, !all);
  }
  return true;
}

/** True or false if the state decides the condition. Cost: linear in the condition. */
function truthOf(state: State, table: ValueTable, condition: Value): boolean | undefined {
  const known = factAbout(state, table, condition).truthy;
  if (known !== undefined) return known;
  const node = table.node(condition);
  if (node.kind === 'unary' && node.operator === '!') {
    const inner = truthOf(state, table, node.operand);
    return inner === undefined ? undefined : !inner;
  }
  if (node.kind === 'pure' && (node.name === '&&' || node.name === '||')) {
    const decides = node.name === '||';
    const parts = node.args.map((a) => truthOf(state, table, a));
    if (parts.includes(decides)) return decides;
    return parts.includes(undefined) ? undefined : !decides;
  }
  if (node.kind !== 'binary') return undefined;
  const x = factAbout(state, table, node.left);
  const y = factAbout(state, table, node.right);
  if (node.operator === '==') return meetFacts(x, y) === null ? false : undefined;
  if (node.operator === '<') return x.high < y.low ? true : x.low >= y.high ? false : undefined;
  return undefined;
}

function compare(
  state: State,
  table: ValueTable,
  operator: string,
  left: Value,
  right: Value,
  truth: boolean,
): boolean {
  const a = table.node(left);
  const b = table.node(right);
  if (operator === '==') {
    if (b.kind === 'const') return equalsConstant(state, table, left, b.value, truth);
    if (left === right) return truth;
    // Flags of an allocation by their names: one that sleeps is not one that does not.
    const sleeps = [allowsBlocking(table, left), allowsBlocking(table, right)];
    if (truth && sleeps[0] !== undefined && sleeps[1] === !sleeps[0]) return false;
    const x = factAbout(state, table, left);
    const y = factAbout(state, table, right);
    if (!truth) return true;
    return (
      meetFacts(x, y) !== null &&
      learn(state, table, left, y) &&
      learn(state, table, right, x) &&
      unify(state, table, left, right)
    );
  }
  if (operator === '<') {
    const x = factAbout(state, table, left);
    const y = factAbout(state, table, right);
    // Whole numbers: `a < b` is `a <= b - 1`; where it is false, `a >= b`.
    if (truth) {
      return (
        (a.kind === 'const' || learn(state, table, left, between(-Infinity, y.high - 1))) &&
        (b.kind === 'const' || learn(state, table, right, between(x.low + 1, Infinity))) &&
        x.low < y.high
      );
    }
    return (
      (a.kind === 'const' || learn(state, table, left, between(y.low, Infinity))) &&
      (b.kind === 'const' || learn(state, table, right, between(-Infinity, x.high))) &&
      x.high >= y.low
    );
  }
  return true;
}

function equalsConstant(
  state: State,
  table: ValueTable,
  value: Value,
  constant: string | number | boolean | null | undefined,
  truth: boolean,
): boolean {
  const known = factAbout(state, table, value);
  if (truth) {
    if (known.not.includes(constant)) return false;
    const fact = constant === null || constant === undefined ? FALSY : factOf(constant);
    return learn(state, table, value, fact);
  }
  if (constant === 0 || constant === null || constant === undefined || constant === false) {
    // A pointer or number that is not NULL or 0 counts as true. An entry of TypeScript that is not null need not,
    // but an entry that is 0 or '' is told from null by its own test only.
    return learn(state, table, value, differingFrom(TRUTHY, [constant]));
  }
  if (typeof constant === 'number') {
    if (known.low === constant && known.high === constant) return false;
    if (known.only !== undefined) return learn(state, table, value, differingFrom(ANYTHING, [constant]));
    if (known.low === constant) return learn(state, table, value, between(constant + 1, Infinity));
    if (known.high === constant) return learn(state, table, value, between(-Infinity, constant - 1));
  }
  if (typeof constant === 'boolean') return learn(state, table, value, differingFrom(FALSY, [constant]));
  return learn(state, table, value, differingFrom(ANYTHING, [constant]));
}

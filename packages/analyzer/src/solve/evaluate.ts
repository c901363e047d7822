import type { Expr, Variable } from '../ir/ir.ts';
import type { State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';

/** Where an expression is evaluated. */
export interface EvaluateAt {
  readonly table: ValueTable;
  readonly variableBase: number;
  readonly functionBase: number;
  /** The variable of the file, where others see it by its name: in C. */
  readonly shared: ((id: number) => Variable | undefined) | null;
  /** What an import stands for. */
  readonly imported: (module: string, name: string) => Value;
  /** Number of the program point, for values that nothing is known of. */
  readonly site: number;
}

/** Which of the symbols of a program point stands for what the front end could not read there. */
export const UNKNOWN_PART = 1;

const ERROR_POINTERS: ReadonlySet<string> = new Set(['ERR_PTR', 'PTR_ERR', 'ERR_CAST']);

/** The symbol that an expression denotes in a state. Cost: linear in the expression. */
export function evaluate(expr: Expr, state: State, at: EvaluateAt): Value {
  const { table } = at;
  switch (expr.op) {
    case 'const':
      return table.constant(expr.value);
    case 'var': {
      const shared = at.shared?.(expr.id);
      if (shared !== undefined) return load(state, sharedSlot(shared, table));
      const v = at.variableBase + expr.id;
      return state.env.get(v) ?? table.entry(v);
    }
    case 'global':
      return load(state, table.intern({ kind: 'global', name: expr.name }));
    case 'import':
      return at.imported(expr.module, expr.name);
    case 'field':
      return load(state, table.field(evaluate(expr.base, state, at), expr.name));
    case 'index': {
      const base = evaluate(expr.base, state, at);
      return load(state, table.intern({ kind: 'index', base, index: evaluate(expr.index, state, at) }));
    }
    case 'deref':
      return loadThrough(evaluate(expr.base, state, at), state, table);
    case 'addr-var': {
      const shared = at.shared?.(expr.id);
      return shared === undefined
        ? table.intern({ kind: 'addrVar', variable: at.variableBase + expr.id })
        : ofType(shared, table.intern({ kind: 'addrGlobal', name: shared.name }), table);
    }
    case 'addr-global':
      return table.intern({ kind: 'addrGlobal', name: expr.name });
    case 'addr-field':
      return table.addrField(evaluate(expr.base, state, at), expr.name);
    case 'addr-index': {
      const base = evaluate(expr.base, state, at);
      return table.intern({ kind: 'addrIndex', base, index: evaluate(expr.index, state, at) });
    }
    case 'unary':
      return table.unary(expr.operator, evaluate(expr.operand, state, at));
    case 'binary': {
      const [left, right] = [evaluate(expr.left, state, at), evaluate(expr.right, state, at)];
      return left === right && isRecheck(expr, left, state, table)
        ? recheck(expr.operator, left, table)
        : table.binary(expr.operator, left, right);
    }
    case 'pure': {
      const args = expr.args.map((a) => evaluate(a, state, at));
      // An error pointer is its errno.
      if (ERROR_POINTERS.has(expr.name) && args[0] !== undefined) return args[0];
      if (expr.name === '&&' || expr.name === '||') {
        return table.logical(expr.name, args[0] as Value, args[1] as Value);
      }
      return table.intern({ kind: 'pure', name: expr.name, args });
    }
    case 'function':
      return table.intern({ kind: 'function', fn: at.functionBase + expr.fn });
    case 'unknown':
      return table.fresh(at.site, UNKNOWN_PART);
  }
}

/** What files that only declare the variable mean by its name, too. */
export function sharedSlot(variable: Variable, table: ValueTable): Value {
  return ofType(variable, table.intern({ kind: 'global', name: variable.name }), table);
}

function ofType({ type }: Variable, value: Value, table: ValueTable): Value {
  if (type !== undefined && !table.types.has(value)) table.types.set(value, type);
  return value;
}

const EQUALITIES: ReadonlySet<string> = new Set(['==', '===', '!=', '!==']);

/**
 * A variable is compared, under a lock, with the memory that it was read from: before the lock was taken, as a rule, and
 * that memory may have changed until then.
 */
function isRecheck(
  { operator, left, right }: Extract<Expr, { op: 'binary' }>,
  value: Value,
  state: State,
  table: ValueTable,
): boolean {
  if (!EQUALITIES.has(operator) || (left.op === 'var') === (right.op === 'var')) return false;
  const { kind } = table.node(value);
  if (kind !== 'field' && kind !== 'deref' && kind !== 'index') return false;
  // What belongs to the running task nobody else changes.
  if (table.node(table.root(value)).kind === 'global') return false;
  return [...state.locks.values()].some((s) => s.held && s.entry === 'free');
}

function recheck(operator: string, value: Value, table: ValueTable): Value {
  const isSame = table.intern({ kind: 'pure', name: 'recheck', args: [value] });
  return operator.startsWith('!') ? table.unary('!', isSame) : isSame;
}

/** What a slot of memory holds: what was written to it, or the symbol of its content. */
export function load(state: State, slot: Value): Value {
  return state.memory.get(slot) ?? slot;
}

/** The slot that a pointer points to. Variables are not in memory: see `loadThrough`. */
export function slotOf(pointer: Value, table: ValueTable): Value {
  const node = table.node(pointer);
  switch (node.kind) {
    case 'addrField':
      return table.field(node.base, node.name);
    case 'addrIndex':
      return table.intern({ kind: 'index', base: node.base, index: node.index });
    case 'addrGlobal':
      return table.intern({ kind: 'global', name: node.name });
    default:
      return table.intern({ kind: 'deref', base: pointer });
  }
}

/** `*pointer`. */
export function loadThrough(pointer: Value, state: State, table: ValueTable): Value {
  const node = table.node(pointer);
  if (node.kind === 'addrVar') return state.env.get(node.variable) ?? table.entry(node.variable);
  return load(state, slotOf(pointer, table));
}

/** `*pointer = value`. */
export function storeThrough(pointer: Value, value: Value, state: State, table: ValueTable): void {
  const node = table.node(pointer);
  if (node.kind === 'addrVar') state.env.set(node.variable, value);
  else state.memory.set(slotOf(pointer, table), value);
}

/** The value at the end of fields that start at a value: the `.tree` of `$0.tree`, the `.&mas.tree` of `$0.&mas.tree`. */
export function follow(start: Value, fields: readonly string[], state: State, table: ValueTable): Value {
  let value = start;
  for (const field of fields) {
    if (/^\d+$/.test(field))
      value = load(state, table.intern({ kind: 'index', base: value, index: table.constant(Number(field)) }));
    else if (field === '*') value = loadThrough(value, state, table);
    else
      value = field.startsWith('&')
        ? table.addrField(value, field.slice(1))
        : load(state, table.field(value, field));
  }
  return value;
}

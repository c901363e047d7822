import type { BinaryOperator, ConstValue, TypeName, UnaryOperator } from '../ir/ir.ts';
import {
  keyOf,
  kindSet,
  type KindSet,
  ofOneShape,
  partsOf,
  type Value,
  type ValueNode,
  type Var,
} from './value-nodes.ts';

export { kindSet, type KindSet, LOCAL, type Value, type ValueNode, type Var } from './value-nodes.ts';

/** The pure function that a parameter with a default value is. */
const DEFAULTED = '??';

/** Replaces symbols inside a value; `load` re-reads memory where a field's base has changed. */
export interface Substitution {
  readonly replace: (value: Value, node: ValueNode) => Value | undefined;
  readonly load?: (slot: Value) => Value;
  /** What a pointer points to, where the pointer has changed. */
  readonly loadThrough?: (pointer: Value) => Value;
}

/** Interns symbols. One table serves a whole analysis. */
export class ValueTable {
  readonly #nodes: ValueNode[] = [];
  /** Of each symbol, the kinds of those that occur in it, its own among them. */
  readonly #kinds: KindSet[] = [];
  /** By key; what variables hold at the start, by the variable. */
  readonly #index = new Map<string | Var, Value>();
  readonly #members = {
    field: new Map<string, Map<Value, Value>>(),
    addrField: new Map<string, Map<Value, Value>>(),
  };
  readonly #births = new Set<number>();
  readonly null: Value;
  readonly true: Value;
  readonly false: Value;
  readonly zero: Value;
  /** Stands for what a function returns, in what its summary says of it. */
  readonly result: Value;
  /** The types of the variables that first held symbols without a type of their own: what calls returned. */
  readonly types: Map<Value, TypeName> = new Map();

  constructor() {
    this.null = this.constant(null);
    this.true = this.constant(true);
    this.false = this.constant(false);
    this.zero = this.constant(0);
    this.result = this.token('$result');
  }

  node(value: Value): ValueNode {
    return this.#nodes[value] as ValueNode;
  }

  intern(node: ValueNode): Value {
    if (node.kind === 'field' || node.kind === 'addrField')
      return this.#member(node.kind, node.base, node.name);
    const key = node.kind === 'entry' ? node.variable : keyOf(node);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const value = this.#add(node);
    this.#index.set(key, value);
    if (node.kind === 'fresh') this.#births.add(node.site);
    return value;
  }

  /** Members are most of what is asked for: they are found without a key of their own. */
  #member(kind: 'field' | 'addrField', base: Value, name: string): Value {
    const named = this.#members[kind];
    let members = named.get(name);
    if (members === undefined) named.set(name, (members = new Map()));
    let value = members.get(base);
    if (value === undefined) members.set(base, (value = this.#add({ kind, base, name })));
    return value;
  }

  #add(node: ValueNode): Value {
    this.#kinds.push(this.#kindsOf(node));
    return this.#nodes.push(ofOneShape(node)) - 1;
  }

  #kindsOf(node: ValueNode): KindSet {
    const own = kindSet(node.kind);
    // What a phi stands for does not occur in it.
    if (node.kind === 'phi') return own;
    return partsOf(node).values.reduce((set, part) => set | this.#kindsIn(part), own);
  }

  #kindsIn(value: Value): KindSet {
    return this.#kinds[value] as KindSet;
  }

  /** True if a symbol of one of these kinds occurs in `value`. Cost: O(1). */
  holds(value: Value, kinds: KindSet): boolean {
    return (this.#kindsIn(value) & kinds) !== 0;
  }

  /** `undefined` and `null` are one symbol: no lock question tells them apart. */
  constant(value: ConstValue): Value {
    return this.intern({ kind: 'const', value: value === undefined ? null : value });
  }
  entry(variable: Var): Value {
    return this.intern({ kind: 'entry', variable });
  }
  field(base: Value, name: string): Value {
    return this.#member('field', base, name);
  }
  addrField(base: Value, name: string): Value {
    return this.#member('addrField', base, name);
  }
  fresh(site: number, part = 0): Value {
    return this.intern({ kind: 'fresh', site, part });
  }
  /** What a call makes of a variable of the function that it calls. */
  freshFor(site: number, part: number, of: Var): Value {
    return this.intern({ kind: 'fresh', site, part, of });
  }
  /** True if anything was born at a program point yet. */
  isBirthplace(site: number): boolean {
    return this.#births.has(site);
  }
  token(name: string): Value {
    return this.intern({ kind: 'token', name });
  }

  /** The value that a field, element or content belongs to; null for what has no such base. */
  baseOf(value: Value): Value | null {
    const node = this.node(value);
    switch (node.kind) {
      case 'field':
      case 'index':
      case 'deref':
      case 'addrField':
      case 'addrIndex':
        return node.base;
      default:
        return null;
    }
  }

  /** True for the read section of RCU: the one lock without an object that protects what readers walk. */
  isRcu(value: Value): boolean {
    const node = this.node(value);
    return node.kind === 'token' && node.name === 'rcu';
  }

  /** The symbol that a value was reached from: the `d` of `&d->spans.mt`. */
  root(value: Value): Value {
    let at = value;
    for (;;) {
      const node = this.node(at);
      switch (node.kind) {
        case 'field':
        case 'index':
        case 'deref':
        case 'addrField':
        case 'addrIndex':
          at = node.base;
          break;
        case 'old':
          at = node.of;
          break;
        default:
          return at;
      }
    }
  }

  /** True for a part of what NULL points to. It is not there: a path on which it would be touched ends before. */
  isBehindNull(value: Value): boolean {
    const root = this.root(value);
    const node = this.node(root);
    return root !== value && node.kind === 'const' && (node.value === null || node.value === 0);
  }

  /** True if a symbol that the test is true of occurs in `value`. */
  mentions(value: Value, test: (node: ValueNode) => boolean): boolean {
    const node = this.node(value);
    if (test(node)) return true;
    switch (node.kind) {
      case 'field':
      case 'deref':
      case 'addrField':
        return this.mentions(node.base, test);
      case 'index':
      case 'addrIndex':
        return this.mentions(node.base, test) || this.mentions(node.index, test);
      case 'old':
        return this.mentions(node.of, test);
      case 'unary':
        return this.mentions(node.operand, test);
      case 'binary':
        return this.mentions(node.left, test) || this.mentions(node.right, test);
      case 'pure':
        return node.args.some((a) => this.mentions(a, test));
      default:
        return false;
    }
  }

  substitute(value: Value, by: Substitution, memo: Map<Value, Value> = new Map()): Value {
    const known = memo.get(value);
    if (known !== undefined) return known;
    const node = this.node(value);
    let result = by.replace(value, node);
    if (result === undefined) result = this.#rebuild(value, node, by, memo);
    memo.set(value, result);
    return result;
  }

  #rebuild(value: Value, node: ValueNode, by: Substitution, memo: Map<Value, Value>): Value {
    switch (node.kind) {
      case 'field': {
        const slot = this.field(this.substitute(node.base, by, memo), node.name);
        return by.load ? by.load(slot) : slot;
      }
      case 'index': {
        const base = this.substitute(node.base, by, memo);
        const index = this.substitute(node.index, by, memo);
        const slot = this.intern({ kind: 'index', base, index });
        return by.load ? by.load(slot) : slot;
      }
      case 'deref': {
        const base = this.substitute(node.base, by, memo);
        return by.loadThrough ? by.loadThrough(base) : this.intern({ kind: 'deref', base });
      }
      case 'addrField':
        return this.addrField(this.substitute(node.base, by, memo), node.name);
      case 'addrIndex': {
        const base = this.substitute(node.base, by, memo);
        return this.intern({ kind: 'addrIndex', base, index: this.substitute(node.index, by, memo) });
      }
      case 'old':
        return this.intern({ kind: 'old', of: this.substitute(node.of, by, memo) });
      case 'unary':
        return this.unary(node.operator, this.substitute(node.operand, by, memo));
      case 'binary': {
        const left = this.substitute(node.left, by, memo);
        return this.binary(node.operator, left, this.substitute(node.right, by, memo));
      }
      case 'pure': {
        const args = node.args.map((arg) => this.substitute(arg, by, memo));
        if (node.name === '&&' || node.name === '||')
          return this.logical(node.name, args[0] as Value, args[1] as Value);
        return node.name === DEFAULTED
          ? this.defaulted(args[0] as Value, args[1] as Value)
          : this.intern({ kind: 'pure', name: node.name, args });
      }
      default:
        return value;
    }
  }

  unary(operator: UnaryOperator, operand: Value): Value {
    const node = this.node(operand);
    if (node.kind === 'const') {
      const v = node.value;
      if (operator === '!') return this.constant(!v);
      if (operator === '-' && typeof v === 'number') return this.constant(-v);
      if (operator === '+' && typeof v === 'number') return operand;
      if (operator === '~' && typeof v === 'number') return this.constant(~v);
    }
    if (operator === '!' && node.kind === 'unary' && node.operator === '!') {
      const inner = this.node(node.operand);
      // `!!!x` is `!x`; `!!x` itself is kept, since it is a boolean and x need not be.
      if (inner.kind === 'unary' && inner.operator === '!') return node.operand;
    }
    return this.intern({ kind: 'unary', operator, operand });
  }

  /** `a && b`, `a || b`: with a constant on one side it is the other, or decided. */
  logical(name: '&&' | '||', left: Value, right: Value): Value {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const node = this.node(one);
      if (node.kind !== 'const') continue;
      return Boolean(node.value) === (name === '&&') ? other : this.constant(name === '||');
    }
    const isInOrder = this.#compare(left, right) <= 0;
    return this.intern({ kind: 'pure', name, args: isInOrder ? [left, right] : [right, left] });
  }

  /** A parameter, or what stands for it where the caller leaves it out. */
  defaulted(parameter: Value, fallback: Value): Value {
    const node = this.node(parameter);
    if (node.kind === 'const') return node.value === null ? fallback : parameter;
    // What a caller passes on is taken to be there; only an unread parameter or field may be missing.
    if (node.kind !== 'entry' && node.kind !== 'field') return parameter;
    return this.intern({ kind: 'pure', name: DEFAULTED, args: [parameter, fallback] });
  }

  /** An order that depends on what symbols are, not on which was met first. */
  #compare(left: Value, right: Value): number {
    if (left === right) return 0;
    const a = this.node(left);
    const b = this.node(right);
    if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
    const x = partsOf(a);
    const y = partsOf(b);
    for (let k = 0; k < x.own.length || k < y.own.length; k++) {
      const [p, q] = [x.own[k], y.own[k]];
      if (p !== q) return p === undefined || (q !== undefined && p < q) ? -1 : 1;
    }
    for (let k = 0; k < x.values.length && k < y.values.length; k++) {
      const order = this.#compare(x.values[k] as Value, y.values[k] as Value);
      if (order !== 0) return order;
    }
    return x.values.length - y.values.length;
  }

  /** Comparisons are kept in one spelling (`==`, `<`, and their negations) so that a condition and its opposite meet. */
  binary(operator: BinaryOperator, left: Value, right: Value): Value {
    switch (operator) {
      case '===':
        return this.binary('==', left, right);
      case '!==':
      case '!=':
        return this.unary('!', this.binary('==', left, right));
      case '>':
        return this.binary('<', right, left);
      case '>=':
        return this.unary('!', this.binary('<', left, right));
      case '<=':
        return this.unary('!', this.binary('<', right, left));
      default:
        break;
    }
    const a = this.node(left);
    const b = this.node(right);
    if (a.kind === 'const' && b.kind === 'const') {
      const folded = fold(operator, a.value, b.value);
      if (folded !== undefined) return this.constant(folded);
    }
    if (operator === '==') {
      if (left === right) return this.true;
      if (a.kind === 'const' && b.kind !== 'const') return this.binary('==', right, left);
      if (a.kind !== 'const' && b.kind !== 'const' && this.#compare(left, right) > 0)
        return this.binary('==', right, left);
    }
    if (operator === '&') {
      // A flag that is asked for by its name, among flags that are named: it is set.
      const flag =
        left === right
          ? left
          : this.#isNamedIn(right, left)
            ? right
            : this.#isNamedIn(left, right)
              ? left
              : null;
      if (flag !== null) return flag;
    }
    return this.intern({ kind: 'binary', operator, left, right });
  }

  /** True if `flags` is `a | flag`, however many are laid together. */
  #isNamedIn(flag: Value, flags: Value): boolean {
    const node = this.node(flags);
    if (node.kind !== 'binary' || node.operator !== '|') return false;
    return [node.left, node.right].some((part) => part === flag || this.#isNamedIn(flag, part));
  }
}

function fold(operator: BinaryOperator, a: ConstValue, b: ConstValue): ConstValue | undefined {
  if (operator === '==') {
    if (a === b) return true;
    // NULL, 0 and false are one another's equals in C; in TypeScript a program that mixes them is not our subject.
    return isNothing(a) && isNothing(b);
  }
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  switch (operator) {
    case '<':
      return a < b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    default:
      return undefined;
  }
}

function isNothing(v: ConstValue): boolean {
  return v === null || v === undefined || v === 0 || v === false;
}

import type { BinaryOperator, ConstValue, UnaryOperator } from '../ir/ir.ts';

/** A symbolic value, interned: two values are the same symbol exactly if their numbers are equal. */
export type Value = number;

/** A variable, numbered through all units of an analysis. */
export type Var = number;

/**
 * What a symbol stands for. `entry` is what a variable holds when the function starts (parameters, captured and
 * module variables); `field`, `index` and `deref` are what memory holds where nothing is known to have been written;
 * `fresh` is born at one program point; `phi` stands for a variable after paths with different values met; `old` is a
 * former incarnation of a symbol that a loop has made anew.
 */
export type ValueNode =
  | { readonly kind: 'const'; readonly value: ConstValue }
  | { readonly kind: 'entry'; readonly variable: Var }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'import'; readonly module: string; readonly name: string }
  | { readonly kind: 'token'; readonly name: string }
  | { readonly kind: 'field'; readonly base: Value; readonly name: string }
  | { readonly kind: 'index'; readonly base: Value; readonly index: Value }
  | { readonly kind: 'deref'; readonly base: Value }
  | { readonly kind: 'addrVar'; readonly variable: Var }
  | { readonly kind: 'addrGlobal'; readonly name: string }
  | { readonly kind: 'addrField'; readonly base: Value; readonly name: string }
  | { readonly kind: 'addrIndex'; readonly base: Value; readonly index: Value }
  | {
      readonly kind: 'fresh';
      readonly site: number;
      readonly part: number;
      /** The variable of a callee that it stands for. */
      readonly of?: Var;
    }
  | { readonly kind: 'old'; readonly of: Value }
  | { readonly kind: 'phi'; readonly block: number; readonly variable: Var }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Value }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Value;
      readonly right: Value;
    }
  | { readonly kind: 'pure'; readonly name: string; readonly args: readonly Value[] }
  | { readonly kind: 'function'; readonly fn: number };

/** Kinds of symbols, a bit for each. */
export type KindSet = number;

const KINDS: readonly ValueNode['kind'][] = [
  'const',
  'entry',
  'global',
  'import',
  'token',
  'field',
  'index',
  'deref',
  'addrVar',
  'addrGlobal',
  'addrField',
  'addrIndex',
  'fresh',
  'old',
  'phi',
  'unary',
  'binary',
  'pure',
  'function',
];

const BITS = new Map(KINDS.map((kind, at) => [kind, 1 << at]));

export function kindSet(...kinds: readonly ValueNode['kind'][]): KindSet {
  return kinds.reduce((set, kind) => set | (BITS.get(kind) ?? 0), 0);
}

/** Symbols that mean something in the function only whose analysis made them. */
export const LOCAL: KindSet = kindSet('fresh', 'phi', 'old');

/** Kinds that the table finds without a key: by their variable, or by their base and name. */
type Keyless = Extract<ValueNode, { kind: 'entry' | 'field' | 'addrField' }>;

/** Two nodes are the same symbol exactly if their keys are equal. */
export function keyOf(node: Exclude<ValueNode, Keyless>): string {
  switch (node.kind) {
    case 'const':
      return `c${typeof node.value}:${String(node.value)}`;
    case 'global':
      return `g${node.name}`;
    case 'import':
      return `m${node.module}#${node.name}`;
    case 'token':
      return `t${node.name}`;
    case 'index':
      return `i${node.base}[${node.index}`;
    case 'deref':
      return `d${node.base}`;
    case 'addrVar':
      return `V${node.variable}`;
    case 'addrGlobal':
      return `G${node.name}`;
    case 'addrIndex':
      return `I${node.base}[${node.index}`;
    case 'fresh':
      return node.of === undefined ? `n${node.site}.${node.part}` : `n${node.site}.${node.part}v${node.of}`;
    case 'old':
      return `o${node.of}`;
    case 'phi':
      return `p${node.block}.${node.variable}`;
    case 'unary':
      return `u${node.operator}${node.operand}`;
    case 'binary':
      return `b${node.operator}${node.left},${node.right}`;
    case 'pure':
      return `q${node.name}(${node.args.join()}`;
    case 'function':
      return `x${node.fn}`;
  }
}

type FieldOf<Node> = Node extends unknown ? keyof Node : never;

/** Nodes of all kinds have all fields, in one order: a read of one is then the same machine code for each of them. */
export function ofOneShape(node: Readonly<Partial<Record<FieldOf<ValueNode>, unknown>>>): ValueNode {
  return {
    kind: node.kind,
    base: node.base,
    name: node.name,
    variable: node.variable,
    site: node.site,
    part: node.part,
    of: node.of,
    block: node.block,
    value: node.value,
    index: node.index,
    module: node.module,
    operator: node.operator,
    operand: node.operand,
    left: node.left,
    right: node.right,
    args: node.args,
    fn: node.fn,
  } as ValueNode;
}

/** What makes a symbol, and the symbols that it is made of. */
export function partsOf(node: ValueNode): { own: readonly (string | number)[]; values: readonly Value[] } {
  switch (node.kind) {
    case 'const':
      return { own: [typeof node.value, String(node.value)], values: [] };
    case 'entry':
    case 'addrVar':
      return { own: [node.variable], values: [] };
    case 'global':
    case 'addrGlobal':
    case 'token':
      return { own: [node.name], values: [] };
    case 'import':
      return { own: [node.module, node.name], values: [] };
    case 'field':
    case 'addrField':
      return { own: [node.name], values: [node.base] };
    case 'index':
    case 'addrIndex':
      return { own: [], values: [node.base, node.index] };
    case 'deref':
      return { own: [], values: [node.base] };
    case 'fresh':
      return { own: [node.site, node.part, node.of ?? -1], values: [] };
    case 'old':
      return { own: [], values: [node.of] };
    case 'phi':
      return node.variable < 0
        ? { own: [node.block], values: [-1 - node.variable] }
        : { own: [node.block, node.variable], values: [] };
    case 'unary':
      return { own: [node.operator], values: [node.operand] };
    case 'binary':
      return { own: [node.operator], values: [node.left, node.right] };
    case 'pure':
      return { own: [node.name], values: node.args };
    case 'function':
      return { own: [node.fn], values: [] };
  }
}

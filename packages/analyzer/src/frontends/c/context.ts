/** What is known of the file, and of the function, that is being lowered. */
import type { ContractModel, Guard } from '../../contracts/model.ts';
import type {
  Callee,
  ConstValue,
  Expr,
  FunctionId,
  FunctionIR,
  ReadProblem,
  TypeName,
  Variable,
  VarId,
} from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { MacroBody } from './expansion.ts';
import type { Flow, OpenBlock } from './flow.ts';
import type { Mask, MaskedText } from './mask.ts';
import type { SyntaxNode } from './syntax.ts';

/** A guard class that the file defines. `lock`: what it locks, over `_T`, if that is not what guard() is given. */
export interface FileGuard extends Guard {
  readonly lock?: string;
}

export interface UnitContext {
  readonly model: ContractModel;
  readonly path: string;
  readonly masked: MaskedText;
  /** The masks that say something of a function. */
  readonly notes: readonly Mask[];
  /** The text as it was written. */
  readonly original: string;
  /** The text that the nodes being lowered were parsed from. */
  text: string;
  readonly variables: (Variable & { constant: boolean })[];
  readonly functions: FunctionIR[];
  readonly functionIds: Map<string, FunctionId>;
  readonly moduleNames: Map<string, VarId>;
  /** Types of variables that other files define. */
  readonly externs: Map<string, TypeName>;
  /** Enumerators and #defined integers. */
  readonly constants: Map<string, number>;
  /** By enumerator: all those of its enum. */
  readonly enums: Map<string, readonly string[]>;
  readonly typedefs: Map<string, TypeName>;
  readonly structs: Map<string, Map<string, TypeName>>;
  /** All members of a struct in their order, also those whose type has no name. */
  readonly members: Map<string, readonly string[]>;
  /** The members of structs that are arrays. */
  readonly arrays: Map<string, ReadonlySet<string>>;
  /** Type names whose values are objects: structs, unions, lock types. */
  readonly objectTypes: Set<string>;
  /** Variables that are objects or arrays: denoted by their address. */
  readonly objects: Set<VarId>;
  readonly escaping: Set<FunctionId>;
  /** Functions of a contract that the file implements: calls of them are held against the contract. */
  readonly implemented: Set<string>;
  readonly noreturn: Set<string>;
  /** Bodies of the macros as far as they have been used; null for those that cannot be read. */
  readonly macroBodies: Map<string, MacroBody | null>;
  /** Guard classes that the file defines. */
  readonly guards: ReadonlyMap<string, FileGuard>;
  readonly maskAt: Map<number, Mask>;
  readonly problems: ReadProblem[];
  /** Masks and parses statements, or an expression, that stand at `start` in the original. */
  readonly parseStatements: (code: string, start: number) => MacroBody | null;
}

/** What has to be done when a scope is left; linked from the innermost outwards. */
export interface Cleanup {
  /** Emits it, for an exit at the place. */
  readonly leave: (at: Span) => void;
  readonly outer: Cleanup | null;
}

/** What a parameter of a macro stands for. */
export interface Binding {
  readonly node: SyntaxNode;
  /** The text that the node was parsed from, and the bindings of the names in it. */
  readonly text: string;
  readonly bindings: Bindings | null;
  /** All that stands for `__VA_ARGS__`, or the name that the macro has for it. */
  readonly rest?: readonly SyntaxNode[];
}

type Bindings = ReadonlyMap<string, Binding>;

export interface JumpTarget {
  readonly block: OpenBlock;
  readonly cleanups: Cleanup | null;
}

export interface FunctionContext {
  readonly unit: UnitContext;
  readonly id: FunctionId;
  readonly flow: Flow;
  /** Innermost last. */
  readonly scopes: Map<string, VarId>[];
  cleanups: Cleanup | null;
  breakTo: JumpTarget | null;
  continueTo: JumpTarget | null;
  readonly labels: Map<string, { readonly block: OpenBlock; cleanups: Cleanup | null; defined: boolean }>;
  /** Jumps to labels, whose cleanups are known when all labels are. */
  readonly jumps: {
    readonly from: OpenBlock;
    readonly label: string;
    readonly cleanups: Cleanup | null;
    readonly span: Span;
  }[];
  /** The blocks of the enclosing switch's cases, by the offset of the case. */
  cases: ReadonlyMap<number, OpenBlock>;
  /** Local variables that were declared without a value, or with NULL or 0. */
  readonly unset: Set<VarId>;
  /** In a macro's body: its parameters, and the macros around it. */
  bindings: Bindings | null;
  readonly expanding: string[];
  /** In the body of a macro that is the head of a loop: lowers the statement behind it. */
  statementBehind: (() => void) | null;
}

export const UNKNOWN: Expr = { op: 'unknown' };
export const NULL: Expr = { op: 'const', value: null };

export function constant(value: ConstValue): Expr {
  return { op: 'const', value };
}

export function spanOf(node: SyntaxNode): Span {
  return { start: node.start, end: node.end };
}

export function textOfNode(unit: UnitContext, node: SyntaxNode): string {
  return unit.text.slice(node.start, node.end);
}

export function addVariable(unit: UnitContext, variable: Variable, isObject: boolean): VarId {
  const id = unit.variables.length;
  unit.variables.push(variable);
  if (isObject) unit.objects.add(id);
  return id;
}

export function newTemp(cx: FunctionContext, span: Span): VarId {
  return addVariable(cx.unit, { name: 'tmp', kind: 'temp', owner: cx.id, constant: true, span }, false);
}

/** A temporary that more than one branch assigns. */
export function newMergeTemp(cx: FunctionContext, span: Span): VarId {
  return addVariable(cx.unit, { name: 'tmp', kind: 'temp', owner: cx.id, constant: false, span }, false);
}

/** Evaluates now what is used after other instructions. */
export function keep(cx: FunctionContext, value: Expr, span: Span): Expr {
  if (value.op === 'const' || value.op === 'unknown') return value;
  if (value.op === 'var' && cx.unit.variables[value.id]?.kind === 'temp') return value;
  const temp = newTemp(cx, span);
  cx.flow.emit({ kind: 'assign', to: temp, value, span });
  return { op: 'var', id: temp };
}

/** The variable that a name means at this point; undefined if none. */
export function lookUp(cx: FunctionContext, name: string): VarId | undefined {
  for (let depth = cx.scopes.length - 1; depth >= 0; depth -= 1) {
    const id = cx.scopes[depth]?.get(name);
    if (id !== undefined) return id;
  }
  return cx.unit.moduleNames.get(name);
}

/** True where a function or variable of the file has the name. */
export function isDeclared(cx: FunctionContext, name: string): boolean {
  return cx.unit.functionIds.has(name) || lookUp(cx, name) !== undefined;
}

export function guardOf(cx: FunctionContext, className: string): FileGuard | undefined {
  return cx.unit.guards.get(className) ?? cx.unit.model.guard(className);
}

/** What a call of the name calls. */
export function calleeOf(cx: FunctionContext, name: string): Callee {
  const variable = lookUp(cx, name);
  if (variable !== undefined) return { kind: 'value', value: { op: 'var', id: variable } };
  const fn = cx.unit.functionIds.get(name);
  if (fn !== undefined && !cx.unit.implemented.has(name)) return { kind: 'function', fn };
  if (!cx.unit.masked.macros.has(name) && cx.unit.model.function(name)) return { kind: 'api', name };
  return { kind: 'external', name };
}

/** The type of a value, as far as declarations in the file tell. */
export function typeOf(unit: UnitContext, expr: Expr): TypeName | undefined {
  switch (expr.op) {
    case 'var':
      return unit.variables[expr.id]?.type;
    case 'addr-var':
      return pointerTo(unit.variables[expr.id]?.type);
    case 'global':
      return unit.externs.get(expr.name);
    case 'addr-global':
      return pointerTo(unit.externs.get(expr.name));
    case 'field':
      return fieldType(unit, expr.base, expr.name);
    case 'addr-field':
      return pointerTo(fieldType(unit, expr.base, expr.name));
    case 'pure':
      return expr.name === 'container_of' ? containerType(expr) : undefined;
    default:
      return undefined;
  }
}

function containerType(expr: Expr & { op: 'pure' }): TypeName | undefined {
  const type = expr.args[1];
  return type?.op === 'const' && typeof type.value === 'string'
    ? { name: type.value, pointers: 1 }
    : undefined;
}

function pointerTo(type: TypeName | undefined): TypeName | undefined {
  return type && { ...type, pointers: type.pointers + 1 };
}

function fieldType(unit: UnitContext, base: Expr, name: string): TypeName | undefined {
  const type = typeOf(unit, base);
  return type && type.pointers <= 1 ? unit.structs.get(type.name)?.get(name) : undefined;
}

/** True for a member that is an array: its value is its address. */
export function isArrayMember(unit: UnitContext, base: Expr, name: string): boolean {
  const type = typeOf(unit, base);
  return type !== undefined && type.pointers <= 1 && unit.arrays.get(type.name)?.has(name) === true;
}

/** True for a type whose values are objects that are denoted by their address. */
export function isObjectType(unit: UnitContext, type: TypeName | undefined): boolean {
  return type !== undefined && type.pointers === 0 && unit.objectTypes.has(type.name);
}

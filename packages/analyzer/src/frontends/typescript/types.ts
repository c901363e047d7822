/** Types as far as syntax tells: annotations, `new X`, declared results. There is no inference beyond that. */
import ts from 'typescript';
import type { Expr, TypeName } from '../../ir/ir.ts';
import { membersOfType } from './bind-classes.ts';
import { awaitedType, containerMethodType, elementType, isMap, isRecord } from './containers.ts';
import {
  callbackElement,
  type FileInfo,
  type FunctionInfo,
  type LazyType,
  type Members,
  type Path,
  type Scope,
  type Self,
  type Type,
  type VarInfo,
} from './entities.ts';
import { contractOf, staticOf } from './resolve.ts';
import { lookup, lookupType } from './scopes.ts';
import { memberName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

/** Types that are their argument, for what is asked here. */
const transparent = new Set(['Readonly', 'Required', 'Partial', 'NonNullable', 'Awaited']);

/** Depth at which chains of aliases, bases and initialisers are given up: they may be circular. */
export const depthLimit = 24;

export function plainType(type: Type | undefined): TypeName | undefined {
  if (type === undefined || type.name === '') return undefined;
  return type.module === undefined
    ? { name: type.name, pointers: 0 }
    : { name: type.name, module: type.module, pointers: 0 };
}

export function typeOfLazy(file: FileInfo, lazy: LazyType | undefined, depth = 0): Type | undefined {
  if (lazy === undefined || depth > depthLimit) return undefined;
  if (lazy.type === undefined) {
    lazy.type = null;
    const { annotation, expr, path, scope } = lazy;
    let type = annotation && resolveType(file, annotation, scope, depth + 1);
    if (annotation === undefined && expr !== undefined) type = typeOfNode(file, expr, scope, depth + 1);
    lazy.type = stepInto(file, type, path ?? [], depth) ?? null;
  }
  return lazy.type ?? undefined;
}

function stepInto(file: FileInfo, from: Type | undefined, path: Path, depth: number): Type | undefined {
  let type = from;
  for (const step of path) {
    if (type === undefined) return undefined;
    if (typeof step === 'string') type = memberType(file, type, step, depth + 1);
    else if (step === callbackElement && isMap(type)) type = type.args?.[1];
    else type = type.name === '[]' && step !== null ? type.args?.[step] : elementType(type);
  }
  return type;
}

export function typeOfVariable(file: FileInfo, variable: VarInfo | undefined): Type | undefined {
  return typeOfLazy(file, variable?.lazy);
}

function typeOfMembers(members: Members): Type {
  return { name: members.name ?? '', pointers: 0, members };
}

export function typeOfSelf(self: Self): Type | undefined {
  if (self.cls === undefined) return undefined;
  return typeOfMembers(self.side === 'static' ? self.cls.statics : self.cls.instance);
}

function resolveType(file: FileInfo, node: ts.TypeNode, scope: Scope, depth: number): Type | undefined {
  if (depth > depthLimit) return undefined;
  const inner = (of: ts.TypeNode): Type | undefined => resolveType(file, of, scope, depth + 1);
  switch (node.kind) {
    case K.TypeReference:
    case K.ExpressionWithTypeArguments:
      return resolveReference(file, node as ts.TypeReferenceNode, scope, depth);
    case K.UnionType: {
      const parts = (node as ts.UnionTypeNode).types.filter((part) => !isNothing(part));
      return parts.length === 1 && parts[0] !== undefined ? inner(parts[0]) : undefined;
    }
    case K.IntersectionType: {
      for (const part of (node as ts.IntersectionTypeNode).types) {
        const type = inner(part);
        if (type !== undefined) return type;
      }
      return undefined;
    }
    case K.ParenthesizedType:
    case K.TypeOperator:
    case K.JSDocNullableType:
    case K.JSDocNonNullableType:
    case K.JSDocOptionalType:
      return inner((node as ts.ParenthesizedTypeNode).type);
    case K.ArrayType:
      return { name: 'Array', pointers: 0, args: [inner((node as ts.ArrayTypeNode).elementType)] };
    case K.TupleType:
      return { name: '[]', pointers: 0, args: (node as ts.TupleTypeNode).elements.map(inner) };
    case K.NamedTupleMember:
      return inner((node as ts.NamedTupleMember).type);
    case K.TypeLiteral:
      return typeOfMembers(membersOfType((node as ts.TypeLiteralNode).members, scope, undefined, undefined));
    case K.TypeQuery:
      return typeOfNode(
        file,
        (node as ts.TypeQueryNode).exprName as ts.Node as ts.Expression,
        scope,
        depth + 1,
      );
    case K.ImportType: {
      const { argument, qualifier } = node as ts.ImportTypeNode;
      const literal = argument.kind === K.LiteralType ? (argument as ts.LiteralTypeNode).literal : undefined;
      return literal?.kind === K.StringLiteral && qualifier?.kind === K.Identifier
        ? { name: qualifier.text, module: (literal as ts.StringLiteral).text, pointers: 0 }
        : undefined;
    }
    default:
      return undefined;
  }
}

function isNothing(node: ts.TypeNode): boolean {
  if (node.kind === K.UndefinedKeyword || node.kind === K.VoidKeyword) return true;
  return node.kind === K.LiteralType && (node as ts.LiteralTypeNode).literal.kind === K.NullKeyword;
}

function resolveReference(
  file: FileInfo,
  node: ts.TypeReferenceNode | ts.ExpressionWithTypeArguments,
  scope: Scope,
  depth: number,
): Type | undefined {
  const target = 'typeName' in node ? node.typeName : node.expression;
  const args = (): (Type | undefined)[] | undefined =>
    node.typeArguments?.map((arg) => resolveType(file, arg, scope, depth + 1));
  if (target.kind !== K.Identifier) {
    const value = staticOf(file, target as ts.Node as ts.Expression, scope);
    return value?.kind === 'import' ? { name: value.name, module: value.module, pointers: 0 } : undefined;
  }
  const { text } = target as ts.Identifier;
  const binding = lookupType(scope, text);
  switch (binding?.kind) {
    case 'members':
      return typeOfMembers(binding.members);
    case 'alias':
      return binding.node && resolveType(file, binding.node, binding.scope, depth + 1);
    case 'import':
      return { name: binding.name, module: binding.module, pointers: 0 };
    default: {
      // In JavaScript, comments name as types what `require` has given.
      const value = lookup(scope, text) && staticOf(file, target as ts.Identifier, scope);
      if (value?.kind === 'import') return { name: value.name, module: value.module, pointers: 0 };
      return transparent.has(text) ? args()?.[0] : { name: text, pointers: 0, args: args() ?? [] };
    }
  }
}

/** The type of an expression's value, for the few forms of which syntax tells. */
export function typeOfNode(file: FileInfo, node: ts.Expression, scope: Scope, depth = 0): Type | undefined {
  if (depth > depthLimit) return undefined;
  if (node.kind === K.AsExpression || node.kind === K.TypeAssertionExpression) {
    const { type, expression } = node as ts.AsExpression;
    const isConst = type.kind === K.TypeReference && memberless(type as ts.TypeReferenceNode) === 'const';
    return isConst
      ? typeOfNode(file, expression, scope, depth + 1)
      : resolveType(file, type, scope, depth + 1);
  }
  switch (node.kind) {
    case K.ParenthesizedExpression:
    case K.SatisfiesExpression:
    case K.NonNullExpression:
      return typeOfNode(file, (node as ts.ParenthesizedExpression).expression, scope, depth + 1);
    case K.Identifier: {
      const binding = lookup(scope, (node as ts.Identifier).text);
      if (binding?.value?.kind === 'class') return typeOfMembers(binding.value.cls.statics);
      return typeOfLazy(file, binding?.variable?.lazy, depth + 1);
    }
    case K.ThisKeyword: {
      const { fn } = scope;
      return typeOfSelf(fn.self);
    }
    case K.NewExpression:
      return typeOfNew(file, node as ts.NewExpression, scope, depth);
    case K.PropertyAccessExpression:
    case K.ElementAccessExpression: {
      const name = memberName(node);
      const base = typeOfNode(file, (node as ts.PropertyAccessExpression).expression, scope, depth + 1);
      if (base === undefined) return undefined;
      return name === undefined ? elementType(base) : memberType(file, base, name, depth + 1);
    }
    case K.CallExpression:
      return typeOfCall(file, node as ts.CallExpression, scope, depth);
    case K.AwaitExpression:
      return awaitedType(typeOfNode(file, (node as ts.AwaitExpression).expression, scope, depth + 1));
    case K.ConditionalExpression: {
      const { whenTrue, whenFalse } = node as ts.ConditionalExpression;
      return typeOfNode(file, whenTrue, scope, depth + 1) ?? typeOfNode(file, whenFalse, scope, depth + 1);
    }
    case K.BinaryExpression: {
      const { left, right, operatorToken } = node as ts.BinaryExpression;
      if (operatorToken.kind === K.EqualsToken) return typeOfNode(file, right, scope, depth + 1);
      if (operatorToken.kind !== K.QuestionQuestionToken && operatorToken.kind !== K.BarBarToken)
        return undefined;
      return typeOfNode(file, left, scope, depth + 1) ?? typeOfNode(file, right, scope, depth + 1);
    }
    case K.ObjectLiteralExpression:
      return typeOfObject(file, node);
    default:
      return undefined;
  }
}

function memberless(node: ts.TypeReferenceNode): string | undefined {
  return node.typeName.kind === K.Identifier ? node.typeName.text : undefined;
}

function typeOfObject(file: FileInfo, node: ts.Node): Type | undefined {
  const object = file.objectOf.get(node);
  if (object === undefined) return undefined;
  const members = membersOfType([], object.scope, undefined, undefined);
  for (const [name, member] of object.members) {
    const fn = 'kind' in member ? file.functionOf.get(strip(member)) : member;
    if (fn !== undefined && !file.assignedProperties.has(name)) members.methods.set(name, fn);
    else if ('kind' in member) members.fields.set(name, { scope: object.scope, expr: member, path: [] });
  }
  return typeOfMembers(members);
}

/** The type that `new e()` makes. */
export function typeOfNew(
  file: FileInfo,
  { expression: callee, typeArguments }: ts.NewExpression,
  scope: Scope,
  depth = 0,
): Type | undefined {
  const value = staticOf(file, callee, scope);
  if (value?.kind === 'class') return typeOfMembers(value.cls.instance);
  if (value?.kind === 'import') return { name: value.name, module: value.module, pointers: 0 };
  const node = strip(callee);
  if (node.kind !== K.Identifier || lookup(scope, (node as ts.Identifier).text) !== undefined)
    return undefined;
  const args = typeArguments?.map((argument) => resolveType(file, argument, scope, depth + 1));
  return { name: (node as ts.Identifier).text, pointers: 0, ...(args && { args }) };
}

function typeOfCall(file: FileInfo, node: ts.CallExpression, scope: Scope, depth: number): Type | undefined {
  const value = staticOf(file, node.expression, scope);
  if (value?.kind === 'function') return typeOfLazy(file, value.fn.returnType, depth + 1);
  const callee = strip(node.expression);
  const name = memberName(callee);
  if (name === undefined || contractOf(file, value) !== undefined) return undefined;
  const base = typeOfNode(file, (callee as ts.PropertyAccessExpression).expression, scope, depth + 1);
  if (base === undefined) return undefined;
  const member = findMember(file, base, name);
  return member?.kind === 'method'
    ? typeOfLazy(file, member.fn.returnType, depth + 1)
    : containerMethodType(base, name);
}

export type Member =
  | { readonly kind: 'method' | 'getter' | 'setter'; readonly fn: FunctionInfo }
  | { readonly kind: 'field'; readonly lazy: LazyType }
  /** A member of a class from elsewhere, that a class of this file extends or the type itself is. */
  | { readonly kind: 'foreign'; readonly type: Type };

/** The type that a class or interface extends. */
export function baseOf(file: FileInfo, members: Members): Type | undefined {
  const { heritage } = members;
  if (heritage === undefined) return undefined;
  const value = staticOf(file, heritage.node, heritage.scope);
  if (value?.kind === 'class') {
    return typeOfMembers(heritage.side === 'static' ? value.cls.statics : value.cls.instance);
  }
  if (value?.kind === 'import') return { name: value.name, module: value.module, pointers: 0 };
  const node = strip(heritage.node);
  if (node.kind !== K.Identifier) return undefined;
  const { text } = node as ts.Identifier;
  const binding = lookupType(heritage.scope, text);
  if (binding?.kind === 'members') return typeOfMembers(binding.members);
  return binding?.kind === 'import'
    ? { name: binding.name, module: binding.module, pointers: 0 }
    : { name: text, pointers: 0 };
}

export function findMember(file: FileInfo, type: Type, name: string, write = false): Member | undefined {
  let at: Type | undefined = type;
  for (let depth = 0; depth < depthLimit && at !== undefined; depth++) {
    const { members }: Type = at;
    if (members === undefined) return { kind: 'foreign', type: at };
    const accessor = write ? members.setters.get(name) : members.getters.get(name);
    if (accessor !== undefined) return { kind: write ? 'setter' : 'getter', fn: accessor };
    const method = members.methods.get(name);
    if (method !== undefined) return { kind: 'method', fn: method };
    const lazy = members.fields.get(name);
    if (lazy !== undefined) return { kind: 'field', lazy };
    at = mixedWith(file, members, name) ?? baseOf(file, members);
  }
  return undefined;
}

/** A mixin extends what it is given: a member that one class of the file alone has is that class's. */
function mixedWith(file: FileInfo, { heritage }: Members, name: string): Type | undefined {
  const base = heritage && strip(heritage.node);
  if (heritage === undefined || base?.kind !== K.Identifier) return undefined;
  if (lookup(heritage.scope, (base as ts.Identifier).text)?.variable?.kind !== 'param') return undefined;
  const holders = file.classes.filter(({ instance: { fields, methods, getters, setters } }) =>
    [fields, methods, getters, setters].some((members) => members.has(name)),
  );
  const [holder] = holders;
  return holder === undefined || holders.length > 1 ? undefined : typeOfMembers(holder.instance);
}

export function memberType(file: FileInfo, type: Type, name: string, depth = 0): Type | undefined {
  if (isRecord(type)) return type.args?.[1];
  const member = findMember(file, type, name);
  if (member?.kind === 'field') return typeOfLazy(file, member.lazy, depth + 1);
  if (member?.kind !== 'getter') return undefined;
  const { returnType, cls } = member.fn;
  if (returnType !== undefined || cls === undefined || depth > depthLimit)
    return typeOfLazy(file, returnType, depth + 1);
  const path = fieldReturned(member.fn);
  return path && stepInto(file, typeOfMembers(cls.instance), path, depth + 1);
}

/** The fields that a getter like `get tree() { return this.#tree; }` leads to: reading it is reading them. */
export function fieldReturned(fn: FunctionInfo): string[] | undefined {
  const { body } = fn.node as ts.GetAccessorDeclaration;
  const only = body?.statements.length === 1 ? body.statements[0] : undefined;
  if (only?.kind !== K.ReturnStatement) return undefined;
  let at =
    (only as ts.ReturnStatement).expression &&
    strip((only as ts.ReturnStatement).expression as ts.Expression);
  const path: string[] = [];
  while (at?.kind === K.PropertyAccessExpression) {
    path.unshift((at as ts.PropertyAccessExpression).name.text);
    at = strip((at as ts.PropertyAccessExpression).expression);
  }
  const known = fn.cls?.instance;
  const first = path[0];
  return at?.kind === K.ThisKeyword && first !== undefined && known?.fields.has(first) ? path : undefined;
}

/** The type of a lowered value. */
export function typeOfExpr(file: FileInfo, expr: Expr): Type | undefined {
  switch (expr.op) {
    case 'var':
      return typeOfVariable(file, file.variables[expr.id]);
    case 'field': {
      const base = typeOfExpr(file, expr.base);
      return base && memberType(file, base, expr.name);
    }
    case 'index': {
      const base = typeOfExpr(file, expr.base);
      if (base?.name === '[]' && expr.index.op === 'const' && typeof expr.index.value === 'number') {
        return base.args?.[expr.index.value];
      }
      return base && elementType(base);
    }
    default:
      return undefined;
  }
}

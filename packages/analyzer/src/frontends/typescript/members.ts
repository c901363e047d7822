/** Reading and writing members, with the getters and setters of the file's own classes. */
import ts from 'typescript';
import type { Callee, Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { lowerImport } from './api-values.ts';
import { lowerBase, lowerExpr, lowerOwner } from './expressions.ts';
import { checkLink } from './conditions.ts';
import type { FunctionInfo, Members } from './entities.ts';
import { mayThrow } from './exits.ts';
import { emit, pin, temp, variableExpr, type Flow } from './flow.ts';
import { memberStatic, staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { memberName, strip } from './syntax.ts';
import { depthLimit, fieldReturned, findMember, typeOfExpr, typeOfNode, typeOfSelf } from './types.ts';
import type { Type } from './entities.ts';

const K = ts.SyntaxKind;

type MemberNode = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** The class that holds a static field: what a class does not have itself is the one that it extends's. */
function holderOf(f: Flow, base: Expr, name: string): Expr {
  if (base.op !== 'var') return base;
  let holder: Expr = base;
  let members: Members | undefined = f.file.variables[base.id]?.lazy?.type?.members;
  for (let depth = 0; depth < depthLimit && members !== undefined && !declares(members, name); depth++) {
    const { heritage }: Members = members;
    const value = heritage?.side === 'static' ? staticOf(f.file, heritage.node, heritage.scope) : null;
    if (value?.kind === 'import') return { op: 'import', module: value.module, name: value.name };
    if (value?.kind !== 'class') return base;
    holder = variableExpr(value.cls.variable);
    members = value.cls.statics;
  }
  return holder;
}

function declares({ fields, methods, getters, setters }: Members, name: string): boolean {
  return fields.has(name) || methods.has(name) || getters.has(name) || setters.has(name);
}

/** The type of a value, from what was written if the value does not tell. */
export function receiverType(f: Flow, value: Expr, node: ts.Expression): Type | undefined {
  return typeOfExpr(f.file, value) ?? typeOfNode(f.file, node, f.scope);
}

export function lowerMember(f: Flow, node: MemberNode): Expr {
  const name = memberName(node);
  const constant = name === undefined ? null : enumMember(f, node, name);
  if (constant !== null) return constant;
  const lowered = name === undefined ? lowerBase : lowerOwner;
  const base = lowered(f, node, node.expression);
  if (node.questionDotToken !== undefined) checkLink(f, base, node.expression);
  if (name === undefined) {
    const index = lowerExpr(f, (node as ts.ElementAccessExpression).argumentExpression);
    return { op: 'index', base, index };
  }
  return readMember(f, base, name, node);
}

function enumMember(f: Flow, { expression }: MemberNode, name: string): Expr | null {
  const base = staticOf(f.file, expression, f.scope);
  const value = base?.kind === 'enum' ? memberStatic(f.file, base, name) : null;
  return value?.kind === 'constant' ? { op: 'const', value: value.value } : null;
}

function readMember(f: Flow, owner: Expr, name: string, node: MemberNode): Expr {
  const { file } = f;
  const base = holderOf(f, owner, name);
  if (base.op === 'import') {
    const value = memberStatic(file, { kind: 'import', module: base.module, name: base.name }, name);
    if (value?.kind === 'import') return lowerImport(f, value, node);
  }
  if (base.op === 'global') {
    const inner = namespaceMember(f, node.expression, name);
    if (inner !== undefined) return inner;
  }
  if (!file.memberNames.has(name)) return { op: 'field', base, name };
  const type = receiverType(f, base, node.expression);
  return readTyped(f, base, name, type, node, nameOf(node));
}

/** `const { name } = base`. */
export function readField(f: Flow, owner: Expr, name: string, key: ts.Node): Expr {
  const base = holderOf(f, owner, name);
  if (!f.file.memberNames.has(name)) return { op: 'field', base, name };
  const isThis = base.op === 'var' && base.id === f.self.variable?.id;
  return readTyped(f, base, name, isThis ? typeOfSelf(f.self) : typeOfExpr(f.file, base), key, key);
}

function readTyped(
  f: Flow,
  base: Expr,
  name: string,
  type: Type | undefined,
  node: ts.Node,
  nameNode: ts.Node,
): Expr {
  const { file } = f;
  const member = type && findMember(file, type, name);
  if (member?.kind === 'getter')
    return callGetter(f, base, member.fn, spanOf(file, node), spanOf(file, nameNode));
  if (member?.kind === 'method') {
    member.fn.escapes = true;
    return { op: 'function', fn: member.fn.id };
  }
  return { op: 'field', base, name };
}

export function nameOf(node: MemberNode): ts.Node {
  return node.kind === K.PropertyAccessExpression ? node.name : node.argumentExpression;
}

/** `N.x` of a `namespace N` of this file. */
function namespaceMember(f: Flow, owner: ts.Expression, name: string): Expr | undefined {
  const node = strip(owner);
  const value = node.kind === K.Identifier ? lookup(f.scope, (node as ts.Identifier).text)?.value : undefined;
  const variable = value?.kind === 'namespace' ? value.scope.values?.get(name)?.variable : undefined;
  return variable && variableExpr(variable);
}

function callGetter(f: Flow, base: Expr, fn: FunctionInfo, span: Span, nameSpan: Span): Expr {
  const path = fieldReturned(fn);
  if (path !== undefined) {
    return path.reduce((value: Expr, name): Expr => ({ op: 'field', base: value, name }), base);
  }
  const to = temp(f, span, fn.returnType);
  callAccessor(f, { kind: 'function', fn: fn.id }, base, [], to.id, span, nameSpan);
  return variableExpr(to);
}

function callAccessor(
  f: Flow,
  callee: Callee,
  receiver: Expr,
  args: readonly Expr[],
  to: number,
  span: Span,
  nameSpan: Span,
): void {
  mayThrow(f, nameSpan);
  const text = f.file.text.slice(nameSpan.start, nameSpan.end);
  emit(f, { kind: 'call', to, callee, receiver, args, span, nameSpan, text, result: 'used' });
}

/** `base.name = value`, by a setter if the class has one. */
export function storeMember(
  f: Flow,
  node: MemberNode,
  base: Expr,
  name: string,
  value: Expr,
  span: Span,
): void {
  const { file } = f;
  if (file.memberNames.has(name)) {
    const type = receiverType(f, base, node.expression);
    const member = type && findMember(file, type, name, true);
    if (member?.kind === 'setter') {
      const callee: Callee = { kind: 'function', fn: member.fn.id };
      callAccessor(f, callee, base, [value], temp(f, span).id, span, spanOf(file, nameOf(node)));
      return;
    }
  }
  emit(f, { kind: 'store', base, name, value, span });
}

/** A place that is read and then written: its parts are evaluated once. */
export type Place =
  | { readonly kind: 'expr'; readonly value: Expr }
  | { readonly kind: 'member'; readonly node: MemberNode; readonly base: Expr; readonly name: string }
  | { readonly kind: 'index'; readonly base: Expr; readonly index: Expr };

export function lowerPlace(f: Flow, expr: ts.Expression): Place {
  const node = strip(expr);
  if (node.kind !== K.PropertyAccessExpression && node.kind !== K.ElementAccessExpression) {
    return { kind: 'expr', value: lowerExpr(f, node) };
  }
  const access = node as MemberNode;
  const base =
    node.flags & ts.NodeFlags.OptionalChain
      ? lowerBase(f, node, access.expression)
      : lowerOwner(f, node, access.expression);
  const name = memberName(node);
  if (name !== undefined) return { kind: 'member', node: access, base, name };
  const index = (access as ts.ElementAccessExpression).argumentExpression;
  return { kind: 'index', base, index: pin(f, lowerExpr(f, index), spanOf(f.file, index)) };
}

export function readPlace(f: Flow, place: Place): Expr {
  switch (place.kind) {
    case 'expr':
      return place.value;
    case 'member':
      return readMember(f, place.base, place.name, place.node);
    case 'index':
      return { op: 'index', base: place.base, index: place.index };
  }
}

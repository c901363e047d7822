/** What a call calls, as far as the file tells. */
import ts from 'typescript';
import type { Callee, Expr } from '../../ir/ir.ts';
import type { FunctionContract } from '@maplelock/core';
import { checkLink } from './conditions.ts';
import { containerMethodType } from './containers.ts';
import type { FunctionInfo, Static, Type } from './entities.ts';
import { lowerBase, lowerExpr, lowerOwner, lowerThis } from './expressions.ts';
import type { Flow } from './flow.ts';
import { receiverType } from './members.ts';
import { apiOf, contractOf, memberStatic, staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { isFunctionExpression, memberName, strip } from './syntax.ts';
import { baseOf, findMember } from './types.ts';

const K = ts.SyntaxKind;

/** What a function's signature says of its calls. */
type Described = Pick<FunctionInfo, 'returnType' | 'returnsNever' | 'asserts'> &
  Partial<Pick<FunctionInfo, 'node' | 'scope'>>;

/** A callee with what is known of it. */
export interface Target {
  readonly callee: Callee;
  readonly receiver?: Expr | undefined;
  readonly fn?: Described | undefined;
  readonly row?: FunctionContract | undefined;
  readonly result?: Type | undefined;
}

export function targetOf(f: Flow, parent: ts.Node, expr: ts.Expression): Target {
  const callee = strip(expr);
  const value = staticOf(f.file, callee, f.scope);
  if (value !== null) {
    const target = staticTarget(f, value, callee);
    if (target !== undefined) return target;
  }
  if (isFunctionExpression(callee)) {
    const fn = f.file.functionOf.get(callee);
    if (fn !== undefined) return { callee: { kind: 'function', fn: fn.id }, fn };
  }
  if (callee.kind === K.PropertyAccessExpression || callee.kind === K.ElementAccessExpression) {
    return memberTarget(f, callee as ts.PropertyAccessExpression);
  }
  const fn = ambientFunction(f, callee);
  const calleeValue = lowerBase(f, parent, expr);
  return { callee: { kind: 'value', value: calleeValue }, fn };
}

/** A function that is only declared may still be known never to return, or to assert. */
function ambientFunction(f: Flow, callee: ts.Expression): Described | undefined {
  if (callee.kind !== K.Identifier) return undefined;
  return lookup(f.scope, (callee as ts.Identifier).text)?.ambient;
}

export function staticTarget(f: Flow, value: Static, callee: ts.Expression): Target | undefined {
  if (value.kind === 'import') {
    const row = contractOf(f.file, value);
    if (row !== undefined) return { callee: apiOf(value, row), row };
    const name = value.name === '*' ? 'default' : value.name;
    return { callee: { kind: 'external', name, module: value.module } };
  }
  if (value.kind === 'oneOf') return entryTarget(f, value, callee);
  if (value.kind !== 'function') return undefined;
  const isMember = callee.kind === K.PropertyAccessExpression || callee.kind === K.ElementAccessExpression;
  const owner = isMember ? (callee as ts.PropertyAccessExpression).expression : undefined;
  const needsReceiver = owner !== undefined && value.fn.self.fn === value.fn;
  return {
    callee: { kind: 'function', fn: value.fn.id },
    fn: value.fn,
    receiver: needsReceiver ? lowerOwner(f, callee, owner) : undefined,
  };
}

/** `TABLE[key](…)`: any of the functions of the table. */
function entryTarget(
  f: Flow,
  { functions }: Extract<Static, { kind: 'oneOf' }>,
  callee: ts.Expression,
): Target {
  const among = functions.map(({ id }) => ({ kind: 'function', fn: id }) as const);
  const target: Target = { callee: { kind: 'method', name: '', among } };
  if (!ts.isElementAccessExpression(callee)) return target;
  const receiver = lowerOwner(f, callee, callee.expression);
  lowerExpr(f, callee.argumentExpression);
  return { ...target, receiver };
}

function memberTarget(f: Flow, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Target {
  const { expression } = node;
  const name = memberName(node);
  if (strip(expression).kind === K.SuperKeyword) return superTarget(f, name);
  // Any member may be the one that is called.
  const receiver = name === undefined ? lowerBase(f, node, expression) : lowerOwner(f, node, expression);
  if (node.questionDotToken !== undefined) checkLink(f, receiver, expression);
  if (name === undefined) {
    const index = lowerExpr(f, (node as ts.ElementAccessExpression).argumentExpression);
    return { callee: { kind: 'value', value: { op: 'index', base: receiver, index } }, receiver };
  }
  if (receiver.op === 'import') {
    const value = memberStatic(
      f.file,
      { kind: 'import', module: receiver.module, name: receiver.name },
      name,
    );
    const target = value === null ? undefined : staticTarget(f, value, node);
    if (target !== undefined) return target;
  }
  return methodTarget(f, receiverType(f, receiver, expression), name, receiver);
}

function superTarget(f: Flow, name: string | undefined): Target {
  const cls = f.self.cls;
  const own = cls && (f.self.side === 'static' ? cls.statics : cls.instance);
  const base = own && baseOf(f.file, own);
  return methodTarget(f, base, name ?? '', lowerThis(f));
}

function methodTarget(f: Flow, type: Type | undefined, name: string, receiver: Expr): Target {
  const member = type && findMember(f.file, type, name);
  switch (member?.kind) {
    case 'method':
      return { callee: { kind: 'function', fn: member.fn.id }, fn: member.fn, receiver };
    case 'foreign':
      return foreignTarget(f, member.type, name, receiver);
    case 'field':
    case 'getter':
      // The field may hold any function; a method of an interface is a field to us.
      break;
  }
  const className = type?.name === '' ? undefined : type?.name;
  return {
    callee: { kind: 'method', name, ...(className === undefined ? undefined : { className }) },
    receiver,
  };
}

/** A method of a class that another module, or the language, defines. */
function foreignTarget(f: Flow, type: Type, name: string, receiver: Expr): Target {
  const { module } = type;
  const method = `${type.name}.${name}`;
  if (module === undefined) {
    return {
      callee: { kind: 'method', name, className: type.name },
      receiver,
      result: containerMethodType(type, name),
    };
  }
  const imported = { kind: 'import', module, name: method } as const;
  const row = contractOf(f.file, imported);
  return row === undefined
    ? { callee: { kind: 'external', name: method, module }, receiver }
    : { callee: apiOf(imported, row), receiver, row };
}

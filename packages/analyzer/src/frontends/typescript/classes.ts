/** What a class does when it is defined, and when an object of it comes to life. */
import ts from 'typescript';
import { callBaseConstructor } from './construct.ts';
import type { ClassInfo, FunctionInfo } from './entities.ts';
import { lowerExpr, lowerThis, lowerTo } from './expressions.ts';
import { emit, temp, unknown, variableExpr, type Flow } from './flow.ts';
import type { Expr } from '../../ir/ir.ts';
import { spanOf } from './spans.ts';
import { lowerList } from './statements.ts';
import { hasModifier, propertyName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

/** The class itself is an object: static fields are its fields. */
export function defineClass(f: Flow, node: ts.ClassLikeDeclaration): Expr {
  const cls = f.file.classOf.get(node);
  if (cls === undefined || hasModifier(node, K.DeclareKeyword)) return unknown;
  const { heritage } = cls.instance;
  if (heritage !== undefined && strip(heritage.node).kind !== K.Identifier) lowerExpr(f, heritage.node);
  const name = cls.statics.name;
  const span = spanOf(f.file, node.name ?? node);
  emit(f, {
    kind: 'new',
    to: cls.variable.id,
    ...(name === undefined ? undefined : { className: name }),
    span,
  });
  const { self, scope } = f;
  f.self = cls.self;
  for (const member of node.members) {
    f.scope = f.file.scopes.get(member) ?? cls.scope;
    if (member.kind === K.ClassStaticBlockDeclaration) {
      const { body } = member as ts.ClassStaticBlockDeclaration;
      lowerList(f, body.statements, body);
    } else if (member.kind === K.PropertyDeclaration && hasModifier(member, K.StaticKeyword)) {
      initializeField(f, member as ts.PropertyDeclaration);
    }
  }
  f.self = self;
  f.scope = scope;
  return variableExpr(cls.variable);
}

function initializeField(f: Flow, member: ts.PropertyDeclaration): void {
  const { initializer, name } = member;
  // What an arrow function in a field does is known as a method.
  if (initializer === undefined || f.file.functionOf.has(strip(initializer))) return;
  const span = spanOf(f.file, member);
  const value = temp(f, span, { scope: f.scope, expr: initializer });
  lowerTo(f, initializer, value);
  const key = propertyName(name);
  const base = lowerThis(f);
  const from = variableExpr(value);
  if (key !== undefined) emit(f, { kind: 'store', base, name: key, value: from, span });
  else emit(f, { kind: 'store', base, index: unknown, value: from, span });
}

/** Fields written in the class body and in the constructor's parameters, in that order. */
export function initializeFields(f: Flow, cls: ClassInfo, construct: FunctionInfo): void {
  const { scope } = f;
  for (const member of cls.node.members) {
    if (member.kind !== K.PropertyDeclaration || hasModifier(member, K.StaticKeyword)) continue;
    f.scope = f.file.scopes.get(member) ?? cls.scope;
    initializeField(f, member as ts.PropertyDeclaration);
  }
  f.scope = scope;
  const { node } = construct;
  if (node.kind !== K.Constructor) return;
  node.parameters.forEach((parameter, i) => {
    const variable = construct.params[i];
    const name = propertyName(parameter.name);
    if (variable === undefined || name === undefined || !ts.isParameterPropertyDeclaration(parameter, node))
      return;
    const value = variableExpr(variable);
    emit(f, { kind: 'store', base: lowerThis(f), name, value, span: spanOf(f.file, parameter) });
  });
}

/** The constructor that a class has without writing one. */
export function lowerMadeUpConstructor(f: Flow, cls: ClassInfo): void {
  const { heritage } = cls.instance;
  if (heritage !== undefined) callBaseConstructor(f, [unknown], heritage.node);
  initializeFields(f, cls, f.fn);
}

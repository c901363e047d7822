/** Objects coming to life: `new`, and `super` in a constructor. */
import ts from 'typescript';
import type { Callee, Expr } from '../../ir/ir.ts';
import { emitCall, lowerArguments } from './calls.ts';
import { initializeFields } from './classes.ts';
import type { LazyType, Static, Type, VarInfo } from './entities.ts';
import { lowerExpr, lowerThis } from './expressions.ts';
import { emit, temp, variableExpr, type Flow } from './flow.ts';
import { apiOf, contractOf, staticOf } from './resolve.ts';
import { spanOf } from './spans.ts';
import { baseOf, typeOfNew, typeOfSelf } from './types.ts';

const K = ts.SyntaxKind;

/** `new X(…)`: the object, and then the constructor as a function that is given it. */
export function lowerNew(f: Flow, node: ts.NewExpression, to?: VarInfo): Expr {
  const span = spanOf(f.file, node);
  const type = typeOfNew(f.file, node, f.scope);
  const value = staticOf(f.file, node.expression, f.scope);
  const object = to ?? temp(f, span, type && { scope: f.scope, type });
  const row = contractOf(f.file, value, true);
  if (row !== undefined) {
    const args = lowerArguments(f, node.arguments);
    emitCall(f, { callee: apiOf(value, row), row }, args, object, span, node.expression, 'used');
    return variableExpr(object);
  }
  const constructed = value === null ? lowerConstructor(f, node.expression, type) : undefined;
  const args = lowerArguments(f, node.arguments);
  if (constructed !== undefined) {
    emitCall(
      f,
      { callee: { kind: 'value', value: constructed } },
      args,
      object,
      span,
      node.expression,
      'used',
    );
    return variableExpr(object);
  }
  const isLocal = type !== undefined && type.module === undefined && type.name !== '';
  const className = isLocal ? { className: type.name } : undefined;
  emit(f, { kind: 'new', to: object.id, ...className, constructed: true, span });
  const callee = constructorOf(value, type);
  // A constructor of the language that is given nothing does nothing that matters.
  if (callee === undefined || (callee.kind === 'method' && args.length === 0)) return variableExpr(object);
  const receiver = variableExpr(object);
  emitCall(f, { callee, receiver }, args, temp(f, span), span, node.expression, 'used');
  return receiver;
}

/** The value of a constructor that is neither of this file, nor imported, nor a global class. */
function lowerConstructor(f: Flow, expr: ts.Expression, type: Type | undefined): Expr | undefined {
  return type === undefined ? lowerExpr(f, expr) : undefined;
}

function constructorOf(value: Static | null, type: Type | undefined): Callee | undefined {
  switch (value?.kind) {
    case 'class': {
      const fn = value.cls.construct;
      return fn && { kind: 'function', fn: fn.id };
    }
    case 'function':
      return { kind: 'function', fn: value.fn.id };
    case 'import': {
      const name = value.name === '*' ? 'default' : value.name;
      return { kind: 'external', module: value.module, name: `${name}.constructor` };
    }
    default:
      return { kind: 'method', name: 'constructor', ...(type && { className: type.name }) };
  }
}

/** `super(…)`, after which the fields are initialised. */
export function lowerSuper(f: Flow, node: ts.CallExpression): Expr {
  const args = lowerArguments(f, node.arguments);
  callBaseConstructor(f, args, node);
  if (f.fn.cls?.construct === f.fn) initializeFields(f, f.fn.cls, f.fn);
  return lowerThis(f);
}

export function callBaseConstructor(f: Flow, args: readonly Expr[], node: ts.Expression): void {
  const cls = f.self.cls;
  const base = cls && baseOf(f.file, cls.instance);
  if (cls === undefined || base === undefined || f.self.side === 'static') return;
  const span = spanOf(f.file, node);
  const receiver = lowerThis(f);
  const { heritage } = cls.instance;
  const value = heritage === undefined ? null : staticOf(f.file, heritage.node, heritage.scope);
  const row = contractOf(f.file, value, true);
  const callee: Callee | undefined = row === undefined ? constructorOf(value, base) : apiOf(value, row);
  if (callee === undefined || (callee.kind === 'method' && args.length === 0)) return;
  const name = node.kind === K.CallExpression ? (node as ts.CallExpression).expression : node;
  emitCall(f, { callee, receiver, row }, args, temp(f, span, typeOfLazySelf(f)), span, name, 'used');
}

function typeOfLazySelf(f: Flow): LazyType | undefined {
  const type = typeOfSelf(f.self);
  return type && { scope: f.scope, type };
}

/** Calls: what is called, with what, and what becomes of the result. */
import ts from 'typescript';
import type { FunctionContract } from '@maplelock/core';
import type { Callee, Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { assertionOf, isStop, type Assertion } from './assertions.ts';
import { initializeFields } from './classes.ts';
import { checkLink, lowerCondition } from './conditions.ts';
import type { FunctionInfo, LazyType, Static, Type, VarInfo } from './entities.ts';
import { lowerThrow, mayThrow } from './exits.ts';
import { lowerBase, lowerExpr, lowerOwner, lowerThis, type Dropped } from './expressions.ts';
import { emit, leave, newBlock, temp, undefinedValue, unknown, variableExpr, type Flow } from './flow.ts';
import { nameOf, receiverType } from './members.ts';
import { contractOf, memberStatic, staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { disposeSymbol, isFunctionExpression, memberName, strip } from './syntax.ts';
import { baseOf, containerMethodType, findMember, typeOfNew, typeOfSelf } from './types.ts';

const K = ts.SyntaxKind;

/** What a function's signature says of its calls. */
type Described = Pick<FunctionInfo, 'returnType' | 'returnsNever' | 'asserts'>;

/** A callee with what is known of it. */
interface Target {
  readonly callee: Callee;
  readonly receiver?: Expr | undefined;
  readonly fn?: Described | undefined;
  readonly row?: FunctionContract | undefined;
  readonly result?: Type | undefined;
}

export function nameSpanOf(f: Flow, callee: ts.Expression): Span {
  const node = strip(callee);
  const isMember = node.kind === K.PropertyAccessExpression || node.kind === K.ElementAccessExpression;
  return spanOf(f.file, isMember ? nameOf(node as ts.PropertyAccessExpression) : node);
}

/** After `...list` it is not known which argument is which. */
export function lowerArguments(f: Flow, args: readonly ts.Expression[] | undefined): Expr[] {
  let isShifted = false;
  return (args ?? []).map((arg) => {
    if (arg.kind === K.SpreadElement) {
      lowerExpr(f, (arg as ts.SpreadElement).expression);
      isShifted = true;
      return unknown;
    }
    const value = lowerExpr(f, arg);
    return isShifted ? unknown : value;
  });
}

export function lowerCall(f: Flow, node: ts.CallExpression, result: 'used' | Dropped, to?: VarInfo): Expr {
  const callee = strip(node.expression);
  if (callee.kind === K.SuperKeyword) return lowerSuper(f, node);
  if (callee.kind === K.ImportKeyword) {
    lowerArguments(f, node.arguments);
    return unknown;
  }
  if (disposeSymbol(callee) !== undefined) return lowerDispose(f, node, callee);
  if (isStop(f, callee)) {
    lowerArguments(f, node.arguments);
    leave(f, { kind: 'stop' });
    return unknown;
  }
  const assertion = assertionOf(f, callee);
  if (assertion !== undefined) return lowerAssertion(f, node, assertion);
  const forwarded = lowerForwarded(f, node, callee, result, to);
  if (forwarded !== undefined) return forwarded;
  const target = targetOf(f, node, node.expression);
  if (node.questionDotToken !== undefined) {
    const value = target.callee.kind === 'value' ? target.callee.value : memberValue(target, callee);
    if (value !== undefined) checkLink(f, value, callee);
  }
  const args = lowerArguments(f, node.arguments);
  return finishCall(f, node, callee, target, args, result, to);
}

/** What `o.m?.()` checks. */
function memberValue(target: Target, callee: ts.Expression): Expr | undefined {
  const name = memberName(callee);
  return target.receiver !== undefined && name !== undefined
    ? { op: 'field', base: target.receiver, name }
    : undefined;
}

function finishCall(
  f: Flow,
  node: ts.Expression,
  callee: ts.Expression,
  target: Target,
  args: readonly Expr[],
  result: 'used' | Dropped,
  to?: VarInfo,
): Expr {
  const span = spanOf(f.file, node);
  const lazy: LazyType | undefined =
    target.fn?.returnType ?? (target.result && { scope: f.scope, type: target.result });
  const into = to ?? temp(f, span, lazy);
  emitCall(f, target, args, into, span, callee, result);
  if (target.fn?.asserts !== undefined) {
    const condition = args[target.fn.asserts];
    if (condition !== undefined) emit(f, { kind: 'assume', condition, span });
  }
  if (target.fn?.returnsNever === true) lowerThrow(f, span);
  return variableExpr(into);
}

function emitCall(
  f: Flow,
  target: Target,
  args: readonly Expr[],
  to: VarInfo,
  span: Span,
  callee: ts.Expression,
  result: 'used' | Dropped,
): void {
  // What gives a lock back does not fail before it has done so.
  if (target.row?.releases === undefined) mayThrow(f, span);
  const whole = strip(callee);
  const start = whole.getStart(f.file.source);
  const { receiver } = target;
  emit(f, {
    kind: 'call',
    to: to.id,
    callee: target.callee,
    ...(receiver === undefined ? undefined : { receiver }),
    args,
    span,
    nameSpan: nameSpanOf(f, whole),
    text: calleeText(f.file.text, start, whole.end),
    result,
  });
  if (target.row?.releases !== undefined) mayThrow(f, span);
}

const textLimit = 60;

/** For messages: a callee that is a whole function, or runs over lines, says nothing there. */
function calleeText(text: string, start: number, end: number): string {
  const isLong = end - start > textLimit;
  const line = text.slice(start, isLong ? start + textLimit - 1 : end);
  return (line.includes('\n') ? line.replace(/\s+/g, ' ') : line) + (isLong ? '…' : '');
}

function targetOf(f: Flow, parent: ts.Node, expr: ts.Expression): Target {
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

function staticTarget(f: Flow, value: Static, callee: ts.Expression): Target | undefined {
  if (value.kind === 'import') {
    const row = contractOf(f.file, value);
    if (row !== undefined) return { callee: { kind: 'api', name: row.name }, row };
    const name = value.name === '*' ? 'default' : value.name;
    return { callee: { kind: 'external', name, module: value.module } };
  }
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

function memberTarget(f: Flow, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Target {
  const { expression } = node;
  const name = memberName(node);
  if (strip(expression).kind === K.SuperKeyword) return superTarget(f, name);
  const receiver = lowerOwner(f, node, expression);
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
  const row = contractOf(f.file, { kind: 'import', module, name: method });
  return row === undefined
    ? { callee: { kind: 'external', name: method, module }, receiver }
    : { callee: { kind: 'api', name: row.name }, receiver, row };
}

const forwarders: ReadonlySet<string> = new Set(['call', 'apply', 'bind']);

/** `f.call(self, a)` calls f; `f.bind(self)` is f, as far as locks are concerned. */
function lowerForwarded(
  f: Flow,
  node: ts.CallExpression,
  callee: ts.Expression,
  result: 'used' | Dropped,
  to?: VarInfo,
): Expr | undefined {
  if (callee.kind !== K.PropertyAccessExpression) return undefined;
  const { name, expression } = callee as ts.PropertyAccessExpression;
  if (!forwarders.has(name.text) || strip(expression).kind === K.SuperKeyword) return undefined;
  const value = staticOf(f.file, expression, f.scope);
  const isBind = name.text === 'bind';
  if (isBind) {
    if (value?.kind !== 'function' && !isThisMember(expression)) return undefined;
    const bound = lowerExpr(f, expression);
    if (bound.op !== 'function') return undefined;
    lowerArguments(f, node.arguments);
    return bound;
  }
  const target = value === null ? undefined : staticTarget(f, value, strip(expression));
  if (target === undefined) return undefined;
  const [self, ...rest] = lowerArguments(f, node.arguments);
  const args = name.text === 'call' ? rest : rest.map(() => unknown);
  const hasReceiver = value?.kind === 'function' && value.fn.self.fn === value.fn;
  const receiver = hasReceiver ? (self ?? undefinedValue) : undefined;
  return finishCall(f, node, expression, { ...target, receiver }, args, result, to);
}

function isThisMember(node: ts.Expression): boolean {
  return (
    node.kind === K.PropertyAccessExpression &&
    (node as ts.PropertyAccessExpression).expression.kind === K.ThisKeyword
  );
}

function lowerDispose(f: Flow, node: ts.CallExpression, callee: ts.Expression): Expr {
  const { expression, questionDotToken } = callee as ts.ElementAccessExpression;
  const value = lowerBase(f, callee, expression);
  if (questionDotToken !== undefined) checkLink(f, value, expression);
  emit(f, { kind: 'dispose', value, span: spanOf(f.file, node), implicit: false });
  return undefinedValue;
}

function lowerAssertion(f: Flow, node: ts.CallExpression, assertion: Assertion): Expr {
  const span = spanOf(f.file, node);
  const [first, second, ...rest] = node.arguments;
  if (assertion === 'fail') {
    lowerArguments(f, node.arguments);
    lowerThrow(f, span);
  } else if (assertion === 'truthy' && first !== undefined) {
    assume(f, first, span);
    lowerArguments(f, second === undefined ? [] : [second, ...rest]);
  } else if (first !== undefined && second !== undefined && assertion !== 'truthy') {
    const left = lowerExpr(f, first);
    const right = lowerExpr(f, second);
    emit(f, { kind: 'assume', condition: { op: 'binary', operator: assertion, left, right }, span });
    lowerArguments(f, rest);
  } else lowerArguments(f, node.arguments);
  return undefinedValue;
}

/** `a && b` is two assumptions, `a || b` a branch whose other end is not reached. */
function assume(f: Flow, expr: ts.Expression, span: Span): void {
  const node = strip(expr);
  if (node.kind === K.BinaryExpression) {
    const { left, right, operatorToken } = node as ts.BinaryExpression;
    if (operatorToken.kind === K.AmpersandAmpersandToken) {
      assume(f, left, span);
      assume(f, right, span);
      return;
    }
    if (operatorToken.kind === K.BarBarToken) {
      const holds = newBlock(f);
      const fails = newBlock(f);
      lowerCondition(f, node, holds, fails);
      f.at = fails;
      leave(f, { kind: 'stop' });
      f.at = holds;
      return;
    }
  }
  emit(f, { kind: 'assume', condition: lowerExpr(f, node), span });
}

export function lowerTagged(f: Flow, node: ts.TaggedTemplateExpression): Expr {
  const target = targetOf(f, node, node.tag);
  const { template } = node;
  const spans = template.kind === K.TemplateExpression ? template.templateSpans : [];
  const args = [unknown, ...spans.map(({ expression }) => lowerExpr(f, expression))];
  return finishCall(f, node, node.tag, target, args, 'used');
}

/** `new X(…)`: the object, and then the constructor as a function that is given it. */
export function lowerNew(f: Flow, node: ts.NewExpression, to?: VarInfo): Expr {
  const span = spanOf(f.file, node);
  const type = typeOfNew(f.file, node.expression, f.scope);
  const value = staticOf(f.file, node.expression, f.scope);
  const object = to ?? temp(f, span, type && { scope: f.scope, type });
  const row = contractOf(f.file, value, true);
  if (row !== undefined) {
    const args = lowerArguments(f, node.arguments);
    emitCall(
      f,
      { callee: { kind: 'api', name: row.name }, row },
      args,
      object,
      span,
      node.expression,
      'used',
    );
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
  emit(f, { kind: 'new', to: object.id, ...(isLocal ? { className: type.name } : undefined), span });
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
function lowerSuper(f: Flow, node: ts.CallExpression): Expr {
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
  const callee: Callee | undefined =
    row === undefined ? constructorOf(value, base) : { kind: 'api', name: row.name };
  if (callee === undefined || (callee.kind === 'method' && args.length === 0)) return;
  const name = node.kind === K.CallExpression ? (node as ts.CallExpression).expression : node;
  emitCall(f, { callee, receiver, row }, args, temp(f, span, typeOfLazySelf(f)), span, name, 'used');
}

function typeOfLazySelf(f: Flow): LazyType | undefined {
  const type = typeOfSelf(f.self);
  return type && { scope: f.scope, type };
}

/** Calls: what is called, with what, and what becomes of the result. */
import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { assertionOf, isStop, stopsProcess, type Assertion } from './assertions.ts';
import { boundFunctionOf } from './bound-functions.ts';
import { staticTarget, targetOf, type Target } from './callees.ts';
import { checkLink, lowerCondition } from './conditions.ts';
import { lowerSuper } from './construct.ts';
import type { LazyType, VarInfo } from './entities.ts';
import { lowerStackCall } from './disposable-stacks.ts';
import { isGuarded, lowerThrow, mayThrow, throwsOn } from './exits.ts';
import { lowerExpr, type Dropped } from './expressions.ts';
import {
  assign,
  emit,
  leave,
  newBlock,
  temp,
  undefinedValue,
  unknown,
  variableExpr,
  type Flow,
} from './flow.ts';
import { nameOf } from './members.ts';
import { staticOf } from './resolve.ts';
import { spanOf } from './spans.ts';
import { asyncDisposeName, disposeName, memberName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

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
  if (isStop(f, callee)) {
    lowerArguments(f, node.arguments);
    leave(f, { kind: 'stop' });
    return unknown;
  }
  if (f.file.stepped.has(node)) {
    lowerArguments(f, node.arguments);
    return unknown;
  }
  const assertion = assertionOf(f, callee);
  if (assertion !== undefined) return lowerAssertion(f, node, assertion);
  const forwarded = lowerForwarded(f, node, callee, result, to);
  if (forwarded !== undefined) return forwarded;
  const bound = lowerBound(f, node, callee, result, to);
  if (bound !== undefined) return bound;
  const stacked = lowerStackCall(f, node, callee, (value, span) =>
    emit(f, { kind: 'dispose', value, span, implicit: false }),
  );
  if (stacked !== undefined) return stacked;
  const target = targetOf(f, node, node.expression);
  const { callee: called } = target;
  if (called.kind !== 'function' && target.receiver !== undefined && isDispose(memberName(callee))) {
    emit(f, { kind: 'dispose', value: target.receiver, span: spanOf(f.file, node), implicit: false });
    return undefinedValue;
  }
  if (node.questionDotToken !== undefined) {
    const value = called.kind === 'value' ? called.value : memberValue(target, callee);
    if (value !== undefined) checkLink(f, value, callee);
  }
  const args = lowerArguments(f, node.arguments);
  return lowerMapCall(f, node, target, args, to) ?? finishCall(f, node, callee, target, args, result, to);
}

const maps: ReadonlySet<string> = new Set(['Map', 'WeakMap', 'ReadonlyMap']);

/** `map.get(key)` is what lies under the key: the same thing each time, until something else is put there. */
function lowerMapCall(
  f: Flow,
  node: ts.CallExpression,
  { callee, receiver, result }: Target,
  [key, value]: readonly Expr[],
  to?: VarInfo,
): Expr | undefined {
  if (callee.kind !== 'method' || !maps.has(callee.className ?? '')) return undefined;
  if (receiver === undefined || key === undefined || key.op === 'unknown') return undefined;
  const span = spanOf(f.file, node);
  if (callee.name === 'get') {
    const into = to ?? temp(f, span, result && { scope: f.scope, type: result });
    assign(f, into, { op: 'index', base: receiver, index: key }, span);
    return variableExpr(into);
  }
  const isWrite = callee.name === 'set' && value !== undefined;
  if (isWrite || callee.name === 'delete')
    emit(f, { kind: 'store', base: receiver, index: key, value: isWrite ? value : undefinedValue, span });
  return undefined;
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
  if (target.fn?.returnsNever === true) {
    if (stopsProcess(f.file, target.fn)) leave(f, { kind: 'stop' });
    else lowerThrow(f, span);
  }
  return variableExpr(into);
}

export function emitCall(
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
  const { callee: called, receiver } = target;
  const nameSpan = nameSpanOf(f, whole);
  const text = calleeText(f.file.text, start, whole.end);
  const call = { kind: 'call', to: to.id, callee: called, args, span, nameSpan, text, result } as const;
  const threw = runsProgram(target) && isGuarded(f) ? temp(f, span) : undefined;
  const caught = threw && { threw: threw.id };
  emit(f, receiver === undefined ? { ...call, ...caught } : { ...call, receiver, ...caught });
  if (threw !== undefined) throwsOn(f, threw, span);
  if (target.row?.releases !== undefined) mayThrow(f, span);
}

/** The call may run functions of the program. */
function runsProgram({ callee, row }: Target): boolean {
  if (row !== undefined) return row.runs !== undefined;
  return callee.kind !== 'value' || callee.value.op !== 'global';
}

const textLimit = 60;

/** For messages: a callee that is a whole function, or runs over lines, says nothing there. */
function calleeText(text: string, start: number, end: number): string {
  const isLong = end - start > textLimit;
  const line = text.slice(start, isLong ? start + textLimit - 1 : end);
  return (line.includes('\n') ? line.replace(/\s+/g, ' ') : line) + (isLong ? '…' : '');
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
    // Neither the first arguments of what is bound, nor the `this` of what is no method, are followed through a value.
    const isPartial = node.arguments.length > 1;
    const own = value?.kind === 'function' && value.fn.self.fn === value.fn ? value.fn : undefined;
    if (isPartial || (own?.self.variable !== undefined && own.cls === undefined)) return undefined;
    const bound = lowerExpr(f, expression);
    if (bound.op !== 'function') return undefined;
    lowerArguments(f, node.arguments);
    return bound;
  }
  const target = value === null ? undefined : staticTarget(f, value, strip(expression));
  if (target === undefined) return undefined;
  const [, list] = node.arguments;
  const isListed = name.text === 'apply' && list !== undefined && ts.isArrayLiteralExpression(list);
  const given = isListed ? [...node.arguments.slice(0, 1), ...list.elements] : node.arguments;
  const [self, ...rest] = lowerArguments(f, given);
  const args = name.text === 'call' || isListed ? rest : rest.map(() => unknown);
  const hasReceiver = value?.kind === 'function' && value.fn.self.fn === value.fn;
  const receiver = hasReceiver ? (self ?? undefinedValue) : undefined;
  return finishCall(f, node, expression, { ...target, receiver }, args, result, to);
}

/** `enter()` of `const enter = mtree_lock.bind(null, tree)` calls `mtree_lock(tree)`. */
function lowerBound(
  f: Flow,
  node: ts.CallExpression,
  callee: ts.Expression,
  result: 'used' | Dropped,
  to?: VarInfo,
): Expr | undefined {
  const bound = boundFunctionOf(f.file, callee, f.scope);
  const target = bound && staticTarget(f, bound.value, bound.fn);
  if (bound === undefined || target === undefined) return undefined;
  const here = f.scope;
  f.scope = bound.scope;
  const first = lowerArguments(f, bound.args);
  f.scope = here;
  return finishCall(f, node, callee, target, [...first, ...lowerArguments(f, node.arguments)], result, to);
}

function isThisMember(node: ts.Expression): boolean {
  return (
    node.kind === K.PropertyAccessExpression &&
    (node as ts.PropertyAccessExpression).expression.kind === K.ThisKeyword
  );
}

function isDispose(name: string | undefined): boolean {
  return name === disposeName || name === asyncDisposeName;
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

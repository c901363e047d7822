/** `using stack = new DisposableStack()`: what is put on the stack on the way is ended with it, the last first. */
import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { VarInfo } from './entities.ts';
import { lowerExpr } from './expressions.ts';
import {
  assign,
  branch,
  emit,
  jump,
  newBlock,
  nullValue,
  temp,
  undefinedValue,
  variableExpr,
  type DisposableStack,
  type Flow,
} from './flow.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { disposeName, memberName, strip } from './syntax.ts';

const K = ts.SyntaxKind;
const STACKS: ReadonlySet<string> = new Set(['DisposableStack', 'AsyncDisposableStack']);

/** Notes a variable that is initialised with an empty stack, or with what another one held. True if that was all. */
export function keepStack(f: Flow, variable: VarInfo, initializer: ts.Expression): boolean {
  if (variable.assigned) return false;
  const from = movedStack(f, initializer);
  if (from === undefined && !isNewStack(f, initializer)) return false;
  const stack: DisposableStack = { block: f.at, at: f.at.instrs.length, frames: f.frames, entries: [] };
  f.stacks.set(variable.id, stack);
  if (from === undefined) return false;
  const span = spanOf(f.file, initializer);
  const take = (old: VarInfo): VarInfo => {
    const to = slot(f, stack, span);
    assign(f, to, variableExpr(old), span);
    assign(f, old, nullValue, span);
    return to;
  };
  for (const entry of from.entries) {
    stack.entries.push(
      'guard' in entry
        ? { guard: take(entry.guard) }
        : { call: take(entry.call), args: entry.args.map((arg) => take(arg)) },
    );
  }
  return true;
}

function isNewStack(f: Flow, initializer: ts.Expression): boolean {
  const made = strip(initializer);
  if (made.kind !== K.NewExpression) return false;
  const { expression } = made as ts.NewExpression;
  const name = expression.kind === K.Identifier ? (expression as ts.Identifier).text : '';
  return STACKS.has(name) && lookup(f.scope, name) === undefined;
}

/** The stack of `stack.move()`. */
function movedStack(f: Flow, initializer: ts.Expression): DisposableStack | undefined {
  const node = strip(initializer);
  if (node.kind !== K.CallExpression) return undefined;
  const callee = strip((node as ts.CallExpression).expression);
  if (callee.kind !== K.PropertyAccessExpression) return undefined;
  const { expression, name } = callee as ts.PropertyAccessExpression;
  return name.text === 'move' ? stackNamed(f, expression) : undefined;
}

/** Lowers `stack.use(guard)` and the other methods of a stack; undefined for other calls. */
export function lowerStackCall(
  f: Flow,
  node: ts.CallExpression,
  callee: ts.Expression,
  endOf: (guard: Expr, span: Span) => void,
): Expr | undefined {
  const method = memberName(callee);
  const stack =
    method === undefined ? undefined : stackNamed(f, (callee as ts.PropertyAccessExpression).expression);
  if (stack === undefined) return undefined;
  const span = spanOf(f.file, node);
  const [first, second] = node.arguments;
  const keep = (value: ts.Expression): VarInfo => {
    const to = slot(f, stack, span);
    assign(f, to, lowerExpr(f, value), span);
    return to;
  };
  if (method === 'move') return handOver(f, stack, span);
  if (method === 'dispose' || method === disposeName) {
    emitStack(f, stack, span, (guard) => endOf(guard, span));
    for (const variable of slotsOf(stack)) assign(f, variable, nullValue, span);
    return undefinedValue;
  }
  if (first === undefined) return undefined;
  switch (method) {
    case 'use': {
      const guard = keep(first);
      stack.entries.push({ guard });
      // One place on the stack stands for those of all rounds: which locks lie on it is known no more.
      if (isInLoopOf(f, stack)) give(f, [guard], span);
      return variableExpr(guard);
    }
    case 'defer':
      stack.entries.push({ call: keep(first), args: [] });
      return undefinedValue;
    case 'adopt': {
      const value = keep(first);
      if (second !== undefined) stack.entries.push({ call: keep(second), args: [value] });
      return variableExpr(value);
    }
    default:
      return undefined;
  }
}

/** Ends what lies on the stack; a place on it that no path has filled yet holds null. */
export function emitStack(f: Flow, stack: DisposableStack, span: Span, endOf: (guard: Expr) => void): void {
  for (const entry of stack.entries.toReversed()) {
    if ('guard' in entry) {
      endOf(variableExpr(entry.guard));
      continue;
    }
    const then = newBlock(f);
    const after = newBlock(f);
    const value = variableExpr(entry.call);
    branch(f, value, then, after, span);
    f.at = then;
    const call = { kind: 'call', to: temp(f, span).id, callee: { kind: 'value', value } } as const;
    const args = entry.args.map(variableExpr);
    emit(f, { ...call, args, span, nameSpan: span, text: 'clean-up', result: 'used', implicit: true });
    jump(f, after);
    f.at = after;
  }
}

/** What lies on the stack belongs to whoever gets it. */
export function handOver(f: Flow, stack: DisposableStack, span: Span): Expr {
  const kept = slotsOf(stack);
  const to = give(f, kept, span);
  for (const variable of kept) assign(f, variable, nullValue, span);
  return variableExpr(to);
}

function give(f: Flow, kept: readonly VarInfo[], span: Span): VarInfo {
  const to = temp(f, span);
  const call = { kind: 'call', to: to.id, callee: { kind: 'method', name: 'move' } } as const;
  emit(f, { ...call, args: kept.map(variableExpr), span, nameSpan: span, text: 'move', result: 'used' });
  return to;
}

function slotsOf({ entries }: DisposableStack): VarInfo[] {
  return entries.flatMap((e) => ('guard' in e ? [e.guard] : [e.call, ...e.args]));
}

function isInLoopOf(f: Flow, stack: DisposableStack): boolean {
  for (let frame = f.frames; frame !== null && frame !== stack.frames; frame = frame.outer)
    if (frame.kind === 'target' && frame.continueTo !== null) return true;
  return false;
}

export function stackNamed(f: Flow, expression: ts.Expression): DisposableStack | undefined {
  if (expression.kind !== K.Identifier) return undefined;
  const variable = lookup(f.scope, (expression as ts.Identifier).text)?.variable;
  return variable && f.stacks.get(variable.id);
}

/** A variable that is null from where the stack was made. */
function slot(f: Flow, { block, at }: DisposableStack, span: Span): VarInfo {
  const variable = temp(f, span);
  block.instrs.splice(at, 0, { kind: 'assign', to: variable.id, value: nullValue, span });
  return variable;
}

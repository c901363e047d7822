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
  type Frame,
} from './flow.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { strip } from './syntax.ts';

const K = ts.SyntaxKind;
const STACKS: ReadonlySet<string> = new Set(['DisposableStack', 'AsyncDisposableStack']);

/** An empty stack, if that is what the variable of a `using` is initialised with. */
export function stackOf(f: Flow, initializer: ts.Expression | undefined): DisposableStack | undefined {
  const made = initializer && strip(initializer);
  if (made?.kind !== K.NewExpression) return undefined;
  const { expression } = made as ts.NewExpression;
  const name = expression.kind === K.Identifier ? (expression as ts.Identifier).text : '';
  if (!STACKS.has(name) || lookup(f.scope, name) !== undefined) return undefined;
  return { block: f.at, at: f.at.instrs.length, entries: [] };
}

/** Lowers `stack.use(guard)`, `stack.defer(f)`, `stack.adopt(x, f)`, `stack.move()`; undefined for other calls. */
export function lowerStackCall(f: Flow, node: ts.CallExpression, callee: ts.Expression): Expr | undefined {
  if (callee.kind !== K.PropertyAccessExpression) return undefined;
  const { expression, name } = callee as ts.PropertyAccessExpression;
  const stack = stackNamed(f, expression);
  if (stack === undefined) return undefined;
  const span = spanOf(f.file, node);
  const [first, second] = node.arguments;
  const keep = (value: ts.Expression): VarInfo => {
    const to = slot(f, stack, span);
    assign(f, to, lowerExpr(f, value), span);
    return to;
  };
  if (name.text === 'move') return handOver(f, stack, span);
  if (first === undefined) return undefined;
  switch (name.text) {
    case 'use': {
      const guard = keep(first);
      stack.entries.push({ guard });
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

/** The new stack belongs to whoever gets it. */
function handOver(f: Flow, stack: DisposableStack, span: Span): Expr {
  const kept = stack.entries.flatMap((e) => ('guard' in e ? [e.guard] : [e.call, ...e.args]));
  const to = temp(f, span);
  const call = { kind: 'call', to: to.id, callee: { kind: 'method', name: 'move' } } as const;
  emit(f, { ...call, args: kept.map(variableExpr), span, nameSpan: span, text: 'move', result: 'used' });
  for (const variable of kept) assign(f, variable, nullValue, span);
  return variableExpr(to);
}

function stackNamed(f: Flow, expression: ts.Expression): DisposableStack | undefined {
  if (expression.kind !== K.Identifier) return undefined;
  const variable = lookup(f.scope, (expression as ts.Identifier).text)?.variable;
  if (variable === undefined) return undefined;
  for (let frame: Frame | null = f.frames; frame !== null; frame = frame.outer) {
    if (frame.kind === 'dispose' && frame.value.op === 'var' && frame.value.id === variable.id)
      return frame.stack;
  }
  return undefined;
}

/** A variable that is null from where the stack was made. */
function slot(f: Flow, { block, at }: DisposableStack, span: Span): VarInfo {
  const variable = temp(f, span);
  block.instrs.splice(at, 0, { kind: 'assign', to: variable.id, value: nullValue, span });
  return variable;
}

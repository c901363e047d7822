/** `const rows = walk(mas)`, of a generator: its body runs where somebody goes through what it gave. */
import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import { lowerArguments } from './calls.ts';
import { targetOf, type Target } from './callees.ts';
import type { VarInfo } from './entities.ts';
import { assign, emit, pin, temp, unknown, type Flow } from './flow.ts';
import { staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { strip } from './syntax.ts';

const K = ts.SyntaxKind;

export interface KeptGenerator {
  readonly target: Target;
  readonly args: readonly Expr[];
  /** What it is called in messages. */
  readonly text: string;
}

export function keepGenerator(f: Flow, variable: VarInfo, initializer: ts.Expression): boolean {
  const node = strip(initializer);
  if (variable.assigned || node.kind !== K.CallExpression) return false;
  const { expression, arguments: given } = node as ts.CallExpression;
  const callee = strip(expression);
  // Of what else may be a method, the receiver would be evaluated twice.
  if (!isMemberOfThis(callee) && staticOf(f.file, callee, f.scope)?.kind !== 'function') return false;
  const target = targetOf(f, node, expression);
  if (target.callee.kind !== 'function' || !isGenerator(f, target.callee.fn)) return false;
  const span = spanOf(f.file, node);
  const args = lowerArguments(f, given).map((arg) => pin(f, arg, span));
  f.generators.set(variable.id, { target, args, text: callee.getText(f.file.source) });
  assign(f, variable, unknown, span);
  return true;
}

/** What mentions it goes through it, or hands it to somebody who does. */
export function runGenerator(f: Flow, name: ts.Identifier): void {
  const variable = lookup(f.scope, name.text)?.variable;
  const kept = variable && f.generators.get(variable.id);
  if (kept === undefined) return;
  const { target, args, text } = kept;
  const { callee, receiver } = target;
  const span = spanOf(f.file, name);
  const call = { callee, args, span, nameSpan: span, text, ...(receiver && { receiver }) } as const;
  emit(f, { kind: 'call', to: temp(f, span).id, ...call, result: 'used' });
}

function isMemberOfThis(callee: ts.Expression): boolean {
  return (
    callee.kind === K.PropertyAccessExpression &&
    (callee as ts.PropertyAccessExpression).expression.kind === K.ThisKeyword
  );
}

function isGenerator(f: Flow, id: number): boolean {
  return (f.file.functions[id]?.node as { asteriskToken?: ts.Node } | undefined)?.asteriskToken !== undefined;
}

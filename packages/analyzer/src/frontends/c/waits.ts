/** Lowering of `wait_event(queue, condition)`: the condition is asked until it is true, and may take a lock by that. */
import type { CMacro } from '../../contracts/model.ts';
import type { Expr } from '../../ir/ir.ts';
import { emitNamedCall } from './calls.ts';
import type { FunctionContext } from './context.ts';
import { constant, spanOf, UNKNOWN } from './context.ts';
import { lowerCondition, lowerExpression } from './expressions.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

type WaitMacro = CMacro & { readonly kind: 'wait' };

export function lowerWait(
  cx: FunctionContext,
  name: string,
  macro: WaitMacro,
  node: SyntaxNode,
  args: readonly SyntaxNode[],
): Expr {
  const condition = args[macro.condition];
  const callee = child(node, 'function');
  if (!condition || !callee) return UNKNOWN;
  const { flow } = cx;
  const others = args.filter((argument) => argument !== condition);
  const values = others.map((argument) => lowerExpression(cx, argument));
  const [head, asked, met, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock(), flow.newBlock()];
  flow.enter(head);
  const result = emitNamedCall(cx, name, values, { span: spanOf(node), nameSpan: spanOf(callee) });
  if (macro.unless === undefined) flow.goto(asked);
  else flow.branch(gaveUp(result, macro.unless), end, asked, spanOf(node));
  flow.startAt(asked);
  lowerCondition(cx, condition, met, head);
  flow.startAt(met);
  // Told apart by its result from having given up.
  if (macro.unless !== undefined) {
    const told: Expr = { op: 'unary', operator: '!', operand: gaveUp(result, macro.unless) };
    const isMet: Expr = macro.unless === 'errno' ? { op: 'unary', operator: '!', operand: result } : told;
    flow.emit({ kind: 'assume', condition: isMet, span: spanOf(node) });
  }
  flow.goto(end);
  flow.startAt(end);
  return result;
}

function gaveUp(result: Expr, unless: 'errno' | 'zero'): Expr {
  const operator = unless === 'errno' ? '<' : '==';
  return { op: 'binary', operator, left: result, right: constant(0) };
}

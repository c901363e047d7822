/** Lowering of switch: a chain of tests, then the body with its labels. */
import type { Expr } from '../../ir/ir.ts';
import type { FunctionContext, UnitContext } from './context.ts';
import { keep, spanOf, textOfNode } from './context.ts';
import { lowerExpression } from './expressions.ts';
import type { OpenBlock } from './flow.ts';
import { endSpan, inScope, lowerStatement } from './statements.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

export function lowerSwitch(cx: FunctionContext, node: SyntaxNode): void {
  const { flow } = cx;
  const condition = child(node, 'condition');
  const body = child(node, 'body');
  if (!condition || !body) return;
  const span = spanOf(condition);
  const value = keep(cx, lowerExpression(cx, condition), span);
  const end = flow.newBlock();
  const cases = new Map<number, OpenBlock>();
  let fallback = end;
  for (const label of casesIn(body)) {
    const block = flow.newBlock();
    cases.set(label.start, block);
    const test = child(label, 'value');
    if (!test) {
      fallback = block;
      continue;
    }
    const next = flow.newBlock();
    lowerTest(cx, value, test, label, block, next);
    flow.startAt(next);
  }
  if (fallback === end && isExhaustive(cx.unit, body)) flow.end({ kind: 'stop' });
  else flow.goto(fallback);
  const outer = { cases: cx.cases, breakTo: cx.breakTo };
  cx.cases = cases;
  cx.breakTo = { block: end, cleanups: cx.cleanups };
  // Statements before the first case are not reached.
  flow.startAt(flow.newBlock());
  inScope(cx, endSpan(body), () => {
    for (const part of body.children) lowerStatement(cx, part);
  });
  cx.cases = outer.cases;
  cx.breakTo = outer.breakTo;
  flow.enter(end);
}

function lowerTest(
  cx: FunctionContext,
  value: Expr,
  test: SyntaxNode,
  label: SyntaxNode,
  then: OpenBlock,
  otherwise: OpenBlock,
): void {
  const { flow } = cx;
  const span = spanOf(test);
  const first = child(test, 'left');
  const last = child(test, 'right');
  if (cx.unit.maskAt.get(label.start)?.kind === 'case-range' && first && last) {
    const middle = flow.newBlock();
    flow.branch(
      { op: 'binary', operator: '>=', left: value, right: lowerExpression(cx, first) },
      middle,
      otherwise,
      span,
    );
    flow.startAt(middle);
    flow.branch(
      { op: 'binary', operator: '<=', left: value, right: lowerExpression(cx, last) },
      then,
      otherwise,
      span,
    );
    return;
  }
  flow.branch(
    { op: 'binary', operator: '==', left: value, right: lowerExpression(cx, test) },
    then,
    otherwise,
    span,
  );
}

/** True if each enumerator of an enum of this file has its case: a value that is none of them is not provided for. */
function isExhaustive(unit: UnitContext, body: SyntaxNode): boolean {
  const names = new Set<string>();
  for (const label of casesIn(body)) {
    const test = child(label, 'value');
    if (test) names.add(textOfNode(unit, test));
  }
  const [first] = names;
  const all = first === undefined ? undefined : unit.enums.get(first);
  return all !== undefined && all.every((name) => names.has(name));
}

/** The labels of this switch, wherever in its body they stand; not those of a switch inside it. */
function casesIn(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const part of node.children) {
    if (part.type === 'switch_statement') continue;
    if (part.type === 'case_statement') found.push(part);
    found.push(...casesIn(part));
  }
  return found;
}

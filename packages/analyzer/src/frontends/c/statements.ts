/** Lowering of statements and control flow. */
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { commonCleanup, emitCleanups } from './cleanup.ts';
import type { FunctionContext, JumpTarget } from './context.ts';
import { keep, spanOf, textOfNode, UNKNOWN } from './context.ts';
import { lowerLocalDeclaration } from './declarations.ts';
import { isStatementBehind, nameThroughBinding } from './expansion.ts';
import { lowerCondition, lowerEffects, lowerExpression } from './expressions.ts';
import { lowerLoopTest, lowerMaskedLoop } from './loops.ts';
import type { Mask } from './mask.ts';
import { lowerSwitch } from './switch.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

export function lowerStatement(cx: FunctionContext, node: SyntaxNode): void {
  switch (node.type) {
    case 'compound_statement':
      inScope(cx, endSpan(node), () => lowerStatements(cx, node.children));
      break;
    case 'expression_statement':
      for (const expression of node.children) {
        if (isStatementBehind(cx, textOfNode(cx.unit, expression))) cx.statementBehind?.();
        else lowerEffects(cx, expression);
      }
      break;
    case 'declaration':
      lowerLocalDeclaration(cx, node);
      break;
    case 'if_statement':
      lowerIf(cx, node);
      break;
    case 'while_statement':
      lowerWhile(cx, node);
      break;
    case 'do_statement':
      lowerDo(cx, node);
      break;
    case 'for_statement':
      lowerFor(cx, node);
      break;
    case 'switch_statement':
      lowerSwitch(cx, node);
      break;
    case 'case_statement': {
      const block = cx.cases.get(node.start);
      if (block) cx.flow.enter(block);
      lowerStatements(
        cx,
        node.children.filter((part) => part.field !== 'value'),
      );
      break;
    }
    case 'labeled_statement':
      lowerLabel(cx, node);
      break;
    case 'attributed_statement':
    case 'else_clause':
    case 'ERROR':
      lowerStatements(cx, node.children);
      break;
    case 'goto_statement': {
      const label = child(node, 'label');
      if (label) lowerGoto(cx, nameThroughBinding(cx, label), spanOf(node));
      break;
    }
    case 'break_statement':
      if (cx.breakTo) jump(cx, cx.breakTo, spanOf(node));
      break;
    case 'continue_statement':
      if (cx.continueTo) jump(cx, cx.continueTo, spanOf(node));
      break;
    case 'return_statement':
      lowerReturn(cx, node);
      break;
    default:
      if (node.type.endsWith('_expression') || node.type === 'identifier') lowerExpression(cx, node);
  }
}

/** Lowers statements in the scope that is open. */
export function lowerStatements(cx: FunctionContext, nodes: readonly SyntaxNode[]): void {
  for (const node of nodes) if (node.field !== 'label') lowerStatement(cx, node);
}

export function endSpan(node: SyntaxNode): Span {
  return { start: Math.max(node.start, node.end - 1), end: node.end };
}

/** Runs `body` in a scope of its own; what the scope holds is given back at its end. */
export function inScope<T>(cx: FunctionContext, end: Span, body: () => T): T {
  const before = cx.cleanups;
  cx.scopes.push(new Map());
  const result = body();
  if (!cx.flow.current.end) emitCleanups(cx.cleanups, before, end);
  cx.scopes.pop();
  cx.cleanups = before;
  return result;
}

/** `({ … })`: the value of the last expression. */
export function lowerBlockValue(cx: FunctionContext, block: SyntaxNode): Expr {
  return inScope(cx, endSpan(block), () => {
    const outer = cx.cleanups;
    const last = block.children.at(-1);
    lowerStatements(cx, block.children.slice(0, -1));
    if (!last) return UNKNOWN;
    const [expression] = last.children;
    if (last.type !== 'expression_statement' || !expression) {
      lowerStatement(cx, last);
      return UNKNOWN;
    }
    const value = lowerExpression(cx, expression);
    return cx.cleanups === outer ? value : keep(cx, value, spanOf(expression));
  });
}

export function jump(cx: FunctionContext, target: JumpTarget, span: Span): void {
  emitCleanups(cx.cleanups, target.cleanups, span);
  cx.flow.end({ kind: 'goto', to: target.block.id });
}

function lowerIf(cx: FunctionContext, node: SyntaxNode): void {
  const condition = child(node, 'condition');
  const consequence = child(node, 'consequence');
  const alternative = child(node, 'alternative');
  const { flow } = cx;
  const [then, end] = [flow.newBlock(), flow.newBlock()];
  const otherwise = alternative ? flow.newBlock() : end;
  if (condition) lowerCondition(cx, condition, then, otherwise);
  flow.startAt(then);
  if (consequence) inScope(cx, endSpan(consequence), () => lowerStatement(cx, consequence));
  flow.goto(end);
  if (alternative) {
    flow.startAt(otherwise);
    inScope(cx, endSpan(alternative), () => lowerStatement(cx, alternative));
    flow.goto(end);
  }
  flow.startAt(end);
}

/** Lowers a loop's body with `break` and `continue` bound; goes on to `next` after it. */
export function lowerLoopBody(
  cx: FunctionContext,
  body: SyntaxNode | undefined,
  next: JumpTarget['block'],
  end: JumpTarget['block'],
): void {
  const { breakTo, continueTo, cleanups } = cx;
  cx.breakTo = { block: end, cleanups };
  cx.continueTo = { block: next, cleanups };
  if (body) inScope(cx, endSpan(body), () => lowerStatement(cx, body));
  cx.breakTo = breakTo;
  cx.continueTo = continueTo;
  cx.flow.goto(next);
}

function lowerWhile(cx: FunctionContext, node: SyntaxNode): void {
  const mask = cx.unit.maskAt.get(node.start);
  if (mask && mask.kind !== 'erase') {
    lowerMaskedLoop(cx, node, mask);
    return;
  }
  const { flow } = cx;
  const condition = child(node, 'condition');
  const [head, body, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock()];
  flow.enter(head);
  if (condition) lowerCondition(cx, condition, body, end);
  flow.startAt(body);
  lowerLoopBody(cx, child(node, 'body'), head, end);
  flow.startAt(end);
}

function lowerDo(cx: FunctionContext, node: SyntaxNode): void {
  const { flow } = cx;
  const condition = child(node, 'condition');
  const [body, test, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock()];
  flow.enter(body);
  lowerLoopBody(cx, child(node, 'body'), test, end);
  flow.startAt(test);
  const mask = condition && maskBefore(cx, condition);
  if (mask) lowerLoopTest(cx, mask, condition, body, end);
  else if (condition) lowerCondition(cx, condition, body, end);
  flow.startAt(end);
}

/** The loop macro that stands for the `while` before a condition: `do { … } for_each_vma(vmi, vma);`. */
function maskBefore(cx: FunctionContext, condition: SyntaxNode): Mask | undefined {
  const mask = cx.unit.maskAt.get(cx.unit.text.lastIndexOf('while', condition.start));
  return mask?.kind === 'loop' ? mask : undefined;
}

function lowerFor(cx: FunctionContext, node: SyntaxNode): void {
  const { flow } = cx;
  inScope(cx, endSpan(node), () => {
    const initializer = child(node, 'initializer');
    const condition = child(node, 'condition');
    const update = child(node, 'update');
    if (initializer?.type === 'declaration') lowerLocalDeclaration(cx, initializer);
    else if (initializer) lowerEffects(cx, initializer);
    const [head, body, next, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock(), flow.newBlock()];
    flow.enter(head);
    if (condition) lowerCondition(cx, condition, body, end);
    else flow.goto(body);
    flow.startAt(body);
    lowerLoopBody(cx, child(node, 'body'), next, end);
    flow.startAt(next);
    if (update) lowerEffects(cx, update);
    flow.goto(head);
    flow.startAt(end);
  });
}

function labelOf(
  cx: FunctionContext,
  name: string,
): { block: JumpTarget['block']; cleanups: JumpTarget['cleanups']; defined: boolean } {
  let label = cx.labels.get(name);
  if (!label) {
    label = { block: cx.flow.newBlock(), cleanups: null, defined: false };
    cx.labels.set(name, label);
  }
  return label;
}

function lowerLabel(cx: FunctionContext, node: SyntaxNode): void {
  const name = child(node, 'label');
  if (name) {
    const label = labelOf(cx, textOfNode(cx.unit, name));
    if (!label.defined) {
      label.defined = true;
      label.cleanups = cx.cleanups;
      cx.flow.enter(label.block);
    }
  }
  lowerStatements(cx, node.children);
}

/** The scopes that the jump leaves are known when its label has been seen: see `finishJumps`. */
function lowerGoto(cx: FunctionContext, name: string, span: Span): void {
  labelOf(cx, name);
  const from = cx.flow.newBlock();
  cx.flow.enter(from);
  cx.jumps.push({ from, label: name, cleanups: cx.cleanups, span });
  // What follows is reached by another label only.
  cx.flow.startAt(cx.flow.newBlock());
}

export function finishJumps(cx: FunctionContext): void {
  for (const { from, label, cleanups, span } of cx.jumps) {
    const target = labelOf(cx, label);
    cx.flow.startAt(from);
    emitCleanups(cleanups, commonCleanup(target.cleanups, cleanups), span);
    if (target.defined) cx.flow.goto(target.block);
    else cx.flow.end({ kind: 'stop' });
  }
}

function lowerReturn(cx: FunctionContext, node: SyntaxNode): void {
  const [expression] = node.children;
  let value: Expr | null = null;
  if (expression) {
    value = lowerExpression(cx, expression);
    if (cx.cleanups) value = keep(cx, value, spanOf(expression));
  }
  emitCleanups(cx.cleanups, null, spanOf(node));
  cx.flow.end({ kind: 'return', value, span: spanOf(node) });
}

/** Conditions, and the operators that decide between their operands: all of them become branches. */
import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { VarInfo } from './entities.ts';
import { lowerEffect, lowerExpr, lowerTo, type Dropped } from './expressions.ts';
import {
  assign,
  branch,
  enter,
  jump,
  newBlock,
  nullValue,
  pin,
  temp,
  variableExpr,
  type Flow,
  type OpenBlock,
} from './flow.ts';
import { spanOf } from './spans.ts';
import { strip } from './syntax.ts';

const K = ts.SyntaxKind;

export function isLogical(kind: ts.SyntaxKind): boolean {
  return kind === K.AmpersandAmpersandToken || kind === K.BarBarToken || kind === K.QuestionQuestionToken;
}

function notNull(value: Expr): Expr {
  return { op: 'binary', operator: '!=', left: value, right: nullValue };
}

/** Goes to `then` or to `orElse`, whichever the condition says. */
export function lowerCondition(f: Flow, expr: ts.Expression, then: OpenBlock, orElse: OpenBlock): void {
  const node = strip(expr);
  switch (node.kind) {
    case K.PrefixUnaryExpression: {
      const { operator, operand } = node as ts.PrefixUnaryExpression;
      if (operator !== K.ExclamationToken) break;
      lowerCondition(f, operand, orElse, then);
      return;
    }
    case K.BinaryExpression: {
      const { left, right, operatorToken } = node as ts.BinaryExpression;
      if (operatorToken.kind === K.CommaToken) {
        lowerEffect(f, left);
        lowerCondition(f, right, then, orElse);
        return;
      }
      if (!isLogical(operatorToken.kind)) break;
      if (operatorToken.kind !== K.QuestionQuestionToken && isPure(node)) {
        branch(f, lowerPurely(f, node), then, orElse, spanOf(f.file, node));
        return;
      }
      lowerLogicalCondition(f, node as ts.BinaryExpression, right, then, orElse);
      return;
    }
    case K.ConditionalExpression: {
      const { condition, whenTrue, whenFalse } = node as ts.ConditionalExpression;
      const first = newBlock(f);
      const second = newBlock(f);
      lowerCondition(f, condition, first, second);
      f.at = first;
      lowerCondition(f, whenTrue, then, orElse);
      f.at = second;
      lowerCondition(f, whenFalse, then, orElse);
      return;
    }
  }
  branch(f, lowerExpr(f, node), then, orElse, spanOf(f.file, node));
}

/** True for a condition that only reads: it is one value, the same each time that it is asked for. */
function isPure(expr: ts.Expression): boolean {
  const node = strip(expr);
  switch (node.kind) {
    case K.Identifier:
    case K.ThisKeyword:
    case K.TrueKeyword:
    case K.FalseKeyword:
    case K.NullKeyword:
    case K.NumericLiteral:
    case K.StringLiteral:
      return true;
    case K.PropertyAccessExpression: {
      const { expression, questionDotToken } = node as ts.PropertyAccessExpression;
      return questionDotToken === undefined && isPure(expression);
    }
    case K.PrefixUnaryExpression: {
      const { operator, operand } = node as ts.PrefixUnaryExpression;
      return operator !== K.PlusPlusToken && operator !== K.MinusMinusToken && isPure(operand);
    }
    case K.BinaryExpression: {
      const { left, right, operatorToken } = node as ts.BinaryExpression;
      const assigns = operatorToken.kind >= K.FirstAssignment && operatorToken.kind <= K.LastAssignment;
      const { kind } = operatorToken;
      const branches = kind === K.CommaToken || kind === K.QuestionQuestionToken;
      return !assigns && !branches && isPure(left) && isPure(right);
    }
    default:
      return false;
  }
}

/** `a && b` as a value, so that it is known to be the same when it is asked again. */
function lowerPurely(f: Flow, expr: ts.Expression): Expr {
  const node = strip(expr);
  if (node.kind === K.BinaryExpression) {
    const { left, right, operatorToken } = node as ts.BinaryExpression;
    const { kind } = operatorToken;
    if (kind === K.AmpersandAmpersandToken || kind === K.BarBarToken) {
      const name = kind === K.BarBarToken ? '||' : '&&';
      return { op: 'pure', name, args: [lowerPurely(f, left), lowerPurely(f, right)] };
    }
  }
  return lowerExpr(f, node);
}

function lowerLogicalCondition(
  f: Flow,
  node: ts.BinaryExpression,
  right: ts.Expression,
  then: OpenBlock,
  orElse: OpenBlock,
): void {
  const next = newBlock(f);
  const { kind } = node.operatorToken;
  if (kind === K.AmpersandAmpersandToken) lowerCondition(f, node.left, next, orElse);
  else if (kind === K.BarBarToken) lowerCondition(f, node.left, then, next);
  else {
    const span = spanOf(f.file, node.left);
    const left = pin(f, lowerExpr(f, node.left), span);
    const known = newBlock(f);
    branch(f, notNull(left), known, next, span);
    f.at = known;
    branch(f, left, then, orElse, span);
  }
  f.at = next;
  lowerCondition(f, right, then, orElse);
}

/** `c ? a : b` as a value: one variable, given its value in both arms. */
export function lowerConditional(f: Flow, node: ts.ConditionalExpression, to?: VarInfo): Expr {
  const result = to ?? temp(f, spanOf(f.file, node), { scope: f.scope, expr: node });
  forkConditional(f, node, (arm) => void lowerTo(f, arm, result));
  return variableExpr(result);
}

export function forkConditional(
  f: Flow,
  node: ts.ConditionalExpression,
  arm: (node: ts.Expression) => void,
): void {
  const then = newBlock(f);
  const orElse = newBlock(f);
  const after = newBlock(f);
  lowerCondition(f, node.condition, then, orElse);
  f.at = then;
  arm(node.whenTrue);
  jump(f, after);
  f.at = orElse;
  arm(node.whenFalse);
  jump(f, after);
  f.at = after;
}

export function lowerConditionalEffect(f: Flow, node: ts.ConditionalExpression, result: Dropped): void {
  forkConditional(f, node, (arm) => lowerEffect(f, arm, result));
}

/** `a && b`, `a || b`, `a ?? b` as a value. */
export function lowerLogical(f: Flow, node: ts.BinaryExpression, to?: VarInfo): Expr {
  const result = to ?? temp(f, spanOf(f.file, node), { scope: f.scope, expr: node });
  lowerTo(f, node.left, result);
  shortCircuit(
    f,
    node.operatorToken.kind,
    variableExpr(result),
    node.left,
    () => void lowerTo(f, node.right, result),
  );
  return variableExpr(result);
}

/** Does `rest` where the left operand, which has the value `left`, does not decide. */
export function shortCircuit(
  f: Flow,
  operator: ts.SyntaxKind,
  left: Expr,
  node: ts.Node,
  rest: () => void,
): void {
  const more = newBlock(f);
  const after = newBlock(f);
  const span = spanOf(f.file, node);
  if (operator === K.AmpersandAmpersandToken) branch(f, left, more, after, span);
  else if (operator === K.BarBarToken) branch(f, left, after, more, span);
  else branch(f, notNull(left), after, more, span);
  f.at = more;
  rest();
  enter(f, after);
}

/** `a && f()` as a statement. */
export function lowerLogicalEffect(f: Flow, node: ts.BinaryExpression, result: Dropped): void {
  const more = newBlock(f);
  const after = newBlock(f);
  const { kind } = node.operatorToken;
  if (kind === K.AmpersandAmpersandToken) lowerCondition(f, node.left, more, after);
  else if (kind === K.BarBarToken) lowerCondition(f, node.left, after, more);
  else branch(f, notNull(lowerExpr(f, node.left)), after, more, spanOf(f.file, node.left));
  f.at = more;
  lowerEffect(f, node.right, result);
  enter(f, after);
}

/** An optional chain: goes on where the thing before `?.` is not null, and is undefined where it is. */
export function lowerChain(f: Flow, node: ts.Expression, link: (to: VarInfo) => Expr): Expr {
  const { chainExit } = f;
  const exit = newBlock(f);
  const after = newBlock(f);
  const span = spanOf(f.file, node);
  const result = temp(f, span, { scope: f.scope, expr: node });
  f.chainExit = exit;
  assign(f, result, link(result), span);
  jump(f, after);
  f.chainExit = chainExit;
  f.at = exit;
  assign(f, result, { op: 'const', value: undefined }, span);
  jump(f, after);
  f.at = after;
  return variableExpr(result);
}

/** The `?.` after `value`. */
export function checkLink(f: Flow, value: Expr, node: ts.Expression): void {
  if (f.chainExit === null) return;
  const next = newBlock(f);
  branch(f, notNull(value), next, f.chainExit, spanOf(f.file, node));
  f.at = next;
}

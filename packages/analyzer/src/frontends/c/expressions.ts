/** Lowering of expressions: a value, and the instructions that its evaluation takes. */
import type { BinaryOperator, Expr, UnaryOperator } from '../../ir/ir.ts';
import type { CMacro } from '../../contracts/model.ts';
import { lowerCall } from './calls.ts';
import { ERRNO } from '../../contracts/errnos.ts';
import { parseCharacter, parseNumber } from './constants.ts';
import type { FunctionContext } from './context.ts';
import {
  addVariable,
  constant,
  isDeclared,
  lookUp,
  keep,
  newMergeTemp,
  newTemp,
  NULL,
  spanOf,
  textOfNode,
  UNKNOWN,
} from './context.ts';
import { throughBinding } from './expansion.ts';
import type { OpenBlock } from './flow.ts';
import { storeInitializer } from './initializers.ts';
import { addressOf, assign, lowerPlace, ONE, readPlace, updatePlace, writePlace } from './places.ts';
import { lowerBlockValue } from './statements.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';
import { readSpecifiers } from './types.ts';

export function lowerExpression(cx: FunctionContext, node: SyntaxNode): Expr {
  switch (node.type) {
    case 'identifier':
      return lowerName(cx, node);
    case 'number_literal': {
      const value = parseNumber(textOfNode(cx.unit, node));
      return value === null ? UNKNOWN : constant(value);
    }
    case 'char_literal': {
      const value = parseCharacter(cx.unit.original, node.start);
      return value === null ? UNKNOWN : constant(value);
    }
    case 'string_literal':
      return constant(cx.unit.original.slice(node.start + 1, node.end - 1));
    case 'true':
      return constant(1);
    case 'false':
      return constant(0);
    case 'null':
      return NULL;
    case 'parenthesized_expression': {
      const [inner] = node.children;
      if (!inner) return UNKNOWN;
      return inner.type === 'compound_statement' ? lowerBlockValue(cx, inner) : lowerExpression(cx, inner);
    }
    case 'field_expression':
    case 'subscript_expression':
      return readPlace(cx, lowerPlace(cx, node));
    case 'pointer_expression': {
      const argument = child(node, 'argument');
      if (!argument) return UNKNOWN;
      if (child(node, 'operator')?.type !== '&') return readPlace(cx, lowerPlace(cx, node));
      return lowerAddressOperator(cx, argument);
    }
    case 'cast_expression': {
      const value = child(node, 'value');
      return value ? lowerExpression(cx, value) : UNKNOWN;
    }
    case 'unary_expression':
      return lowerUnary(cx, node);
    case 'update_expression':
      return lowerUpdate(cx, node, true);
    case 'binary_expression':
      return lowerBinary(cx, node);
    case 'assignment_expression':
      return lowerAssignment(cx, node);
    case 'conditional_expression':
      return lowerConditional(cx, node);
    case 'comma_expression': {
      const left = child(node, 'left');
      const right = child(node, 'right');
      if (left) lowerEffects(cx, left);
      return right ? lowerExpression(cx, right) : UNKNOWN;
    }
    case 'call_expression':
      return lowerCall(cx, node);
    case 'compound_literal_expression':
      return lowerCompoundLiteral(cx, node);
    case 'extension_expression': {
      const [inner] = node.children;
      return inner ? lowerExpression(cx, inner) : UNKNOWN;
    }
    case 'compound_statement':
      return lowerBlockValue(cx, node);
    case 'generic_expression': {
      // One object by several types, as a rule: `_Generic(x, struct inode *: container_of(x, …), …)`.
      const [, , chosen] = node.children;
      return chosen ? lowerExpression(cx, chosen) : UNKNOWN;
    }
    case 'ERROR':
      for (const part of node.children) lowerExpression(cx, part);
      return UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** Lowers for the effects only. */
export function lowerEffects(cx: FunctionContext, node: SyntaxNode): void {
  const bare = stripParentheses(node);
  if (bare.type === 'comma_expression') {
    for (const part of [child(bare, 'left'), child(bare, 'right')]) if (part) lowerEffects(cx, part);
    return;
  }
  if (bare.type === 'conditional_expression' || isShortCircuit(bare)) {
    const [then, otherwise, end] = [cx.flow.newBlock(), cx.flow.newBlock(), cx.flow.newBlock()];
    if (bare.type === 'conditional_expression') {
      const condition = child(bare, 'condition');
      if (condition) lowerCondition(cx, condition, then, otherwise);
      for (const [block, name] of [
        [then, 'consequence'],
        [otherwise, 'alternative'],
      ] as const) {
        cx.flow.startAt(block);
        const part = child(bare, name);
        if (part) lowerEffects(cx, part);
        cx.flow.goto(end);
      }
    } else {
      const [left, right] = [child(bare, 'left'), child(bare, 'right')];
      const isAnd = child(bare, 'operator')?.type === '&&';
      if (left) lowerCondition(cx, left, isAnd ? then : end, isAnd ? end : then);
      cx.flow.startAt(then);
      if (right) lowerEffects(cx, right);
      cx.flow.goto(end);
    }
    cx.flow.startAt(end);
    return;
  }
  if (bare.type === 'identifier' && cx.bindings?.has(textOfNode(cx.unit, bare))) {
    throughBinding(cx, textOfNode(cx.unit, bare), (given) => lowerEffects(cx, given));
    return;
  }
  if (bare.type === 'cast_expression') {
    const value = child(bare, 'value');
    const type = child(bare, 'type');
    if (value)
      dropResult(cx, value, type && textOfNode(cx.unit, type).trim() === 'void' ? 'discarded' : 'dropped');
    return;
  }
  dropResult(cx, bare, 'dropped');
}

function dropResult(cx: FunctionContext, node: SyntaxNode, how: 'dropped' | 'discarded'): void {
  if (node.type === 'update_expression') {
    lowerUpdate(cx, node, false);
    return;
  }
  const value = lowerExpression(cx, node);
  const bare = stripParentheses(node);
  const macro = bare.type === 'call_expression' ? macroOf(cx, bare) : undefined;
  // `(void)ret;`, `WARN_ON(ret);`: somebody has looked at it.
  if (macro?.kind === 'identity' || (how === 'discarded' && bare.type === 'identifier')) {
    const looked: Expr = { op: 'pure', name: 'void', args: [value] };
    cx.flow.emit({ kind: 'assign', to: newTemp(cx, spanOf(node)), value: looked, span: spanOf(node) });
    return;
  }
  const isCall = bare.type === 'call_expression' && macro === undefined;
  if (isCall && value.op === 'var') cx.flow.markResult(value.id, how);
}

/** `WARN_ON(f())` uses what f() returns. */
function macroOf(cx: FunctionContext, call: SyntaxNode): CMacro | undefined {
  const callee = child(call, 'function');
  return callee?.type === 'identifier' ? cx.unit.model.macro(textOfNode(cx.unit, callee)) : undefined;
}

export function stripParentheses(node: SyntaxNode): SyntaxNode {
  let bare = node;
  while (bare.type === 'parenthesized_expression') {
    const [inner] = bare.children;
    if (!inner || inner.type === 'compound_statement') break;
    bare = inner;
  }
  return bare;
}

function isShortCircuit(node: SyntaxNode): boolean {
  const operator = node.type === 'binary_expression' ? child(node, 'operator')?.type : undefined;
  return operator === '&&' || operator === '||';
}

function lowerName(cx: FunctionContext, node: SyntaxNode): Expr {
  const { unit } = cx;
  const name = textOfNode(unit, node);
  const bound = throughBinding(cx, name, (given) => lowerExpression(cx, given));
  if (bound) return bound;
  if (lookUp(cx, name) !== undefined) return readPlace(cx, lowerPlace(cx, node));
  const fn = unit.functionIds.get(name);
  if (fn !== undefined) {
    unit.escaping.add(fn);
    return { op: 'function', fn };
  }
  const known = unit.constants.get(name) ?? ERRNO.get(name);
  return known === undefined ? readPlace(cx, lowerPlace(cx, node)) : constant(known);
}

function lowerAddressOperator(cx: FunctionContext, argument: SyntaxNode): Expr {
  const bare = stripParentheses(argument);
  if (bare.type === 'compound_literal_expression') return lowerExpression(cx, bare);
  const place = lowerPlace(cx, bare);
  // The address of a function is the function; that of a value is the value, for macros that yield places.
  return addressOf(cx, place);
}

function lowerUnary(cx: FunctionContext, node: SyntaxNode): Expr {
  const argument = child(node, 'argument');
  if (!argument) return UNKNOWN;
  const operand = lowerExpression(cx, argument);
  const operator = (child(node, 'operator')?.type ?? '!') as UnaryOperator;
  if (operand.op === 'const' && typeof operand.value === 'number') {
    if (operator === '-') return constant(-operand.value);
    if (operator === '+') return operand;
  }
  return { op: 'unary', operator, operand };
}

/** `isUsed`: for `i++` as a value, what was there before is kept. */
function lowerUpdate(cx: FunctionContext, node: SyntaxNode, isUsed: boolean): Expr {
  const argument = child(node, 'argument');
  const operator = child(node, 'operator');
  if (!argument || !operator) return UNKNOWN;
  const place = lowerPlace(cx, argument);
  const isPrefix = operator.start < argument.start;
  let before: Expr = UNKNOWN;
  if (isUsed && !isPrefix) {
    const temp = newTemp(cx, spanOf(node));
    cx.flow.emit({ kind: 'assign', to: temp, value: readPlace(cx, place), span: spanOf(node) });
    before = { op: 'var', id: temp };
  }
  const after = updatePlace(cx, place, operator.type === '--' ? '-' : '+', ONE, node);
  return isPrefix ? after : before;
}

function lowerBinary(cx: FunctionContext, node: SyntaxNode): Expr {
  const left = child(node, 'left');
  const right = child(node, 'right');
  const operator = child(node, 'operator')?.type ?? '+';
  if (!left || !right) return UNKNOWN;
  if (operator === '&&' || operator === '||') return lowerTruth(cx, node);
  if (isTypeInParentheses(cx, left) && ['-', '+', '&', '*'].includes(operator)) {
    return lowerMisreadCast(cx, operator, right);
  }
  const leftValue = settle(cx, lowerExpression(cx, left), right);
  const rightValue = lowerExpression(cx, right);
  return { op: 'binary', operator: operator as BinaryOperator, left: leftValue, right: rightValue };
}

/** Keeps a value that was read before a call from being read after it. */
function settle(cx: FunctionContext, value: Expr, later: SyntaxNode): Expr {
  return hasEffects(later) ? keep(cx, value, spanOf(later)) : value;
}

function hasEffects(node: SyntaxNode): boolean {
  return (
    ['call_expression', 'assignment_expression', 'update_expression', 'compound_statement'].includes(
      node.type,
    ) || node.children.some(hasEffects)
  );
}

/** `(type)(x)` and `(type) -x` read as a call or a difference: a name in parentheses that nothing declares. */
export function isTypeInParentheses(cx: FunctionContext, node: SyntaxNode): boolean {
  const [inner] = node.children;
  if (node.type !== 'parenthesized_expression' || inner?.type !== 'identifier') return false;
  const name = textOfNode(cx.unit, inner);
  if (isDeclared(cx, name) || cx.bindings?.has(name)) return false;
  return cx.unit.typedefs.has(name) || /^(__)?[us](8|16|32|64)$|_t$|^u(int|long|short|char)$/.test(name);
}

function lowerMisreadCast(cx: FunctionContext, operator: string, operand: SyntaxNode): Expr {
  if (operator === '&') return addressOf(cx, lowerPlace(cx, operand));
  const value = lowerExpression(cx, operand);
  if (operator === '*') return { op: 'deref', base: value };
  if (value.op === 'const' && typeof value.value === 'number') {
    return constant(operator === '-' ? -value.value : value.value);
  }
  return { op: 'unary', operator: operator as UnaryOperator, operand: value };
}

function lowerAssignment(cx: FunctionContext, node: SyntaxNode): Expr {
  const left = child(node, 'left');
  const right = child(node, 'right');
  const operator = child(node, 'operator')?.type ?? '=';
  if (!left || !right) return UNKNOWN;
  if (operator !== '=') {
    const operand = lowerExpression(cx, right);
    return updatePlace(cx, lowerPlace(cx, left), operator.slice(0, -1), operand, node);
  }
  const value = right.type === 'initializer_list' ? UNKNOWN : lowerExpression(cx, right);
  const place = lowerPlace(cx, left);
  return writePlace(cx, place, value, spanOf(node));
}

function lowerConditional(cx: FunctionContext, node: SyntaxNode): Expr {
  const condition = child(node, 'condition');
  const consequence = child(node, 'consequence');
  const alternative = child(node, 'alternative');
  if (!condition || !alternative) return UNKNOWN;
  const { flow } = cx;
  const result = newMergeTemp(cx, spanOf(node));
  const [then, otherwise, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock()];
  if (consequence) {
    lowerCondition(cx, condition, then, otherwise);
    flow.startAt(then);
    assign(cx, result, lowerExpression(cx, consequence), spanOf(consequence));
  } else {
    // GNU `a ?: b`.
    const value = lowerExpression(cx, condition);
    cx.flow.emit({ kind: 'assign', to: result, value, span: spanOf(condition) });
    flow.branch({ op: 'var', id: result }, then, otherwise, spanOf(condition));
    flow.startAt(then);
  }
  flow.goto(end);
  flow.startAt(otherwise);
  assign(cx, result, lowerExpression(cx, alternative), spanOf(alternative));
  flow.enter(end);
  return { op: 'var', id: result };
}

/** `a && b` as a value: 1 or 0. */
function lowerTruth(cx: FunctionContext, node: SyntaxNode): Expr {
  const { flow } = cx;
  const span = spanOf(node);
  const result = newMergeTemp(cx, span);
  const [yes, no, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock()];
  lowerCondition(cx, node, yes, no);
  flow.startAt(yes);
  flow.emit({ kind: 'assign', to: result, value: constant(1), span });
  flow.goto(end);
  flow.startAt(no);
  flow.emit({ kind: 'assign', to: result, value: constant(0), span });
  flow.enter(end);
  return { op: 'var', id: result };
}

/** Lowers a condition to branches: `&&`, `||` and `!` are the way that is taken. */
export function lowerCondition(
  cx: FunctionContext,
  node: SyntaxNode,
  then: OpenBlock,
  otherwise: OpenBlock,
): void {
  const bare = unwrapCondition(cx, node);
  const operator = child(bare, 'operator')?.type;
  if (bare.type === 'binary_expression' && (operator === '&&' || operator === '||')) {
    const left = child(bare, 'left');
    const right = child(bare, 'right');
    if (left && right && isPure(bare)) {
      cx.flow.branch(lowerPurely(cx, bare), then, otherwise, spanOf(node));
      return;
    }
    if (left && right) {
      const middle = cx.flow.newBlock();
      if (operator === '&&') lowerCondition(cx, left, middle, otherwise);
      else lowerCondition(cx, left, then, middle);
      cx.flow.startAt(middle);
      lowerCondition(cx, right, then, otherwise);
      return;
    }
  }
  if (bare.type === 'unary_expression' && operator === '!') {
    const argument = child(bare, 'argument');
    if (argument) {
      lowerCondition(cx, argument, otherwise, then);
      return;
    }
  }
  if (bare.type === 'comma_expression') {
    const left = child(bare, 'left');
    const right = child(bare, 'right');
    if (left && right) {
      lowerEffects(cx, left);
      lowerCondition(cx, right, then, otherwise);
      return;
    }
  }
  cx.flow.branch(lowerExpression(cx, bare), then, otherwise, spanOf(node));
}

/** Kinds of nodes that only read: a condition of these is one value, the same each time that it is asked for. */
const PURE: ReadonlySet<string> = new Set([
  'identifier',
  'field_identifier',
  'number_literal',
  'char_literal',
  'true',
  'false',
  'null',
  'field_expression',
  'parenthesized_expression',
  'binary_expression',
  'unary_expression',
]);

function isPure(node: SyntaxNode): boolean {
  if (!PURE.has(node.type)) return false;
  return node.children.every((c) => c === null || isPure(c) || !/[a-z]/.test(c.type));
}

/** `a && b` as a value, so that it is known to be the same when it is asked again. */
function lowerPurely(cx: FunctionContext, node: SyntaxNode): Expr {
  const bare = stripParentheses(node);
  const operator = child(bare, 'operator')?.type;
  const left = child(bare, 'left');
  const right = child(bare, 'right');
  if ((operator === '&&' || operator === '||') && left && right) {
    return { op: 'pure', name: operator, args: [lowerPurely(cx, left), lowerPurely(cx, right)] };
  }
  return lowerExpression(cx, bare);
}

/** Takes away parentheses and macros that yield their argument: `likely(x)` is `x`. */
function unwrapCondition(cx: FunctionContext, node: SyntaxNode): SyntaxNode {
  let bare = stripParentheses(node);
  while (bare.type === 'call_expression') {
    const callee = child(bare, 'function');
    if (callee?.type !== 'identifier') break;
    const name = textOfNode(cx.unit, callee);
    const macro = cx.unit.model.macro(name);
    if (macro?.kind !== 'identity' || cx.unit.functionIds.has(name)) break;
    const argument = child(bare, 'arguments')?.children[macro.arg];
    if (!argument || argument.type === 'compound_statement') break;
    bare = stripParentheses(argument);
  }
  return bare;
}

function lowerCompoundLiteral(cx: FunctionContext, node: SyntaxNode): Expr {
  const type = child(node, 'type');
  const value = child(node, 'value');
  const named = type && readSpecifiers(cx.unit, type);
  const span = spanOf(node);
  const id = addVariable(
    cx.unit,
    { name: 'tmp', kind: 'temp', owner: cx.id, constant: true, span, ...(named && { type: named }) },
    true,
  );
  cx.flow.emit({ kind: 'new', to: id, span, ...(named && { className: named.name }) });
  const address: Expr = { op: 'addr-var', id };
  if (value) storeInitializer(cx, address, value, named);
  return address;
}

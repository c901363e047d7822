import ts from 'typescript';
import type { ConstValue, Expr } from '../../ir/ir.ts';
import { lowerImport } from './api-values.ts';
import { lowerAssignment, lowerStep } from './assignments.ts';
import { lowerCall, lowerTagged } from './calls.ts';
import { defineClass } from './classes.ts';
import {
  isLogical,
  lowerChain,
  lowerConditional,
  lowerConditionalEffect,
  lowerLogical,
  lowerLogicalEffect,
} from './conditions.ts';
import { lowerNew } from './construct.ts';
import { awaitedType } from './containers.ts';
import type { VarInfo } from './entities.ts';
import { handOver, stackNamed } from './disposable-stacks.ts';
import { mayEndHere, mayThrow } from './exits.ts';
import { assign, emit, temp, undefinedValue, unknown, variableExpr, type Flow } from './flow.ts';
import { runGenerator } from './kept-generators.ts';
import { lowerArray, lowerObject } from './literals.ts';
import { stepThrough } from './loops.ts';
import { lowerMember } from './members.ts';
import { binaryValue, unaryOperators } from './operators.ts';
import { bindingStatic, isDynamicImport, markEscape, requestedModuleOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { isAssignmentOperator, strip } from './syntax.ts';
import { typeOfExpr } from './types.ts';

const K = ts.SyntaxKind;

/** How a statement treats the result of its expression. */
export type Dropped = 'dropped' | 'discarded';

/** Evaluates an expression; what it does becomes instructions, what it is is the result. */
export function lowerExpr(f: Flow, expr: ts.Expression): Expr {
  const node = strip(expr);
  const handler = expressions[node.kind];
  if (handler !== undefined) return handler(f, node as never);
  lowerChildren(f, node);
  return unknown;
}

/** Evaluates what an expression without a value of interest is made of. */
function lowerChildren(f: Flow, node: ts.Node): void {
  ts.forEachChild(node, (child) => lowerChild(f, child));
}

function lowerChild(f: Flow, child: ts.Node): void {
  if (child.kind >= K.FirstTypeNode && child.kind <= K.LastTypeNode) return;
  if (child.kind === K.JsxAttribute) {
    // Its name is no expression, although it looks like one.
    const { initializer } = child as ts.JsxAttribute;
    if (initializer !== undefined) lowerChild(f, initializer);
  } else if (ts.isExpression(child)) lowerExpr(f, child);
  else lowerChildren(f, child);
}

/** Evaluates an expression into a variable that it does not mention. */
export function lowerTo(f: Flow, expr: ts.Expression, to: VarInfo): void {
  const node = strip(expr);
  const span = spanOf(f.file, node);
  let value: Expr;
  switch (node.kind) {
    case K.CallExpression:
      value = isChain(node) ? lowerExpr(f, node) : lowerCall(f, node as ts.CallExpression, 'used', to);
      break;
    case K.NewExpression:
      value = lowerNew(f, node as ts.NewExpression, to);
      break;
    case K.ObjectLiteralExpression:
      value = lowerObject(f, node as ts.ObjectLiteralExpression, to);
      break;
    case K.ClassExpression:
      value = defineClass(f, node as ts.ClassExpression);
      break;
    case K.ArrayLiteralExpression:
      value = lowerArray(f, node as ts.ArrayLiteralExpression, to);
      break;
    case K.ConditionalExpression:
      value = lowerConditional(f, node as ts.ConditionalExpression, to);
      break;
    case K.AwaitExpression:
      value = lowerAwait(f, node as ts.AwaitExpression, 'used', to);
      break;
    case K.BinaryExpression:
      value = isLogical((node as ts.BinaryExpression).operatorToken.kind)
        ? lowerLogical(f, node as ts.BinaryExpression, to)
        : lowerExpr(f, node);
      break;
    default:
      value = lowerExpr(f, node);
  }
  assign(f, to, value, span);
}

/** Evaluates an expression whose value nobody takes. */
export function lowerEffect(f: Flow, expr: ts.Expression, result: Dropped = 'dropped'): void {
  const node = strip(expr);
  switch (node.kind) {
    case K.CallExpression:
      if (isChain(node)) lowerChainEffect(f, node as ts.CallExpression, result);
      else lowerCall(f, node as ts.CallExpression, result);
      break;
    case K.AwaitExpression:
      lowerAwait(f, node as ts.AwaitExpression, result);
      break;
    case K.VoidExpression:
      lowerEffect(f, (node as ts.VoidExpression).expression, 'discarded');
      break;
    case K.Identifier:
      // `void ret;`: looked at, and of no interest.
      if (result === 'discarded') {
        const span = spanOf(f.file, node);
        const value: Expr = { op: 'pure', name: 'void', args: [lowerExpr(f, node)] };
        emit(f, { kind: 'assign', to: temp(f, span).id, value, span });
      }
      break;
    case K.ConditionalExpression:
      lowerConditionalEffect(f, node as ts.ConditionalExpression, result);
      break;
    case K.BinaryExpression: {
      const binary = node as ts.BinaryExpression;
      if (binary.operatorToken.kind === K.CommaToken) {
        lowerEffect(f, binary.left, result);
        lowerEffect(f, binary.right, result);
      } else if (isLogical(binary.operatorToken.kind)) lowerLogicalEffect(f, binary, result);
      else lowerExpr(f, node);
      break;
    }
    case K.PostfixUnaryExpression:
      lowerStep(f, node as ts.PostfixUnaryExpression, false);
      break;
    default:
      lowerExpr(f, node);
  }
}

function isChain(node: ts.Node): boolean {
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0;
}

function lowerChainEffect(f: Flow, node: ts.CallExpression, result: Dropped): void {
  lowerChain(f, node, (to) => lowerCall(f, node, result, to));
}

/** The object of a member access or the callee of a call; within an optional chain it is a link of the same chain. */
export function lowerBase(f: Flow, parent: ts.Node, base: ts.Expression): Expr {
  if (!isChain(parent) || !isChain(base)) return lowerExpr(f, base);
  let link = base;
  while (link.kind === K.NonNullExpression) link = (link as ts.NonNullExpression).expression;
  return lowerLink(f, link);
}

function lowerLink(f: Flow, node: ts.Expression, to?: VarInfo): Expr {
  return node.kind === K.CallExpression
    ? lowerCall(f, node as ts.CallExpression, 'used', to)
    : lowerMember(f, node as ts.PropertyAccessExpression);
}

/** A chain of fields alone needs no branch: reading a field of nothing is no event. */
function hasCall(node: ts.Expression): boolean {
  for (let at = node; isChain(at); at = (at as ts.PropertyAccessExpression).expression) {
    if (at.kind === K.CallExpression) return true;
  }
  return false;
}

function lowerLinks(
  f: Flow,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression,
): Expr {
  if (!isChain(node)) return lowerLink(f, node);
  if (hasCall(node)) return lowerChain(f, node, (to) => lowerLink(f, node, to));
  const { chainExit } = f;
  f.chainExit = null;
  const value = lowerLink(f, node);
  f.chainExit = chainExit;
  return value;
}

function lowerIdentifier(f: Flow, node: ts.Identifier): Expr {
  const { text } = node;
  const binding = lookup(f.scope, text);
  if (binding === undefined) return text === 'undefined' ? undefinedValue : { op: 'global', name: text };
  const value = bindingStatic(f.file, binding);
  switch (value?.kind) {
    case 'import':
      return lowerImport(f, value, node);
    case 'constant':
      return { op: 'const', value: value.value };
    case 'function':
      value.fn.escapes = true;
      return { op: 'function', fn: value.fn.id };
    case 'class':
    case 'object':
    case 'oneOf':
      markEscape(f.file, value);
  }
  stepThrough(f, node);
  runGenerator(f, node);
  const stack = stackNamed(f, node);
  if (stack !== undefined) handOver(f, stack, spanOf(f.file, node));
  return binding.variable === undefined ? { op: 'global', name: text } : variableExpr(binding.variable);
}

/** The value of a name that is only asked for a member of it: what it is does not get out. */
export function lowerOwner(f: Flow, parent: ts.Node, base: ts.Expression): Expr {
  const node = strip(base);
  if (node.kind !== K.Identifier) return lowerBase(f, parent, base);
  const binding = lookup(f.scope, (node as ts.Identifier).text);
  const value = binding && bindingStatic(f.file, binding);
  return binding?.variable !== undefined && (value?.kind === 'class' || value?.kind === 'object')
    ? variableExpr(binding.variable)
    : lowerExpr(f, node);
}

export function lowerThis(f: Flow): Expr {
  const { variable } = f.self;
  return variable === undefined ? { op: 'global', name: 'this' } : variableExpr(variable);
}

function lowerFunction(f: Flow, node: ts.Node): Expr {
  const fn = f.file.functionOf.get(node);
  if (fn === undefined) return unknown;
  fn.escapes = true;
  return { op: 'function', fn: fn.id };
}

function lowerAwait(f: Flow, node: ts.AwaitExpression, result: 'used' | Dropped, to?: VarInfo): Expr {
  const inner = strip(node.expression);
  // What is dropped is what the awaited call resolves to.
  const value =
    inner.kind === K.CallExpression && !isChain(inner)
      ? lowerCall(f, inner as ts.CallExpression, result)
      : lowerExpr(f, inner);
  const span = spanOf(f.file, node);
  const type = awaitedType(typeOfExpr(f.file, value));
  const target = to ?? temp(f, span, type && { scope: f.scope, type });
  mayThrow(f, span);
  f.awaits = true;
  emit(f, { kind: 'suspend', what: 'await', to: target.id, value, span });
  return isDynamicImport(inner) ? value : variableExpr(target);
}

function lowerYield(f: Flow, node: ts.YieldExpression): Expr {
  const value = node.expression === undefined ? undefinedValue : lowerExpr(f, node.expression);
  const span = spanOf(f.file, node);
  const to = temp(f, span);
  mayThrow(f, span);
  emit(f, { kind: 'suspend', what: 'yield', to: to.id, value, span });
  mayEndHere(f, span);
  return variableExpr(to);
}

function lowerPrefix(f: Flow, node: ts.PrefixUnaryExpression): Expr {
  if (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken)
    return lowerStep(f, node, true);
  const operand = lowerExpr(f, node.operand);
  const operator = unaryOperators[node.operator];
  if (operator === undefined) return unknown;
  if (operator === '-' && operand.op === 'const' && typeof operand.value === 'number') {
    return { op: 'const', value: -operand.value };
  }
  return { op: 'unary', operator, operand };
}

function lowerBinary(f: Flow, node: ts.BinaryExpression): Expr {
  const { left, right, operatorToken } = node;
  const { kind } = operatorToken;
  if (isAssignmentOperator(kind)) return lowerAssignment(f, node);
  if (isLogical(kind)) return lowerLogical(f, node);
  if (kind === K.CommaToken) {
    lowerEffect(f, left);
    return lowerExpr(f, right);
  }
  return lowerOperands(f, node);
}

/** Operators lean to the left, in long sums as deep as they are long; so this goes down in a loop. */
function lowerOperands(f: Flow, node: ts.BinaryExpression): Expr {
  const pending: ts.BinaryExpression[] = [];
  let at: ts.Expression = node;
  while (at.kind === K.BinaryExpression) {
    const { kind } = (at as ts.BinaryExpression).operatorToken;
    if (isAssignmentOperator(kind) || isLogical(kind) || kind === K.CommaToken) break;
    pending.push(at as ts.BinaryExpression);
    at = strip((at as ts.BinaryExpression).left);
  }
  let value = at.kind === K.PrivateIdentifier ? unknown : lowerExpr(f, at);
  // A sum of very many things is text or arithmetic that nobody asks about, and expressions are read recursively.
  const tooDeep = pending.length > 64;
  for (let binary = pending.pop(); binary !== undefined; binary = pending.pop()) {
    const { kind } = binary.operatorToken;
    // Asking for a class is no use of it that could call its methods.
    if (kind === K.InstanceOfKeyword) {
      lowerOwner(f, binary, binary.right);
      value = unknown;
      continue;
    }
    const right = lowerExpr(f, binary.right);
    value = tooDeep ? unknown : binaryValue(kind, value, right);
  }
  return value;
}

function lowerTypeof(f: Flow, node: ts.TypeOfExpression): Expr {
  return { op: 'unary', operator: 'typeof', operand: lowerExpr(f, node.expression) };
}

function lowerVoid(f: Flow, node: ts.VoidExpression): Expr {
  lowerEffect(f, node.expression, 'discarded');
  return undefinedValue;
}

function lowerDelete(f: Flow, node: ts.DeleteExpression): Expr {
  const place = lowerExpr(f, node.expression);
  const span = spanOf(f.file, node);
  if (place.op === 'field')
    emit(f, { kind: 'store', base: place.base, name: place.name, value: undefinedValue, span });
  else if (place.op === 'index') {
    emit(f, { kind: 'store', base: place.base, index: place.index, value: undefinedValue, span });
  }
  return unknown;
}

function constant(value: ConstValue): () => Expr {
  const expr: Expr = { op: 'const', value };
  return () => expr;
}

function lowerRequest(f: Flow, node: ts.CallExpression): Expr {
  const module = requestedModuleOf(node, f.scope);
  return module === undefined ? lowerLinks(f, node) : { op: 'import', module, name: '*' };
}

type Handler = (f: Flow, node: never) => Expr;

const expressions: Partial<Record<ts.SyntaxKind, Handler>> = {
  [K.Identifier]: lowerIdentifier,
  [K.ThisKeyword]: lowerThis,
  [K.SuperKeyword]: lowerThis,
  [K.NullKeyword]: constant(null),
  [K.TrueKeyword]: constant(true),
  [K.FalseKeyword]: constant(false),
  [K.NumericLiteral]: (_: Flow, node: ts.NumericLiteral): Expr => ({ op: 'const', value: Number(node.text) }),
  [K.StringLiteral]: (_: Flow, node: ts.StringLiteral): Expr => ({ op: 'const', value: node.text }),
  [K.NoSubstitutionTemplateLiteral]: (_: Flow, node: ts.StringLiteral): Expr => ({
    op: 'const',
    value: node.text,
  }),
  [K.PropertyAccessExpression]: lowerLinks,
  [K.ElementAccessExpression]: lowerLinks,
  [K.CallExpression]: lowerRequest,
  [K.NewExpression]: (f: Flow, node: ts.NewExpression) => lowerNew(f, node),
  [K.TaggedTemplateExpression]: lowerTagged,
  [K.FunctionExpression]: lowerFunction,
  [K.ArrowFunction]: lowerFunction,
  [K.ClassExpression]: (f: Flow, node: ts.ClassExpression) => {
    const cls = f.file.classOf.get(node);
    if (cls !== undefined) markEscape(f.file, { kind: 'class', cls });
    return defineClass(f, node);
  },
  [K.ObjectLiteralExpression]: (f: Flow, node: ts.ObjectLiteralExpression) => lowerObject(f, node),
  [K.ArrayLiteralExpression]: (f: Flow, node: ts.ArrayLiteralExpression) => lowerArray(f, node),
  [K.ConditionalExpression]: (f: Flow, node: ts.ConditionalExpression) => lowerConditional(f, node),
  [K.BinaryExpression]: lowerBinary,
  [K.PrefixUnaryExpression]: lowerPrefix,
  [K.PostfixUnaryExpression]: (f: Flow, node: ts.PostfixUnaryExpression) => lowerStep(f, node, true),
  [K.AwaitExpression]: (f: Flow, node: ts.AwaitExpression) => lowerAwait(f, node, 'used'),
  [K.YieldExpression]: lowerYield,
  [K.TypeOfExpression]: lowerTypeof,
  [K.VoidExpression]: lowerVoid,
  [K.DeleteExpression]: lowerDelete,
  [K.MetaProperty]: () => unknown,
};

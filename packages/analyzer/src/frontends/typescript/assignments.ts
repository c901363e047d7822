/** Everything that gives a value to a name, a field, or a pattern of them. */
import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { commonExportName } from './bind-modules.ts';
import { isLogical, shortCircuit } from './conditions.ts';
import { lowerExpr, lowerTo } from './expressions.ts';
import {
  assign,
  branch,
  emit,
  enter,
  newBlock,
  pin,
  temp,
  undefinedValue,
  unknown,
  variableExpr,
  type Flow,
} from './flow.ts';
import { lowerPlace, readField, readPlace, storeMember, type Place } from './members.ts';
import { compoundValue } from './operators.ts';
import { bindingStatic, importMember } from './resolve.ts';
import { lookup } from './scopes.ts';
import { spanOf } from './spans.ts';
import { propertyName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

export function assignVariable(f: Flow, node: ts.Identifier, value: Expr, at: ts.Node): void {
  const variable = lookup(f.scope, node.text)?.variable;
  const span = spanOf(f.file, at);
  if (variable !== undefined) assign(f, variable, value, span);
  else emit(f, { kind: 'store', base: { op: 'global', name: 'globalThis' }, name: node.text, value, span });
}

/** Gives a value to a declared name or pattern. */
export function bindValue(f: Flow, name: ts.BindingName, value: Expr): void {
  if (name.kind === K.Identifier) {
    const binding = lookup(f.scope, name.text);
    // A name that stands for an import is never read as a variable.
    if (value.op !== 'import' || binding === undefined || bindingStatic(f.file, binding) === null) {
      assignVariable(f, name, value, name);
    }
    return;
  }
  const base = pin(f, value, spanOf(f.file, name));
  let index = 0;
  for (const node of name.elements) {
    if (node.kind === K.OmittedExpression) {
      index++;
      continue;
    }
    const element = node as ts.BindingElement;
    const part =
      name.kind === K.ArrayBindingPattern
        ? elementOf(base, index++, element.dotDotDotToken !== undefined)
        : propertyOf(f, base, element.propertyName ?? element.name, element.dotDotDotToken !== undefined);
    bindPart(f, element.name, part, element.initializer);
  }
}

/** With a default, one variable is given the part or the default; without, the part is bound as it is. */
function bindPart(f: Flow, name: ts.BindingName, part: Expr, initializer: ts.Expression | undefined): void {
  bindValue(f, name, initializer === undefined ? part : orDefault(f, part, initializer));
}

function orDefault(f: Flow, part: Expr, initializer: ts.Expression): Expr {
  const span = spanOf(f.file, initializer);
  const result = temp(f, span);
  assign(f, result, part, span);
  const value = variableExpr(result);
  withDefault(f, value, span, () => void lowerTo(f, initializer, result));
  return value;
}

/** Does `supply` where the value is undefined. */
export function withDefault(f: Flow, value: Expr, span: Span, supply: () => void): void {
  const missing = newBlock(f);
  const after = newBlock(f);
  branch(f, { op: 'binary', operator: '===', left: value, right: undefinedValue }, missing, after, span);
  f.at = missing;
  supply();
  enter(f, after);
}

function elementOf(base: Expr, index: number, isRest: boolean): Expr {
  return isRest ? unknown : { op: 'index', base, index: { op: 'const', value: index } };
}

function propertyOf(f: Flow, base: Expr, key: ts.Node, isRest: boolean): Expr {
  if (isRest) return unknown;
  const name = propertyName(key);
  if (name !== undefined) return memberOf(f, base, name, key);
  return key.kind === K.ComputedPropertyName
    ? { op: 'index', base, index: lowerExpr(f, (key as ts.ComputedPropertyName).expression) }
    : unknown;
}

function memberOf(f: Flow, base: Expr, name: string, key: ts.Node): Expr {
  if (base.op === 'import' && (base.name === '*' || f.file.model.module(base.module) !== undefined)) {
    if (base.name === '*' || base.name === 'default') {
      const { module, name: meant } = importMember(f.file, base.module, name);
      return { op: 'import', module, name: meant };
    }
  }
  return readField(f, base, name, key);
}

/** Gives a value to whatever may stand on the left of `=`. */
export function assignTarget(f: Flow, expr: ts.Expression, value: Expr): void {
  const node = strip(expr);
  switch (node.kind) {
    case K.Identifier:
      assignVariable(f, node as ts.Identifier, value, node);
      break;
    case K.PropertyAccessExpression:
    case K.ElementAccessExpression:
      storePlace(f, lowerPlace(f, node), value, spanOf(f.file, node));
      break;
    case K.ArrayLiteralExpression: {
      const base = pin(f, value, spanOf(f.file, node));
      (node as ts.ArrayLiteralExpression).elements.forEach((element, index) => {
        if (element.kind === K.OmittedExpression) return;
        const isRest = element.kind === K.SpreadElement;
        assignPart(
          f,
          isRest ? (element as ts.SpreadElement).expression : element,
          elementOf(base, index, isRest),
        );
      });
      break;
    }
    case K.ObjectLiteralExpression: {
      const base = pin(f, value, spanOf(f.file, node));
      for (const property of (node as ts.ObjectLiteralExpression).properties)
        assignProperty(f, property, base);
      break;
    }
    default:
      lowerExpr(f, node);
  }
}

function assignProperty(f: Flow, property: ts.ObjectLiteralElementLike, base: Expr): void {
  if (property.kind === K.ShorthandPropertyAssignment) {
    const part = memberOf(f, base, property.name.text, property.name);
    const initializer = property.objectAssignmentInitializer;
    assignVariable(
      f,
      property.name,
      initializer === undefined ? part : orDefault(f, part, initializer),
      property,
    );
  } else if (property.kind === K.PropertyAssignment) {
    assignPart(f, property.initializer, propertyOf(f, base, property.name, false));
  } else if (property.kind === K.SpreadAssignment) assignTarget(f, property.expression, unknown);
}

/** A target with or without a default: `[a = 1] = list`. */
function assignPart(f: Flow, expr: ts.Expression, part: Expr): void {
  const node = strip(expr);
  if (
    node.kind === K.BinaryExpression &&
    (node as ts.BinaryExpression).operatorToken.kind === K.EqualsToken
  ) {
    const { left, right } = node as ts.BinaryExpression;
    assignTarget(f, left, orDefault(f, part, right));
  } else assignTarget(f, node, part);
}

function storePlace(f: Flow, place: Place, value: Expr, span: Span): void {
  if (place.kind === 'member') storeMember(f, place.node, place.base, place.name, value, span);
  else if (place.kind === 'index')
    emit(f, { kind: 'store', base: place.base, index: place.index, value, span });
}

/** Operators that decide whether to assign, by the operator that they are named for. */
const logicalAssignments: Readonly<Record<number, ts.SyntaxKind>> = {
  [K.AmpersandAmpersandEqualsToken]: K.AmpersandAmpersandToken,
  [K.BarBarEqualsToken]: K.BarBarToken,
  [K.QuestionQuestionEqualsToken]: K.QuestionQuestionToken,
};

export function lowerAssignment(f: Flow, node: ts.BinaryExpression): Expr {
  const { operatorToken } = node;
  if (operatorToken.kind === K.EqualsToken) return lowerPlainAssignment(f, node);
  const logical = logicalAssignments[operatorToken.kind];
  return logical !== undefined && isLogical(logical)
    ? lowerLogicalAssignment(f, node, logical)
    : lowerCompound(f, node);
}

function lowerPlainAssignment(f: Flow, node: ts.BinaryExpression): Expr {
  const left = strip(node.left);
  const right = strip(node.right);
  const span = spanOf(f.file, node);
  if (left.kind === K.Identifier) {
    const variable = lookup(f.scope, (left as ts.Identifier).text)?.variable;
    const isDirect = right.kind === K.AwaitExpression || (right.kind === K.CallExpression && !isChain(right));
    if (variable !== undefined && isDirect) {
      lowerTo(f, right, variable);
      return variableExpr(variable);
    }
    const value = lowerExpr(f, right);
    if (variable === undefined) {
      assignVariable(f, left as ts.Identifier, value, node);
      return value;
    }
    assign(f, variable, value, span);
    return variableExpr(variable);
  }
  if (left.kind === K.PropertyAccessExpression || left.kind === K.ElementAccessExpression) {
    // `exports.f = f` makes f known elsewhere; that is no use of it here.
    if (f.fn.outer === null && commonExportName(left) !== undefined && isDefinition(f, right)) return unknown;
    const place = lowerPlace(f, left);
    const value = settled(f, lowerExpr(f, right), span);
    storePlace(f, place, value, span);
    return value;
  }
  const value = settled(f, lowerExpr(f, right), span);
  assignTarget(f, left, value);
  return value;
}

function isDefinition(f: Flow, node: ts.Expression): boolean {
  if (f.file.functionOf.has(node)) return true;
  if (node.kind === K.Identifier) {
    const value = lookup(f.scope, (node as ts.Identifier).text)?.value;
    return value?.kind === 'function' || value?.kind === 'class';
  }
  return (
    node.kind === K.ObjectLiteralExpression &&
    (node as ts.ObjectLiteralExpression).properties.every(
      (property) =>
        property.kind === K.MethodDeclaration ||
        (property.kind === K.ShorthandPropertyAssignment && isDefinition(f, property.name)) ||
        (property.kind === K.PropertyAssignment && isDefinition(f, strip(property.initializer))),
    )
  );
}

function isChain(node: ts.Node): boolean {
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0;
}

/** Something unknown that two places get is the same thing in both. */
function settled(f: Flow, value: Expr, span: Span): Expr {
  return value.op === 'unknown' ? pin(f, value, span) : value;
}

function lowerLogicalAssignment(f: Flow, node: ts.BinaryExpression, operator: ts.SyntaxKind): Expr {
  const left = strip(node.left);
  const span = spanOf(f.file, node);
  if (left.kind === K.Identifier) {
    const value = lowerExpr(f, left);
    shortCircuit(f, operator, value, left, () =>
      assignVariable(f, left as ts.Identifier, lowerExpr(f, node.right), node),
    );
    return value;
  }
  const place = lowerPlace(f, left);
  const result = temp(f, span, { scope: f.scope, expr: left });
  assign(f, result, readPlace(f, place), span);
  shortCircuit(f, operator, variableExpr(result), left, () => {
    lowerTo(f, node.right, result);
    storePlace(f, place, variableExpr(result), span);
  });
  return variableExpr(result);
}

function lowerCompound(f: Flow, node: ts.BinaryExpression): Expr {
  const left = strip(node.left);
  const span = spanOf(f.file, node);
  const place = lowerPlace(f, left);
  const old = readPlace(f, place);
  const value = compoundValue(node.operatorToken.kind, old, lowerExpr(f, node.right));
  if (left.kind === K.Identifier) {
    assignVariable(f, left as ts.Identifier, value, node);
    return lowerExpr(f, left);
  }
  const result = settled(f, value, span);
  storePlace(f, place, result, span);
  return result;
}

/** `x++`, `--x`. */
export function lowerStep(
  f: Flow,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  isUsed: boolean,
): Expr {
  const operand = strip(node.operand);
  const span = spanOf(f.file, node);
  const place = lowerPlace(f, operand);
  let old = readPlace(f, place);
  const isPostfix = node.kind === K.PostfixUnaryExpression;
  if (isPostfix && isUsed) {
    const kept = temp(f, span);
    assign(f, kept, old, span);
    old = variableExpr(kept);
  }
  const operator = node.operator === K.PlusPlusToken ? '+' : '-';
  const value: Expr = { op: 'binary', operator, left: old, right: { op: 'const', value: 1 } };
  if (operand.kind === K.Identifier) {
    assignVariable(f, operand as ts.Identifier, value, node);
    return isPostfix ? old : lowerExpr(f, operand);
  }
  storePlace(f, place, value, span);
  return isPostfix ? old : value;
}

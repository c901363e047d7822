/** Object and array literals: a fresh object, and stores into it. */
import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { VarInfo } from './entities.ts';
import { lowerExpr } from './expressions.ts';
import { emit, temp, unknown, variableExpr, type Flow } from './flow.ts';
import { spanOf } from './spans.ts';
import { propertyName, strip } from './syntax.ts';
import { typeOfVariable } from './types.ts';

const K = ts.SyntaxKind;

/** Literals with more parts than this are tables of data: their constants are not worth an instruction each. */
const tableSize = 32;

export function lowerObject(f: Flow, node: ts.ObjectLiteralExpression, to?: VarInfo): Expr {
  const span = spanOf(f.file, node);
  const object = to ?? temp(f, span, { scope: f.scope, expr: node });
  const base = variableExpr(object);
  const isTable = node.properties.length > tableSize;
  // A declared type names what the object is, if it is one of this file.
  const className = to && classNameOf(f, to);
  emit(f, { kind: 'new', to: object.id, ...(className === undefined ? undefined : { className }), span });
  for (const property of node.properties) {
    const at = spanOf(f.file, property);
    const value = lowerProperty(f, property, to !== undefined);
    if (value === undefined || (isTable && value.op === 'const')) continue;
    const name = propertyName(property.name);
    if (name !== undefined) emit(f, { kind: 'store', base, name, value, span: at });
    else {
      const key =
        property.name?.kind === K.ComputedPropertyName ? lowerExpr(f, property.name.expression) : unknown;
      emit(f, { kind: 'store', base, index: key, value, span: at });
    }
  }
  return base;
}

function classNameOf(f: Flow, variable: VarInfo): string | undefined {
  return typeOfVariable(f.file, variable)?.members?.name;
}

/** The value of a property; undefined for accessors, which have none. */
function lowerProperty(f: Flow, property: ts.ObjectLiteralElementLike, isKnown: boolean): Expr | undefined {
  switch (property.kind) {
    case K.PropertyAssignment:
      return lowerPart(f, property.initializer, isKnown);
    case K.ShorthandPropertyAssignment:
      return lowerExpr(f, property.name);
    case K.SpreadAssignment:
      lowerExpr(f, property.expression);
      return unknown;
    case K.MethodDeclaration:
      return functionPart(f, property, isKnown);
    default: {
      const fn = f.file.functionOf.get(property);
      if (fn !== undefined) fn.escapes = true;
      return undefined;
    }
  }
}

/** A function in an object with a name gets out where the object does, which is noted there. */
function lowerPart(f: Flow, expr: ts.Expression, isKnown: boolean): Expr {
  return functionPart(f, strip(expr), isKnown) ?? lowerExpr(f, expr);
}

function functionPart(f: Flow, node: ts.Node, isKnown: boolean): Expr | undefined {
  const fn = f.file.functionOf.get(node);
  if (fn === undefined) return undefined;
  if (!isKnown) fn.escapes = true;
  return { op: 'function', fn: fn.id };
}

export function lowerArray(f: Flow, node: ts.ArrayLiteralExpression, to?: VarInfo): Expr {
  const span = spanOf(f.file, node);
  const array = to ?? temp(f, span);
  const base = variableExpr(array);
  const { elements } = node;
  emit(f, { kind: 'new', to: array.id, span });
  let isShifted = false;
  elements.forEach((element, i) => {
    if (element.kind === K.OmittedExpression) return;
    const isSpread = element.kind === K.SpreadElement;
    isShifted ||= isSpread;
    const value = lowerExpr(f, isSpread ? (element as ts.SpreadElement).expression : element);
    if (elements.length > tableSize && value.op === 'const') return;
    const index: Expr = isShifted ? unknown : { op: 'const', value: i };
    emit(f, { kind: 'store', base, index, value: isSpread ? unknown : value, span: spanOf(f.file, element) });
  });
  return base;
}

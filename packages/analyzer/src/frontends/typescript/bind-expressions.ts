/** What expressions tell before anything is looked up: what is assigned, what object literals hold. */
import ts from 'typescript';
import { noteField } from './bind-classes.ts';
import { bindFunction } from './bind-functions.ts';
import { commonExportName, noteCommonExport } from './bind-modules.ts';
import { bindNamed, visit, type Binder, type Hint } from './bind.ts';
import { callbackElement, type FunctionInfo } from './entities.ts';
import { receiverOf } from './scopes.ts';
import {
  isAssignmentOperator,
  isFunctionExpression,
  lastName,
  memberName,
  propertyName,
  strip,
} from './syntax.ts';

const K = ts.SyntaxKind;

/** Notes the variables that an assignment's left side assigns. */
export function noteAssigned(b: Binder, target: ts.Expression): void {
  const node = strip(target);
  switch (node.kind) {
    case K.Identifier:
      b.assigned.push({ name: (node as ts.Identifier).text, scope: b.scope, node });
      break;
    case K.PropertyAccessExpression:
      if ((node as ts.PropertyAccessExpression).expression.kind !== K.ThisKeyword) {
        b.file.assignedProperties.add((node as ts.PropertyAccessExpression).name.text);
      }
      break;
    case K.ElementAccessExpression: {
      const key = memberName(node);
      const table = lastName((node as ts.ElementAccessExpression).expression);
      if (key !== undefined) b.file.assignedProperties.add(key);
      else if (table !== undefined) b.file.filledTables.add(table);
      break;
    }
    case K.ArrayLiteralExpression:
      for (const element of (node as ts.ArrayLiteralExpression).elements) noteAssigned(b, element);
      break;
    case K.ObjectLiteralExpression:
      for (const property of (node as ts.ObjectLiteralExpression).properties) {
        if (property.kind === K.ShorthandPropertyAssignment) noteAssigned(b, property.name);
        else if (property.kind === K.PropertyAssignment) noteAssigned(b, property.initializer);
        else if (property.kind === K.SpreadAssignment) noteAssigned(b, property.expression);
      }
      break;
    case K.SpreadElement:
      noteAssigned(b, (node as ts.SpreadElement).expression);
      break;
    case K.BinaryExpression:
      // A default: `[a = 1] = list`.
      noteAssigned(b, (node as ts.BinaryExpression).left);
  }
}

export function bindBinary(b: Binder, node: ts.BinaryExpression): void {
  if (isAssignmentOperator(node.operatorToken.kind)) bindAssignment(b, node, node);
  else {
    // Long chains of `+` lean to the left, and would go as deep as they are long.
    const right: ts.Expression[] = [];
    let left: ts.Expression = node;
    while (left.kind === K.BinaryExpression) {
      const { operatorToken } = left as ts.BinaryExpression;
      if (isAssignmentOperator(operatorToken.kind)) break;
      right.push((left as ts.BinaryExpression).right);
      left = (left as ts.BinaryExpression).left;
    }
    visit(b, left);
    while (right.length > 0) visit(b, right.pop() as ts.Expression);
  }
}

function bindAssignment(b: Binder, node: ts.BinaryExpression, doc: ts.Node): void {
  const { left, right, operatorToken } = node;
  noteAssigned(b, left);
  visit(b, left);
  if (operatorToken.kind !== K.EqualsToken) {
    visit(b, right);
    return;
  }
  const nameNode =
    left.kind === K.PropertyAccessExpression
      ? (left as ts.PropertyAccessExpression).name
      : left.kind === K.Identifier
        ? left
        : undefined;
  // In `module.exports = { f }` the functions are named for themselves.
  const name = commonExportName(left) === 'default' ? '' : (propertyName(nameNode) ?? '');
  noteField(b, left, right);
  noteCommonExport(b, left, right);
  bindNamed(b, right, { name, doc, nameNode });
}

/** So that the comment before `exports.f = …` is found: in JavaScript it hangs on the statement. */
export function bindExpressionStatement(b: Binder, node: ts.ExpressionStatement): void {
  const { expression } = node;
  if (
    expression.kind === K.BinaryExpression &&
    isAssignmentOperator((expression as ts.BinaryExpression).operatorToken.kind)
  ) {
    bindAssignment(b, expression as ts.BinaryExpression, node);
  } else visit(b, expression);
}

export function bindUnary(b: Binder, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  if (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken) noteAssigned(b, node.operand);
  visit(b, node.operand);
}

export function bindThis(b: Binder): void {
  receiverOf(b.file, b.self);
}

export function bindObject(b: Binder, node: ts.ObjectLiteralExpression, hint?: Hint): void {
  const members = new Map<string, ts.Expression | FunctionInfo>();
  b.file.objectOf.set(node, { scope: b.scope, isOpen: node.properties.some(isHidden), members });
  const prefix = hint === undefined || hint.name === '' ? '' : `${hint.name}.`;
  for (const property of node.properties) {
    const name = propertyName(property.name);
    const own: Hint = { name: prefix + (name ?? ''), doc: property, nameNode: property.name };
    if (property.name?.kind === K.ComputedPropertyName) visit(b, property.name);
    switch (property.kind) {
      case K.ShorthandPropertyAssignment:
        if (name !== undefined) members.set(name, property.name);
        if (property.objectAssignmentInitializer !== undefined)
          visit(b, property.objectAssignmentInitializer);
        break;
      case K.PropertyAssignment:
        if (name !== undefined) members.set(name, property.initializer);
        bindNamed(b, property.initializer, own);
        noteMethod(b, name, property.initializer);
        typeReceiver(b, b.file.functionOf.get(strip(property.initializer)), node);
        break;
      case K.SpreadAssignment:
        visit(b, property.expression);
        break;
      default: {
        const fn = bindFunction(b, property, own);
        typeReceiver(b, fn, node);
        if (fn !== undefined && name !== undefined && property.kind === K.MethodDeclaration) {
          members.set(name, fn);
          b.file.memberNames.add(name);
        }
      }
    }
  }
}

/** Another object's members, one whose name is worked out, or one that is no function but runs one. */
function isHidden(property: ts.ObjectLiteralElementLike): boolean {
  return property.name === undefined || propertyName(property.name) === undefined || ts.isAccessor(property);
}

function noteMethod(b: Binder, name: string | undefined, initializer: ts.Expression): void {
  if (name !== undefined && isFunctionExpression(strip(initializer))) b.file.memberNames.add(name);
}

/** In a function of an object literal, `this` is the object. */
function typeReceiver(b: Binder, fn: FunctionInfo | undefined, node: ts.ObjectLiteralExpression): void {
  const receiver = fn?.self.fn === fn ? fn?.self.variable : undefined;
  if (receiver !== undefined) receiver.lazy ??= { scope: b.scope, expr: node };
}

/** Methods of containers that call a function with one of their elements. */
const elementCallbacks: ReadonlySet<string> = new Set(
  'forEach map filter find findLast findIndex some every flatMap'.split(' '),
);

/** `devices.forEach((device) => …)`: the parameter has the type of the elements. */
export function bindCall(b: Binder, node: ts.CallExpression): void {
  ts.forEachChild(node, b.each);
  const callee = node.expression;
  const callback = node.arguments[0] && strip(node.arguments[0]);
  if (callback === undefined || callee.kind !== K.PropertyAccessExpression || !isFunctionExpression(callback))
    return;
  const { expression, name } = callee as ts.PropertyAccessExpression;
  const parameter = b.file.functionOf.get(callback)?.params[0];
  if (parameter === undefined || !elementCallbacks.has(name.text)) return;
  const path = [callbackElement];
  parameter.lazy ??= { scope: b.scope, expr: expression, path };
  const binding = b.file.functionOf.get(callback)?.scope.values?.get(parameter.name);
  if (binding?.variable !== parameter || binding.init !== undefined) return;
  delete binding.value;
  binding.init = { expr: expression, path, scope: b.scope };
}

/**
 * The first of two walks: declares every name, numbers every function, notes what is assigned and exported. Nothing
 * is looked up before the walk is over, so the order of declarations does not matter.
 */
import ts from 'typescript';
import {
  callbackElement,
  type FileInfo,
  type FunctionInfo,
  type Path,
  type Scope,
  type Self,
  type VarInfo,
} from './entities.ts';
import { bindClass, bindInterface, noteField } from './bind-classes.ts';
import { bindFunction, describe, newFunction } from './bind-functions.ts';
import {
  applyExports,
  bindExport,
  bindExportDeclaration,
  bindImport,
  commonExportName,
  noteCommonExport,
  noteRequest,
} from './bind-modules.ts';
import {
  declare,
  declareType,
  functionScope,
  lookup,
  newLocal,
  newScope,
  newVariable,
  receiverOf,
} from './scopes.ts';
import { hasModifier, isAssignmentOperator, isFunctionExpression, propertyName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

export interface Binder {
  readonly file: FileInfo;
  readonly each: (node: ts.Node) => void;
  scope: Scope;
  fn: FunctionInfo;
  self: Self;
  /** Local names exported by statements, with the names they are exported by. */
  readonly exports: { readonly local: string; readonly name: string; readonly scope: Scope }[];
  /** Values exported without a local name. */
  readonly exportedValues: { readonly expr: ts.Expression; readonly name: string; readonly scope: Scope }[];
  readonly assigned: { readonly name: string; readonly scope: Scope; readonly node: ts.Node }[];
}

/** What the surroundings tell of a function, class or object literal: its name, and where its comment stands. */
export interface Hint {
  readonly name: string;
  readonly doc: ts.Node;
  readonly nameNode: ts.Node | undefined;
}

export function bindFile(file: FileInfo): FunctionInfo {
  const { source } = file;
  const self: Self = { side: 'instance' };
  const top = newFunction(file, source, {
    name: '(module)',
    doc: source,
    nameNode: undefined,
    outer: null,
    cls: undefined,
    self,
    scope: null,
    linkage: 'local',
  });
  const binder: Binder = {
    file,
    each: (node) => visit(binder, node),
    scope: top.scope,
    fn: top,
    self,
    exports: [],
    exportedValues: [],
    assigned: [],
  };
  file.scopes.set(source, top.scope);
  for (const statement of source.statements) visit(binder, statement);
  markAssigned(binder);
  applyExports(binder);
  return top;
}

function markAssigned(b: Binder): void {
  for (const { name, scope, node } of b.assigned) {
    const binding = lookup(scope, name);
    if (binding === undefined) continue;
    if (binding.value?.kind === 'function') {
      const { fn } = binding.value;
      const kind = fn.outer?.outer === null ? 'module' : 'local';
      const variable = newVariable(b.file, name, kind, fn.outer ?? fn, node);
      fn.escapes = true;
      binding.variable = variable;
      b.file.reassigned.push({ fn, variable });
      binding.value = null;
    }
    if (binding.variable !== undefined) binding.variable.assigned = true;
  }
}

export function visit(b: Binder, node: ts.Node): void {
  const { kind } = node;
  const handler = handlers[kind];
  if (handler !== undefined) handler(b, node as never);
  else if (kind >= K.FirstNode && (kind < K.FirstTypeNode || kind > K.LastTypeNode))
    ts.forEachChild(node, b.each);
}

/** An expression in a place that names it, if it is a function, a class or an object. */
export function bindNamed(b: Binder, node: ts.Expression, hint: Hint): void {
  const inner = strip(node);
  if (isFunctionExpression(inner)) bindFunction(b, inner, hint);
  else if (inner.kind === K.ClassExpression) bindClass(b, inner as ts.ClassExpression, hint);
  else if (inner.kind === K.ObjectLiteralExpression) bindObject(b, inner as ts.ObjectLiteralExpression, hint);
  else visit(b, inner);
}

function withScope(b: Binder, node: ts.Node, walk: () => void): void {
  const outer = b.scope;
  b.scope = newScope(outer, b.fn, false);
  b.file.scopes.set(node, b.scope);
  walk();
  b.scope = outer;
}

function bindBlock(b: Binder, node: ts.Node): void {
  withScope(b, node, () => ts.forEachChild(node, b.each));
}

/** Where the value of a declared name comes from. */
interface Source {
  readonly annotation: ts.TypeNode | undefined;
  readonly expr: ts.Expression | undefined;
  readonly path: Path;
  /** False if the value is a default only: it tells the type but not what the name stands for. */
  readonly isValue: boolean;
}

export function bindPattern(b: Binder, name: ts.BindingName, target: Scope, source: Source): void {
  if (name.kind === K.Identifier) {
    declareVariable(b, name, target, source);
    return;
  }
  let index = 0;
  for (const element of name.elements) {
    if (element.kind === K.OmittedExpression) {
      index++;
      continue;
    }
    const { propertyName: key, name: inner, initializer, dotDotDotToken } = element as ts.BindingElement;
    const step = name.kind === K.ArrayBindingPattern ? index++ : propertyName(key ?? inner);
    if (key?.kind === K.ComputedPropertyName) visit(b, key);
    const known = step !== undefined && dotDotDotToken === undefined;
    const { annotation, expr, path, isValue } = source;
    bindPattern(b, inner, target, {
      annotation: known ? annotation : undefined,
      expr: known ? expr : undefined,
      path: known ? [...path, step] : [],
      isValue,
    });
    if (initializer !== undefined) bindNamed(b, initializer, hintOf(inner, element));
  }
}

function hintOf(name: ts.BindingName, doc: ts.Node): Hint {
  const isName = name.kind === K.Identifier;
  return { name: isName ? name.text : '', doc, nameNode: isName ? name : undefined };
}

function declareVariable(b: Binder, name: ts.Identifier, target: Scope, source: Source): VarInfo {
  const { annotation, expr, path, isValue } = source;
  const existing = target.values?.get(name.text);
  if (existing?.variable !== undefined) {
    if (expr !== undefined) existing.variable.assigned = true;
    return existing.variable;
  }
  const lazy =
    annotation === undefined && expr === undefined ? undefined : { scope: b.scope, annotation, expr, path };
  const variable = newLocal(b.file, target, name, name.text, lazy);
  if (existing?.value?.kind === 'function') variable.assigned = expr !== undefined;
  declare(target, name.text, {
    variable,
    ...(isValue && expr !== undefined ? { init: { expr, path, scope: b.scope } } : { value: null }),
  });
  return variable;
}

function bindDeclarations(
  b: Binder,
  list: ts.VariableDeclarationList,
  doc: ts.Node,
  element?: ts.Expression,
): void {
  const target = (list.flags & ts.NodeFlags.BlockScoped) === 0 ? functionScope(b.scope) : b.scope;
  for (const declaration of list.declarations) {
    const { name, type, initializer } = declaration;
    const at = list.declarations.length === 1 ? doc : declaration;
    bindPattern(b, name, target, {
      annotation: type ?? jsDocType(at),
      expr: initializer ?? element,
      path: initializer === undefined && element !== undefined ? [null] : [],
      isValue: initializer !== undefined,
    });
    if (initializer !== undefined) noteRequest(b, name, initializer);
    if (initializer !== undefined) bindNamed(b, initializer, hintOf(name, at));
  }
}

/** The `@type` of a JavaScript declaration. */
export function jsDocType(node: ts.Node): ts.TypeNode | undefined {
  const { jsDoc } = node as { jsDoc?: readonly ts.JSDoc[] };
  for (const tag of jsDoc?.at(-1)?.tags ?? []) {
    if (tag.kind === K.JSDocTypeTag) return (tag as ts.JSDocTypeTag).typeExpression.type;
  }
  return undefined;
}

function bindVariableStatement(b: Binder, node: ts.VariableStatement): void {
  bindDeclarations(b, node.declarationList, node);
  if (hasModifier(node, K.ExportKeyword)) {
    for (const { name } of node.declarationList.declarations) exportNames(b, name);
  }
}

function exportNames(b: Binder, name: ts.BindingName): void {
  if (name.kind === K.Identifier) b.exports.push({ local: name.text, name: name.text, scope: b.scope });
  else {
    for (const element of name.elements) {
      if (element.kind === K.BindingElement) exportNames(b, (element as ts.BindingElement).name);
    }
  }
}

function bindFor(b: Binder, node: ts.ForStatement): void {
  withScope(b, node, () => {
    const { initializer, condition, incrementor, statement } = node;
    if (initializer?.kind === K.VariableDeclarationList) {
      bindDeclarations(b, initializer as ts.VariableDeclarationList, initializer);
    } else if (initializer !== undefined) visit(b, initializer);
    if (condition !== undefined) visit(b, condition);
    if (incrementor !== undefined) visit(b, incrementor);
    visit(b, statement);
  });
}

function bindForEach(b: Binder, node: ts.ForInStatement | ts.ForOfStatement): void {
  withScope(b, node, () => {
    const { initializer, expression, statement } = node;
    if (initializer.kind === K.VariableDeclarationList) {
      const element = node.kind === K.ForOfStatement ? expression : undefined;
      bindDeclarations(b, initializer as ts.VariableDeclarationList, initializer, element);
    } else {
      noteAssigned(b, initializer as ts.Expression);
      visit(b, initializer);
    }
    visit(b, expression);
    visit(b, statement);
  });
}

function bindCatch(b: Binder, node: ts.CatchClause): void {
  withScope(b, node, () => {
    if (node.variableDeclaration !== undefined) {
      const { name, type: annotation } = node.variableDeclaration;
      bindPattern(b, name, b.scope, { annotation, expr: undefined, path: [], isValue: false });
    }
    visit(b, node.block);
  });
}

/** Notes the variables that an assignment's left side assigns. */
function noteAssigned(b: Binder, target: ts.Expression): void {
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
      const key = propertyName((node as ts.ElementAccessExpression).argumentExpression);
      if (key !== undefined) b.file.assignedProperties.add(key);
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

function bindBinary(b: Binder, node: ts.BinaryExpression): void {
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
function bindExpressionStatement(b: Binder, node: ts.ExpressionStatement): void {
  const { expression } = node;
  if (
    expression.kind === K.BinaryExpression &&
    isAssignmentOperator((expression as ts.BinaryExpression).operatorToken.kind)
  ) {
    bindAssignment(b, expression as ts.BinaryExpression, node);
  } else visit(b, expression);
}

function bindUnary(b: Binder, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  if (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken) noteAssigned(b, node.operand);
  visit(b, node.operand);
}

function bindThis(b: Binder): void {
  receiverOf(b.file, b.self);
}

function bindObject(b: Binder, node: ts.ObjectLiteralExpression, hint?: Hint): void {
  const members = new Map<string, ts.Expression | FunctionInfo>();
  b.file.objectOf.set(node, { scope: b.scope, members });
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

function bindFunctionDeclaration(b: Binder, node: ts.FunctionDeclaration): void {
  const fn = bindFunction(b, node, { name: node.name?.text ?? 'default', doc: node, nameNode: node.name });
  const isDefault = hasModifier(node, K.DefaultKeyword);
  if (node.name === undefined) {
    if (fn !== undefined && isDefault) fn.exportName = 'default';
    if (fn !== undefined) fn.linkage = 'exported';
    return;
  }
  const name = node.name.text;
  if (fn === undefined) {
    // An overload, or a declaration of something that lives elsewhere. The body, if there is one, comes later.
    if (b.scope.values?.get(name) === undefined) {
      const ambient = { returnType: undefined, returnsNever: false, asserts: undefined };
      describe(ambient, node, b.scope, node);
      declare(b.scope, name, { value: null, ambient });
    }
  } else {
    const existing = b.scope.values?.get(name);
    if (existing?.variable !== undefined) existing.variable.assigned = true;
    else declare(b.scope, name, { value: { kind: 'function', fn } });
  }
  if (hasModifier(node, K.ExportKeyword))
    b.exports.push({ local: name, name: isDefault ? 'default' : name, scope: b.scope });
}

function bindClassDeclaration(b: Binder, node: ts.ClassDeclaration): void {
  const name = node.name?.text ?? 'default';
  const cls = bindClass(b, node, { name, doc: node, nameNode: node.name });
  const isDefault = hasModifier(node, K.DefaultKeyword);
  if (node.name === undefined) cls.exportName = 'default';
  else if (hasModifier(node, K.ExportKeyword)) {
    b.exports.push({ local: name, name: isDefault ? 'default' : name, scope: b.scope });
  }
}

function bindTypeAlias(b: Binder, node: ts.TypeAliasDeclaration): void {
  const scope = newScope(b.scope, b.fn, false);
  for (const parameter of node.typeParameters ?? []) {
    declareType(scope, parameter.name.text, { kind: 'alias', node: parameter.constraint, scope });
  }
  if (node.type.kind === K.TypeLiteral)
    bindInterface(b, node, (node.type as ts.TypeLiteralNode).members, undefined);
  else declareType(b.scope, node.name.text, { kind: 'alias', node: node.type, scope });
}

function bindEnum(b: Binder, node: ts.EnumDeclaration): void {
  declare(b.scope, node.name.text, {
    variable: newLocal(b.file, b.scope, node.name, node.name.text),
    value: null,
  });
}

function bindNamespace(b: Binder, node: ts.ModuleDeclaration): void {
  const { body } = node;
  if (body === undefined || hasModifier(node, K.DeclareKeyword) || node.name.kind !== K.Identifier) return;
  withScope(b, node, () => {
    if (body.kind === K.ModuleBlock) for (const statement of body.statements) visit(b, statement);
    else visit(b, body);
  });
  const scope = b.file.scopes.get(node);
  if (scope !== undefined) declare(b.scope, node.name.text, { value: { kind: 'namespace', scope } });
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
function bindCall(b: Binder, node: ts.CallExpression): void {
  ts.forEachChild(node, b.each);
  const callee = node.expression;
  const callback = node.arguments[0] && strip(node.arguments[0]);
  if (callback === undefined || callee.kind !== K.PropertyAccessExpression || !isFunctionExpression(callback))
    return;
  const { expression, name } = callee as ts.PropertyAccessExpression;
  const parameter = b.file.functionOf.get(callback)?.params[0];
  if (parameter === undefined || !elementCallbacks.has(name.text)) return;
  parameter.lazy ??= { scope: b.scope, expr: expression, path: [callbackElement] };
}

type Handler<N extends ts.Node> = (b: Binder, node: N) => void;
const handlers: (Handler<never> | undefined)[] = [];
const on = <N extends ts.Node>(handler: Handler<N>, ...kinds: ts.SyntaxKind[]): void => {
  for (const kind of kinds) handlers[kind] = handler;
};
on(bindBlock, K.Block, K.CaseBlock);
on(bindVariableStatement, K.VariableStatement);
on(bindFor, K.ForStatement);
on(bindForEach, K.ForInStatement, K.ForOfStatement);
on(bindCatch, K.CatchClause);
on(bindBinary, K.BinaryExpression);
on(bindExpressionStatement, K.ExpressionStatement);
on(bindUnary, K.PrefixUnaryExpression, K.PostfixUnaryExpression);
on(bindThis, K.ThisKeyword, K.SuperKeyword);
on(bindCall, K.CallExpression);
on(bindObject, K.ObjectLiteralExpression);
on(bindFunctionDeclaration, K.FunctionDeclaration);
on(
  (b, node: ts.FunctionLikeDeclaration) => void bindFunction(b, node),
  K.FunctionExpression,
  K.ArrowFunction,
);
on(bindClassDeclaration, K.ClassDeclaration);
on((b, node: ts.ClassExpression) => void bindClass(b, node), K.ClassExpression);
on(
  (b, node: ts.InterfaceDeclaration) => bindInterface(b, node, node.members, node.heritageClauses),
  K.InterfaceDeclaration,
);
on(bindTypeAlias, K.TypeAliasDeclaration);
on(bindEnum, K.EnumDeclaration);
on(bindNamespace, K.ModuleDeclaration);
on(bindImport, K.ImportDeclaration, K.ImportEqualsDeclaration);
on(bindExportDeclaration, K.ExportDeclaration);
on(bindExport, K.ExportAssignment);

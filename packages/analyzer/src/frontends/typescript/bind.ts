/**
 * The first of two walks: declares every name, numbers every function, notes what is assigned and exported. Nothing
 * is looked up before the walk is over, so the order of declarations does not matter.
 */
import ts from 'typescript';
import { bindClass, bindInterface } from './bind-classes.ts';
import {
  bindBinary,
  bindCall,
  bindExpressionStatement,
  bindObject,
  bindThis,
  bindUnary,
} from './bind-expressions.ts';
import { bindFunction, describe, newFunction } from './bind-functions.ts';
import { applyExports, bindExport, bindExportDeclaration, bindImport } from './bind-modules.ts';
import {
  bindBlock,
  bindCatch,
  bindFor,
  bindForEach,
  bindVariableStatement,
  withScope,
} from './bind-variables.ts';
import type { ConstValue } from '../../ir/ir.ts';
import type { FileInfo, FunctionInfo, Scope, Self } from './entities.ts';
import { declare, declareType, lookup, newLocal, newScope, newVariable } from './scopes.ts';
import { staticOf } from './resolve.ts';
import { hasModifier, isFunctionExpression, propertyName, strip } from './syntax.ts';

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
    value: { kind: 'enum', members: enumMembers(b, node) },
  });
}

/** A member without a number is one more than the one before it. */
function enumMembers(b: Binder, node: ts.EnumDeclaration): Map<string, ConstValue> {
  const members = new Map<string, ConstValue>();
  let next: number | undefined = 0;
  for (const { name, initializer } of node.members) {
    const said = initializer && staticOf(b.file, initializer, b.scope);
    const value: ConstValue =
      initializer === undefined ? next : said?.kind === 'constant' ? said.value : undefined;
    next = typeof value === 'number' ? value + 1 : undefined;
    const key = propertyName(name);
    if (key !== undefined && value !== undefined) members.set(key, value);
  }
  return members;
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

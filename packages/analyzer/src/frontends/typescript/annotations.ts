/** What lock annotations mean, in the terms of the function that they stand at. */
import ts from 'typescript';
import type { Annotation, Expr } from '../../ir/ir.ts';
import { tagsBefore } from './annotation-tags.ts';
import type { FileInfo, FunctionInfo, LazyType, Members } from './entities.ts';
import { variableExpr } from './flow.ts';
import { withoutThis } from './bind-functions.ts';
import { bindingStatic } from './resolve.ts';
import { lookup, receiverOf } from './scopes.ts';
import { propertyName, strip } from './syntax.ts';
import { baseOf, findMember, memberType, typeOfSelf, typeOfVariable } from './types.ts';
import type { Type } from './entities.ts';

const K = ts.SyntaxKind;

/** Types and values that have no parts. */
const PLAIN: ReadonlySet<ts.SyntaxKind> = new Set([
  K.NumberKeyword,
  K.StringKeyword,
  K.BooleanKeyword,
  K.BigIntKeyword,
  K.NumericLiteral,
  K.StringLiteral,
  K.TrueKeyword,
  K.FalseKeyword,
]);

export function annotationsOf(file: FileInfo, fn: FunctionInfo): Annotation[] {
  if (!file.hasAnnotations || fn.outer === null || fn.node.kind === K.ClassDeclaration) return [];
  const own = tagsBefore(file, fn.doc).map(({ path, ...said }) => ({
    ...said,
    path,
    value: resolvePath(file, fn, path),
  }));
  return own.length > 0 ? own : inheritedBy(file, fn);
}

/** What the method says that this one stands for, in the terms of this one's parameters. */
function inheritedBy(file: FileInfo, fn: FunctionInfo): Annotation[] {
  const above = overriddenBy(file, fn);
  if (above === undefined) return [];
  return tagsBefore(file, above.doc).flatMap(({ path: said, ...annotation }) => {
    const [root = '', ...rest] = said.split('.');
    const position = above.params.findIndex(({ name }) => name === root);
    const path = [position < 0 ? root : (fn.params[position]?.name ?? ''), ...rest].join('.');
    const value = resolvePath(file, fn, path);
    return value === null ? [] : [{ ...annotation, path, value, inherited: true as const }];
  });
}

/** The nearest method of that name above its class, in the same file. */
function overriddenBy(file: FileInfo, fn: FunctionInfo): FunctionInfo | undefined {
  const name = propertyName((fn.node as ts.MethodDeclaration).name);
  if (fn.cls === undefined || fn.node.kind !== K.MethodDeclaration || name === undefined) return undefined;
  const { instance, statics } = fn.cls;
  const own = [instance, statics].find(({ methods }) => methods.get(name) === fn);
  const base = own && baseOf(file, own);
  const member = base && findMember(file, base, name);
  return member?.kind === 'method' ? member.fn : undefined;
}

/** The expression that a path denotes; null if it names nothing. */
function resolvePath(file: FileInfo, fn: FunctionInfo, path: string): Expr | null {
  if (path === 'RCU') return { op: 'global', name: 'RCU' };
  const [root, ...names] = path.split('.').map((name) => name.replace(/[?!]$/, ''));
  if (root === undefined || names.includes('')) return null;
  const start = rootOf(file, fn, root);
  if (start === null) return null;
  let { value, type, lazy } = start;
  for (const name of names) {
    if (type !== undefined && !mayHold(file, type, name)) return null;
    const member = type && findMember(file, type, name);
    if (type?.members !== undefined && isClosed(file, type.members) && member === undefined) return null;
    lazy = member?.kind === 'field' ? member.lazy : undefined;
    // A lock that is a part of its tree is the place in it, not what a field holds.
    const isPart = file.model.containers.some(({ lock }) => lock === `&${name}`);
    value = { op: isPart ? 'addr-field' : 'field', base: value, name };
    type = type && memberType(file, type, name);
  }
  return isPlainValue(lazy) ? null : value;
}

/** Of what the API's own objects have, one thing leads to a lock: a cursor's tree, a tree's lock. */
function mayHold({ model }: FileInfo, { name: type, module }: Type, name: string): boolean {
  if (module === undefined || model.module(module) === undefined) return true;
  for (const { types, cursors, owner, lock } of model.containers) {
    if (cursors[type] === '') return name === owner;
    if (types.includes(type)) return name === lock.replace(/^&/, '');
  }
  return true;
}

/** A number, a text or a truth value is no lock, and none lies in it. */
function isPlainValue(lazy: LazyType | undefined): boolean {
  if (lazy === undefined || (lazy.path ?? []).length > 0) return false;
  const node = lazy.annotation ?? (lazy.expr && strip(lazy.expr));
  return node !== undefined && PLAIN.has(node.kind);
}

/** All that it has is written in this file, that of the classes which it extends too. */
function isClosed(file: FileInfo, members: Members): boolean {
  let at: Members | undefined = members;
  for (let depth = 0; depth < 16; depth++) {
    if (at?.name === undefined || !at.closed) return false;
    if (at.heritage === undefined) return true;
    at = baseOf(file, at)?.members;
  }
  return false;
}

/** A declared function that nobody calls as a method: it says nothing of a `this`, and does not mention one. */
function hasThis({ node, self, cls }: FunctionInfo): boolean {
  return node.kind !== K.FunctionDeclaration || cls !== undefined || self.variable !== undefined;
}

interface Root {
  readonly value: Expr;
  readonly type: Type | undefined;
  readonly lazy?: LazyType | undefined;
}

function rootOf(file: FileInfo, fn: FunctionInfo, name: string): Root | null {
  if (name === 'this') {
    if (!hasThis(fn)) return null;
    const receiver = receiverOf(file, fn.self);
    return receiver === undefined ? null : { value: variableExpr(receiver), type: typeOfSelf(fn.self) };
  }
  const inPattern = parameterPart(fn, name);
  if (inPattern !== undefined) return { value: inPattern, type: undefined };
  const param = fn.params.find((p) => p.name === name);
  // What stands around the function its callers see too.
  const outer = param === undefined && fn.scope.outer !== null ? lookup(fn.scope.outer, name) : undefined;
  const variable = param ?? outer?.variable;
  if (variable !== undefined) {
    return { value: variableExpr(variable), type: typeOfVariable(file, variable), lazy: variable.lazy };
  }
  const known = outer && bindingStatic(file, outer);
  return known?.kind === 'import'
    ? { value: { op: 'import', module: known.module, name: known.name }, type: undefined }
    : null;
}

/** `tree` of `function f({ tree })` is a field of the first parameter. */
function parameterPart(fn: FunctionInfo, name: string): Expr | undefined {
  const { parameters } = fn.node as { parameters?: readonly ts.ParameterDeclaration[] };
  const list = withoutThis(parameters ?? []);
  for (const [i, param] of fn.params.entries()) {
    const pattern = list[i]?.name;
    if (pattern === undefined || pattern.kind === K.Identifier) continue;
    const part = patternPart(pattern, variableExpr(param), name);
    if (part !== undefined) return part;
  }
  return undefined;
}

function patternPart(pattern: ts.BindingName, base: Expr, name: string): Expr | undefined {
  if (pattern.kind === K.Identifier) return pattern.text === name ? base : undefined;
  for (const [i, node] of pattern.elements.entries()) {
    if (node.kind === K.OmittedExpression) continue;
    const element = node as ts.BindingElement;
    const key = propertyName(element.propertyName ?? element.name);
    let part: Expr;
    if (pattern.kind === K.ArrayBindingPattern)
      part = { op: 'index', base, index: { op: 'const', value: i } };
    else if (key !== undefined) part = { op: 'field', base, name: key };
    else continue;
    const found = patternPart(element.name, part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

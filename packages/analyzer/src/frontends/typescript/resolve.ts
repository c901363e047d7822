/** What expressions stand for without being run: imports, functions, classes, fixed objects. */
import ts from 'typescript';
import type { FunctionContract } from '@maplelock/core';
import type { Callee } from '../../ir/ir.ts';
import type { Binding, FileInfo, Members, ObjectInfo, Scope, Static } from './entities.ts';
import { callbackElement } from './entities.ts';
import { lookup } from './scopes.ts';
import { isFunctionExpression, lastName, memberName, requestedModule, strip } from './syntax.ts';

const K = ts.SyntaxKind;

export function staticOf(file: FileInfo, expr: ts.Expression, scope: Scope): Static | null {
  const node = strip(expr);
  switch (node.kind) {
    case K.Identifier: {
      const binding = lookup(scope, (node as ts.Identifier).text);
      return binding === undefined ? null : bindingStatic(file, binding);
    }
    case K.PropertyAccessExpression:
    case K.ElementAccessExpression: {
      const name = memberName(node);
      const { expression } = node as ts.PropertyAccessExpression;
      const base = staticOf(file, expression, scope);
      if (name !== undefined) return base && memberStatic(file, base, name);
      const isFilled = file.filledTables.has(lastName(expression) ?? '');
      return base !== null && !isFilled ? someOf(file, base) : null;
    }
    case K.QualifiedName: {
      // Of `import f = core.f`: see `bind-modules.ts`.
      const { left, right } = node as ts.Node as ts.QualifiedName;
      const base = staticOf(file, left as ts.Node as ts.Expression, scope);
      return base && memberStatic(file, base, right.text);
    }
    case K.CallExpression: {
      const module = requestedModuleOf(node as ts.CallExpression, scope);
      // `import()` gives a promise; the module is what awaiting it gives.
      return module === undefined || isDynamicImport(node) ? null : { kind: 'import', module, name: '*' };
    }
    case K.AwaitExpression: {
      const awaited = strip((node as ts.AwaitExpression).expression);
      const module = isDynamicImport(awaited) ? requestedModule(awaited) : undefined;
      return module === undefined ? null : { kind: 'import', module, name: '*' };
    }
    case K.ClassExpression: {
      const cls = file.classOf.get(node);
      return cls === undefined ? null : { kind: 'class', cls };
    }
    case K.NumericLiteral:
      return { kind: 'constant', value: Number((node as ts.NumericLiteral).text) };
    case K.StringLiteral:
    case K.NoSubstitutionTemplateLiteral:
      return { kind: 'constant', value: (node as ts.StringLiteral).text };
    case K.TrueKeyword:
    case K.FalseKeyword:
      return { kind: 'constant', value: node.kind === K.TrueKeyword };
    case K.PrefixUnaryExpression: {
      const { operator, operand } = node as ts.PrefixUnaryExpression;
      const value = operator === K.MinusToken ? staticOf(file, operand, scope) : null;
      return value?.kind === 'constant' && typeof value.value === 'number'
        ? { kind: 'constant', value: -value.value }
        : null;
    }
    default: {
      if (!isFunctionExpression(node)) return null;
      const fn = file.functionOf.get(node);
      return fn === undefined ? null : { kind: 'function', fn };
    }
  }
}

export function isDynamicImport(node: ts.Expression): boolean {
  return node.kind === K.CallExpression && (node as ts.CallExpression).expression.kind === K.ImportKeyword;
}

/** The module that `require('m')` or `import('m')` asks for, where `require` is not a name of the file's own. */
export function requestedModuleOf(node: ts.CallExpression, scope: Scope): string | undefined {
  const module = requestedModule(node);
  return module === undefined || lookup(scope, 'require') !== undefined ? undefined : module;
}

/** What a name stands for, if its variable is bound once. */
export function bindingStatic(file: FileInfo, binding: Binding): Static | null {
  if (binding.value !== undefined) return binding.value;
  // A name that is defined by itself stands for nothing.
  binding.value = null;
  const { init, variable } = binding;
  if (init === undefined || variable?.assigned === true) return null;
  let value =
    init.path.length === 0 ? valueOf(file, init.expr, init.scope) : staticOf(file, init.expr, init.scope);
  if (init.path.includes(null) || init.path.includes(callbackElement))
    value = init.path.length === 1 ? elementOf(file, init.expr, init.scope) : null;
  else
    for (const step of init.path)
      value = value !== null && typeof step === 'string' ? memberStatic(file, value, step) : null;
  binding.value = value;
  return value;
}

/** What a loop over an expression is given: `for (const run of STEPS)`. */
function elementOf(file: FileInfo, expr: ts.Expression, scope: Scope): Static | null {
  const value = valueOf(file, expr, scope);
  const isFilled = file.filledTables.has(lastName(expr) ?? '');
  return value?.kind === 'array' && !isFilled ? someOf(file, value) : null;
}

/** What an expression stands for where it is bound, an object literal included. */
function valueOf(file: FileInfo, expr: ts.Expression, scope: Scope): Static | null {
  const node = strip(expr);
  const object = file.objectOf.get(node);
  if (object !== undefined) return { kind: 'object', object };
  return ts.isArrayLiteralExpression(node)
    ? { kind: 'array', elements: node.elements, scope }
    : staticOf(file, expr, scope);
}

/** A member of what a module exports, through the modules that hand the API on. */
export function importMember(file: FileInfo, module: string, name: string): Static & { kind: 'import' } {
  return handedOn(file, module, name) ?? { kind: 'import', module, name };
}

function handedOn(file: FileInfo, module: string, name: string): (Static & { kind: 'import' }) | null {
  const found = file.barrels?.find(file.path, module, name);
  return found === undefined ? null : { kind: 'import', ...found };
}

export function memberStatic(file: FileInfo, base: Static, name: string): Static | null {
  switch (base.kind) {
    case 'import':
      if (base.name === '*') return importMember(file, base.module, name);
      // A CommonJS module's default import is the module.
      return base.name === 'default' && file.model.module(base.module) !== undefined
        ? { kind: 'import', module: base.module, name }
        : handedOn(file, base.module, `${base.name}.${name}`);
    case 'class':
      return methodStatic(base.cls.statics, name);
    case 'namespace': {
      const binding = base.scope.values?.get(name);
      return binding === undefined ? null : bindingStatic(file, binding);
    }
    case 'object': {
      const member = base.object.members.get(name);
      if (member === undefined || file.assignedProperties.has(name)) return null;
      if (!('kind' in member)) return { kind: 'function', fn: member };
      const value = valueOf(file, member, base.object.scope);
      // Its functions may write what is no function.
      return value?.kind === 'constant' ? null : value;
    }
    case 'enum': {
      const value = base.members.get(name);
      return value === undefined ? null : { kind: 'constant', value };
    }
    case 'array':
    case 'function':
    case 'oneOf':
    case 'constant':
      return null;
  }
}

/** Tables with more functions than this are not followed: each call of one is a call of all. */
const MOST_ENTRIES = 8;

/** What lies somewhere in a table or a list that holds nothing but functions of the file. */
function someOf(file: FileInfo, all: Static): Static | null {
  const entries = entriesOf(file, all);
  if (entries.length === 0 || entries.length > MOST_ENTRIES) return null;
  const functions = entries.flatMap((entry) => (entry?.kind === 'function' ? [entry.fn] : []));
  return functions.length < entries.length ? null : { kind: 'oneOf', functions: [...new Set(functions)] };
}

function entriesOf(file: FileInfo, all: Static): (Static | null)[] {
  if (all.kind === 'array') return all.elements.map((element) => staticOf(file, element, all.scope));
  if (all.kind !== 'object' || all.object.isOpen) return [];
  return [...all.object.members.keys()].map((name) => memberStatic(file, all, name));
}

function methodStatic(members: Members, name: string): Static | null {
  const fn = members.methods.get(name);
  return fn === undefined ? null : { kind: 'function', fn };
}

/** The contract's row for an import: by its name, or for `new` by `new Name`. */
export function contractOf(
  file: FileInfo,
  value: Static | null,
  isNew = false,
): FunctionContract | undefined {
  if (value?.kind !== 'import') return undefined;
  return file.model.module(value.module)?.get(isNew ? `new ${value.name}` : value.name);
}

/** The row's function, as what a call calls. */
export function apiOf(value: Static | null, row: FunctionContract): Callee {
  return value?.kind === 'import'
    ? { kind: 'api', name: row.name, module: value.module }
    : { kind: 'api', name: row.name };
}

/** Whatever functions a value leads to are from now on called by who knows whom. */
export function markEscape(file: FileInfo, value: Static | null, seen: Set<ObjectInfo> = new Set()): void {
  switch (value?.kind) {
    case 'function':
      value.fn.escapes = true;
      break;
    case 'class':
      for (const { methods, getters, setters } of [value.cls.instance, value.cls.statics]) {
        for (const table of [methods, getters, setters]) for (const fn of table.values()) fn.escapes = true;
      }
      break;
    case 'oneOf':
      for (const fn of value.functions) fn.escapes = true;
      break;
    case 'object':
      if (seen.has(value.object)) return;
      seen.add(value.object);
      for (const member of value.object.members.values()) {
        if (!('kind' in member)) member.escapes = true;
        else markEscape(file, valueOf(file, member, value.object.scope), seen);
      }
  }
}

/** Scopes, and the names declared in them. */
import type ts from 'typescript';
import type { Variable } from '../../ir/ir.ts';
import type {
  Binding,
  FileInfo,
  FunctionInfo,
  LazyType,
  Scope,
  Self,
  TypeBinding,
  VarInfo,
} from './entities.ts';
import { spanOf } from './spans.ts';

export function newScope(outer: Scope | null, fn: FunctionInfo, isFunction: boolean): Scope {
  return { outer, fn, isFunction, values: null, types: null };
}

export function functionScope(scope: Scope): Scope {
  while (!scope.isFunction && scope.outer !== null) scope = scope.outer;
  return scope;
}

export function lookup(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const binding = at.values?.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

export function lookupType(scope: Scope, name: string): TypeBinding | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const binding = at.types?.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

export function declare(scope: Scope, name: string, binding: Binding): void {
  (scope.values ??= new Map()).set(name, binding);
}

export function declareType(scope: Scope, name: string, binding: TypeBinding): void {
  (scope.types ??= new Map()).set(name, binding);
}

export function newVariable(
  file: FileInfo,
  name: string,
  kind: Variable['kind'],
  fn: Pick<FunctionInfo, 'id'> | undefined,
  node: ts.Node,
  lazy?: LazyType,
): VarInfo {
  const variable: VarInfo = {
    id: file.variables.length,
    name,
    kind,
    owner: kind === 'module' ? undefined : fn?.id,
    span: spanOf(file, node),
    lazy,
    assigned: false,
    exported: false,
  };
  file.variables.push(variable);
  return variable;
}

/** The variable of a name declared by a statement in `scope`. */
export function newLocal(
  file: FileInfo,
  scope: Scope,
  node: ts.Node,
  name: string,
  lazy?: LazyType,
): VarInfo {
  return newVariable(file, name, scope.outer === null ? 'module' : 'local', scope.fn, node, lazy);
}

/** The variable that stands for `this`; undefined at the top level of a module. */
export function receiverOf(file: FileInfo, self: Self): VarInfo | undefined {
  if (self.variable === undefined && self.fn !== undefined) {
    self.variable = newVariable(file, 'this', 'receiver', self.fn, self.fn.nameNode ?? self.fn.node);
  }
  return self.variable;
}

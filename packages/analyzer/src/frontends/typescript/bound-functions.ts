/** Functions that were bound to arguments where they were given a name: `const enter = mtree_lock.bind(null, tree)`. */
import ts from 'typescript';
import type { FileInfo, Scope, Static } from './entities.ts';
import { staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { strip } from './syntax.ts';

const K = ts.SyntaxKind;

/** What a name calls. The arguments mean in `scope` what they meant where they were bound. */
export interface BoundFunction {
  readonly value: Static;
  readonly fn: ts.Expression;
  readonly args: readonly ts.Expression[];
  readonly scope: Scope;
}

/** Undefined where it is no such name, or where what it is bound to may have changed by the time of the call. */
export function boundFunctionOf(
  file: FileInfo,
  callee: ts.Expression,
  scope: Scope,
): BoundFunction | undefined {
  if (callee.kind !== K.Identifier) return undefined;
  const { init, variable } = lookup(scope, (callee as ts.Identifier).text) ?? {};
  if (init === undefined || init.path.length > 0 || variable?.assigned !== false) return undefined;
  const made = strip(init.expr);
  if (!ts.isCallExpression(made) || !ts.isPropertyAccessExpression(made.expression)) return undefined;
  const { name, expression } = made.expression;
  const [, ...args] = made.arguments;
  if (name.text !== 'bind' || !args.every((arg) => isFixed(strip(arg), init.scope))) return undefined;
  const value = staticOf(file, expression, init.scope);
  // The object of a method is bound too, and is not followed here.
  const isCalled = value?.kind === 'import' || (value?.kind === 'function' && value.fn.self.fn !== value.fn);
  return isCalled ? { value, fn: strip(expression), args, scope: init.scope } : undefined;
}

/** It is the same whenever it is asked for. */
function isFixed(arg: ts.Expression, scope: Scope): boolean {
  if (ts.isLiteralExpression(arg)) return true;
  if (!ts.isIdentifier(arg)) return false;
  const binding = lookup(scope, arg.text);
  return binding !== undefined && binding.variable?.assigned !== true;
}

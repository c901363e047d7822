/** Calls after which something holds, or nothing happens any more. */
import ts from 'typescript';
import type { Flow } from './flow.ts';
import type { Scope } from './entities.ts';
import { staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { memberName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

/** The first argument is true; the first two are equal; the call throws. */
export type Assertion = 'truthy' | '==' | '===' | '!=' | '!==' | 'fail';

const nodeAssert: ReadonlyMap<string, Assertion> = new Map([
  ['*', 'truthy'],
  ['default', 'truthy'],
  ['assert', 'truthy'],
  ['strict', 'truthy'],
  ['ok', 'truthy'],
  ['equal', '=='],
  ['strictEqual', '==='],
  ['notEqual', '!='],
  ['notStrictEqual', '!=='],
  ['fail', 'fail'],
]);
const nodeAssertStrict: ReadonlyMap<string, Assertion> = new Map([
  ...nodeAssert,
  ['equal', '==='],
  ['notEqual', '!=='],
]);
const invariant: ReadonlyMap<string, Assertion> = new Map([
  ['*', 'truthy'],
  ['default', 'truthy'],
  ['invariant', 'truthy'],
]);

const modules: ReadonlyMap<string, ReadonlyMap<string, Assertion>> = new Map([
  ['assert', nodeAssert],
  ['node:assert', nodeAssert],
  ['assert/strict', nodeAssertStrict],
  ['node:assert/strict', nodeAssertStrict],
  ['invariant', invariant],
  ['tiny-invariant', invariant],
  ['ts-invariant', invariant],
]);

const processStops: ReadonlySet<string> = new Set(['exit', 'abort']);
const globalStops: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['process', processStops],
  ['Deno', new Set(['exit'])],
]);

/** Where a name is looked up. */
type Place = Pick<Flow, 'file' | 'scope'>;

function importOf(f: Place, node: ts.Expression): { module: string; name: string } | undefined {
  const value = staticOf(f.file, node, f.scope);
  return value?.kind === 'import' ? value : undefined;
}

/** The global object whose member is called, if the file does not declare one of that name. */
function globalOwner(f: Place, callee: ts.Expression): string | undefined {
  const owner = strip((callee as ts.PropertyAccessExpression).expression);
  if (owner.kind !== K.Identifier) return undefined;
  const { text } = owner as ts.Identifier;
  return lookup(f.scope, text) === undefined ? text : undefined;
}

export function assertionOf(f: Flow, callee: ts.Expression): Assertion | undefined {
  const name = memberName(callee);
  const direct = importOf(f, callee);
  if (direct !== undefined) return modules.get(direct.module)?.get(direct.name);
  if (name === undefined) return undefined;
  const owner = importOf(f, (callee as ts.PropertyAccessExpression).expression);
  if (owner !== undefined) {
    const table = modules.get(owner.module);
    return table?.get(owner.name) === 'truthy' ? table.get(name) : undefined;
  }
  return name === 'assert' && globalOwner(f, callee) === 'console' ? 'truthy' : undefined;
}

/** True for `process.exit` and the like. */
export function isStop(f: Place, callee: ts.Expression): boolean {
  const direct = importOf(f, callee);
  if (direct !== undefined) return isProcess(direct.module) && processStops.has(direct.name);
  const name = memberName(callee);
  if (name === undefined) return false;
  const owner = importOf(f, (callee as ts.PropertyAccessExpression).expression);
  if (owner !== undefined) return isProcess(owner.module) && processStops.has(name);
  return globalStops.get(globalOwner(f, callee) ?? '')?.has(name) ?? false;
}

function isProcess(module: string): boolean {
  return module === 'process' || module === 'node:process';
}

/** True if a function that never returns ends the process: it stops it somewhere, and throws nowhere. */
export function stopsProcess(
  file: Flow['file'],
  { node, scope }: { readonly node?: ts.Node; readonly scope?: Scope },
): boolean {
  if (node === undefined || scope === undefined) return false;
  let stops = false;
  let throws = false;
  const visit = (at: ts.Node): void => {
    if (at.kind === K.ThrowStatement) throws = true;
    else if (at.kind === K.CallExpression)
      stops ||= isStop({ file, scope }, strip((at as ts.CallExpression).expression));
    if (!ts.isFunctionLike(at) || at === node) ts.forEachChild(at, visit);
  };
  visit(node);
  return stops && !throws;
}

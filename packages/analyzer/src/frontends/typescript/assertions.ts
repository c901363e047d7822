/** Calls after which something holds, or nothing happens any more. */
import ts from 'typescript';
import type { Flow } from './flow.ts';
import { staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { memberName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

/** The first argument is true; the first two are equal; the call throws. */
export type Assertion = 'truthy' | '==' | '===' | '!=' | '!==' | 'fail';

const nodeAssert: Readonly<Record<string, Assertion>> = {
  '*': 'truthy',
  default: 'truthy',
  assert: 'truthy',
  strict: 'truthy',
  ok: 'truthy',
  equal: '==',
  strictEqual: '===',
  notEqual: '!=',
  notStrictEqual: '!==',
  fail: 'fail',
};
const nodeAssertStrict: Readonly<Record<string, Assertion>> = {
  ...nodeAssert,
  equal: '===',
  notEqual: '!==',
};
const invariant: Readonly<Record<string, Assertion>> = {
  '*': 'truthy',
  default: 'truthy',
  invariant: 'truthy',
};

const modules: Readonly<Record<string, Readonly<Record<string, Assertion>>>> = {
  assert: nodeAssert,
  'node:assert': nodeAssert,
  'assert/strict': nodeAssertStrict,
  'node:assert/strict': nodeAssertStrict,
  invariant,
  'tiny-invariant': invariant,
  'ts-invariant': invariant,
};

const globalStops: Readonly<Record<string, ReadonlySet<string>>> = {
  process: new Set(['exit', 'abort']),
  Deno: new Set(['exit']),
};

function importOf(f: Flow, node: ts.Expression): { module: string; name: string } | undefined {
  const value = staticOf(f.file, node, f.scope);
  return value?.kind === 'import' ? value : undefined;
}

/** The global object whose member is called, if the file does not declare one of that name. */
function globalOwner(f: Flow, callee: ts.Expression): string | undefined {
  const owner = strip((callee as ts.PropertyAccessExpression).expression);
  if (owner.kind !== K.Identifier) return undefined;
  const { text } = owner as ts.Identifier;
  return lookup(f.scope, text) === undefined ? text : undefined;
}

export function assertionOf(f: Flow, callee: ts.Expression): Assertion | undefined {
  const name = memberName(callee);
  const direct = importOf(f, callee);
  if (direct !== undefined) return modules[direct.module]?.[direct.name];
  if (name === undefined) return undefined;
  const owner = importOf(f, (callee as ts.PropertyAccessExpression).expression);
  if (owner !== undefined) {
    const table = modules[owner.module];
    return table?.[owner.name] === 'truthy' ? table[name] : undefined;
  }
  return name === 'assert' && globalOwner(f, callee) === 'console' ? 'truthy' : undefined;
}

/** True for `process.exit` and the like. */
export function isStop(f: Flow, callee: ts.Expression): boolean {
  const direct = importOf(f, callee);
  if (direct !== undefined) return isProcess(direct.module) && globalStops.process?.has(direct.name) === true;
  const name = memberName(callee);
  if (name === undefined) return false;
  const owner = importOf(f, (callee as ts.PropertyAccessExpression).expression);
  if (owner !== undefined) return isProcess(owner.module) && globalStops.process?.has(name) === true;
  return globalStops[globalOwner(f, callee) ?? '']?.has(name) ?? false;
}

function isProcess(module: string): boolean {
  return module === 'process' || module === 'node:process';
}

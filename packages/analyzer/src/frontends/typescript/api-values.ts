/** A function of a contract as a value: `locked(mas, mas_erase)`, `{ drop: mas_erase }`. */
import type ts from 'typescript';
import type { FunctionContract } from '@maplelock/core';
import type { Expr, FunctionIR } from '../../ir/ir.ts';
import type { Static } from './entities.ts';
import type { Flow } from './flow.ts';
import { apiOf, contractOf } from './resolve.ts';
import { newVariable } from './scopes.ts';
import { spanOf } from './spans.ts';

/** The value of an import: of a contract's function, a function that calls it, so that whoever is given it can be followed. */
export function lowerImport(f: Flow, value: Static & { kind: 'import' }, node: ts.Node): Expr {
  const row = contractOf(f.file, value);
  // An iterable's steps are made by whoever goes through it.
  if (row === undefined || row.steps !== undefined)
    return { op: 'import', module: value.module, name: value.name };
  const fn = makeCaller(f, value, row, node);
  f.file.made.push(fn);
  return { op: 'function', fn: fn.id };
}

/** `(a, b) => api(a, b)`. Nothing is said of it where it stands: it leaves everything to those who call it. */
function makeCaller(f: Flow, value: Static, row: FunctionContract, node: ts.Node): FunctionIR {
  const { file } = f;
  const id = file.functions.length + file.made.length;
  const owner = { id };
  const span = spanOf(file, node);
  const params = row.params.map((name) => newVariable(file, name, 'param', owner, node).id);
  const to = newVariable(file, '', 'temp', owner, node).id;
  const text = file.text.slice(span.start, span.end);
  const args = params.map((param): Expr => ({ op: 'var', id: param }));
  const callee = apiOf(value, row);
  return {
    id,
    name: text,
    declared: true,
    linkage: 'nested',
    escapes: false,
    params,
    blocks: [
      {
        id: 0,
        instrs: [{ kind: 'call', to, callee, args, span, nameSpan: span, text, result: 'used' }],
        end: { kind: 'return', value: { op: 'var', id: to }, span },
      },
    ],
    isAsync: false,
    isGenerator: false,
    isInit: false,
    annotations: [],
    whole: true,
    span,
    nameSpan: span,
  };
}

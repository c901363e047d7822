import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { Unit } from '../../../src/ir/ir.ts';
import { functionNamed, lower } from './lowered.ts';

/** What every unit must be, whatever the text was. */
function check(unit: Unit): void {
  for (const [id, fn] of unit.functions.entries()) {
    if (fn.id !== id) throw new Error(`${fn.name} has the number ${fn.id} at ${id}`);
    if (fn.blocks.length === 0) throw new Error(`${fn.name} has no blocks`);
    const count = fn.blocks.length;
    for (const [at, block] of fn.blocks.entries()) {
      const targets =
        block.end.kind === 'goto'
          ? [block.end.to]
          : block.end.kind === 'branch'
            ? [block.end.then, block.end.else]
            : [];
      if (block.id !== at || targets.some((to) => !(to >= 0 && to < count))) {
        throw new Error(`${fn.name} has a wrong block ${at}`);
      }
      for (const instr of block.instrs) {
        if (!(instr.span.start >= 0 && instr.span.start <= instr.span.end))
          throw new Error(`${fn.name} has a wrong span`);
        if ('to' in instr && unit.variables[instr.to] === undefined)
          throw new Error(`${fn.name} has a wrong variable`);
      }
    }
  }
}

function internal(unit: Unit): string[] {
  return unit.problems
    .map(({ message }) => message)
    .filter((message) => message.startsWith('Could not read'));
}

const packages = [
  'typescript-eslint',
  '@typescript-eslint/utils',
  'vitest',
  'fast-check',
  'eslint',
  'prettier',
];

function sourceFiles(): string[] {
  const require = createRequire(import.meta.url);
  const files: string[] = [];
  const walk = (folder: string, budget: { left: number }): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (budget.left <= 0) return;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') walk(path, budget);
      } else if (/\.[cm]?[jt]sx?$/.test(entry.name)) {
        budget.left--;
        files.push(path);
      }
    }
  };
  for (const name of packages) {
    let folder: string;
    try {
      folder = dirname(require.resolve(`${name}/package.json`));
    } catch {
      continue;
    }
    walk(folder, { left: 20 });
  }
  return files;
}

describe('programs that others wrote', () => {
  const files = sourceFiles();

  test('are read whole', () => {
    expect(files.length).toBeGreaterThan(50);
    for (const path of files) {
      const text = readFileSync(path, 'utf8');
      if (text.length > 300_000) continue;
      const unit = lower(text, { path, implicitThrows: text.length % 2 === 0 });
      check(unit);
      expect(internal(unit), path).toEqual([]);
    }
  });
});

const seed = `
import { MapleTree, MA_STATE, mas_store, mtree_lock, mas_for_each } from '@maplelock/core';
@dec export class Pool<T> extends (class {}) {
  #tree = new MapleTree<T>(); static { this.x = 1; } get tree() { return this.#tree; } accessor y = 2;
  constructor(private readonly a: number, ...rest) { super(); }
  /** @requiresLock this.#tree */
  async *put({ a, b: [c = 1] }: any = {}, k?: string) {
    using guard = mtree_lock(this.#tree);
    outer: for (const e of mas_for_each(MA_STATE(this.tree, 0, 0), 10)) {
      try { switch (e) { case 1: continue outer; default: yield* e?.x?.(a) ?? c; } } catch ({ m }) { throw m; } finally { await e!; }
    }
    return <T>{ ...a, [k]: \`x\${c}\`, get z() { return this; } } satisfies any;
  }
}
namespace N { export enum E { A = 1 } } declare function fail(): never;
export default async () => { a ||= b?.[c] && (d, e) ; delete a.b; for await (const x of y) { do { x++ } while (x) } };
module.exports = { f() {}, g: Pool }; export * as q from './q.js';
`;

describe('texts that are no programs', () => {
  test('slices of one', () => {
    fc.assert(
      fc.property(
        fc.nat(seed.length),
        fc.nat(seed.length),
        fc.constantFrom('a.ts', 'a.tsx', 'a.js', 'a.cts'),
        fc.boolean(),
        (a, b, path, implicitThrows) => {
          const unit = lower(seed.slice(Math.min(a, b), Math.max(a, b)), { path, implicitThrows });
          check(unit);
          expect(internal(unit)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('pieces of one in any order', () => {
    const tokens = seed.match(/\w+|\s+|[^\w\s]/g) ?? [];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 80 }), (parts) => {
        const unit = lower(parts.join(''));
        check(unit);
        expect(internal(unit)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => check(lower(text))),
      { numRuns: 200 },
    );
  });
});

describe('odd files', () => {
  test('a private name in an optional chain is read', () => {
    expect(lower('export class A { #b = 1; f(a?: A) { return a?.#b; } }').problems).toEqual([]);
  });

  test('syntax errors are problems, and the rest is read', () => {
    const unit = lower('function a() { g(); }\nfunction b( { \nfunction c() { h(); }');
    expect(unit.problems.length).toBeGreaterThan(0);
    expect(unit.problems.length).toBeLessThanOrEqual(5);
    expect(functionNamed(unit, 'a').blocks[0]?.instrs).toHaveLength(1);
  });

  test('an empty file', () => {
    const unit = lower('');
    expect(unit).toMatchObject({ topLevel: 0, problems: [], lineStarts: [0] });
    check(unit);
  });

  test('hashbang and byte order mark', () => {
    for (const start of ['#!/usr/bin/env node\n', '\uFEFF', '\uFEFF// x\r\n']) {
      const text = `${start}function f() { g(); }`;
      const unit = lower(text);
      const { nameSpan } = functionNamed(unit, 'f');
      expect(text.slice(nameSpan.start, nameSpan.end)).toBe('f');
      expect(unit.problems).toEqual([]);
    }
  });

  test('lines', () => {
    expect(lower('a\nb\r\nc\rd').lineStarts).toEqual([0, 2, 5, 7]);
  });

  test.each(['a.ts', 'a.tsx', 'a.mts', 'a.cts', 'a.js', 'a.jsx', 'a.mjs', 'a.cjs', 'a'])('%s', (path) => {
    expect(lower('export const f = (a) => a;', { path }).problems).toEqual([]);
  });

  test('JSX', () => {
    const text = 'export const C = ({ a }) => <div onClick={() => go(a)} {...a}>{read(a)}</div>;';
    for (const path of ['a.tsx', 'a.jsx', 'a.js']) {
      const unit = lower(text, { path });
      expect(unit.problems).toEqual([]);
      expect(unit.functions.map(({ name, escapes }) => [name, escapes])).toEqual([
        ['(module)', false],
        ['C', false],
        ['(arrow) at line 1', true],
      ]);
    }
  });

  test('nesting deeper than the stack is said, not thrown', () => {
    const deep = 20_000;
    for (const text of [
      `${'('.repeat(deep)}1${')'.repeat(deep)}`,
      `${'['.repeat(deep)}${']'.repeat(deep)}`,
      `x = ${'a => '.repeat(deep)}1`,
    ]) {
      const unit = lower(text);
      check(unit);
      expect(unit.problems.length).toBeGreaterThan(0);
    }
  });

  test('a long sum is read', () => {
    const unit = lower(`function f(a) { return ${Array.from({ length: 5000 }, () => 'a.b').join(' + ')}; }`);
    expect(unit.problems).toEqual([]);
  });

  test('circular definitions end', () => {
    const unit =
      lower(`const a = b; const b = a; a(); const { c } = c; c(); type T = T | null; let t: T; t.x(); class A extends B {} class B extends A {} new A().m();
      interface I extends I { x: I } let i: I; i.y(); const o = { o: o }; o.o(); const p = p.p; p.q(); let q = q.r; q.s();`);
    check(unit);
    expect(unit.problems).toEqual([]);
  });
});

test('names of Object.prototype are names like any other', () => {
  const text = `import assert from 'node:assert'; import * as core from '@maplelock/core'; import c from 'constructor';
    class constructor { toString() { this.hasOwnProperty(1); } __proto__ = 1; } let x: constructor[] = []; for (const y of x) y.valueOf();
    assert.toString(); core.hasOwnProperty('x'); c.toString(); process.constructor(); const o = { __proto__: { a() {} }, toString() {} }; o.toString(); o.valueOf();`;
  const unit = lower(text);
  check(unit);
  expect(unit.problems).toEqual([]);
});

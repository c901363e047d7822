import { describe, expect, test } from 'vitest';
import { printExpr } from '../../../src/ir/print.ts';
import { functionNamed, lower, printed } from './lowered.ts';

function linkages(text: string, path = 'a.ts'): Record<string, string> {
  const unit = lower(text, { path });
  return Object.fromEntries(
    unit.functions
      .slice(1)
      .map((fn) => [fn.name, fn.exportName === undefined ? fn.linkage : `${fn.linkage} ${fn.exportName}`]),
  );
}

describe('who can call', () => {
  test('exports of a module', () => {
    expect(
      linkages(`export function a() {} function b() {} export { b as c }; export const d = () => {}; const e = function () {}; export { e };
        export default function g() { function inner() {} [].map(() => 1); } function h() {}`),
    ).toEqual({
      a: 'exported a',
      b: 'exported c',
      d: 'exported d',
      e: 'exported e',
      g: 'exported default',
      inner: 'nested',
      '(arrow) at line 2': 'nested',
      h: 'local',
    });
  });

  test('default exports without a name', () => {
    expect(linkages('export default function () {}')).toEqual({ default: 'exported default' });
    expect(linkages('export default () => {};')).toEqual({ default: 'exported default' });
    expect(linkages('const f = () => {}; export default f;')).toEqual({ f: 'exported default' });
  });

  test('exports of CommonJS', () => {
    expect(
      linkages(
        'function f() {} const g = () => {}; module.exports = { f, h: g, put() {} }; function k() {}',
        'a.cjs',
      ),
    ).toEqual({ f: 'exported f', g: 'exported h', put: 'exported put', k: 'local' });
    expect(linkages('exports.f = () => {}; module.exports.g = function () {};', 'a.cjs')).toEqual({
      f: 'exported f',
      g: 'exported g',
    });
    expect(linkages('module.exports = f; function f() {}', 'a.cjs')).toEqual({ f: 'exported default' });
  });

  test('methods of an exported class, but not its private ones', () => {
    expect(
      linkages(
        'export class P { a() {} private b() {} #c() {} static d() {} get e() { return 1; } } class Q { a() {} }',
      ),
    ).toEqual({
      'P.a': 'exported P.a',
      'P.b': 'local',
      'P.#c': 'local',
      'P.d': 'exported P.d',
      'P.get e': 'exported P.get e',
      'P.constructor': 'exported P.constructor',
      'Q.a': 'local',
      'Q.constructor': 'local',
    });
  });

  test('functions of an exported object', () => {
    expect(linkages('export const ops = { put() {}, get: () => {} };')).toEqual({
      'ops.put': 'exported ops.put',
      'ops.get': 'exported ops.get',
    });
  });
});

describe('whose value gets out', () => {
  const escaping = (text: string): string[] =>
    lower(text)
      .functions.filter((fn) => fn.escapes)
      .map((fn) => fn.name);

  test.each([
    ['called only', 'function a() {} const b = () => {}; a(); b(); (() => {})();', []],
    ['passed', 'function a() {} const b = () => {}; g(a); g(b);', ['a', 'b']],
    ['passed on the spot', 'g(() => {});', ['(arrow) at line 1']],
    ['returned', 'function f() { return () => {}; }', ['(arrow) at line 1']],
    ['stored', 'function a() {} o.x = a; let c = a;', ['a']],
    ['in a table that is only called', 'const t = { a() {}, b: () => {} }; t.a(); t.b();', []],
    [
      'in a table that is passed',
      'function h() {} const t = { a() {}, b: () => {}, h }; g(t);',
      ['h', 't.a', 't.b'],
    ],
    ['in a table without a name', 'g({ a() {} });', ['a']],
    ['a method as a value', 'class P { a() {} b() { g(this.a); } }', ['P.a']],
    ['a bound method', 'class P { a() {} b() { g(this.a.bind(this)); } }', ['P.a']],
    ['a method that is called', 'class P { a() {} b() { this.a(); } }', []],
    ['a class as a value', 'class P { a() {} } g(P);', ['P.a']],
    ['a class that is asked for', 'class P { a() {} } g(x instanceof P, new P());', []],
    ['exported', 'function a() {} export { a }; export default a;', []],
    ['exported by CommonJS', 'function a() {} module.exports = { a };', []],
    ['assigned', 'function a() {} a = null;', ['a']],
    ['by a computed name', 'class P { [a]() { b(); } }', ['P.[computed]']],
    ['decorated', 'class P { @d a() {} }', ['P.a']],
  ])('%s', (_, text, expected) => {
    expect(escaping(text)).toEqual(expected);
  });
});

describe('variables', () => {
  const constants = (text: string): string[] =>
    lower(text)
      .variables.filter((v) => v.kind !== 'temp' && v.constant)
      .map((v) => v.name);

  test('constant is what is never assigned again, by closures either', () => {
    expect(
      constants(
        'const a = 1; let b = 1, c = 1, d; var e = 1; function f(p, q) { c = 2; q++; } d = 1; [b] = x; e;',
      ),
    ).toEqual(['a', 'e', 'p']);
    expect(
      constants('let a = 1, b = 1, c = 1, d = 1; for (a of x); for (b in x); ({ c, ...d } = x);'),
    ).toEqual([]);
  });

  test('a shadowing name is another variable', () => {
    expect(constants('let a = 1; function f() { let a = 2; a = 3; }')).toEqual(['a']);
  });

  test('kinds, owners, types', () => {
    const unit = lower(
      `import { Mutex } from '@maplelock/core'; export const m = new Mutex(); class C { f(a: C) { const b = a; return this; } }`,
    );
    const named = Object.fromEntries(
      unit.variables.filter(({ name }) => name !== '').map((v) => [`${v.name} ${v.kind}`, v]),
    );
    expect(named['m module']).toMatchObject({
      exported: true,
      type: { name: 'Mutex', module: '@maplelock/core' },
    });
    const method = functionNamed(unit, 'C.f');
    expect(named['a param']).toMatchObject({ owner: method.id, type: { name: 'C', pointers: 0 } });
    expect(named['b local']).toMatchObject({ owner: method.id, type: { name: 'C' } });
    expect(method.receiver).toBeDefined();
    expect(unit.variables[method.receiver ?? -1]).toMatchObject({ kind: 'receiver', type: { name: 'C' } });
  });

  test('a closure names the variables around it', () => {
    expect(
      printed('function f(t) { const x = t; return () => mas_store(x, this); }', {}, '(arrow) at line 3'),
    ).toMatchInlineSnapshot(`
      "nested escaping fn (arrow) at line 3()
      b0:
        %0 = api mas_store(x, this)
        return %0"
    `);
  });
});

describe('functions', () => {
  test('marks', () => {
    expect(printed('export const f = async function* (a) {};')).toMatchInlineSnapshot(`
      "exported async fn* f(a)
      b0:
        return"
    `);
    expect(printed('class P { constructor() {} }', {}, 'P.constructor')).toMatchInlineSnapshot(`
      "init fn P.constructor() on this
      b0:
        return"
    `);
  });

  test('a module that awaits is asynchronous', () => {
    expect(lower('await x;').functions[0]?.isAsync).toBe(true);
    expect(lower('async () => await x;').functions[0]?.isAsync).toBe(false);
  });

  test('places', () => {
    const text = 'const a = 1;\nexport function put(x) { return core.deep\n.store(x); }';
    const put = functionNamed(lower(text), 'put');
    expect(text.slice(put.nameSpan.start, put.nameSpan.end)).toBe('put');
    expect(text.slice(put.span.start, put.span.end)).toMatch(/^export function put.*}$/s);
    const call = put.blocks[0]?.instrs[0];
    if (call?.kind !== 'call') throw new Error('no call');
    expect(text.slice(call.nameSpan.start, call.nameSpan.end)).toBe('store');
    expect(text.slice(call.span.start, call.span.end)).toBe('core.deep\n.store(x)');
    expect(call.text).toBe('core.deep .store');
  });
});

describe('classes', () => {
  test('fields, methods and bases', () => {
    const unit = lower(`import { Mutex, MapleTree } from '@maplelock/core';
      export class P extends B { a: Mutex; #b = new MapleTree(); static c = new Mutex(); d; constructor(l: Mutex) { super(); this.d = l; this.e = new MapleTree(); } m() {} n = () => {}; }
      interface I extends J { lock: Mutex; next: I | null }`);
    const p = unit.classes.get('P');
    expect(p).toMatchObject({ name: 'P', extends: 'B', exported: true });
    expect([...(p?.fields ?? [])].map(([name, type]) => `${name}: ${type.name}`)).toEqual([
      'a: Mutex',
      '#b: MapleTree',
      'd: Mutex',
      'e: MapleTree',
    ]);
    expect([...(p?.methods.keys() ?? [])]).toEqual(['m', 'n', 'constructor']);
    expect([...(unit.classes.get('typeof P')?.fields.keys() ?? [])]).toEqual(['c']);
    expect([...(unit.classes.get('I')?.fields ?? [])].map(([name, type]) => `${name}: ${type.name}`)).toEqual(
      ['lock: Mutex', 'next: I'],
    );
  });
});

describe('links', () => {
  test('imports and re-exports', () => {
    const { links } =
      lower(`import a, { b as c } from './1.js'; import * as d from './2.js'; const { e: f } = require('./3.js');
      export { g, h as i } from './4.js'; export * from './5.js'; export * as j from './6.js'; export { c as k }; import l = require('./7.js');`);
    expect(
      links.map(({ module, name, local, reexport }) => `${module} ${name} ${local}${reexport ? ' re' : ''}`),
    ).toEqual([
      './1.js default a',
      './1.js b c',
      './2.js * d',
      './3.js e f',
      './4.js g g re',
      './4.js h i re',
      './5.js * * re',
      './6.js * j re',
      './7.js * l',
      './1.js b k re',
    ]);
  });
});

describe('annotations', () => {
  const annotations = (text: string, name = 'f'): string[] => {
    const unit = lower(text);
    return functionNamed(unit, name).annotations.map(
      ({ kind, path, value }) => `${kind} ${path} ${value === null ? 'nothing' : printExpr(unit, value)}`,
    );
  };

  test('all kinds, on a function', () => {
    expect(
      annotations(`/**
        * Puts it.
        * @requiresLock mas.tree
        * @requiresReadLock this.tree.
        * @acquires lock - takes it
        * @releases lock
        * @excludes RCU
        */
        export function f(mas, lock) { return this.tree; }`),
    ).toEqual([
      'requires mas.tree mas.tree',
      'requires-read this.tree this.tree',
      'acquires lock lock',
      'releases lock lock',
      'excludes RCU global RCU',
    ]);
  });

  test.each([
    ['a constant', '/** @requiresLock t */ export const f = (t) => {};', 'f'],
    ['a method', 'class P { /** @requiresLock t */ static async f(t) {} }', 'P.f'],
    ['a field', 'class P { /** @requiresLock t */ f = (t) => {}; }', 'P.f'],
    ['a property', 'const o = { /** @requiresLock t */ f: (t) => {} };', 'o.f'],
    ['a method of an object', 'const o = { /** @requiresLock t */ f(t) {} };', 'o.f'],
    ['an export of CommonJS', '/** @requiresLock t */ exports.f = (t) => {};', 'f'],
    ['a default export', '/** @requiresLock t */ export default function f(t) {}', 'f'],
    ['after another comment', '/** Other. */\n// line\n/** @requiresLock t */\nfunction f(t) {}', 'f'],
  ])('on %s', (_, text, name) => {
    expect(annotations(text, name)).toEqual(['requires t t']);
  });

  test('this of a class, with its fields', () => {
    expect(annotations('class P { #t; /** @requiresLock this.#t */ f() {} }', 'P.f')).toEqual([
      'requires this.#t this.#t',
    ]);
    expect(annotations('class P { #t; /** @requiresLock this.#x */ f() {} }', 'P.f')).toEqual([
      'requires this.#x nothing',
    ]);
    expect(annotations('class P extends Q { /** @requiresLock this.x */ f() {} }', 'P.f')).toEqual([
      'requires this.x this.x',
    ]);
  });

  test('parts of a parameter', () => {
    expect(annotations('/** @requiresLock tree */ function f({ a: { tree } }) {}')).toEqual([
      'requires tree (parameter 1).a.tree',
    ]);
  });

  test('what names nothing', () => {
    expect(annotations('/** @requiresLock other.tree\n * @acquires */ function f(mas) {}')).toEqual([
      'requires other.tree nothing',
      'acquires  nothing',
    ]);
  });

  test('a shared tree of the file', () => {
    expect(annotations('const tree = make(); /** @requiresLock tree */ function f() {}')).toEqual([
      'requires tree tree',
    ]);
    expect(annotations('const tree = 1; /** @requiresLock tree */ function f() {}')).toEqual([
      'requires tree nothing',
    ]);
  });

  test('other comments say nothing', () => {
    expect(annotations('// @requiresLock t\nfunction f(t) {}')).toEqual([]);
    expect(annotations('/* @requiresLock t */ function f(t) {}')).toEqual([]);
    expect(annotations('/** @requiresLockX t */ function f(t) { /** @acquires t */ }')).toEqual([]);
    expect(annotations('/** @requiresLock t */ function g(t) {} function f(t) {}')).toEqual([]);
  });

  test('the place is that of the tag', () => {
    const text = '/** @requiresLock mas.tree */ function f(mas) {}';
    const [annotation] = functionNamed(lower(text), 'f').annotations;
    expect(text.slice(annotation?.span.start, annotation?.span.end)).toBe('@requiresLock mas.tree');
  });
});

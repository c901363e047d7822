import { describe, expect, test } from 'vitest';
import { callees, functionNamed, lower } from './lowered.ts';

const at = "'@maplelock/core'";

describe('the API is known by its import', () => {
  test.each([
    ['named', `import { mas_store } from ${at}; function f(m) { mas_store(m, 1); }`],
    ['renamed', `import { mas_store as put } from ${at}; function f(m) { put(m, 1); }`],
    ['namespace', `import * as core from ${at}; function f(m) { core.mas_store(m, 1); }`],
    ['namespace, by element', `import * as core from ${at}; function f(m) { core['mas_store'](m, 1); }`],
    ['default interop', `import core from ${at}; function f(m) { core.mas_store(m, 1); }`],
    [
      'default of a namespace',
      `import * as core from ${at}; function f(m) { core.default.mas_store(m, 1); }`,
    ],
    ['import equals', `import core = require(${at}); function f(m) { core.mas_store(m, 1); }`],
    [
      'import equals of a member',
      `import * as core from ${at}; import put = core.mas_store; function f(m) { put(m, 1); }`,
    ],
    ['require', `const core = require(${at}); function f(m) { core.mas_store(m, 1); }`],
    ['require, destructured', `const { mas_store: put } = require(${at}); function f(m) { put(m, 1); }`],
    ['require, a member', `const put = require(${at}).mas_store; function f(m) { put(m, 1); }`],
    ['require, called at once', `function f(m) { require(${at}).mas_store(m, 1); }`],
    ['dynamic import', `async function f(m) { const core = await import(${at}); core.mas_store(m, 1); }`],
    [
      'dynamic import, destructured',
      `async function f(m) { const { mas_store } = await import(${at}); mas_store(m, 1); }`,
    ],
    ['a constant', `import { mas_store } from ${at}; const put = mas_store; function f(m) { put(m, 1); }`],
    [
      'a constant of a constant',
      `import * as core from ${at}; const c = core; const { mas_store: put } = c; const p = put; function f(m) { p(m, 1); }`,
    ],
    [
      'a let that stays',
      `import { mas_store } from ${at}; let put = mas_store; function f(m) { put(m, 1); }`,
    ],
    [
      'a constant object',
      `import { mas_store } from ${at}; const ops = { put: mas_store }; function f(m) { ops.put(m, 1); }`,
    ],
    ['casts', `import { mas_store } from ${at}; function f(m) { (mas_store as any)!(m, 1); }`],
    ['call', `import { mas_store } from ${at}; function f(m) { mas_store.call(null, m, 1); }`],
    [
      'type import beside it',
      `import { type MapleTree, mas_store } from ${at}; function f(m: MapleTree) { mas_store(m, 1); }`,
    ],
  ])('%s', (_, text) => {
    expect(callees(text)).toEqual(['api mas_store']);
  });

  test('arguments move by one with call', () => {
    const unit = lower(`import { mas_store } from ${at}; function f(m) { mas_store.call(null, m, 1); }`);
    const [call] = functionNamed(unit, 'f').blocks[0]?.instrs ?? [];
    expect(call).toMatchObject({ args: [{ op: 'var' }, { op: 'const', value: 1 }] });
  });
});

describe('a name alone is not the API', () => {
  test.each([
    ['a global', 'function f(m) { mas_store(m, 1); }', ['value']],
    [
      'a parameter',
      `import { mas_store } from ${at}; function f(m, mas_store) { mas_store(m, 1); }`,
      ['value'],
    ],
    [
      'a local variable',
      `import { mas_store } from ${at}; function f(m) { const mas_store = m.put; mas_store(m, 1); }`,
      ['value'],
    ],
    [
      'a destructured variable',
      `import { mas_store } from ${at}; function f({ mas_store }) { mas_store(1); }`,
      ['value'],
    ],
    [
      'a local function',
      `import { mas_store } from ${at}; function f(m) { mas_store(m, 1); function mas_store() {} }`,
      ['fn mas_store'],
    ],
    [
      'a hoisted var',
      `import { mas_store } from ${at}; function f(m) { mas_store(m, 1); { var mas_store = m; } }`,
      ['value'],
    ],
    [
      'a catch parameter',
      `import { mas_store } from ${at}; function f(m) { try { throw m; } catch (mas_store) { mas_store(m); } }`,
      ['value'],
    ],
    [
      'a loop variable',
      `import { mas_store } from ${at}; function f(m) { for (const mas_store of m) mas_store(m); }`,
      ['value'],
    ],
    ['a function of its own', 'function mas_store() {} function f(m) { mas_store(m, 1); }', ['fn mas_store']],
    [
      'another module',
      "import { mas_store } from './own.js'; function f(m) { mas_store(m, 1); }",
      ['external ./own.js:mas_store'],
    ],
    [
      'a default of another module',
      "import core from './own.js'; function f(m) { core.mas_store(m, 1); }",
      ['method mas_store'],
    ],
    [
      'a property',
      `import { mas_store } from ${at}; function f(o) { o.mas_store(1); }`,
      ['method mas_store'],
    ],
    [
      'an assigned alias',
      `import { mas_store } from ${at}; let put = mas_store; put = null; function f(m) { put(m); }`,
      ['value'],
    ],
    [
      'an assigned property',
      `import { mas_store } from ${at}; const ops = { put: mas_store }; ops.put = null; function f(m) { ops.put(m); }`,
      ['method put'],
    ],
    [
      'a shadowed require',
      `function f(require, m) { require(${at}).mas_store(m); }`,
      ['value', 'method mas_store'],
    ],
    [
      'what the contract does not name',
      `import { other } from ${at}; function f(m) { other(m); }`,
      ['external @maplelock/core:other'],
    ],
  ])('%s', (_, text, expected) => {
    expect(callees(text)).toEqual(expected);
  });

  test('a block-scoped name shadows in its block only', () => {
    const text = `import { mas_store } from ${at}; function f(m) { { const mas_store = m; mas_store(); } mas_store(m); }`;
    expect(callees(text)).toEqual(['value', 'api mas_store']);
  });
});

describe('methods and constructors of the API', () => {
  const header = `import { Mutex, Mutex as M, MapleTree } from ${at}; import * as core from ${at};`;
  test.each([
    ['parameter', 'function f(lock: Mutex) { lock.lock(); }'],
    ['renamed class', 'function f(lock: M) { lock.lock(); }'],
    ['qualified class', 'function f(lock: core.Mutex) { lock.lock(); }'],
    ['import type', `function f(lock: import(${at}).Mutex) { lock.lock(); }`],
    ['nullable', 'function f(lock: Mutex | null) { lock!.lock(); }'],
    ['readonly', 'function f(lock: Readonly<Mutex>) { lock.lock(); }'],
    ['alias', 'type L = Mutex; function f(lock: L) { lock.lock(); }'],
    ['constraint', 'function f<T extends Mutex>(lock: T) { lock.lock(); }'],
    ['constant', 'const lock = new Mutex(); function f() { lock.lock(); }'],
    ['constant of a constant', 'const lock = new Mutex(); const l = lock; function f() { l.lock(); }'],
    [
      'default of a parameter',
      'function f(lock = new Mutex()) { lock.lock(); }',
      ['api new Mutex', 'api Mutex.lock'],
    ],
    ['cast', 'function f(lock) { (lock as Mutex).lock(); }'],
    [
      'declared result',
      'declare function get(): Mutex; function f() { get().lock(); }',
      ['value', 'api Mutex.lock'],
    ],
    [
      'result of a local function',
      'function get(): Mutex { return x; } function f() { get().lock(); }',
      ['fn get', 'api Mutex.lock'],
    ],
    [
      'awaited result',
      'async function get(): Promise<Mutex> { return x; } async function f() { (await get()).lock(); }',
      ['fn get', 'api Mutex.lock'],
    ],
    ['interface', 'interface D { lock: Mutex } function f(d: D) { d.lock.lock(); }'],
    [
      'inherited interface',
      'interface D { lock: Mutex } interface E extends D { x: 1 } function f(d: E) { d.lock.lock(); }',
    ],
    ['object type', 'function f(d: { lock: Mutex }) { d.lock.lock(); }'],
    ['object type alias', 'type D = { lock: Mutex }; function f(d: D) { d.lock.lock(); }'],
    ['destructured parameter', 'function f({ lock }: { lock: Mutex }) { lock.lock(); }'],
    [
      'destructured constant',
      'interface D { lock: Mutex } function f(d: D) { const { lock: l } = d; l.lock(); }',
    ],
    ['object literal', 'const d = { lock: new Mutex() }; function f() { d.lock.lock(); }'],
    [
      'this of an object literal',
      'const d = { lock: new Mutex(), m() { this.lock.lock(); } };',
      ['api Mutex.lock'],
      'd.m',
    ],
    ['element of an array', 'function f(list: Mutex[]) { list[0].lock(); }'],
    ['loop over an array', 'function f(list: readonly Mutex[]) { for (const l of list) l.lock(); }'],
    ['loop over a map', 'function f(map: Map<string, Mutex>) { for (const [k, l] of map) l.lock(); }'],
    [
      'callback',
      'function f(list: Mutex[]) { list.forEach((l) => l.lock()); }',
      ['api Mutex.lock'],
      '(arrow) at line 1',
    ],
    ['value of a map', 'function f(map: Map<string, Mutex>) { map.get(1)?.lock(); }'],
    [
      'record',
      'function f(r: Record<string, Mutex>, k) { r[k].lock(); r.x.lock(); }',
      ['api Mutex.lock', 'api Mutex.lock'],
    ],
    [
      'what a factory returns',
      'const make = () => ({ lock: new Mutex() }); function f() { make().lock.lock(); }',
      ['fn make', 'api Mutex.lock'],
    ],
    ['conditional', 'function f(c, a: Mutex, b: Mutex) { (c ? a : b).lock(); }'],
  ])('%s', (_, text, expected = ['api Mutex.lock'], name = 'f') => {
    expect(callees(`${header} ${text}`, name)).toEqual(expected);
  });

  test.each([
    ['field type', 'class P { lock: Mutex; m() { this.lock.lock(); } }'],
    ['field initialiser', 'class P { #lock = new Mutex(); m() { this.#lock.lock(); } }'],
    [
      'constructor assignment',
      'class P { constructor() { this.lock = new Mutex(); } m() { this.lock.lock(); } }',
    ],
    [
      'typed constructor parameter',
      'class P { lock; constructor(lock: Mutex) { this.lock = lock; } m() { this.lock.lock(); } }',
    ],
    ['parameter property', 'class P { constructor(private lock: Mutex) {} m() { this.lock.lock(); } }'],
    [
      'field of a base class',
      'class B { lock = new Mutex(); } class P extends B { m() { this.lock.lock(); } }',
    ],
    [
      'arrow in a method',
      'class P { lock = new Mutex(); m() { (() => this.lock.lock())(); } }',
      '(arrow) at line 1',
    ],
    ['static field', 'class P { static lock = new Mutex(); m() { P.lock.lock(); } }'],
    ['inherited from the API', 'class P extends Mutex { m() { this.lock(); } }'],
    ['super', 'class P extends Mutex { m() { super.lock(); } lock() {} }'],
    ['getter', 'class P { #l = new Mutex(); get l() { return this.#l; } m() { this.l.lock(); } }'],
  ])('%s', (_, text, name = 'P.m') => {
    expect(callees(`${header} ${text}`, name)).toEqual(['api Mutex.lock']);
  });

  test('another class of that name is not it', () => {
    expect(callees('class Mutex { lock() {} } function f(lock: Mutex) { lock.lock(); }')).toEqual([
      'fn Mutex.lock',
    ]);
    expect(callees('function f(lock: Mutex) { lock.lock(); }')).toEqual(['method Mutex.lock']);
    expect(callees("import { Mutex } from './m.js'; function f(lock: Mutex) { lock.lock(); }")).toEqual([
      'external ./m.js:Mutex.lock',
    ]);
  });

  test('an own method hides the one of the API', () => {
    expect(callees(`${header} class P extends Mutex { lock() {} m() { this.lock(); } }`, 'P.m')).toEqual([
      'fn P.lock',
    ]);
  });

  test('constructors', () => {
    expect(callees(`${header} function f() { return new MapleTree(); }`)).toEqual(['api new MapleTree']);
    expect(callees(`${header} function f() { return new core.MapleTree(); }`)).toEqual(['api new MapleTree']);
    expect(callees(`const { MapleTree: T } = require(${at}); function f() { return new T(); }`)).toEqual([
      'api new MapleTree',
    ]);
    expect(callees('class MapleTree {} function f() { return new MapleTree(); }')).toEqual([
      'fn MapleTree.constructor',
    ]);
    expect(callees("import { Pool } from './pool.js'; function f() { return new Pool(1); }")).toEqual([
      'external ./pool.js:Pool.constructor',
    ]);
  });

  test('types in comments of JavaScript', () => {
    const options = { path: 'a.js' };
    const types = `const { Mutex } = require(${at});`;
    const text = `${types} class P {\n/** @type {Mutex} */ lock;\n/** @param {Mutex} l */ m(l) { this.lock.lock(); l.lock(); } }`;
    expect(callees(text, 'P.m', options)).toEqual(['api Mutex.lock', 'api Mutex.lock']);
    const qualified = `/** @param {import(${at}).Mutex} l */ export const f = (l) => { l.lock(); };`;
    expect(callees(qualified, 'f', options)).toEqual(['api Mutex.lock']);
  });
});

describe('functions of the file', () => {
  test.each([
    ['declared later', 'function f() { g(); } function g() {}', ['fn g']],
    ['constant arrow', 'const g = () => {}; function f() { g(); }', ['fn g']],
    ['constant function expression', 'const g = function h() { h(); }; function f() { g(); }', ['fn g']],
    [
      'called at once',
      'function f() { (() => {})(); (function () {})(); }',
      ['fn (arrow) at line 1', 'fn (function) at line 1'],
    ],
    [
      'object literal',
      'const o = { g() {}, h: () => {}, k: { l() {} } }; function f() { o.g(); o.h(); o.k.l(); }',
      ['fn o.g', 'fn o.h', 'fn o.k.l'],
    ],
    ['frozen object', 'const o = Object.freeze({ g() {} }); function f() { o.g(); }', ['fn o.g']],
    ['this of an object', 'const o = { g: () => {}, f() { this.g(); } };', ['fn o.g'], 'o.f'],
    [
      'object of a factory',
      'function make() { return { g() {} }; } function f() { const o = make(); o.g(); }',
      ['fn make', 'fn g'],
    ],
    ['static method', 'class P { static g() {} } function f() { P.g(); }', ['fn P.g']],
    ['method of a parameter', 'class P { g() {} } function f(p: P) { p.g(); }', ['fn P.g']],
    [
      'method of a new object',
      'class P { g() {} } function f() { const p = new P(); p.g(); }',
      ['fn P.constructor', 'fn P.g'],
    ],
    ['inherited method', 'class B { g() {} } class P extends B {} function f(p: P) { p.g(); }', ['fn B.g']],
    ['arrow field', 'class P { g = () => {}; } function f(p: P) { p.g(); }', ['fn P.g']],
    ['private method', 'class P { #g() {} f() { this.#g(); } }', ['fn P.#g'], 'P.f'],
    ['abstract method', 'abstract class P { abstract g(): void; f() { this.g(); } }', ['method P.g'], 'P.f'],
    ['method of an interface', 'interface I { g(): void } function f(i: I) { i.g(); }', ['method I.g']],
    ['namespace', 'namespace N { export function g() {} } function f() { N.g(); }', ['fn g']],
    ['tagged template', 'function g() {} function f(x) { return g`a${x}`; }', ['fn g']],
    ['call of another module', "import { g } from './g.js'; function f() { g(); }", ['external ./g.js:g']],
    [
      'default of another module',
      "import g from './g.js'; function f() { g(); }",
      ['external ./g.js:default'],
    ],
    [
      'namespace of another module',
      "import * as g from './g.js'; function f() { g.h(); }",
      ['external ./g.js:h'],
    ],
    ['assigned function', 'function g() {} function f() { g(); g = null; }', ['value']],
    ['parameter', 'function f(g) { g(); g.h(); g[1](); }', ['value', 'method h', 'value']],
    ['known container', 'function f(m: Map<string, number>) { m.set(1, 2); }', ['method Map.set']],
    ['a call on a call', 'function g() {} function f() { g()(); }', ['fn g', 'value']],
    [
      'bound method',
      'class P { g() {} f(list) { list.forEach(this.g.bind(this)); } }',
      ['method forEach'],
      'P.f',
    ],
  ])('%s', (_, text, expected, name = 'f') => {
    expect(callees(text, name)).toEqual(expected);
  });

  test('two classes of one name', () => {
    const unit = lower('function a() { class P { m() {} } } function b() { class P { n() {} } }');
    expect([...unit.classes.keys()]).toEqual(['P', 'P#2']);
  });
});

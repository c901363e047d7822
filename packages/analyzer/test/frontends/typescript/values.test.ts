import { describe, expect, test } from 'vitest';
import { body } from './lowered.ts';

describe('places', () => {
  test('fields, elements, private names, optional fields', () => {
    expect(
      body(
        `const K = 'k'; class C { f(a, i) { return [a.b, a['c'], a[0], a[i], a?.d, this.#x, this.y]; } #x; }`,
        {},
        'C.f',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = new {}
        %0[0] = a.b
        %0[1] = a.c
        %0[2] = a[0]
        %0[3] = a[i]
        %0[4] = a.d
        %0[5] = this.#x
        %0[6] = this.y
        return %0"
    `);
  });

  test('an import is a value too, constants included', () => {
    expect(body(`import { tree } from './t.js'; function f() { g(tree, core.EINVAL, core, mas_store); }`))
      .toMatchInlineSnapshot(`
        "b0:
          %0 = value global g(import(./t.js).tree, import(@maplelock/core).EINVAL, import(@maplelock/core).*, fn mas_store) dropped
          return"
      `);
  });

  test('casts, parentheses, satisfies and ! do nothing', () => {
    expect(body('function f(a) { return ((a as X)!.b satisfies Y); }')).toMatchInlineSnapshot(`
      "b0:
        return a.b"
    `);
  });

  test('templates, regular expressions, spread and bigints are unknown, and what is in them is done', () => {
    expect(body('function f(a) { return [`x${g(a)}`, /r/, 10n, ...a, g(...a, 1)]; }')).toMatchInlineSnapshot(`
      "b0:
        %0 = new {}
        %1 = value global g(a)
        %0[0] = ?
        %0[1] = ?
        %0[2] = ?
        %0[?] = ?
        %2 = value global g(?, ?)
        %0[?] = %2
        return %0"
    `);
  });

  test('constants', () => {
    expect(body('function f() { return g(1, -2, 0x10, 1_000, "s", `t`, true, null, undefined, void 0); }'))
      .toMatchInlineSnapshot(`
        "b0:
          %0 = value global g(1, -2, 16, 1000, "s", "t", true, null, undefined, undefined)
          return %0"
      `);
  });

  test('object literals', () => {
    expect(
      body(
        `function f(tree, k, rest) { const o = { tree, lock: new Mutex(), n: { m: 1 }, [k]: 2, ...rest, put() {}, get g() { return 1; } }; return o; }`,
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        o = new {}
        o.tree = tree
        %0 = api new Mutex()
        o.lock = %0
        %1 = new {}
        %1.m = 1
        o.n = %1
        o[k] = 2
        o[?] = ?
        o.put = fn o.put
        return o"
    `);
  });

  test('an object literal of a declared type', () => {
    expect(body('interface D { n: 1 } function f() { const d: D = { n: 1 }; return d; }'))
      .toMatchInlineSnapshot(`
      "b0:
        d = new D
        d.n = 1
        return d"
    `);
  });

  test('an array literal', () => {
    expect(body('function f(a, b) { const l = [a, , ...b, a]; return l; }')).toMatchInlineSnapshot(`
      "b0:
        l = new {}
        l[0] = a
        l[?] = ?
        l[?] = a
        return l"
    `);
  });
});

describe('destructuring', () => {
  test('of a parameter', () => {
    expect(body('function f({ a, b: { c }, ...d }, [x, , y], ...rest) { return rest; }'))
      .toMatchInlineSnapshot(`
        "b0:
          a = (parameter 1).a
          %0 = (parameter 1).b
          c = %0.c
          d = ?
          x = (parameter 2)[0]
          y = (parameter 2)[2]
          rest = new {}
          return rest"
      `);
  });

  test('defaults', () => {
    expect(body('function f(a = g(), { b = 1 } = {}) { return b; }')).toMatchInlineSnapshot(`
      "b0:
        branch a === undefined b1 b2
      b1:
        a = value global g()
        goto b2
      b2:
        %0 = (parameter 2).b
        branch %0 === undefined b3 b4
      b3:
        %0 = 1
        goto b4
      b4:
        b = %0
        return b"
    `);
  });

  test('of a variable, with computed names', () => {
    expect(body('function f(o, k) { const { [k]: a, "b": c } = o; const [d = o] = o.list; return d; }'))
      .toMatchInlineSnapshot(`
        "b0:
          a = o[k]
          c = o.b
          %0 = o.list
          %1 = %0[0]
          branch %1 === undefined b1 b2
        b1:
          %1 = o
          goto b2
        b2:
          d = %1
          return d"
      `);
  });

  test('by assignment', () => {
    expect(body('function f(o) { let a, b; ({ a, x: o.y, z: b = 1 } = g()); [a, b] = [b, a]; }'))
      .toMatchInlineSnapshot(`
        "b0:
          a = undefined
          b = undefined
          %0 = value global g()
          a = %0.a
          o.y = %0.x
          %1 = %0.z
          branch %1 === undefined b1 b2
        b1:
          %1 = 1
          goto b2
        b2:
          b = %1
          %2 = new {}
          %2[0] = b
          %2[1] = a
          a = %2[0]
          b = %2[1]
          return"
      `);
  });
});

describe('assignment', () => {
  test('to names, fields and elements', () => {
    expect(body('function f(a, i) { a = i; a.b = i; a["c"] = 1; a[i] = 2; a.x = a.y = g(); }'))
      .toMatchInlineSnapshot(`
        "b0:
          a = i
          a.b = i
          a.c = 1
          a[i] = 2
          %0 = value global g()
          a.y = %0
          a.x = %0
          return"
      `);
  });

  test('compound', () => {
    expect(body('function f(a) { a += 1; a.n -= 2; a **= 3; a.m >>>= 1; }')).toMatchInlineSnapshot(`
      "b0:
        a = a + 1
        a.n = a.n - 2
        a = ?
        %0 = ?
        a.m = %0
        return"
    `);
  });

  test('steps', () => {
    expect(body('function f(a) { a++; ++a; a.n++; return g(a++, --a); }')).toMatchInlineSnapshot(`
      "b0:
        a = a + 1
        a = a + 1
        a.n = a.n + 1
        %0 = a
        a = %0 + 1
        a = a - 1
        %1 = value global g(%0, a)
        return %1"
    `);
  });

  test('logical', () => {
    expect(body('function f(a, b) { a ??= g(); b.x ||= g(); b.y &&= 1; }')).toMatchInlineSnapshot(`
      "b0:
        branch a != null b2 b1
      b1:
        %0 = value global g()
        a = %0
        goto b2
      b2:
        %1 = b.x
        branch %1 b4 b3
      b3:
        %1 = value global g()
        b.x = %1
        goto b4
      b4:
        %2 = b.y
        branch %2 b5 b6
      b5:
        %2 = 1
        b.y = %2
        goto b6
      b6:
        return"
    `);
  });

  test('as a condition', () => {
    expect(body('function f(mas) { let e; while ((e = mas_find(mas, 9)) !== null) g(e); }'))
      .toMatchInlineSnapshot(`
        "b0:
          e = undefined
          goto b1
        b1:
          e = api mas_find(mas, 9)
          branch e !== null b2 b3
        b2:
          %0 = value global g(e) dropped
          goto b1
        b3:
          return"
      `);
  });

  test('a setter and a getter of the file are called', () => {
    expect(
      body(
        'class C { get v() { return g(this); } set v(x) { this.w = x; } f() { this.v = 1; return this.v; } w; }',
        {},
        'C.f',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = call C.set v(1) on this
        %1 = call C.get v() on this
        return %1"
    `);
  });

  test('a getter of a field is the field', () => {
    expect(
      body('class C { #t; get t() { return this.#t; } f(o: C) { return g(this.t, o.t.x); } }', {}, 'C.f'),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = value global g(this.#t, o.#t.x)
        return %0"
    `);
  });
});

describe('decisions', () => {
  test('a conditional keeps what it chooses', () => {
    expect(body('function f(c, a, b) { const t = c ? a.tree : g(b); return t; }')).toMatchInlineSnapshot(`
      "b0:
        branch c b1 b2
      b1:
        t = a.tree
        goto b3
      b2:
        t = value global g(b)
        goto b3
      b3:
        return t"
    `);
  });

  test('logical operators as values', () => {
    expect(body('function f(a, b) { return g(a && b.x, a ?? b, a || g()); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = a
        branch %0 b1 b2
      b1:
        %0 = b.x
        goto b2
      b2:
        %1 = a
        branch %1 != null b4 b3
      b3:
        %1 = b
        goto b4
      b4:
        %2 = a
        branch %2 b6 b5
      b5:
        %2 = value global g()
        goto b6
      b6:
        %3 = value global g(%0, %1, %2)
        return %3"
    `);
  });

  test('as statements they keep nothing', () => {
    expect(body('function f(a) { a && mas_store(a, 1); a.b || g(); a ?? g(); a ? g() : void g(); }'))
      .toMatchInlineSnapshot(`
        "b0:
          branch a b1 b2
        b1:
          %0 = api mas_store(a, 1) dropped
          goto b2
        b2:
          branch a.b b4 b3
        b3:
          %1 = value global g() dropped
          goto b4
        b4:
          branch a != null b6 b5
        b5:
          %2 = value global g() dropped
          goto b6
        b6:
          branch a b7 b8
        b7:
          %3 = value global g() dropped
          goto b9
        b8:
          %4 = value global g() discarded
          goto b9
        b9:
          return"
      `);
  });

  test('optional calls', () => {
    expect(body('function f(a) { a?.b(1).c?.(2); const x = a.b?.c(); return x; }')).toMatchInlineSnapshot(`
      "b0:
        branch a != null b1 b3
      b1:
        %0 = method b(1) on a
        branch %0.c != null b2 b3
      b2:
        %1 = method c(2) on %0 dropped
        goto b4
      b3:
        %1 = undefined
        goto b4
      b4:
        branch a.b != null b5 b6
      b5:
        %2 = method c() on a.b
        goto b7
      b6:
        %2 = undefined
        goto b7
      b7:
        x = %2
        return x"
    `);
  });

  test('a chain of fields takes no branch', () => {
    expect(body('function f(a) { return a?.b?.c; }')).toMatchInlineSnapshot(`
      "b0:
        return a.b.c"
    `);
  });

  test('comma', () => {
    expect(body('function f(a) { return (g(), mas_store(a, 1), a); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = value global g() dropped
        %1 = api mas_store(a, 1) dropped
        return a"
    `);
  });
});

describe('what becomes of a result', () => {
  test('used, dropped, discarded', () => {
    expect(
      body(
        `async function f(m) { mas_store(m, 1); void mas_store(m, 2); const r = mas_store(m, 3); if (mas_store(m, 4)) r; return mas_store(m, 5); }`,
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = api mas_store(m, 1) dropped
        %1 = api mas_store(m, 2) discarded
        r = api mas_store(m, 3)
        %2 = api mas_store(m, 4)
        goto b1
      b1:
        %3 = api mas_store(m, 5)
        return %3"
    `);
  });

  test('through await', () => {
    expect(body('async function f(m) { await g(m); void (await g(m)); const x = await g(m); return x; }'))
      .toMatchInlineSnapshot(`
        "b0:
          %0 = value global g(m) dropped
          %1 = await %0
          %2 = value global g(m) discarded
          %3 = await %2
          %4 = value global g(m)
          x = await %4
          return x"
      `);
  });

  test('an arrow returns its expression', () => {
    expect(body('const f = (m) => mas_store(m, 1);')).toMatchInlineSnapshot(`
      "b0:
        %0 = api mas_store(m, 1)
        return %0"
    `);
  });
});

describe('suspension', () => {
  test('yield', () => {
    expect(body('function* f(a) { const x = yield a; yield* g(x); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = yield a
        x = %0
        %1 = value global g(x)
        %2 = yield %1
        return"
    `);
  });
});

describe('objects of local classes', () => {
  test('new, then the constructor', () => {
    expect(body('class P { constructor(a) {} } function f(a) { const p = new P(a); return new P(p).x; }'))
      .toMatchInlineSnapshot(`
        "b0:
          p = new P
          %0 = call P.constructor(a) on p
          %1 = new P
          %2 = call P.constructor(p) on %1
          return %1.x"
      `);
  });

  test('field initialisers, parameter properties, then the body', () => {
    const text =
      'class P { tree = new MapleTree(); n = 1; run = () => this.n; constructor(readonly lock: Mutex) { this.n = 2; } }';
    expect(body(text, {}, 'P.constructor')).toMatchInlineSnapshot(`
      "b0:
        %0 = api new MapleTree()
        this.tree = %0
        %1 = 1
        this.n = %1
        this.lock = lock
        this.n = 2
        return"
    `);
  });

  test('a constructor is made up, and calls that of the base', () => {
    const text = 'class B { a = new Mutex(); } class P extends B { b = new MapleTree(); }';
    expect(body(text, {}, 'P.constructor')).toMatchInlineSnapshot(`
      "b0:
        %0 = call B.constructor(?) on this
        %1 = api new MapleTree()
        this.b = %1
        return"
    `);
    expect(body(text, {}, 'B.constructor')).toMatchInlineSnapshot(`
      "b0:
        %0 = api new Mutex()
        this.a = %0
        return"
    `);
  });

  test('fields come after super()', () => {
    const text = 'class P extends Mutex { b = 1; constructor(x) { g(x); super(x); this.b = 2; } }';
    expect(body(text, {}, 'P.constructor')).toMatchInlineSnapshot(`
      "b0:
        %0 = value global g(x) dropped
        %1 = api new Mutex(x) on this
        %2 = 1
        this.b = %2
        this.b = 2
        return"
    `);
  });

  test('static fields and blocks run where the class stands', () => {
    const text =
      'g(); class P { static tree = new MapleTree(); static { this.tree.x = 1; } static m() {} } P.m();';
    expect(body(text, {}, '(module)')).toMatchInlineSnapshot(`
      "b0:
        %0 = value global g() dropped
        P = new typeof P
        %1 = api new MapleTree()
        P.tree = %1
        P.tree.x = 1
        %2 = call P.m() dropped
        return"
    `);
  });
});

describe('assertions', () => {
  test('of node:assert', () => {
    expect(
      body(
        `import assert, { strictEqual } from 'node:assert'; function f(a, b) { assert(a.x); assert.ok(a && b); assert(a || b); strictEqual(a, 1); console.assert(b); }`,
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        assume a.x
        assume a
        assume b
        branch pure ||(a, b) b1 b2
      b1:
        assume a === 1
        assume b
        return
      b2:
        stop"
    `);
  });

  test('by signature', () => {
    expect(
      body(
        'function invariant(m: string, c: unknown): asserts c {} function f(a) { invariant("x", a === 1); }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = call invariant("x", a === 1) dropped
        assume a === 1
        return"
    `);
  });

  test('an assert of one’s own says nothing', () => {
    expect(body('function assert(c) {} function f(a) { assert(a); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = call assert(a) dropped
        return"
    `);
  });
});

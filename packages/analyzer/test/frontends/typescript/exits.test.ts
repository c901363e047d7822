import { describe, expect, test } from 'vitest';
import { body, functionNamed, lower } from './lowered.ts';

describe('try', () => {
  test('finally is there for each exit', () => {
    expect(
      body(
        'function f(t, a) { mtree_lock(t); try { if (a) return g(a); if (a.x) throw a; h(a); } finally { mtree_unlock(t); } end(); }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = api mtree_lock(t) dropped
        branch a b1 b2
      b1:
        %1 = value global g(a)
        %2 = %1
        %3 = api mtree_unlock(t) dropped
        return %2
      b2:
        branch a.x b3 b4
      b3:
        %4 = api mtree_unlock(t) dropped
        throw
      b4:
        %5 = value global h(a) dropped
        %6 = api mtree_unlock(t) dropped
        %7 = value global end() dropped
        return"
    `);
  });

  test('break and continue through finally', () => {
    expect(
      body(
        'function f(t, l) { for (const x of l) { try { if (x.a) break; if (x.b) continue; g(x); } finally { mtree_unlock(t); } } }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        branch ? b2 b7
      b2:
        x = l[?]
        branch x.a b3 b4
      b3:
        %0 = api mtree_unlock(t) dropped
        goto b7
      b4:
        branch x.b b5 b6
      b5:
        %1 = api mtree_unlock(t) dropped
        goto b1
      b6:
        %2 = value global g(x) dropped
        %3 = api mtree_unlock(t) dropped
        goto b1
      b7:
        return"
    `);
  });

  test('throw goes to catch', () => {
    expect(body('function f(a) { try { g(1); if (a) throw a; } catch (e) { h(e); } end(); }'))
      .toMatchInlineSnapshot(`
        "b0:
          branch ? b1 b2
        b1:
          %0 = value global g(1) dropped
          branch a b2 b3
        b2:
          e = ?
          %1 = value global h(e) dropped
          goto b3
        b3:
          %2 = value global end() dropped
          return"
      `);
  });

  test('a catch that nothing throws to is entered from the start of the block', () => {
    expect(body('function f(t) { mtree_lock(t); try { g(1); } catch { h(); } mtree_unlock(t); }'))
      .toMatchInlineSnapshot(`
        "b0:
          %0 = api mtree_lock(t) dropped
          branch ? b1 b2
        b1:
          %1 = value global g(1) dropped
          goto b3
        b2:
          %2 = value global h() dropped
          goto b3
        b3:
          %3 = api mtree_unlock(t) dropped
          return"
      `);
  });

  test('catch and finally, throwing again', () => {
    expect(body('function f(t) { try { throw 1; } catch (e) { throw e; } finally { mtree_unlock(t); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          goto b1
        b1:
          e = ?
          %0 = api mtree_unlock(t) dropped
          throw"
      `);
  });

  test('return in finally wins', () => {
    expect(body('function f(a) { try { throw a; } finally { return 1; } }')).toMatchInlineSnapshot(`
      "b0:
        return 1"
    `);
  });

  test('nested finally blocks run from the inside out', () => {
    expect(body('function f(a) { try { try { return a; } finally { g(1); } } finally { g(2); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          %0 = a
          %1 = value global g(1) dropped
          %2 = value global g(2) dropped
          return %0"
      `);
  });

  test('what is returned is what it was', () => {
    expect(body('function f(a) { try { return a.x; } finally { a.x = 1; } }')).toMatchInlineSnapshot(`
      "b0:
        %0 = a.x
        a.x = 1
        return %0"
    `);
  });

  test('many exits share a copy', () => {
    const exits = Array.from({ length: 40 }, (_, i) => `if (a.x${i}) return ${i};`).join(' ');
    const unit = lower(`function f(a) { try { ${exits} } finally { a.m(); } }`);
    const calls = functionNamed(unit, 'f').blocks.flatMap(({ instrs }) =>
      instrs.filter(({ kind }) => kind === 'call'),
    );
    expect(calls.length).toBeLessThan(10);
  });

  test('deeply nested finally blocks do not explode', () => {
    let text = 'if (a.x) return 1; if (a.y) return 2; if (a.z) throw 3;';
    for (let i = 0; i < 12; i++) text = `try { ${text} } finally { if (a.f${i}) a.m${i}(); }`;
    expect(functionNamed(lower(`function f(a) { ${text} }`), 'f').blocks.length).toBeLessThan(10_000);
  });
});

describe('using', () => {
  test('ends in reverse order, at the end of its block', () => {
    expect(body('function f(t) { { using a = mtree_lock(t); using b = rcu_read_lock(); g(); } h(); }'))
      .toMatchInlineSnapshot(`
        "b0:
          a = api mtree_lock(t)
          b = api rcu_read_lock()
          %0 = value global g() dropped
          dispose b
          dispose a
          %1 = value global h() dropped
          return"
      `);
  });

  test('ends at every exit', () => {
    expect(
      body('function f(t, a) { using guard = mtree_lock(t); if (a) return a.x; if (a.y) throw a; g(); }'),
    ).toMatchInlineSnapshot(`
      "b0:
        guard = api mtree_lock(t)
        branch a b1 b2
      b1:
        %0 = a.x
        dispose guard
        return %0
      b2:
        branch a.y b3 b4
      b3:
        dispose guard
        throw
      b4:
        %1 = value global g() dropped
        dispose guard
        return"
    `);
  });

  test('ends before finally, and only what has begun', () => {
    expect(
      body(
        'function f(t, a) { try { if (a) return; using guard = mtree_lock(t); if (a.x) return; } finally { g(); } }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        branch a b1 b2
      b1:
        %0 = undefined
        %1 = value global g() dropped
        return %0
      b2:
        guard = api mtree_lock(t)
        branch a.x b3 b4
      b3:
        %0 = undefined
        dispose guard
        %2 = value global g() dropped
        return %0
      b4:
        dispose guard
        %3 = value global g() dropped
        return"
    `);
  });

  test('ends with each round', () => {
    expect(body('function f(l) { for (using x of l) { if (x.a) continue; if (x.b) break; g(x); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          goto b1
        b1:
          branch ? b2 b7
        b2:
          x = l[?]
          branch x.a b3 b4
        b3:
          dispose x
          goto b1
        b4:
          branch x.b b5 b6
        b5:
          dispose x
          goto b7
        b6:
          %0 = value global g(x) dropped
          dispose x
          goto b1
        b7:
          return"
      `);
  });

  test('in the head of a for', () => {
    expect(body('function f(t, n) { for (using x = mtree_lock(t); n.more; ) { if (n.a) break; } h(); }'))
      .toMatchInlineSnapshot(`
        "b0:
          x = api mtree_lock(t)
          goto b1
        b1:
          branch n.more b2 b3
        b2:
          branch n.a b3 b1
        b3:
          dispose x
          %0 = value global h() dropped
          return"
      `);
  });

  test('awaits', () => {
    expect(body('async function f(t) { await using x = t.lock(); g(); }')).toMatchInlineSnapshot(`
      "b0:
        x = method lock() on t
        %0 = value global g() dropped
        dispose x
        %1 = await ?
        return"
    `);
  });

  test('by hand', () => {
    expect(body('function f(t) { const guard = mtree_lock(t); guard[Symbol.dispose](); }'))
      .toMatchInlineSnapshot(`
        "b0:
          guard = api mtree_lock(t)
          dispose guard explicit
          return"
      `);
  });

  test('by hand, of a declared type', () => {
    const text =
      "import type { LockGuard } from '@maplelock/core'; function f(g: LockGuard) { g[Symbol.dispose](); }";
    expect(body(text)).toMatchInlineSnapshot(`
      "b0:
        dispose g explicit
        return"
    `);
  });

  test('by hand, if there is one', () => {
    expect(body('function f(guard) { guard?.[Symbol.dispose](); }')).toMatchInlineSnapshot(`
      "b0:
        branch guard != null b1 b2
      b1:
        dispose guard explicit
        %0 = undefined
        goto b3
      b2:
        %0 = undefined
        goto b3
      b3:
        return"
    `);
  });

  test('of a class of the file calls its method', () => {
    const guard =
      'class G { constructor(private t) { mtree_lock(t); } [Symbol.dispose]() { mtree_unlock(this.t); } }';
    expect(body(`${guard} function f(t) { using g = new G(t); h(); }`)).toMatchInlineSnapshot(`
      "b0:
        g = new G
        %0 = call G.constructor(t) on g
        %1 = value global h() dropped
        %2 = call G.[Symbol.dispose]() on g implicit
        return"
    `);
    expect(body(`${guard} function f(t) { const g = new G(t); g[Symbol.dispose](); }`))
      .toMatchInlineSnapshot(`
      "b0:
        g = new G
        %0 = call G.constructor(t) on g
        %1 = call G.[Symbol.dispose]() on g dropped
        return"
    `);
    const factory = 'function hold(t) { mtree_lock(t); return { [Symbol.dispose]() { mtree_unlock(t); } }; }';
    expect(body(`${factory} function f(t) { using g = hold(t); h(); }`)).toMatchInlineSnapshot(`
      "b0:
        g = call hold(t)
        %0 = value global h() dropped
        %1 = call [Symbol.dispose]() on g implicit
        return"
    `);
    const later = 'class L { async [Symbol.asyncDispose]() {} }';
    expect(body(`${later} async function f() { await using l = new L(); }`)).toMatchInlineSnapshot(`
      "b0:
        l = new L
        %0 = call L.constructor() on l
        %1 = call L.[Symbol.asyncDispose]() on l implicit
        %2 = await %1
        return"
    `);
  });

  test('in a case', () => {
    expect(
      body('function f(t, a) { switch (a) { case 1: using x = mtree_lock(t); if (t.b) break; g(); } h(); }'),
    ).toMatchInlineSnapshot(`
      "b0:
        branch a === 1 b1 b4
      b1:
        x = api mtree_lock(t)
        branch t.b b2 b3
      b2:
        dispose x
        goto b4
      b3:
        %0 = value global g() dropped
        dispose x
        goto b4
      b4:
        %1 = value global h() dropped
        return"
    `);
  });

  test('the end is shown at the closing brace, or at the exit', () => {
    const text = 'function f(t, a) { using g = t; if (a) return; }';
    const dispose = functionNamed(lower(text), 'f').blocks.flatMap(({ instrs }) =>
      instrs.flatMap((instr) =>
        instr.kind === 'dispose' ? [text.slice(instr.span.start, instr.span.end)] : [],
      ),
    );
    expect(dispose.sort()).toEqual(['return;', '}']);
  });
});

describe('what does not come back', () => {
  test('process.exit', () => {
    expect(body('function f(a) { if (a) process.exit(1); g(); }')).toMatchInlineSnapshot(`
      "b0:
        branch a b1 b2
      b1:
        stop
      b2:
        %0 = value global g() dropped
        return"
    `);
    expect(body("import { exit } from 'node:process'; function f(a) { exit(1); g(); }"))
      .toMatchInlineSnapshot(`
        "b0:
          stop"
      `);
    expect(body('function f(process) { process.exit(1); g(); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = method exit(1) on process dropped
        %1 = value global g() dropped
        return"
    `);
  });

  test('a function that returns never', () => {
    expect(
      body(
        'function fail(): never { throw 1; } function f(t, a) { try { if (a) fail(); } finally { mtree_unlock(t); } g(); }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        branch a b1 b4
      b1:
        %1 = call fail() dropped threw %0
        branch %0 b2 b3
      b2:
        %2 = api mtree_unlock(t) dropped
        throw
      b3:
        %3 = api mtree_unlock(t) dropped
        throw
      b4:
        %4 = api mtree_unlock(t) dropped
        %5 = value global g() dropped
        return"
    `);
    expect(body('declare function fail(): never; function f() { fail(); g(); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = value global fail() dropped
        throw"
    `);
    expect(body('class C { fail(): never { throw 1; } f() { this.fail(); g(); } }', {}, 'C.f'))
      .toMatchInlineSnapshot(`
        "b0:
          %0 = call C.fail() on this dropped
          throw"
      `);
  });
});

describe('implicit throws', () => {
  const options = { implicitThrows: true };

  test('every call may leave the function', () => {
    expect(body('function f(t) { mtree_lock(t); g(); mtree_unlock(t); }', options)).toMatchInlineSnapshot(`
      "b0:
        branch ? b3 b1
      b1:
        %0 = api mtree_lock(t) dropped
        branch ? b3 b2
      b2:
        %1 = value global g() dropped
        %2 = api mtree_unlock(t) dropped
        branch ? b3 b4
      b3:
        throw
      b4:
        return"
    `);
  });

  test('or go to the handler, through what stands between', () => {
    expect(body('function f(t) { try { using x = mtree_lock(t); g(); } catch { h(); } }', options))
      .toMatchInlineSnapshot(`
        "b0:
          branch ? b1 b5
        b1:
          branch ? b5 b2
        b2:
          x = api mtree_lock(t)
          branch ? b3 b4
        b3:
          dispose x
          goto b5
        b4:
          %0 = value global g() dropped
          dispose x
          goto b8
        b5:
          branch ? b6 b7
        b6:
          throw
        b7:
          %1 = value global h() dropped
          goto b8
        b8:
          return"
      `);
  });
});

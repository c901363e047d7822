import { describe, expect, test } from 'vitest';
import { body } from './lowered.ts';

describe('conditions', () => {
  test('if with && || ! and ??', () => {
    expect(body('function f(a, b, c) { if ((a && !b) || (c ?? a)) g(1); else g(2); g(3); }'))
      .toMatchInlineSnapshot(`
        "b0:
          branch pure &&(a, !b) b4 b1
        b1:
          branch c != null b2 b3
        b2:
          branch c b4 b5
        b3:
          branch a b4 b5
        b4:
          %0 = value global g(1) dropped
          goto b6
        b5:
          %1 = value global g(2) dropped
          goto b6
        b6:
          %2 = value global g(3) dropped
          return"
      `);
  });

  test('a call in a condition is done where it is reached', () => {
    expect(body('function f(t, a) { if (a && mtree_trylock(t)) { mtree_unlock(t); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          branch a b1 b3
        b1:
          %0 = api mtree_trylock(t)
          branch %0 b2 b3
        b2:
          %1 = api mtree_unlock(t) dropped
          goto b3
        b3:
          return"
      `);
  });

  test('constants decide', () => {
    expect(body('function f() { if (false) g(1); while (true) { g(2); } }')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        %0 = value global g(2) dropped
        goto b1"
    `);
  });
});

describe('switch', () => {
  test('falls through, with the default in the middle', () => {
    expect(
      body(
        'function f(a) { switch (g(a)) { case 1: h(1); default: h(2); case 2: h(3); break; case 3: return; } h(4); }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        %0 = value global g(a)
        branch %0 === 1 b1 b2
      b1:
        %1 = value global h(1) dropped
        goto b5
      b2:
        branch %0 === 2 b6 b3
      b3:
        branch %0 === 3 b4 b5
      b4:
        return
      b5:
        %2 = value global h(2) dropped
        goto b6
      b6:
        %3 = value global h(3) dropped
        %4 = value global h(4) dropped
        return"
    `);
  });

  test('of true', () => {
    expect(body('function f(a, b) { switch (true) { case a && b: g(1); break; case !a: g(2); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          branch pure &&(a, b) b1 b2
        b1:
          %0 = value global g(1) dropped
          goto b4
        b2:
          branch a b4 b3
        b3:
          %1 = value global g(2) dropped
          goto b4
        b4:
          return"
      `);
  });
});

describe('loops', () => {
  test('while', () => {
    expect(body('function f(a) { while (a.x) { if (a.y) continue; if (a.z) break; g(a); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          goto b1
        b1:
          branch a.x b2 b5
        b2:
          branch a.y b1 b3
        b3:
          branch a.z b5 b4
        b4:
          %0 = value global g(a) dropped
          goto b1
        b5:
          return"
      `);
  });

  test('do', () => {
    expect(body('function f(a) { do { if (a.y) continue; g(a); } while (a.x); }')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        branch a.y b3 b2
      b2:
        %0 = value global g(a) dropped
        goto b3
      b3:
        branch a.x b1 b4
      b4:
        return"
    `);
  });

  test('for', () => {
    expect(body('function f(n) { for (let i = 0, j = n; i < j; i++, j--) { if (i) continue; g(i); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          i = 0
          j = n
          goto b1
        b1:
          branch i < j b2 b5
        b2:
          branch i b4 b3
        b3:
          %0 = value global g(i) dropped
          goto b4
        b4:
          i = i + 1
          j = j - 1
          goto b1
        b5:
          return"
      `);
  });

  test('for without end', () => {
    expect(body('function f(n) { for (;;) { if (n) break; } g(); }')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        branch n b2 b1
      b2:
        %0 = value global g() dropped
        return"
    `);
  });

  test('for in', () => {
    expect(body('function f(o) { for (const k in o) g(k); }')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        branch ? b2 b3
      b2:
        k = ?
        %0 = value global g(k) dropped
        goto b1
      b3:
        return"
    `);
  });

  test('for of anything', () => {
    expect(body('function f(list) { for (const x of list.all()) g(x); }')).toMatchInlineSnapshot(`
      "b0:
        %0 = method all() on list
        goto b1
      b1:
        branch ? b2 b3
      b2:
        x = %0[?]
        %1 = value global g(x) dropped
        goto b1
      b3:
        return"
    `);
  });

  test('for of, destructured, and assigned to a field', () => {
    expect(body('function f(map, o) { for (const [k, v] of map) g(k, v); for (o.x of map); }'))
      .toMatchInlineSnapshot(`
        "b0:
          goto b1
        b1:
          branch ? b2 b3
        b2:
          %0 = map[?]
          k = %0[0]
          v = %0[1]
          %1 = value global g(k, v) dropped
          goto b1
        b3:
          branch ? b4 b5
        b4:
          o.x = map[?]
          goto b3
        b5:
          return"
      `);
  });

  test('for await', () => {
    expect(body('async function f(list) { for await (const x of list) g(x); }')).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        branch ? b2 b3
      b2:
        %0 = await list[?]
        x = %0
        %1 = value global g(x) dropped
        goto b1
      b3:
        return"
    `);
  });

  test('for of an iterable of the contract calls its step', () => {
    expect(body('function f(mas, n) { for (const e of mas_for_each(mas, n + 1)) g(e); }'))
      .toMatchInlineSnapshot(`
        "b0:
          goto b1
        b1:
          %0 = api mas_find(mas, n + 1)
          branch %0 !== null b2 b3
        b2:
          e = %0
          %1 = value global g(e) dropped
          goto b1
        b3:
          return"
      `);
  });

  test('by way of a constant', () => {
    expect(body('function f(mas) { const all = mas_for_each(mas, 9); for (const { x } of all) g(x); }'))
      .toMatchInlineSnapshot(`
        "b0:
          all = ?
          goto b1
        b1:
          %0 = api mas_find(mas, 9)
          branch %0 !== null b2 b3
        b2:
          x = %0.x
          %1 = value global g(x) dropped
          goto b1
        b3:
          return"
      `);
  });

  test('a function of that name of one’s own is no iterable of the contract', () => {
    expect(
      body('function f(mas) { const mas_for_each = mas.each; for (const e of mas_for_each(mas, 9)) g(e); }'),
    ).toMatchInlineSnapshot(`
      "b0:
        mas_for_each = mas.each
        %0 = value mas_for_each(mas, 9)
        goto b1
      b1:
        branch ? b2 b3
      b2:
        e = %0[?]
        %1 = value global g(e) dropped
        goto b1
      b3:
        return"
    `);
  });

  test('labels', () => {
    expect(
      body(
        'function f(a) { outer: for (const x of a) { for (const y of x) { if (y) continue outer; if (g(y)) break outer; } } }',
      ),
    ).toMatchInlineSnapshot(`
      "b0:
        goto b1
      b1:
        branch ? b2 b6
      b2:
        x = a[?]
        goto b3
      b3:
        branch ? b4 b1
      b4:
        y = x[?]
        branch y b1 b5
      b5:
        %0 = value global g(y)
        branch %0 b6 b3
      b6:
        return"
    `);
  });

  test('a labelled block', () => {
    expect(body('function f(a) { done: { if (a) break done; g(1); } g(2); }')).toMatchInlineSnapshot(`
      "b0:
        branch a b2 b1
      b1:
        %0 = value global g(1) dropped
        goto b2
      b2:
        %1 = value global g(2) dropped
        return"
    `);
  });

  test('continue in a switch goes on with the loop', () => {
    expect(body('function f(a) { while (a.x) { switch (a.k) { case 1: continue; case 2: break; } g(a); } }'))
      .toMatchInlineSnapshot(`
        "b0:
          goto b1
        b1:
          branch a.x b2 b5
        b2:
          %0 = a.k
          branch %0 === 1 b1 b3
        b3:
          goto b4
        b4:
          %1 = value global g(a) dropped
          goto b1
        b5:
          return"
      `);
  });
});

test('nothing after a return is there', () => {
  expect(body('function f(a) { return a; g(a); }')).toMatchInlineSnapshot(`
    "b0:
      return a"
  `);
});

import { describe, expect, it } from 'vitest';
import { printBody, printC } from './c-program.ts';

describe('branches', () => {
  it('lowers && and || to the way taken', () => {
    expect(printBody('if (d && (d->a || !ready(d))) use(1); else use(2);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        branch d b1 b5
      b1:
        branch d.a b2 b4
      b2:
        %0 = external use(1) dropped
        goto b3
      b3:
        return
      b4:
        %1 = external ready(d)
        branch %1 b5 b2
      b5:
        %2 = external use(2) dropped
        goto b3
      "
    `);
  });

  it('lowers them as values', () => {
    expect(printBody('int x = n && get(d); use(x || n);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        branch n b1 b7
      b1:
        %0 = external get(d)
        branch %0 b2 b7
      b2:
        %1 = 1
        goto b3
      b3:
        x = %1
        branch pure ||(x, n) b4 b6
      b4:
        %2 = 1
        goto b5
      b5:
        %3 = external use(%2) dropped
        return
      b6:
        %2 = 0
        goto b5
      b7:
        %1 = 0
        goto b3
      "
    `);
  });

  it('lowers conditional expressions', () => {
    expect(printBody('int x = n > 1 ? get(d) : 2; x = get(3) ?: n; use(x);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        branch n > 1 b1 b5
      b1:
        %0 = external get(d)
        goto b2
      b2:
        x = %0
        %1 = external get(3)
        %2 = %1
        branch %2 b3 b4
      b3:
        x = %2
        %3 = external use(x) dropped
        return
      b4:
        %2 = n
        goto b3
      b5:
        %0 = 2
        goto b2
      "
    `);
  });

  it('takes constant conditions as they are', () => {
    expect(printBody('while (1) { if (0) use(1); if (stop()) break; } use(2);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        goto b1
      b1:
        %0 = external stop()
        branch %0 b2 b1
      b2:
        %1 = external use(2) dropped
        return
      "
    `);
  });
});

describe('loops', () => {
  it('lowers while, do and for with break and continue', () => {
    expect(
      printBody(`
        while (more(d)) { if (n) continue; break; }
        do { if (n) continue; use(n); } while (--n > 0);
        for (int i = 0; i < n; i++) { if (i == 3) continue; use(i); }
        for (;;) { use(1); }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        goto b1
      b1:
        %0 = external more(d)
        branch %0 b2 b3
      b2:
        branch n b1 b3
      b3:
        branch n b4 b11
      b4:
        n = n - 1
        branch n > 0 b3 b5
      b5:
        i = 0
        goto b6
      b6:
        branch i < n b7 b10
      b7:
        branch i == 3 b8 b9
      b8:
        i = i + 1
        goto b6
      b9:
        %1 = external use(i) dropped
        goto b8
      b10:
        %2 = external use(1) dropped
        goto b10
      b11:
        %3 = external use(n) dropped
        goto b4
      "
    `);
  });

  it('lowers comma expressions', () => {
    expect(printBody('for (n = 0, use(1); use(2), n < 3; n++, use(3)) ;')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        n = 0
        %0 = external use(1) dropped
        goto b1
      b1:
        %1 = external use(2) dropped
        branch n < 3 b2 b3
      b2:
        n = n + 1
        %2 = external use(3) dropped
        goto b1
      b3:
        return
      "
    `);
  });
});

describe('switch', () => {
  it('tests in order, falls through, and knows ranges and default', () => {
    expect(
      printBody(`
        switch (get(d)) {
        case 1:
          use(1);
          fallthrough;
        case 2 ... 5:
          use(2);
          break;
        default:
          use(3);
          break;
        case A:
          return;
        }
        use(4);`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = external get(d)
        branch %0 == 1 b1 b4
      b1:
        %1 = external use(1) dropped
        goto b2
      b2:
        %2 = external use(2) dropped
        goto b3
      b3:
        %3 = external use(4) dropped
        return
      b4:
        branch %0 >= 2 b5 b6
      b5:
        branch %0 <= 5 b2 b6
      b6:
        branch %0 == global A b7 b8
      b7:
        return
      b8:
        %4 = external use(3) dropped
        goto b3
      "
    `);
  });

  it('finds cases inside blocks and keeps an inner switch apart', () => {
    expect(printBody('switch (n) { case 1: { switch (d->x) { case 2: use(2); } case 3: use(3); } } use(4);'))
      .toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = n
        branch %0 == 1 b1 b5
      b1:
        %1 = d.x
        branch %1 == 2 b2 b3
      b2:
        %2 = external use(2) dropped
        goto b3
      b3:
        %3 = external use(3) dropped
        goto b4
      b4:
        %4 = external use(4) dropped
        return
      b5:
        branch %0 == 3 b3 b4
      "
    `);
  });
});

describe('goto', () => {
  it('goes forward and backward', () => {
    expect(printBody('retry: if (get(d)) goto out; if (n--) goto retry; use(1); out: use(2);'))
      .toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        goto b1
      b1:
        %0 = external get(d)
        branch %0 b2 b3
      b2:
        %1 = external use(2) dropped
        return
      b3:
        %2 = n
        n = n - 1
        branch %2 b1 b4
      b4:
        %3 = external use(1) dropped
        goto b2
      "
    `);
  });

  it('goes into a label before the end, and nowhere from a computed one', () => {
    expect(printBody('if (n) goto out; goto *table[n];\nout:\n')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        branch n b1 b2
      b1:
        return
      b2:
        stop
      "
    `);
  });
});

describe('ends', () => {
  it('stops where the kernel does', () => {
    expect(
      printC(`
        static void __noreturn die(void) { panic("dead"); }
        int f(int n) { if (n == 1) BUG(); if (n == 2) die(); if (n == 3) do_exit(n); BUG_ON(n == 4); return n; }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(n)
      b0:
        branch n == 1 b1 b2
      b1:
        stop
      b2:
        branch n == 2 b3 b4
      b3:
        %0 = call die()
        stop
      b4:
        branch n == 3 b5 b6
      b5:
        stop
      b6:
        assume !(n == 4)
        return n
      "
    `);
  });

  it('drops what cannot be reached', () => {
    expect(printBody('return; use(1);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        return
      "
    `);
  });
});

describe('statement expressions', () => {
  it('yield their last value', () => {
    expect(printBody('int x = ({ int t = get(d); if (t) use(t); t + 1; }); use(x);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        t = external get(d)
        branch t b1 b2
      b1:
        %0 = external use(t) dropped
        goto b2
      b2:
        x = t + 1
        %1 = external use(x) dropped
        return
      "
    `);
  });
});

import { describe, expect, it } from 'vitest';
import { functionOf, lowerC, printBody, printC } from './c-program.ts';

const STRUCTS = `
struct maple_tree { spinlock_t ma_lock; };
struct inner { int n; struct maple_tree mt; };
struct dev { struct maple_tree mt; struct maple_tree *far; struct inner in; struct dev *next; int a[4]; };
`;

describe('places and values', () => {
  it('denotes embedded structs by their address', () => {
    expect(
      printC(`${STRUCTS}void f(struct dev *d) {
        use(&d->mt, d->far, &d->in.mt, d->mt.ma_lock, &d->mt.ma_lock, d->in.n, &(*d).mt, (&d->in)->n);
      }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d)
      b0:
        %0 = external use((&d.mt), d.far, (&(&d.in).mt), (&(&d.mt).ma_lock), (&(&d.mt).ma_lock), (&d.in).n, (&d.mt), (&d.in).n) dropped
        return
      "
    `);
  });

  it('denotes struct variables by their address, pointers by their value', () => {
    expect(
      printC(`${STRUCTS}static struct maple_tree tree;
      void f(struct dev *d) { struct dev local; struct dev *p = &local; int n; use(&local.mt, p->mt, &n, tree, &tree, *d); }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d)
      b0:
        local = new dev
        p = &local
        %0 = external use((&&local.mt), (&p.mt), &n, &tree, &tree, d) dropped
        return
      "
    `);
  });

  it('reads elements, pointers and names of other files', () => {
    expect(
      printBody(
        'int a[3]; int *p = a; use(a[n], &a[1], *p, d->v[n].x, &d->v[n], *&n, shared, &shared, shared.x, shared->y);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        a = new {}
        p = &a
        %0 = external use(&a[n], (&&a[1]), *p, (&d.v[n]).x, (&d.v[n]), n, global shared, &global shared, &global shared.x, global shared.y) dropped
        return
      "
    `);
  });

  it('takes casts and parentheses away', () => {
    expect(
      printBody(
        'use((void *)d, ((struct x *)d)->y, (unsigned long)(n), (u32)(n), (size_t)-1, (u64)-n, (gfp_t)&n);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = external use(d, d.y, n, n, -1, -n, &n) dropped
        return
      "
    `);
  });

  it('knows constants', () => {
    expect(
      printC(`
        #define LIMIT (16)
        #define OTHER 0x10UL
        enum { RED, GREEN = 5, BLUE };
        int f(int n) {
          use(NULL, true, false, 010, 0x1f, 10UL, 'a', '\\n', '\\0', '\\x41', LIMIT, OTHER, RED, BLUE, GFP_KERNEL, "s");
          return n ? -ENOMEM : EBUSY;
        }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(n)
      b0:
        %0 = external use(null, 1, 0, 8, 31, 10, 97, 10, 0, 65, 16, 16, 0, 6, global GFP_KERNEL, "s") dropped
        branch n b1 b3
      b1:
        %1 = -12
        goto b2
      b2:
        return %1
      b3:
        %1 = 16
        goto b2
      "
    `);
  });

  it('keeps predicates and conversions as pure values', () => {
    expect(
      printBody(
        'struct big *b = container_of(d, struct big, dev); if (IS_ERR(b)) return; use(b->x, PTR_ERR(b), ERR_PTR(-EIO), list_entry(d, struct big, list), !!n);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        b = pure container_of(d, "big", "dev")
        branch pure IS_ERR(b) b1 b2
      b1:
        return
      b2:
        %0 = external use(b.x, pure PTR_ERR(b), pure ERR_PTR(-5), pure container_of(d, "big", "list"), !!n) dropped
        return
      "
    `);
  });
});

describe('assignments', () => {
  it('writes to variables, fields, elements and through pointers', () => {
    expect(
      printBody(`
        int a, b; struct mas m;
        a = b = n;
        d->x = a; m.y = a; d->in.z = a; d->v[1] = a; *d->p = a; shared = a;
        a += 2; d->x |= 4; a++; --d->x; b = a++; *d->p++ = 1; m = *d->m;`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        m = new mas
        b = n
        a = b
        d.x = a
        &m.y = a
        (&d.in).z = a
        d.v[1] = a
        *d.p = a
        *&global shared = a
        a = a + 2
        d.x = d.x | 4
        a = a + 1
        d.x = d.x - 1
        %0 = a
        a = a + 1
        b = %0
        %1 = d.p
        d.p = d.p + 1
        *%1 = 1
        *&m = *d.m
        return
      "
    `);
  });

  it('lets the call deliver to its variable', () => {
    expect(printBody('int r = get(n); r = get(r); d->x = get(1); r = (int)get(2); r = get(3) + get(4);'))
      .toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        r = external get(n)
        r = external get(r)
        %0 = external get(1)
        d.x = %0
        r = external get(2)
        %1 = external get(3)
        %2 = external get(4)
        r = %1 + %2
        return
      "
    `);
  });

  it('sees through macros that store', () => {
    expect(printBody('WRITE_ONCE(d->x, n); rcu_assign_pointer(d->p, d); smp_store_release(&d->y, get(1));'))
      .toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        d.x = n
        d.p = d
        %0 = external get(1)
        d.y = %0
        return
      "
    `);
  });

  it('stores initialisers', () => {
    expect(
      printC(`struct pair { int first; void *second; };
      void f(struct dev *d) {
        struct pair p = { .first = 1, .second = d };
        struct pair q = { 2, d };
        int a[] = { 1, [3] = 4 };
        struct pair *r = &(struct pair){ .first = 3 };
        struct pair s = *r;
        use(&p, &q, a, r, &s);
      }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d)
      b0:
        p = new pair
        &p.first = 1
        &p.second = d
        q = new pair
        &q.first = 2
        &q.second = d
        a = new {}
        &a[0] = 1
        &a[3] = 4
        %0 = new pair
        &%0.first = 3
        r = &%0
        s = new pair
        *&s = r
        %1 = external use(&p, &q, &a, r, &s) dropped
        return
      "
    `);
  });
});

describe('calls', () => {
  it('tells API, functions of the file, functions of others, and values apart', () => {
    expect(
      printC(`
        static int local(int n) { return n; }
        void f(struct ma_state *mas, struct ops *ops, void (*cb)(int)) {
          mas_pause(mas);
          local(1);
          elsewhere(2);
          cb(3);
          (*cb)(4);
          ops->run(mas, 5);
          (*ops->run)(6);
          ops->table[1](7);
        }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(mas, ops, cb)
      b0:
        %0 = api mas_pause(mas) dropped
        %1 = call local(1) dropped
        %2 = external elsewhere(2) dropped
        %3 = value cb(3) dropped
        %4 = value cb(4) dropped
        %5 = value ops.run(mas, 5) dropped
        %6 = value ops.run(6) dropped
        %7 = value ops.table[1](7) dropped
        return
      "
    `);
  });

  it('lets definitions of the file shadow the API', () => {
    expect(
      printC(`
        #define mas_reset(mas) do_nothing(mas)
        static void *mas_find(struct ma_state *mas, int max) { return 0; }
        void f(struct ma_state *mas, void (*mas_pause)(void *)) {
          mas_find(mas, 1); mas_pause(mas); mas_reset(mas); mas_walk(mas);
        }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(mas, mas_pause)
      b0:
        %0 = call mas_find(mas, 1) dropped
        %1 = value mas_pause(mas) dropped
        %2 = external do_nothing(mas) dropped
        %3 = api mas_walk(mas) dropped
        return
      "
    `);
  });

  it('says what becomes of a result', () => {
    expect(
      printBody(
        'get(1); (void)get(2); if (get(3)) use(get(4)); WARN_ON(get(5)); n && get(6); n ? get(7) : get(8); get(9), get(10);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = external get(1) dropped
        %1 = external get(2) discarded
        %2 = external get(3)
        branch %2 b1 b2
      b1:
        %3 = external get(4)
        %4 = external use(%3) dropped
        goto b2
      b2:
        %5 = external get(5)
        %6 = pure void(%5)
        branch n b3 b4
      b3:
        %7 = external get(6) dropped
        goto b4
      b4:
        branch n b5 b7
      b5:
        %8 = external get(7) dropped
        goto b6
      b6:
        %9 = external get(9) dropped
        %10 = external get(10) dropped
        return
      b7:
        %11 = external get(8) dropped
        goto b6
      "
    `);
  });

  it('sees through macros that yield their argument', () => {
    expect(
      printBody(
        'if (unlikely(!d)) return; use(READ_ONCE(d->x), rcu_dereference_protected(d->y, lockdep_is_held(&d->l))); n = WARN_ON(n > 3);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        branch d b1 b2
      b1:
        %0 = external use(d.x, d.y) dropped
        n = n > 3
        return
      b2:
        return
      "
    `);
  });

  it('spans the callee and the whole call', () => {
    const text = 'void f(struct dev *d) { x = d->ops->call ( 1 ); }';
    const [call] = functionOf(lowerC(text), 'f').blocks[0]?.instrs ?? [];
    expect(call?.kind).toBe('call');
    if (call?.kind !== 'call') return;
    expect(text.slice(call.span.start, call.span.end)).toBe('d->ops->call ( 1 )');
    expect(text.slice(call.nameSpan.start, call.nameSpan.end)).toBe('call');
  });
});

describe('functions as values', () => {
  it('escape from tables, arguments and macros, not from calls and exports', () => {
    const unit = lowerC(`
      static int a(void) { return 1; }
      static int b(void) { return a(); }
      static int c(void) { return 1; }
      static int d(void) { return 1; }
      int e(void) { return 1; }
      EXPORT_SYMBOL_GPL(e);
      static struct ops ops = { .run = b };
      static DECLARE_WORK(work, d);
      void f(void) { call_later(&c); }`);
    expect(Object.fromEntries(unit.functions.map((fn) => [fn.name, fn.escapes]))).toEqual({
      a: false,
      b: true,
      c: true,
      d: true,
      e: false,
      f: false,
      '(file)': false,
    });
  });
});

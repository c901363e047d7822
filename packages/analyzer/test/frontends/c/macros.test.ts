import { describe, expect, it } from 'vitest';
import { functionOf, lowerC, printBody, printC } from './c-program.ts';

describe('cursors and iterators', () => {
  it('makes MA_STATE a variable and the call that sets it up', () => {
    expect(printBody('MA_STATE(mas, &d->mt, 0, n); mas_walk(&mas); use(mas.index);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        mas = new ma_state
        %0 = api mas_init(&mas, (&d.mt), 0, n) discarded
        %1 = api mas_walk(&mas) dropped
        %2 = external use(&mas.index) dropped
        return
      "
    `);
  });

  it('makes VMA_ITERATOR one, too', () => {
    expect(printBody('VMA_ITERATOR(vmi, d->mm, 0); use(vma_next(&vmi));')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        vmi = new vma_iterator
        %0 = api vma_iter_init(&vmi, d.mm, 0) discarded
        %1 = api vma_next(&vmi)
        %2 = external use(%1) dropped
        return
      "
    `);
  });

  it('steps loops of the tree by the table', () => {
    expect(
      printBody(`
        MA_STATE(mas, &d->mt, 0, 0); void *e; unsigned long index = 0;
        mas_for_each(&mas, e, ULONG_MAX) { if (e == d) break; use(e); }
        mt_for_each(&d->mt, e, index, n) use(e);`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        mas = new ma_state
        %0 = api mas_init(&mas, (&d.mt), 0, 0) discarded
        index = 0
        goto b1
      b1:
        e = api mas_find(&mas, global ULONG_MAX)
        branch e != null b2 b3
      b2:
        branch e == d b3 b6
      b3:
        e = api mt_find((&d.mt), index, n)
        branch e != null b4 b5
      b4:
        %1 = external use(e) dropped
        goto b3
      b5:
        return
      b6:
        %2 = external use(e) dropped
        goto b1
      "
    `);
  });

  it('hands the iterator itself to the step', () => {
    expect(
      printC(`void f(struct vma_iterator *vmi, struct mm_struct *mm) {
        VMA_ITERATOR(own, mm, 0); struct vm_area_struct *vma;
        for_each_vma(own, vma) use(vma);
        for_each_vma_range(*vmi, vma, 100) use(vma);
        do { use(vma); } for_each_vma(*vmi, vma);
      }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(vmi, mm)
      b0:
        own = new vma_iterator
        %0 = api vma_iter_init(&own, mm, 0) discarded
        goto b1
      b1:
        vma = api vma_next(&own)
        branch vma != null b2 b3
      b2:
        %1 = external use(vma) dropped
        goto b1
      b3:
        vma = api vma_find(vmi, 100)
        branch vma != null b4 b5
      b4:
        %2 = external use(vma) dropped
        goto b3
      b5:
        %3 = external use(vma) dropped
        goto b6
      b6:
        vma = api vma_next(vmi)
        branch vma != null b5 b7
      b7:
        return
      "
    `);
  });

  it('runs unknown loops any number of times', () => {
    expect(
      printBody(
        'struct node *pos; int i; list_for_each_entry(pos, &d->list, member) use(pos); for_each_odd(i, n) use(i);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        goto b1
      b1:
        pos = ?
        branch ? b2 b3
      b2:
        %0 = external use(pos) dropped
        goto b1
      b3:
        i = ?
        branch ? b4 b5
      b4:
        %1 = external use(i) dropped
        goto b3
      b5:
        return
      "
    `);
  });
});

describe('guards', () => {
  it('give back at every exit, innermost first', () => {
    expect(
      printC(`int f(struct dev *d, int n) {
        guard(mutex)(&d->lock);
        if (n) {
          guard(rcu)();
          if (n == 2) return get(d);
          if (n == 3) goto out;
          use(1);
        }
        use(2);
      out:
        return d->x;
      }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = (&d.lock)
        %1 = api mutex_lock(%0)
        branch n b1 b7
      b1:
        %2 = api rcu_read_lock()
        branch n == 2 b2 b3
      b2:
        %3 = external get(d)
        %4 = api rcu_read_unlock() discarded implicit
        %5 = api mutex_unlock(%0) discarded implicit
        return %3
      b3:
        branch n == 3 b4 b6
      b4:
        %6 = api rcu_read_unlock() discarded implicit
        goto b5
      b5:
        %7 = d.x
        %8 = api mutex_unlock(%0) discarded implicit
        return %7
      b6:
        %9 = external use(1) dropped
        %10 = api rcu_read_unlock() discarded implicit
        goto b7
      b7:
        %11 = external use(2) dropped
        goto b5
      "
    `);
  });

  it('end with the loop round that they were taken in', () => {
    expect(
      printBody(
        'while (n--) { guard(spinlock)(&d->lock); if (d->a) continue; if (d->b) break; use(1); } use(2);',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        goto b1
      b1:
        %0 = n
        n = n - 1
        branch %0 b2 b6
      b2:
        %1 = (&d.lock)
        %2 = api spin_lock(%1)
        branch d.a b3 b4
      b3:
        %3 = api spin_unlock(%1) discarded implicit
        goto b1
      b4:
        branch d.b b5 b7
      b5:
        %4 = api spin_unlock(%1) discarded implicit
        goto b6
      b6:
        %5 = external use(2) dropped
        return
      b7:
        %6 = external use(1) dropped
        %7 = api spin_unlock(%1) discarded implicit
        goto b1
      "
    `);
  });

  it('scoped_guard holds for its statement, and break leaves it', () => {
    expect(
      printBody('scoped_guard(mutex, &d->lock) { if (n) break; use(1); } scoped_guard(rcu) use(2); use(3);'),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = (&d.lock)
        %1 = api mutex_lock(%0)
        branch n b1 b4
      b1:
        %2 = api mutex_unlock(%0) discarded implicit
        goto b2
      b2:
        %3 = api rcu_read_lock()
        %4 = external use(2) dropped
        %5 = api rcu_read_unlock() discarded implicit
        goto b3
      b3:
        %6 = external use(3) dropped
        return
      b4:
        %7 = external use(1) dropped
        %8 = api mutex_unlock(%0) discarded implicit
        goto b2
      "
    `);
  });

  it('scoped_cond_guard runs its statement where the lock was not taken', () => {
    expect(
      printC(
        'int f(struct dev *d) { scoped_cond_guard(mutex_intr, return -EINTR, &d->lock) { use(1); } return 0; }',
      ),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d)
      b0:
        %0 = (&d.lock)
        %1 = api mutex_lock_interruptible(%0)
        branch %1 == 0 b1 b3
      b1:
        %2 = external use(1) dropped
        %3 = api mutex_unlock(%0) discarded implicit
        goto b2
      b2:
        return 0
      b3:
        return -4
      "
    `);
  });

  it('CLASS names whether the lock was taken', () => {
    expect(printBody('CLASS(mutex_try, held)(&d->lock); if (!held) return; use(1);')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = (&d.lock)
        %1 = api mutex_trylock(%0)
        held = %1
        branch held b1 b4
      b1:
        %2 = external use(1) dropped
        branch held b2 b3
      b2:
        %3 = api mutex_unlock(%0) discarded implicit
        goto b3
      b3:
        return
      b4:
        branch held b5 b6
      b5:
        %4 = api mutex_unlock(%0) discarded implicit
        goto b6
      b6:
        return
      "
    `);
  });

  it('ACQUIRE tells by ACQUIRE_ERR why the lock was not taken', () => {
    expect(
      printC(`int f(struct dev *d) {
        ACQUIRE(mutex_intr, held)(&d->lock);
        int ret = ACQUIRE_ERR(mutex_intr, &held);
        if (ret) return ret;
        return 0;
      }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d)
      b0:
        %0 = (&d.lock)
        %1 = api mutex_lock_interruptible(%0)
        held = %1 == 0
        branch held b1 b9
      b1:
        %2 = 0
        goto b2
      b2:
        ret = %2
        branch ret b3 b6
      b3:
        %3 = ret
        branch held b4 b5
      b4:
        %4 = api mutex_unlock(%0) discarded implicit
        goto b5
      b5:
        return %3
      b6:
        branch held b7 b8
      b7:
        %5 = api mutex_unlock(%0) discarded implicit
        goto b8
      b8:
        return 0
      b9:
        %2 = -4
        goto b2
      "
    `);
  });

  it('may be defined by the file', () => {
    expect(
      printC(`
        static void dev_lock(struct dev *d) { mutex_lock(&d->lock); }
        DEFINE_GUARD(dev, struct dev *, dev_lock(_T), dev_unlock(_T))
        void f(struct dev *d) { guard(dev)(d); scoped_guard(dev, d->next) use(d); }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d)
      b0:
        %0 = d
        %1 = call dev_lock(%0)
        %2 = d.next
        %3 = call dev_lock(%2)
        %4 = external use(d) dropped
        %5 = external dev_unlock(%2) discarded implicit
        goto b1
      b1:
        %6 = external dev_unlock(%0) discarded implicit
        return
      "
    `);
  });

  it('evaluate the lock once', () => {
    expect(printBody('guard(mutex)(&d->next->lock); d = d->next;')).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = (&d.next.lock)
        %1 = api mutex_lock(%0)
        d = d.next
        %2 = api mutex_unlock(%0) discarded implicit
        return
      "
    `);
  });

  it('call unknown classes with what they are given', () => {
    expect(printBody('guard(preempt)(); CLASS(fd, file)(n); char *p __free(kfree) = get(n); use(file, p);'))
      .toMatchInlineSnapshot(`
        "
        exported fn f(d, n)
        b0:
          %0 = external class fd(n)
          file = %0
          p = external get(n)
          %1 = external use(file, p) dropped
          return
        "
      `);
  });
});

describe('trees at the top of the file', () => {
  it('are module variables; their initialisers run first', () => {
    const text = `
      static DEFINE_MUTEX(big);
      static struct maple_tree outer = MTREE_INIT_EXT(outer, MT_FLAGS_LOCK_EXTERN | MT_FLAGS_USE_RCU, big);
      struct maple_tree inner = MTREE_INIT(inner, 0);
      DEFINE_MTREE(plain);
      extern struct maple_tree foreign;
      void f(void) { mtree_load(&outer, 1); mtree_load(&plain, 2); mtree_load(&foreign, 3); mutex_lock(&big); }`;
    expect(printC(text)).toMatchInlineSnapshot(`
      "
      exported fn f()
      b0:
        %0 = api mtree_load(&outer, 1) dropped
        %1 = api mtree_load(&plain, 2) dropped
        %2 = api mtree_load(&global foreign, 3) dropped
        %3 = api mutex_lock(&big) dropped
        return
      "
    `);
    expect(printC(text, '(file)')).toMatchInlineSnapshot(`
      "
      init fn (file)()
      b0:
        %0 = api MTREE_INIT_EXT(&outer, global MT_FLAGS_LOCK_EXTERN | global MT_FLAGS_USE_RCU, &big) discarded
        %1 = api MTREE_INIT(&inner, 0) discarded
        return
      "
    `);
    const modules = lowerC(text).variables.filter((variable) => variable.kind === 'module');
    expect(modules.map(({ name, type, exported }) => [name, type?.name, exported])).toEqual([
      ['big', 'mutex', false],
      ['outer', 'maple_tree', false],
      ['inner', 'maple_tree', true],
      ['plain', 'maple_tree', true],
    ]);
  });
});

describe('generated functions', () => {
  it('have their parameters and are entry points', () => {
    const unit = lowerC(
      'SYSCALL_DEFINE2(two, int, fd, char __user *, p) { return use(fd, p); }\nSYSCALL_DEFINE0(zero) { return 0; }',
    );
    const two = functionOf(unit, 'two');
    expect(two.params.map((id) => unit.variables[id]?.name)).toEqual(['fd', 'p']);
    expect([two.escapes, two.linkage]).toEqual([true, 'exported']);
    expect(functionOf(unit, 'zero').params).toEqual([]);
  });
});

describe('macros of the file', () => {
  it('are read where they are used', () => {
    expect(
      printC(`
        #define dev_lock(d) mutex_lock(&(d)->lock)
        #define dev_unlock(x) \\
          do { \\
            mutex_unlock(&(x).lock); /* done */ \\
          } while (0)
        #define swap_in(a, b) ({ int t = (a); a = b; t; })
        #define call(fn, member) fn(d->member)
        #define twice(d) dev_lock((d)->next)
        int f(struct dev *d, int n) {
          dev_lock(d); dev_unlock(*d); twice(d->other); call(use, field);
          return swap_in(n, 3);
        }`),
    ).toMatchInlineSnapshot(`
      "
      exported fn f(d, n)
      b0:
        %0 = api mutex_lock((&d.lock)) dropped
        goto b1
      b1:
        %1 = api mutex_unlock((&d.lock)) dropped
        goto b2
      b2:
        %2 = api mutex_lock((&d.other.next.lock)) dropped
        %3 = external use(d.field) dropped
        t = n
        n = 3
        return t
      "
    `);
  });

  it('show their use, and stay calls where they cannot be read', () => {
    const text = `
      #define take(d) mutex_lock(&(d)->lock)
      #define give(d) give_##d()
      #define again(d) again(d)
      void f(struct dev *d) { take(d); give(d); again(d); }`;
    const calls = functionOf(lowerC(text), 'f').blocks[0]?.instrs.filter((instr) => instr.kind === 'call');
    expect(
      calls?.map((call) => [call.callee.kind, call.text, text.slice(call.span.start, call.span.end)]),
    ).toEqual([
      ['api', 'take', 'take(d)'],
      ['external', 'give', 'give(d)'],
      ['external', 'again', 'again(d)'],
    ]);
  });
});

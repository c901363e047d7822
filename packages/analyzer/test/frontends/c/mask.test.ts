import { describe, expect, it } from 'vitest';
import { mask } from '../../../src/frontends/c/mask.ts';
import { lowerC, model } from './c-program.ts';

/** Text that the grammar cannot read, or misreads, as it stands. */
const FILES: Readonly<Record<string, string>> = {
  'function attributes': `
    static __always_inline int a(void) { return 1; }
    asmlinkage __visible void __init b(void) {}
    static noinline __maybe_unused __printf(1, 2) void c(const char *fmt, ...) {}
    __bpf_kfunc int d(int x) { return x; }
    int e(void) __releases(&lock) __acquires(&other) {return 0;}
    static int __unknown_section g(void) { return 2; }
    MY_API unsigned long h(int x) { return x; }
    int i(void) SOME_ATTRIBUTE(3) { return 3; }`,
  'pointer and variable attributes': `
    static struct foo *table __read_mostly;
    static int limit __ro_after_init = 4;
    static const struct x names[] __initconst = { { 1 } };
    struct __packed s { u8 a; __le16 b; } __aligned(8);
    struct t { char __user *p; int n; int c[] __counted_by(n); spinlock_t l; int v __guarded_by(&l); };
    int copy(void __user *to, const struct __kernel_timespec __user *from) { return *(int __force *)to; }`,
  'declaring macros': `
    static DEFINE_MUTEX(lock);
    DEFINE_SPINLOCK(other);
    static DEFINE_PER_CPU(struct foo, cpu_foo);
    static LIST_HEAD(things);
    static DECLARE_WORK(work, worker);
    DEFINE_SHOW_ATTRIBUTE(state);
    static DEFINE_UNKNOWN(a, b, struct c) = { 1 };
    struct s { DECLARE_BITMAP(bits, 32); struct_group(head, int a; int b;); };
    void f(void) { static DEFINE_RATELIMIT_STATE(rs, 5, 10); LIST_HEAD(mine); }`,
  'file-scope statements': `
    EXPORT_SYMBOL(a);
    EXPORT_SYMBOL_GPL(b)
    MODULE_LICENSE("GPL");
    module_init(start);
    early_initcall(go)
    BTF_SET_START(x)
    BTF_ID(func, y)
    static_assert(sizeof(int) == 4);
    int f(void) { return 1; }`,
  'generated functions': `
    SYSCALL_DEFINE0(zero) { return 0; }
    SYSCALL_DEFINE3(three, int, fd, const char __user *, p, unsigned long, n) { return n; }
    TEST(name) { check(1); }
    static BPF_CALL_2(bpf_two, u32, a, struct map *, b) { return a; }`,
  loops: `
    void f(struct dev *d) {
      struct node *pos; int i;
      list_for_each_entry(pos, &d->list, member) use(pos);
      for_each_node(i) { use(i); }
      if (d) list_for_each(pos, &d->list) { use(pos); } else use(0);
      do_each_pid_thread(a, b, c) { use(c); } while_each_pid_thread(a, b, c);
      unknown_block(d, struct foo) { use(d); }
      for_each_nothing() use(0);
    }`,
  guards: `
    void f(struct dev *d) {
      guard(mutex)(&d->lock);
      scoped_guard(spinlock, &d->other) { use(d); }
      scoped_guard(rcu) use(d);
      char *p __free(kfree) = get(d);
      CLASS(fd, file)(3);
    }
    int g(struct dev *d) {
      scoped_cond_guard(mutex_intr, return -EINTR, &d->lock) { use(d); }
      return 0;
    }`,
  'types as arguments': `
    void f(struct dev *d) {
      struct foo *x = container_of(d, struct foo, member);
      x = kzalloc_obj(struct foo, GFP_KERNEL);
      n = min_t(unsigned long, a, b) + max_t(const char *, c, e);
      size = offsetof(struct foo, a[3].b) + __alignof__(*d) + sizeof(struct foo);
      v = va_arg(ap, struct foo *);
      w = __builtin_types_compatible_p(typeof(x), typeof(*d));
      y = (typeof(x))d + (__force u32)z;
      typeof(*d) copy = *d;
      const __typeof__(n) m = n;
    }`,
  preprocessor: `
    #include <linux/x.h>
    #define MACRO(x) do { \\
      if (x) { \\
    } while (0)
    #if 0
    this is { not C
    #else
    int a(void) { return 1; }
    #endif
    int b(int n
    #ifdef CONFIG_X
      , int m) {
    #else
      ) {
    #endif
    #ifdef CONFIG_Y
      if (n)
    #else
      if (!n) {
    #endif
        return 1;
      return 0;
    }
    #ifdef __cplusplus
    extern "C" {
    #endif`,
  statements: `
    int f(int n) {
      switch (n) {
      case 1 ... 4: return 1;
      case 'a' ... 'z': break;
      default:
      }
      NEEDBITS(16)
      n = 3;
      DUMPBITS(16)
      NEEDBITS(5) n = 4;
      asm volatile("nop" : : [x] "r" (n) : "memory");
      asm goto("jmp %l[out]" : : : : out);
      int v = ({ int t = n; t + 1; });
      goto *table[n];
    out:
    }`,
  'strings and literals': `
    void f(void) {
      printk(KERN_INFO PREFIX "x" FORMAT(3) "y\\q" __stringify(z) "\\n");
      say(KERN_ERR BANNER);
      c = '\\'' + '\\\\' + '"' + '\\x1b';
    }`,
  'arguments that are no expressions': `
    void f(void) {
      compare(a, <=, b);
      LOOP(x = 1;, return;);
      wait(queue, ({ check(); 1; }));
      nothing(, a, );
      each(a, return -1);
    }`,
  'struct members': `
    struct s { u32 a:3; u32 :5; u32:8; unsigned int :0; struct { int x; }; union { int y; long z; }; };`,
  initialisers: `
    static const int t[] = { [0 ... 3] = 1, [A] = 2, };
    static struct ops o = { .f = f, .g.h = g, .arr = { 1, 2 }, X_INIT(struct foo, y), FIRST SECOND };
    struct foo a = (struct foo){ .x = 1 };`,
};

describe('mask', () => {
  for (const [name, text] of Object.entries(FILES)) {
    it(`keeps every offset and leaves nothing unreadable: ${name}`, () => {
      const source = text.replace(/^ {4}/gm, '');
      const masked = mask(source, model);
      expect(masked.text).toHaveLength(source.length);
      expect(masked.lineStarts).toEqual([0, ...[...source.matchAll(/\n/g)].map((match) => match.index + 1)]);
      expect(lowerC(source).problems).toEqual([]);
    });
  }

  it('records what it took away', () => {
    const source =
      'int f(struct s *s) __must_hold(&s->lock)\n{\n\tscoped_guard(mutex, &s->lock)\n\t\tuse(s);\n}\n';
    const masks = mask(source, model).masks.map(({ kind, name, args }) => [
      kind,
      name,
      ...args.map(({ start, end }) => source.slice(start, end)),
    ]);
    expect(masks).toEqual([
      ['annotation', '__must_hold', '&s->lock'],
      ['scoped-guard', 'scoped_guard', 'mutex', '&s->lock'],
    ]);
  });

  it('keeps the names of types that look like attributes', () => {
    const source = 'int f(struct __kernel_timespec *t) { const U32 a = 1; U32 const b = 2; return g(BYTE); }';
    expect(mask(source, model).text).toBe(source);
  });

  it('reads the first branch, or the one that the kernel compiles', () => {
    const source =
      '#ifdef CONFIG_A\nint a;\n#else\nint b;\n#endif\n#if 0\nint c;\n#elif defined(X)\nint d;\n#endif\n';
    expect(mask(source, model).text.trim().split(/\s+/).join(' ')).toBe('int a; int d;');
  });

  it('takes over a table of the user', () => {
    const mine = {
      ...model,
      macro: (name: string) => (name === 'MYATTR' ? { kind: 'erase' as const } : model.macro(name)),
    };
    expect(mask('int MYATTR(3) x;', mine).text).toBe('int           x;');
  });
});

import { describe, expect, it } from 'vitest';
import { functionOf, lowerC } from './c-program.ts';

describe('functions', () => {
  it('have linkage, types of parameters, and the section they run in', () => {
    const unit = lowerC(`
      static int hidden(struct dev *d, unsigned long n, struct maple_tree **trees, spinlock_t *lock, int (*cb)(void)) { return 0; }
      void seen(void) {}
      static int __init start(void) { return 0; }
      struct dev *made(int a[3]) { return 0; }`);
    const hidden = functionOf(unit, 'hidden');
    expect(hidden.params.map((id) => [unit.variables[id]?.name, unit.variables[id]?.type])).toEqual([
      ['d', { name: 'dev', pointers: 1 }],
      ['n', undefined],
      ['trees', { name: 'maple_tree', pointers: 2 }],
      ['lock', { name: 'spinlock_t', pointers: 1 }],
      ['cb', undefined],
    ]);
    expect(unit.functions.map((fn) => [fn.name, fn.linkage, fn.exportName, fn.isInit])).toEqual([
      ['hidden', 'local', undefined, false],
      ['seen', 'exported', 'seen', false],
      ['start', 'local', undefined, true],
      ['made', 'exported', 'made', false],
      ['(file)', 'local', undefined, true],
    ]);
  });

  it('of headers are named from elsewhere', () => {
    const unit = lowerC('static inline void take(struct dev *d) { mutex_lock(&d->lock); }', 'dev.h');
    expect(functionOf(unit, 'take')).toMatchObject({ linkage: 'local', exportName: 'take' });
  });
});

describe('structs', () => {
  it('know the types of their fields', () => {
    const unit = lowerC(`
      typedef struct { struct mutex inner; } wrapped_t;
      struct dev {
        struct maple_tree mt, *far;
        spinlock_t lock __guarded_by(&x);
        wrapped_t wrapped;
        union { struct rw_semaphore sem; int n; };
        struct named { struct xarray xa; } in;
        struct dev *kids[4];
        void (*cb)(struct dev *d);
        unsigned flags:3;
      };`);
    expect(
      [...(unit.classes.get('dev')?.fields ?? [])].map(
        ([name, type]) => `${name}: ${type.name}${'*'.repeat(type.pointers)}`,
      ),
    ).toEqual([
      'mt: maple_tree',
      'far: maple_tree*',
      'lock: spinlock_t',
      expect.stringMatching(/^wrapped: \(anonymous/),
      'sem: rw_semaphore',
      'in: named',
      'kids: dev*',
    ]);
    expect(unit.classes.get('named')?.fields.get('xa')?.name).toBe('xarray');
  });
});

describe('variables', () => {
  it('are constant if nothing but their declaration gives them a value', () => {
    const unit = lowerC('void f(int p, int q) { int a = 1, b = 2, c, d = 4; b = 3; c = q; p++; use(&d); }');
    const constant = (name: string): boolean | undefined =>
      unit.variables.find((variable) => variable.name === name)?.constant;
    expect(['a', 'b', 'c', 'd', 'p', 'q'].map((name) => [name, constant(name)])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
      ['p', false],
      ['q', true],
    ]);
  });

  it('of a block hide those around it', () => {
    const unit = lowerC('int x; void f(int x) { { int x = 1; use(x); } use(x); }');
    expect(
      unit.variables.filter((variable) => variable.name === 'x').map((variable) => variable.kind),
    ).toEqual(['module', 'param', 'local']);
  });

  it('that are static live as long as the file', () => {
    const unit = lowerC('void f(void) { static DEFINE_MUTEX(once); static int n; mutex_lock(&once); n++; }');
    expect(
      unit.variables.filter((variable) => variable.kind === 'module').map((variable) => variable.name),
    ).toEqual(['once', 'n']);
  });
});

import { describe, expect, it } from 'vitest';
import { printExpr } from '../../../src/ir/print.ts';
import { functionOf, lowerC } from './c-program.ts';

/** The annotations of the function f as `kind path = value`. */
function annotationsOf(text: string): string[] {
  const unit = lowerC(text);
  expect(unit.problems).toEqual([]);
  return functionOf(unit, 'f').annotations.map(({ kind, path, value, when }) =>
    [kind, when, path, '=', value && printExpr(unit, value)].filter((part) => part !== undefined).join(' '),
  );
}

describe('lock annotations', () => {
  it('of definitions are read over the parameters', () => {
    expect(
      annotationsOf(`
        void f(struct dev *d, struct ma_state *mas)
          __must_hold(&d->lock) __must_hold_shared(&d->sem) __must_not_hold(&d->other)
          __acquires(mas->tree->ma_lock) __releases(RCU)
        { use(d); }`),
    ).toMatchInlineSnapshot(`
      [
        "requires &d->lock = (&d.lock)",
        "requires-read &d->sem = (&d.sem)",
        "excludes &d->other = (&d.other)",
        "acquires mas->tree->ma_lock = (&mas.tree.ma_lock)",
        "releases RCU = global RCU",
      ]
    `);
  });

  it('of prototypes in the file count for the definition', () => {
    expect(
      annotationsOf(`
        static int f(struct dev *d) __acquires(&d->lock);
        static int f(struct dev *d) __must_hold(&d->outer) { return 0; }`),
    ).toMatchInlineSnapshot(`
      [
        "requires &d->outer = (&d.outer)",
        "acquires &d->lock = (&d.lock)",
      ]
    `);
  });

  it('may depend on the result', () => {
    expect(
      annotationsOf(
        'bool f(struct dev *d) __cond_acquires(true, &d->a) __cond_acquires(0, &d->b) __cond_acquires(&d->c) { return 1; }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "acquires-if nonzero &d->a = (&d.a)",
        "acquires-if zero &d->b = (&d.b)",
        "acquires-if nonzero &d->c = (&d.c)",
      ]
    `);
  });

  it('name locks of the file and of others, or nothing', () => {
    expect(
      annotationsOf(`
        static DEFINE_MUTEX(mine);
        struct dev { spinlock_t *far; };
        void f(struct dev *d) __must_hold(&mine) __must_hold(theirs) __must_hold(&nobody->lock) __must_hold(d->far) {}`),
    ).toMatchInlineSnapshot(`
      [
        "requires &mine = &mine",
        "requires theirs = global theirs",
        "requires &nobody->lock = ",
        "requires d->far = d.far",
      ]
    `);
  });
});

import { describe, expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

describe('lock-order', () => {
  const locks = `import { MapleTree } from '@maplelock/core';
export const first = new MapleTree<string>();
export const second = new MapleTree<string>();
`;
  const user = (a: string, b: string): string => `import { mtree_lock } from '@maplelock/core';
import { first, second } from './locks.js';
export function both(): void {
  using _a = mtree_lock(${a});
  using _b = mtree_lock(${b});
}
`;

  test('locks of another module are the same ones in every file', () => {
    const files = { 's/locks.ts': locks, 's/a.ts': user('first', 'second') };
    expect(proved(analyzed({ ...files, 's/b.ts': user('first', 'second') }))).toEqual([]);
    expect(proved(analyzed({ ...files, 's/b.ts': user('second', 'first') }))).toEqual([
      's/b.ts:5 lock-order',
    ]);
  });

  test('the finding does not depend on the order of the files', () => {
    const a = { 's/a.ts': user('first', 'second') };
    const b = { 's/b.ts': user('second', 'first') };
    const forwards = analyzed({ 's/locks.ts': locks, ...a, ...b }).findings;
    expect(forwards.map((f) => f.rule)).toEqual(['lock-order']);
    expect(analyzed({ ...b, ...a, 's/locks.ts': locks }).findings).toEqual(forwards);
  });

  test('in C globals are one in every file, also through a function of another file', () => {
    const store = `extern struct maple_tree table;
int table_add(unsigned long at, void *e) { return mtree_store(&table, at, e, GFP_ATOMIC); }
`;
    const a = `#include <linux/maple_tree.h>
extern spinlock_t table_lock;
extern int table_add(unsigned long at, void *e);
void table_fill(void)
{
	spin_lock(&table_lock);
	(void)table_add(1, 0);
	spin_unlock(&table_lock);
}
`;
    const b = `extern spinlock_t table_lock;
extern struct maple_tree table;
void table_walk(void)
{
	mtree_lock(&table);
	spin_lock(&table_lock);
	spin_unlock(&table_lock);
	mtree_unlock(&table);
}
`;
    expect(proved(analyzed({ 'store.c': store, 'a.c': a, 'b.c': b }))).toEqual(['b.c:6 lock-order']);
    expect(proved(analyzed({ 'store.c': store, 'a.c': a }))).toEqual([]);
  });

  test('types of one name in two files are two', () => {
    const file = (x: string, y: string): string => `#include <linux/maple_tree.h>
struct dev { spinlock_t a; spinlock_t b; struct maple_tree mt; };
void both_${x}(struct dev *d)
{
	spin_lock(&d->${x});
	spin_lock(&d->${y});
	spin_unlock(&d->${y});
	spin_unlock(&d->${x});
}
`;
    expect(proved(analyzed({ 'a.c': file('a', 'b'), 'b.c': file('b', 'a') }))).toEqual([]);
  });
});

describe('no-sleep-under-lock', () => {
  test('what sleeps may be in another file', () => {
    const helper = `#include <linux/maple_tree.h>
void settle(void) { msleep(1); }
`;
    const user = `void use(struct maple_tree *mt)
{
	mtree_lock(mt);
	settle();
	mtree_unlock(mt);
}
`;
    expect(proved(analyzed({ 'helper.c': helper, 'user.c': user }))).toEqual([
      'user.c:4 no-sleep-under-lock',
    ]);
    expect(proved(analyzed({ 'user.c': user }))).toEqual([]);
  });
});

describe('no-mixed-locks', () => {
  test('the binding may be in another file', () => {
    const init = `struct dev { struct maple_tree mt; struct mutex lock; };
void dev_init(struct dev *d)
{
	mt_init_flags(&d->mt, MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&d->mt, &d->lock);
}
`;
    const use = `struct dev;
int dev_put(struct dev *d, void *e)
{
	return mtree_store(&d->mt, 1, e, GFP_KERNEL);
}
`;
    const found = analyzed({ 'a/use.c': use, 'b/init.c': init }).findings.filter(
      (f) => f.rule === 'no-mixed-locks',
    );
    expect(found.map((f) => `${f.file}:${f.line} ${f.certainty}`)).toEqual(['a/use.c:4 proved']);
    expect(found[0]?.related.map((s) => `${s.file}:${s.line}`)).toEqual(['b/init.c:5']);
  });
});

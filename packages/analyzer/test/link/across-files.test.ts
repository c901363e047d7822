import { describe, expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

const HELPER = `import { MA_STATE, mas_store, type MapleTree } from '@maplelock/core';
export function put(tree: MapleTree<string>, value: string): void {
  mas_store(MA_STATE(tree, 1, 1), value);
}
`;

describe('TypeScript', () => {
  test('a helper of another module is judged by its callers', () => {
    const right = `import { mtree_lock, mtree_unlock, type MapleTree } from '@maplelock/core';
import { put } from './helper.js';
export function locked(tree: MapleTree<string>): void {
  mtree_lock(tree);
  put(tree, 'x');
  mtree_unlock(tree);
}
`;
    const wrong = `import type { MapleTree } from '@maplelock/core';
import { put } from './helper.js';
export function bare(tree: MapleTree<string>): void {
  put(tree, 'x');
}
`;
    expect(proved(analyzed({ 'a/helper.ts': HELPER, 'a/right.ts': right }))).toEqual([]);
    expect(proved(analyzed({ 'a/helper.ts': HELPER, 'a/right.ts': right, 'a/wrong.ts': wrong }))).toEqual([
      'a/wrong.ts:4 require-write-lock',
    ]);
  });

  test('re-exports are followed', () => {
    const index = `export { put as store } from './helper.ts';\nexport const api = '@maplelock/core';\n`;
    const wrong = `import type { MapleTree } from '@maplelock/core';
import { store } from './index.ts';
export function bare(tree: MapleTree<string>): void {
  store(tree, 'x');
}
`;
    expect(proved(analyzed({ 'a/helper.ts': HELPER, 'a/index.ts': index, 'a/wrong.ts': wrong }))).toEqual([
      'a/wrong.ts:4 require-write-lock',
    ]);
  });

  test('methods of an imported class are judged by what they do', () => {
    const pool = `import { MA_STATE, MapleTree, mas_store, mtree_lock, mtree_unlock } from '@maplelock/core';
export class Pool {
  readonly tree = new MapleTree<string>();
  put(value: string): void {
    mas_store(MA_STATE(this.tree, 1, 1), value);
  }
  lock(): void {
    mtree_lock(this.tree);
  }
  unlock(): void {
    mtree_unlock(this.tree);
  }
}
`;
    const use = `import { Pool } from './pool.ts';
export const api = '@maplelock/core';
export function right(pool: Pool): void {
  pool.lock();
  pool.put('x');
  pool.unlock();
}
export function bare(pool: Pool): void {
  pool.put('x');
}
export function forgets(pool: Pool): void {
  pool.lock();
  pool.put('x');
}
`;
    expect(proved(analyzed({ 'pool.ts': pool, 'use.ts': use }))).toEqual([
      'use.ts:9 require-write-lock',
      'use.ts:12 require-unlock',
    ]);
  });
});

describe('C', () => {
  const header = `struct dev { struct maple_tree mt; struct mutex lock; };
static inline void dev_lock(struct dev *d)
{
	mtree_lock(&d->mt);
}
static inline void dev_unlock(struct dev *d)
{
	mtree_unlock(&d->mt);
}
`;
  const source = (body: string): string => `#include "dev.h"
void put(struct dev *d, void *e)
{
	MA_STATE(mas, &d->mt, 1, 1);

${body}}
`;

  test('lock wrappers are found in the headers that a file includes, at any depth', () => {
    const right = source('\tdev_lock(d);\n\tmas_store(&mas, e);\n\tdev_unlock(d);\n');
    const wrong = source('\tdev_lock(d);\n\tdev_unlock(d);\n\tmas_store(&mas, e);\n');
    const headers = { 'dev.h': '#include "impl.h"\n', 'impl.h': header };
    expect(proved(analyzed({ 'put.c': right }, headers))).toEqual([]);
    expect(proved(analyzed({ 'put.c': wrong }, headers))).toEqual(['put.c:8 require-write-lock']);
  });

  test('static functions of one name in two files are two', () => {
    const a = `static void fill(struct ma_state *mas, void *e) { mas_store(mas, e); }
void a(struct maple_tree *mt, void *e) { MA_STATE(mas, mt, 1, 1); mas_lock(&mas); fill(&mas, e); mas_unlock(&mas); }
`;
    const b = `static void fill(struct ma_state *mas, void *e) { mas_lock(mas); mas_store(mas, e); mas_unlock(mas); }
void b(struct maple_tree *mt, void *e) { MA_STATE(mas, mt, 1, 1); fill(&mas, e); }
`;
    expect(proved(analyzed({ 'a.c': a, 'b.c': b }))).toEqual([]);
  });
});

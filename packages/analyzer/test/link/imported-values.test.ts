import { describe, expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

const SHARED =
  `import { MapleTree, Mutex, MT_FLAGS_LOCK_EXTERN, mt_set_external_lock } from '@maplelock/core';
export const lock = new Mutex('extents');
const extents = new MapleTree<string>(MT_FLAGS_LOCK_EXTERN); // allowed here
mt_set_external_lock(extents, lock);
export const log = new MapleTree<string>();
export { extents as map };
export class Store {
  readonly mutex = new Mutex();
  readonly tree = new MapleTree<string>();
  close(): void {
    mtree_lock(this.tree);
  }
}
export const store = new Store();
`.replace('Mutex,', 'Mutex, mtree_lock,');
const EXTERNAL = ['a/shared.ts:3 no-external-lock', 'a/shared.ts:4 no-external-lock'];

const use = (
  from: string,
): string => `import { MA_STATE, mas_store_gfp, mtree_lock, mtree_unlock } from '@maplelock/core';
import { lock, log, map, store } from '${from}';
export function right(at: number): number {
  lock.lock();
  const ret = mas_store_gfp(MA_STATE(map, at, at), 'x');
  lock.unlock();
  return ret;
}
export function bare(at: number): number {
  return mas_store_gfp(MA_STATE(map, at, at), 'x');
}
export function tried(at: number): number {
  if (!lock.tryLock()) return -16;
  const ret = mas_store_gfp(MA_STATE(map, at, at), 'x');
  lock.unlock();
  return ret;
}
export function forgets(at: number): number {
  lock.lock();
  if (at < 0) return at;
  const ret = mas_store_gfp(MA_STATE(map, at, at), 'x');
  lock.unlock();
  return ret;
}
export function mixes(at: number): number {
  using _guard = mtree_lock(map);
  return at;
}
export function other(at: number): number {
  using _guard = lock.lock();
  return mas_store_gfp(MA_STATE(log, at, at), 'x');
}
export function method(at: number): number {
  store.close();
  const ret = mas_store_gfp(MA_STATE(store.tree, at, at), 'x');
  mtree_unlock(store.tree);
  return ret;
}
export function twice(): void {
  store.mutex.lock();
  store.mutex.lock();
  store.mutex.unlock();
}
`;
const FOUND = [
  '10 require-write-lock',
  '19 require-unlock',
  '26 no-mixed-locks',
  '31 require-write-lock',
  '41 no-relock',
];

describe('locks and trees that another module exports', () => {
  test.each([
    ['directly', {}],
    ['by a module that only hands them on', { 'a/index.ts': "export * from './shared.ts';\n" }],
    [
      'by modules that hand on what they import',
      {
        'a/index.ts': "export { lock, log, map, store } from './inner/index.ts';\n",
        'a/inner/index.ts':
          "import { lock, log, map, store } from '../shared.js';\nexport { lock, log, map, store };\n",
      },
    ],
  ])('are those of that module, %s', (_how, between) => {
    const from = 'a/index.ts' in between ? './index.ts' : './shared.ts';
    const files = { 'a/shared.ts': SHARED, ...between, 'a/use.ts': use(from) };
    expect(proved(analyzed(files))).toEqual([...EXTERNAL, ...FOUND.map((f) => `a/use.ts:${f}`)]);
  });

  test('are two, where two folders have a module of one name', () => {
    const tree = `import { MapleTree } from '@maplelock/core';\nexport const names = new MapleTree<string>();\n`;
    const index = (folder: string): string => `export { names as ${folder} } from './names.ts';\n`;
    const both = `import { MA_STATE, mas_store_gfp, mtree_lock } from '@maplelock/core';
import { a } from './a/index.ts';
import { b } from './b/index.ts';
export function put(): number {
  using _guard = mtree_lock(a);
  return mas_store_gfp(MA_STATE(b, 1, 1), 'x');
}
`;
    const files = {
      'a/names.ts': tree,
      'b/names.ts': tree,
      'a/index.ts': index('a'),
      'b/index.ts': index('b'),
    };
    expect(proved(analyzed({ ...files, 'both.ts': both }))).toEqual(['both.ts:6 require-write-lock']);
  });

  test('may be anything, where the module is not there', () => {
    expect(proved(analyzed({ 'a/use.ts': use('./shared.ts') }))).toEqual(['a/use.ts:10 require-write-lock']);
  });

  test('may come locked from a function that is not there', () => {
    const text = `import { mas_unlock, mas_walk } from '@maplelock/core';
import { begin } from './elsewhere.ts';
export function read(at: number): unknown {
  const mas = begin(at);
  const found = mas_walk(mas);
  mas_unlock(mas);
  return found;
}
`;
    expect(proved(analyzed({ 'a.ts': text }))).toEqual([]);
  });
});

test('classes of another module are disposed of, and called by their names', () => {
  const session = `import { MapleTree, mtree_lock, type LockGuard } from '@maplelock/core';
export class Table { readonly rows = new MapleTree<string>(); }
export class Transaction implements Disposable {
  readonly #guard: LockGuard;
  constructor(readonly table: Table) { this.#guard = mtree_lock(table.rows); }
  [Symbol.dispose](): void { this.#guard[Symbol.dispose](); }
}
export class Locker {
  static with<R>(table: Table, work: () => R): R {
    using _guard = mtree_lock(table.rows);
    return work();
  }
}
`;
  const use = `import { MA_STATE, mas_store_gfp } from '@maplelock/core';
import { Locker, Table, Transaction } from './session.js';
const users = new Table();
const groups = new Table();
function put(table: Table): number { return mas_store_gfp(MA_STATE(table.rows, 1, 1), 'x'); }
export function scoped(): number {
  using _transaction = new Transaction(users);
  return put(users);
}
export function open(): number {
  const transaction = new Transaction(users);
  return put(transaction.table);
}
export function within(): number { return Locker.with(users, () => put(users)); }
export function beside(): number { return Locker.with(groups, () => put(users)); }
export function nested(): number { return Locker.with(users, scoped); }
`;
  expect(proved(analyzed({ 'session.ts': session, 'use.ts': use }))).toEqual([
    'use.ts:11 require-unlock',
    'use.ts:15 require-write-lock',
    'use.ts:16 no-relock',
  ]);
});

describe('modules without a word of the API', () => {
  const pool = `import { MA_STATE, MapleTree, mas_store_gfp, mtree_lock, mtree_unlock } from '@maplelock/core';
import { retried } from './retry.ts';
export class Pool {
  readonly #tree = new MapleTree<string>();
  put(at: number): number {
    return mas_store_gfp(MA_STATE(this.#tree, at, at), 'x');
  }
  lock(): void {
    mtree_lock(this.#tree);
  }
  unlock(): void {
    mtree_unlock(this.#tree);
  }
  often(at: number): number {
    return retried(() => this.put(at));
  }
  seldom(at: number): number {
    this.lock();
    const ret = retried(() => this.put(at));
    this.unlock();
    return ret;
  }
}
`;
  const retry = `export function retried(step: () => number): number {
  const ret = step();
  return ret < 0 ? step() : ret;
}
`;
  const use = `import type { Pool } from './pool.ts';
export function right(pool: Pool): number {
  pool.lock();
  const ret = pool.put(1);
  pool.unlock();
  return ret;
}
export function wrong(pool: Pool): number {
  return pool.put(1);
}
`;

  test('are read where they use what one with it exports, or help it', () => {
    const files = { 'pool.ts': pool, 'retry.ts': retry, 'use.ts': use, 'other.ts': 'export const n = 1;\n' };
    const analysis = analyzed(files);
    expect(proved(analysis)).toEqual(['pool.ts:15 require-write-lock', 'use.ts:9 require-write-lock']);
    expect(analysis.stats.parsed).toBe(3);
  });
});

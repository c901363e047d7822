import { expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

const USE = (
  from: string,
  erase = 'mas_erase',
): string => `import { MA_STATE, ${erase}, MapleTree, mtree_lock } from '${from}';
const seats = new MapleTree<string>();
export function bare(at: number): string | null {
  return ${erase}(MA_STATE(seats, at, at));
}
export function locked(at: number): string | null {
  using _guard = mtree_lock(seats);
  return ${erase}(MA_STATE(seats, at, at));
}
`;
const NAMES = 'MA_STATE, MapleTree, mtree_lock';

test('a module that hands the API on as a whole', () => {
  const all = `export * from '@maplelock/core';\n`;
  expect(proved(analyzed({ 'a/tree.ts': all, 'a/use.ts': USE('./tree.js') }))).toEqual([
    'a/use.ts:4 require-write-lock',
  ]);
});

test('by other names, and by way of another module', () => {
  const names = `export { mas_erase as drop, ${NAMES} } from '@maplelock/core';\n`;
  const index = `export * from './names.js';\nexport const size = 3;\n`;
  const files = { 'a/names.ts': names, 'a/index.ts': index, 'a/use.ts': USE('./index.js', 'drop') };
  expect(proved(analyzed(files))).toEqual(['a/use.ts:4 require-write-lock']);
});

test('imported first', () => {
  const text = `import { mas_erase, ${NAMES} } from '@maplelock/core';\nexport { mas_erase as drop, ${NAMES} };\n`;
  expect(proved(analyzed({ 'a/tree.ts': text, 'a/use.ts': USE('./tree.js', 'drop') }))).toEqual([
    'a/use.ts:4 require-write-lock',
  ]);
});

test('as a namespace', () => {
  const use = `import * as maple from './tree.js';
export function bare(seats: maple.MapleTree<string>): string | null {
  return maple.mas_erase(maple.MA_STATE(seats, 1, 1));
}
`;
  const all = `export * from '@maplelock/core';\n`;
  expect(proved(analyzed({ 'a/tree.ts': all, 'a/use.ts': use }))).toEqual(['a/use.ts:3 require-write-lock']);
});

const SPELLED = (members: string, erase: string): string => `import ${members} from './tree.js';
import { MapleTree, MA_STATE } from '@maplelock/core';
const seats = new MapleTree<string>();
export function bare(at: number): string | null {
  return ${erase}(MA_STATE(seats, at, at));
}
`;

test.each([
  ['a namespace of names', `export { mas_erase as drop } from '@maplelock/core';`, '* as m', 'm.drop'],
  ['a namespace by name', `export * as m from '@maplelock/core';`, '{ m }', 'm.mas_erase'],
  ['an imported namespace', `import * as m from '@maplelock/core';\nexport { m };`, '{ m }', 'm.mas_erase'],
  ['a default', `import * as m from '@maplelock/core';\nexport default m;`, 'm', 'm.mas_erase'],
  [
    'a constant',
    `import { mas_erase } from '@maplelock/core';\nexport const drop = mas_erase;`,
    '{ drop }',
    'drop',
  ],
  [
    'an object',
    `import { mas_erase, mas_walk } from '@maplelock/core';\nexport const m = { drop: mas_erase, mas_walk };`,
    '{ m }',
    'm.drop',
  ],
  [
    'an object of a namespace',
    `import * as core from '@maplelock/core';\nexport const m = { drop: core.mas_erase } as const;`,
    '{ m as n }',
    'n.drop',
  ],
])('%s', (_, tree, members, erase) => {
  const files = { 'a/tree.ts': `${tree}\n`, 'a/use.ts': SPELLED(members, erase) };
  expect(proved(analyzed(files))).toEqual(['a/use.ts:5 require-write-lock']);
});

test('a function of its own goes before what a module hands on', () => {
  const own = `export * from '@maplelock/core';
export function mas_erase(mas: unknown): string | null {
  return typeof mas;
}
`;
  expect(proved(analyzed({ 'a/tree.ts': own, 'a/use.ts': USE('./tree.js') }))).toEqual([]);
});

test('a number that another module exports', () => {
  const codes = `export const EGONE = -7;\n`;
  const use = `import { MA_STATE, mas_erase, mtree_trylock, mtree_unlock, type MapleTree } from '@maplelock/core';
import { EGONE } from './codes.js';
const enter = (tree: MapleTree<string>): number => (mtree_trylock(tree) ? 0 : EGONE);
export function drop(tree: MapleTree<string>): number {
  const ret = enter(tree);
  if (ret === EGONE) return ret;
  mas_erase(MA_STATE(tree, 1, 1));
  mtree_unlock(tree);
  return ret;
}
`;
  expect(proved(analyzed({ 'a/codes.ts': codes, 'a/use.ts': use }))).toEqual([]);
});

test('in an object that is its default, beside a star', () => {
  const object = '{ lock: mtree_lock, unlock: mtree_unlock, erase: mas_erase }';
  const use = `import api, { MA_STATE, type MapleTree } from './tree.js';
export function bare(seats: MapleTree<string>): string | null {
  return api.erase(MA_STATE(seats, 1, 1));
}
export function locked(seats: MapleTree<string>): string | null {
  api.lock(seats);
  const erased = api.erase(MA_STATE(seats, 1, 1));
  api.unlock(seats);
  return erased;
}
`;
  const head = `import { mas_erase, mtree_lock, mtree_unlock } from '@maplelock/core';\nexport * from '@maplelock/core';\n`;
  for (const tail of [`const api = ${object};\nexport default api;\n`, `export default ${object};\n`])
    expect(proved(analyzed({ 'a/tree.ts': head + tail, 'a/use.ts': use }))).toEqual([
      'a/use.ts:3 require-write-lock',
    ]);
});

import { expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { MemoryCache } from './memory-cache.ts';

const USE = `import { MA_STATE, mas_erase, MapleTree } from './tree';
const seats = new MapleTree<string>();
export function bare(at: number): unknown {
  return mas_erase(MA_STATE(seats, at, at));
}
`;
const ALL = `export * from '@maplelock/core';\n`;
const OWN = `export function mas_erase(mas: unknown): string {\n  return typeof mas;\n}\n`;

type Files = Readonly<Record<string, string>>;

function findings(files: Files, cache?: MemoryCache): string[] {
  const list = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { findings: found } = analyze({ files: list, ...(cache && { cache }) });
  return found.map((f) => `${f.file}:${f.line} ${f.rule}`);
}

test.each<[string, Files, Files]>([
  [
    'gets a function of that name',
    { 'tree.ts': ALL, 'use.ts': USE },
    { 'tree.ts': ALL + OWN, 'use.ts': USE },
  ],
  [
    'is not what the path leads to any more',
    { 'tree/index.ts': ALL, 'use.ts': USE },
    { 'tree/index.ts': ALL, 'tree.ts': OWN, 'use.ts': USE },
  ],
  ['hands it on now', { 'tree.ts': OWN, 'use.ts': USE }, { 'tree.ts': ALL, 'use.ts': USE }],
])('users of a module that hands the API on are read again where it %s', (_, before, after) => {
  const cache = new MemoryCache();
  findings(before, cache);
  expect(findings(before)).not.toEqual(findings(after));
  expect(findings(after, cache)).toEqual(findings(after));
  expect(findings(before, cache)).toEqual(findings(before));
});

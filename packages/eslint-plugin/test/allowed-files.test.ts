import { expect, it } from 'vitest';
import { isAllowed } from '../src/allowed-files.ts';

it.each([
  ['/work/src/a.ts', 'src/a.ts', true],
  ['/work/src/a.ts', './src/a.ts', true],
  ['/work/src/a.ts', 'a.ts', true],
  ['/work/src/aa.ts', 'a.ts', false],
  ['/work/src/a.ts', 'src/*.ts', true],
  ['/work/src/deep/a.ts', 'src/*.ts', false],
  ['/work/src/deep/a.ts', 'src/**/*.ts', true],
  ['/work/src/a.ts', 'src/**/*.ts', true],
  ['/work/src/a.ts', 'src/**', true],
  ['/work/src/a_ts', 'a.ts', false],
  ['C:\\work\\src\\a.ts', 'src/a.ts', true],
  ['/work/src/[id].ts', 'src/[id].ts', true],
])('%s by %s: %s', (file, pattern, allowed) => {
  expect(isAllowed(file, [pattern])).toBe(allowed);
});

import { expect, it } from 'vitest';
import { isAllowed } from '../src/allowed-files.ts';

it.each([
  ['/repo/src/a.ts', 'src/a.ts', true],
  ['/repo/src/a.ts', './src/a.ts', true],
  ['/repo/src/a.ts', 'a.ts', true],
  ['/repo/src/aa.ts', 'a.ts', false],
  ['/repo/src/a.ts', 'src/*.ts', true],
  ['/repo/src/deep/a.ts', 'src/*.ts', false],
  ['/repo/src/deep/a.ts', 'src/**/*.ts', true],
  ['/repo/src/a.ts', 'src/**/*.ts', true],
  ['/repo/src/a.ts', 'src/**', true],
  ['/repo/src/a_ts', 'a.ts', false],
  ['C:\\repo\\src\\a.ts', 'src/a.ts', true],
  ['/repo/src/[id].ts', 'src/[id].ts', true],
])('%s by %s: %s', (file, pattern, allowed) => {
  expect(isAllowed(file, [pattern])).toBe(allowed);
});

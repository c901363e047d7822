import { expect, it } from 'vitest';
import { analysisOf } from '../src/engine.ts';

it('runs once for a file and its text', () => {
  const first = analysisOf('a.ts', 'export {};');
  expect(analysisOf('a.ts', 'export {};')).toBe(first);
  expect(analysisOf('a.ts', 'export { };')).not.toBe(first);
});

it('forgets the file that was used least recently', () => {
  const kept = analysisOf('kept.ts', '');
  const dropped = analysisOf('dropped.ts', '');
  for (let i = 0; i < 9; i++) {
    analysisOf(`${i}.ts`, '');
    analysisOf('kept.ts', '');
  }
  expect(analysisOf('kept.ts', '')).toBe(kept);
  expect(analysisOf('dropped.ts', '')).not.toBe(dropped);
});

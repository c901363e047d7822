import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzed } from './analyzed.ts';

const FIXTURES = fileURLToPath(new URL('../../../../fixtures', import.meta.url));

function programs(folder: string): { path: string; text: string }[] {
  return readdirSync(join(FIXTURES, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|c)$/.test(name))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(FIXTURES, folder, name), 'utf8') }));
}

const all = [...programs('typescript'), ...programs('c')];

describe('the engine', () => {
  test('does not fail on programs with lines cut out or put in another order', () => {
    fc.assert(
      fc.property(
        fc.nat(all.length - 1),
        fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (which, swaps, cut) => {
          const { path, text } = all[which] as { path: string; text: string };
          const lines = text.split('\n');
          for (const [a, b] of swaps) {
            const i = a % lines.length;
            const j = b % lines.length;
            if (cut) lines[i] = '';
            else [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
          }
          const { problems } = analyzed({ [path]: lines.join('\n') });
          expect(problems.filter((p) => p.kind === 'internal' || p.kind === 'budget')).toEqual([]);
        },
      ),
      { seed: 7, numRuns: 250 },
    );
  });

  test('says the same of the same program each time, in the same order', () => {
    const files = Object.fromEntries(all.map((p) => [p.path, p.text]));
    const first = analyzed(files);
    const second = analyzed(files);
    expect(second.findings).toEqual(first.findings);
    expect(first.findings.length).toBeGreaterThan(100);
  });

  test('says nothing false of a function with too many combinations of locks, and goes on with the others', () => {
    const locks = Array.from({ length: 14 }, (_, k) => `  if (c${k}) mtree_lock(t${k});`);
    const params = Array.from({ length: 14 }, (_, k) => `c${k}: boolean, t${k}: MapleTree<string>`);
    const text = `import { MA_STATE, mas_store, mtree_lock, type MapleTree } from '@maplelock/core';
export function many(${params.join(', ')}): void {
  for (;;) {
${locks.join('\n')}
  }
}
export function bare(tree: MapleTree<string>): void {
  mas_store(MA_STATE(tree, 1, 1), 'x');
}
`;
    const { findings, problems } = analyzed({ 'many.ts': text });
    expect(problems).toEqual([]);
    const rules = new Set(findings.filter((f) => f.functionName === 'many').map((f) => f.rule));
    expect([...rules]).toEqual(['no-relock']);
    expect(findings.some((f) => f.functionName === 'bare' && f.rule === 'require-write-lock')).toBe(true);
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadCFrontend } from '../../../src/c.ts';
import { model } from './c-program.ts';

const GRAMMAR = new URL('../../../grammar/tree-sitter-c.wasm', import.meta.url);

describe('loadCFrontend', () => {
  it('takes the grammar as bytes', async () => {
    const frontend = await loadCFrontend(new Uint8Array(await readFile(GRAMMAR)));
    const times = { parseMs: 0, lowerMs: 0 };
    const unit = frontend.lower({ path: 'a.c', text: 'int f(void) { return 1; }' }, { model }, times);
    expect(unit.functions.map((fn) => fn.name)).toEqual(['f', '(file)']);
    expect(times.parseMs).toBeGreaterThan(0);
  });

  it('says what to do about a missing grammar', async () => {
    await expect(loadCFrontend('/nowhere/tree-sitter-c.wasm')).rejects.toThrow(/npm run setup/);
  });
});

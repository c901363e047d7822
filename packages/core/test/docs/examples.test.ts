import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as core from '../../src/index.ts';

const folder = new URL('../../../../docs/core/', import.meta.url);
const AsyncFunction = (async () => undefined).constructor as new (
  ...names: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** The TypeScript examples of a page, in order. */
function examplesOf(page: string): string[] {
  const text = readFileSync(new URL(page, folder), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gmsu)].map(([, code = '']) => code);
}

const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));

describe.each(pages.filter((page) => examplesOf(page).length > 0))('the examples in docs/core/%s', (page) => {
  it.each(examplesOf(page).map((code, k) => [k + 1, code] as const))('run: example %i', async (_, code) => {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    const body = outputText
      .replaceAll(/import \{([^}]*)\} from '@maplelock\/core';/gu, 'const {$1} = core;')
      .replaceAll(/^export \{\};$/gmu, '');
    const printed: unknown[] = [];
    const run = new AsyncFunction('core', 'console', body);
    await run(core, { log: (...values: unknown[]) => printed.push(values.map(String).join(' ')) });
    // What an example prints is written behind its calls of console.log, as a comment.
    const wanted = [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gmu)].map(([, value = '']) => value);
    expect(printed).toEqual(wanted);
  });
});

it('there are examples', () => {
  expect(pages.flatMap(examplesOf).length).toBeGreaterThan(5);
});

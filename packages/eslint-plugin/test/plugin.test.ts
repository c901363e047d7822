import { RULES } from '@maplelock/analyzer';
import { ESLint, type Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import plugin from '../src/index.ts';

const WRONG = `import { MA_STATE, mas_store, mas_lock, mas_unlock } from '@maplelock/core';
export function put(tree: unknown): void {
  const mas = MA_STATE(tree, 1, 1);
  mas_store(mas, 'x');
}
export function helper(mas: unknown): void {
  mas_store(mas, 'x');
}
export function twice(tree: unknown): void {
  const mas = MA_STATE(tree, 1, 1);
  mas_lock(mas);
  mas_lock(mas);
  mas_unlock(mas);
}
`;

async function lint(
  config: Linter.Config[],
  text = WRONG,
  filePath = 'src/a.ts',
): Promise<Linter.LintMessage[]> {
  const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: config });
  const [result] = await eslint.lintText(text, { filePath });
  return result?.messages ?? [];
}

const short = ({ ruleId, severity, line, column }: Linter.LintMessage): unknown[] => [
  ruleId,
  severity,
  line,
  column,
];

describe('the plugin', () => {
  it('names itself', () => {
    expect(plugin.meta).toMatchObject({ name: '@maplelock/eslint-plugin', namespace: 'maplelock' });
    expect(plugin.meta.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('has a rule for each rule of the engine that speaks of TypeScript', () => {
    const ids = RULES.filter((rule) => rule.languages.includes('typescript')).map((rule) => rule.id);
    expect(Object.keys(plugin.rules ?? {})).toEqual(ids);
  });

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s says what it is', (id, rule) => {
    expect(plugin.rules?.[id]?.meta).toMatchObject({
      type: 'problem',
      docs: {
        description: rule.description,
        url: expect.stringContaining(id),
        recommended: rule.recommended.typescript !== 'off',
      },
      languages: ['js/js'],
    });
  });

  it.each(['recommended', 'strict'] as const)('%s turns on what the engine says', (name) => {
    const rules = Object.assign({}, ...plugin.configs[name].map((config) => config.rules)) as Record<
      string,
      Linter.RuleEntry
    >;
    const expected = RULES.filter((rule) => rule[name].typescript !== 'off').map((rule) => [
      `maplelock/${rule.id}`,
      rule[name].typescript,
    ]);
    const severities = Object.entries(rules).map(([id, entry]) => [id, [entry].flat()[0]]);
    expect(severities).toEqual(expected);
  });
});

describe('recommended', () => {
  it('works alone on TypeScript', async () => {
    expect((await lint(plugin.configs.recommended)).map(short)).toEqual([
      ['maplelock/require-write-lock', 2, 4, 3],
      ['maplelock/no-relock', 2, 12, 3],
    ]);
  });

  it('works alone on JavaScript modules and scripts', async () => {
    const plain = WRONG.replaceAll(/: (?:unknown|void)/g, '');
    expect(await lint(plugin.configs.recommended, plain, 'src/a.mjs')).toHaveLength(2);
    const script = plain
      .replace(/import (.*) from '(.*)'/, "const $1 = require('$2')")
      .replaceAll(/export function (\w+)/g, 'exports.$1 = function');
    expect(await lint(plugin.configs.recommended, script, 'src/a.cjs')).toHaveLength(2);
  });

  it('names the second place in the message', async () => {
    const [, relock] = await lint(plugin.configs.recommended);
    expect(relock?.message).toContain('line 11');
  });

  it('can be extended by its name', async () => {
    const { defineConfig } = await import('eslint/config');
    const config = defineConfig([
      { files: ['**/*.ts'], plugins: { maplelock: plugin }, extends: ['maplelock/recommended'] },
    ]);
    expect(await lint(config)).toHaveLength(2);
  });
});

describe('strict', () => {
  it('reports what is possible, too', async () => {
    expect((await lint(plugin.configs.strict)).map(short)).toEqual([
      ['maplelock/require-write-lock', 2, 4, 3],
      ['maplelock/check-result', 2, 4, 3],
      ['maplelock/require-annotations', 2, 6, 17],
      ['maplelock/require-write-lock', 2, 7, 3],
      ['maplelock/check-result', 2, 7, 3],
      ['maplelock/no-relock', 2, 12, 3],
    ]);
  });
});

describe('a rule', () => {
  const only = (rules: Linter.RulesRecord): Linter.Config[] => [
    ...plugin.configs.recommended.map(({ rules: _, ...config }) => config),
    { files: ['**/*.ts'], rules },
  ];

  it('reports its own findings only', async () => {
    const messages = await lint(only({ 'maplelock/no-relock': 'warn' }));
    expect(messages.map(short)).toEqual([['maplelock/no-relock', 1, 12, 3]]);
  });

  it('takes the certainty as an option', async () => {
    const messages = await lint(
      only({ 'maplelock/require-write-lock': ['error', { certainty: 'possible' }] }),
    );
    expect(messages.map(({ line }) => line)).toEqual([4, 7]);
  });

  it('heeds disable comments', async () => {
    const text = WRONG.replace(
      '  mas_store',
      '  // eslint-disable-next-line maplelock/require-write-lock\n  mas_store',
    );
    expect((await lint(plugin.configs.recommended, text)).map(({ ruleId }) => ruleId)).toEqual([
      'maplelock/no-relock',
    ]);
  });

  it('allows external locks in files that are listed', async () => {
    const text = `import { mt_set_external_lock } from '@maplelock/core';
export const bind = (tree: never, lock: never): void => mt_set_external_lock(tree, lock);
`;
    const with_ = (allow: string[]): Linter.Config[] =>
      only({ 'maplelock/no-external-lock': ['error', { allow }] });
    expect(await lint(with_([]), text)).toHaveLength(1);
    expect(await lint(with_(['src/b.ts']), text)).toHaveLength(1);
    expect(await lint(with_(['src/a.ts']), text)).toEqual([]);
    expect(await lint(with_(['src/**/*.ts']), text)).toEqual([]);
  });

  it('refuses options that there are not', async () => {
    await expect(lint(only({ 'maplelock/no-relock': ['error', { allow: [] }] }))).rejects.toThrow(/allow/);
  });
});

import { RULES } from '@maplelock/analyzer';
import * as parser from '@typescript-eslint/parser';
import type { ESLint, Linter } from 'eslint';

/** A configuration's name in `extends`, and the rules that it turns on. */
export type ConfigName = 'recommended' | 'strict';

/**
 * A configuration for TypeScript and JavaScript: the rules, and the parser that TypeScript files need, so that it works
 * alone. It sets the parser only; options and rules of other configurations for the same files stay as they are.
 */
export function makeConfig(name: ConfigName, plugin: ESLint.Plugin): Linter.Config[] {
  return [
    {
      name: `maplelock/${name}/parser`,
      files: ['**/*.{ts,tsx,mts,cts}'],
      languageOptions: { parser },
    },
    {
      name: `maplelock/${name}`,
      files: ['**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}'],
      plugins: { maplelock: plugin },
      rules: ruleEntries(name),
    },
  ];
}

function ruleEntries(name: ConfigName): Linter.RulesRecord {
  const entries: Linter.RulesRecord = {};
  for (const rule of RULES) {
    if (!rule.languages.includes('typescript') || rule[name].typescript === 'off') continue;
    const severity = rule[name].typescript;
    entries[`maplelock/${rule.id}`] = name === 'strict' ? [severity, { certainty: 'possible' }] : severity;
  }
  return entries;
}

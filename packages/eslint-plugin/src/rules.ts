import { RULES } from '@maplelock/analyzer';
import { makeRule, type MaplelockRule } from './make-rule.ts';

/** The engine's rules that speak of TypeScript, by id. */
export const rules: Readonly<Record<string, MaplelockRule>> = Object.fromEntries(
  RULES.filter((rule) => rule.languages.includes('typescript')).map((rule) => [rule.id, makeRule(rule)]),
);

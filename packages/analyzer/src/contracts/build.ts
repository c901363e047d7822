import type { FunctionContract } from '@maplelock/core';
import type { Language } from '../ir/source.ts';
import type { AnalyzerContract, CMacro, ContractModel, Guard } from './model.ts';
import { BUILT_IN } from './built-in.ts';

/** Indexes the built-in contracts and the given ones for a language. Later contracts override earlier ones by name. */
export function buildModel(language: Language, extra: readonly AnalyzerContract[] = []): ContractModel {
  const contracts = [...BUILT_IN, ...extra].filter((c) => c.languages.includes(language));
  const functions = new Map<string, FunctionContract>();
  const macros = new Map<string, CMacro>();
  const guards = new Map<string, Guard>();
  const modules = new Map<string, Map<string, FunctionContract>>();
  for (const contract of contracts) {
    for (const row of contract.functions) functions.set(row.name, row);
    for (const [name, macro] of Object.entries(contract.macros ?? {})) macros.set(name, macro);
    for (const [name, guard] of Object.entries(contract.guards ?? {})) guards.set(name, guard);
    if (contract.module === undefined) continue;
    let rows = modules.get(contract.module);
    if (rows === undefined) modules.set(contract.module, (rows = new Map()));
    for (const row of contract.functions) rows.set(row.name, row);
  }
  const mentioned = mentionPattern(language, contracts);
  return {
    function: (name) => functions.get(name),
    macro: (name) => macros.get(name),
    guard: (name) => guards.get(name),
    module: (specifier) => modules.get(specifier),
    externalFields: contracts.flatMap((c) => c.externalLocks ?? []),
    isMentionedIn: (text) => mentioned.test(text),
  };
}

/** TypeScript programs name the module that they import; C programs name the functions. */
function mentionPattern(language: Language, contracts: readonly AnalyzerContract[]): RegExp {
  const words: string[] = [];
  for (const contract of contracts) {
    if (language === 'typescript') {
      if (contract.module !== undefined) words.push(escaped(contract.module));
      continue;
    }
    const names = contract.mentions ?? contract.functions.map((f) => f.name);
    for (const name of names) {
      if (!/^[\w*]+$/.test(name)) continue;
      words.push(name.endsWith('*') ? `\\b${name.slice(0, -1)}\\w+` : `\\b${name}\\b`);
    }
  }
  return words.length === 0 ? /(?!)/ : new RegExp(words.join('|'));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

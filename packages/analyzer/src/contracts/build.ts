import type { FunctionContract } from '@maplelock/core';
import type { Language } from '../ir/source.ts';
import { BUILT_IN } from './built-in.ts';
import { MAPLE_TREE } from './maple-names.ts';
import { ofOneShape } from './rows.ts';
import type { AnalyzerContract, CMacro, Container, ContractModel, Guard } from './model.ts';

/** Indexes the built-in contracts and the given ones for a language. Later contracts override earlier ones by name. */
export function buildModel(language: Language, extra: readonly AnalyzerContract[] = []): ContractModel {
  const contracts = [...BUILT_IN, ...extra].filter((c) => c.languages.includes(language));
  const functions = new Map<string, FunctionContract>();
  const standIns = new Map<string, FunctionContract>();
  const macros = new Map<string, CMacro>();
  const guards = new Map<string, Guard>();
  const modules = new Map<string, Map<string, FunctionContract>>();
  const homes = new Map<string, string | undefined>();
  const headers = new Map<string, string | undefined>();
  const containers = new Set<Container>([MAPLE_TREE]);
  const containerOf = new Map<FunctionContract, Container>();
  for (const contract of contracts) {
    if (contract.container !== undefined) containers.add(contract.container);
    const ofModule = contract.module === undefined ? undefined : rowsOf(modules, contract.module);
    for (const row of contract.functions.map(ofOneShape)) {
      ofModule?.set(row.name, row);
      if (contract.standsIn) {
        standIns.set(row.name, row);
        continue;
      }
      const other = homes.get(row.name);
      // What is the same name in two modules is told by the module.
      if (other === undefined || contract.module === undefined || other === contract.module) {
        functions.set(row.name, row);
        homes.set(row.name, contract.module);
        headers.set(row.name, contract.header);
      }
      if (contract.container !== undefined) containerOf.set(row, contract.container);
    }
    for (const [name, macro] of Object.entries(contract.macros ?? {})) macros.set(name, macro);
    for (const [name, guard] of Object.entries(contract.guards ?? {})) guards.set(name, guard);
  }
  const mentioned = mentionPattern(language, contracts);
  return {
    function: (name, module) =>
      (module === undefined ? undefined : modules.get(module)?.get(name)) ?? functions.get(name),
    headerOf: (name) => headers.get(name),
    standIn: (name) => standIns.get(name),
    containerOf: (row) => containerOf.get(row) ?? MAPLE_TREE,
    containers: [...containers],
    macro: (name) => macros.get(name),
    guard: (name) => guards.get(name),
    module: (specifier) => modules.get(specifier),
    externalFields: contracts.flatMap((c) => c.externalLocks ?? []),
    isMentionedIn: (text) => mentioned.test(text),
  };
}

function rowsOf(
  modules: Map<string, Map<string, FunctionContract>>,
  module: string,
): Map<string, FunctionContract> {
  let rows = modules.get(module);
  if (rows === undefined) modules.set(module, (rows = new Map()));
  return rows;
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
      if (!/^\w+\*?$/.test(name)) continue;
      words.push(name);
    }
  }
  if (words.length === 0) return /(?!)/;
  return new RegExp(language === 'c' ? `\\b(?:${anyOf(words)})` : words.join('|'));
}

/**
 * Matches any of the names, where a `*` at the end stands for one character or more, to the end of the word. Common
 * beginnings are looked at once: every file of a kernel is searched for hundreds of names.
 */
function anyOf(names: readonly string[]): string {
  const branches = new Map<string, string[]>();
  for (const name of new Set(names)) {
    const first = name.slice(0, 1);
    const rests = branches.get(first);
    if (rests === undefined) branches.set(first, [name.slice(1)]);
    else rests.push(name.slice(1));
  }
  const alternatives = [...branches].map(([first, rests]) => {
    if (first === '') return '\\b';
    return first === '*' ? '\\w+' : `${first}${anyOf(rests)}`;
  });
  return alternatives.length === 1 ? (alternatives[0] as string) : `(?:${alternatives.join('|')})`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

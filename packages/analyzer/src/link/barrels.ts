import type { ContractModel } from '../contracts/model.ts';
import type { SourceFile } from '../ir/source.ts';
import { locator, normalized } from './locate.ts';

/** An export of a module that a contract describes. */
export interface ApiExport {
  readonly module: string;
  readonly name: string;
}

/** The modules of a program that hand on the exports of a contract's module. */
export interface Barrels {
  /** What a name stands for that a file imports; `*` for the module as a whole. */
  readonly find: (from: string, specifier: string, name: string) => ApiExport | undefined;
  /** True if a file imports from one of them. */
  readonly isUsedBy: (file: SourceFile) => boolean;
  /** All that is known of them, as a text. */
  readonly key: string;
}

interface Barrel {
  readonly path: string;
  readonly text: string;
  readonly named: ReadonlyMap<string, Source>;
  readonly stars: readonly string[];
}

const HANDS_ON =
  /\bexport\s*(?:(?:type\b\s*)?[*{]|default\s+(?:[\w$]+\s*[;\n]|\{|Object\.freeze)|const\s+[\w$]+\s*=\s*(?:[A-Za-z_$][\w$.]*\s*[;\n]|\{|Object\.freeze))/;
const STAR = /\bexport\s*\*\s*from\s*(['"])([^'"\n]+)\1/g;
const NAMED = /\bexport\s*(?:type\b\s*)?\{([^{}]*)\}\s*from\s*(['"])([^'"\n]+)\2/g;
const WHOLE_EXPORTED = /\bexport\s*\*\s*as\s+([\w$]+)\s+from\s*(['"])([^'"\n]+)\2/g;
const WHOLE_IMPORTED = /\bimport\s*\*\s*as\s+([\w$]+)\s+from\s*(['"])([^'"\n]+)\2/g;
/** `export const lock = mtree_lock` and `export const maple = { lock: mtree_lock }` hand on as well. */
const RENAMED = /\bexport\s+const\s+([\w$]+)\s*=\s*([\w$]+)(?:\.([\w$]+))?\s*(?:[;\n]|$)/g;
const COLLECTED =
  /\b(?:(export\s+)?const\s+([\w$]+)\s*=|export\s+(default)\b)\s*(?:Object\.freeze\(\s*)?\{([^{}]*)\}/g;
const PROPERTY = /(?<=(?:^|,)\s*)([\w$]+)(?:\s*:\s*([\w$]+)(?:\.([\w$]+))?)?\s*(?=,|$)/g;
const DEFAULT = /\bexport\s+default\s+([\w$]+)\s*(?:[;\n]|$)/g;
const IMPORTED = /\bimport\s*(?:type\b\s*)?\{([^{}]*)\}\s*from\s*(['"])([^'"\n]+)\2/g;
const EXPORTED = /\bexport\s*(?:type\b\s*)?\{([^{}]*)\}(?!\s*from\b)/g;
const SPECIFIER = /\bfrom\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;
/** Chains of modules longer than this are taken for a cycle. */
const DEEPEST = 16;

/**
 * Finds the modules that re-export a contract's module, by their texts: what they hand on has to be known before the files
 * that import from them are read. Null if there are none, which costs a scan or two of each text.
 */
export function barrelsOf(modules: readonly SourceFile[], model: ContractModel): Barrels | null {
  const barrels = new Map<string, Barrel>();
  if (!modules.some(({ text }) => HANDS_ON.test(text) && model.isMentionedIn(text))) return null;
  for (const file of modules) {
    const barrel = read(file);
    if (barrel !== null) barrels.set(normalized(file.path), barrel);
  }
  const isApi = (specifier: string): boolean => model.module(specifier) !== undefined;
  const sources = [...barrels.values()].flatMap((b) => [
    ...b.stars,
    ...[...b.named.values()].map((n) => n.specifier),
  ]);
  if (!sources.some(isApi)) return null;
  const locate = locator(modules.map((file) => [file.path, normalized(file.path)] as const));

  function find(from: string, specifier: string, name: string, depth = 0): ApiExport | undefined {
    const barrel = barrels.get(locate(from, specifier) ?? '');
    if (barrel === undefined || depth > DEEPEST) return undefined;
    const through = (source: string, inner: string): ApiExport | undefined =>
      isApi(source) ? { module: source, name: inner } : find(barrel.path, source, inner, depth + 1);
    const named = barrel.named.get(name);
    if (named !== undefined) return through(named.specifier, named.name);
    if (name === '*' ? !isPlain(barrel) : declares(barrel.text, name)) return undefined;
    // A star stands for all but the default.
    if (name === 'default') return undefined;
    for (const star of barrel.stars) {
      const found = through(star, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  return {
    find,
    isUsedBy: (file) =>
      [...file.text.matchAll(SPECIFIER)].some((match) =>
        barrels.has(locate(file.path, match[2] ?? '') ?? ''),
      ),
    key: JSON.stringify([...barrels.values()].map(({ path, named, stars }) => [path, [...named], stars])),
  };
}

interface Source {
  readonly specifier: string;
  readonly name: string;
}

function read({ path, text }: SourceFile): Barrel | null {
  const stars = [...text.matchAll(STAR)].map((match) => match[2] ?? '');
  const named = new Map<string, Source>();
  for (const [, list = '', , specifier = ''] of text.matchAll(NAMED))
    for (const [name, exported] of namesIn(list)) named.set(exported, { specifier, name });
  for (const [, exported = '', , specifier = ''] of text.matchAll(WHOLE_EXPORTED))
    named.set(exported, { specifier, name: '*' });
  let imported: Map<string, Source> | undefined;
  const handOn = (exported: string, local: string, member?: string): void => {
    imported ??= importsOf(text);
    const source = imported.get(local);
    if (source === undefined) return;
    if (member === undefined) named.set(exported, source);
    else if (source.name === '*') named.set(exported, { ...source, name: member });
  };
  const objects = new Map<string, string>();
  const handOnObject = (exported: string, list: string): void => {
    for (const [, key = '', local = key, member] of list.matchAll(PROPERTY))
      handOn(`${exported}.${key}`, local, member);
  };
  for (const [, isExported, name, isDefault, list = ''] of text.matchAll(COLLECTED)) {
    if (isDefault !== undefined) handOnObject('default', list);
    else if (name !== undefined && isExported !== undefined) handOnObject(name, list);
    else if (name !== undefined) objects.set(name, list);
  }
  const handOnName = (exported: string, local: string): void => {
    handOn(exported, local);
    const list = objects.get(local);
    if (list !== undefined) handOnObject(exported, list);
  };
  for (const [, list = ''] of text.matchAll(EXPORTED))
    for (const [local, exported] of namesIn(list)) handOnName(exported, local);
  for (const [, exported = '', local = '', member] of text.matchAll(RENAMED)) handOn(exported, local, member);
  for (const [, local = ''] of text.matchAll(DEFAULT)) handOnName('default', local);
  return stars.length + named.size === 0 ? null : { path, text, named, stars };
}

function importsOf(text: string): Map<string, Source> {
  const imported = new Map<string, Source>();
  for (const [, list = '', , specifier = ''] of text.matchAll(IMPORTED))
    for (const [name, local] of namesIn(list)) imported.set(local, { specifier, name });
  for (const [, local = '', , specifier = ''] of text.matchAll(WHOLE_IMPORTED))
    imported.set(local, { specifier, name: '*' });
  return imported;
}

/** `a, type b as c` → [a, a], [b, c]. */
function namesIn(list: string): [string, string][] {
  return list
    .replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
    .split(',')
    .flatMap((part): [string, string][] => {
      const [name = '', other = name] = part
        .trim()
        .replace(/^type\s+/, '')
        .split(/\s+as\s+/);
      return name === '' ? [] : [[name, other]];
    });
}

/** It hands on one module, and nothing else. */
function isPlain({ text, stars }: Barrel): boolean {
  return stars.length === 1 && (text.match(/\bexport\b/g)?.length ?? 0) === 1;
}

/** A name of its own goes before those that it hands on. */
function declares(text: string, name: string): boolean {
  return new RegExp(String.raw`\b(?:function\*?|const|let|var|class|enum|type|interface)\s+${name}\b`).test(
    text,
  );
}

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type AnalyzerContract,
  includesIn,
  languageOf,
  mentionsApi,
  type Problem,
  type SourceFile,
} from '@maplelock/analyzer';
import { displayPath } from './discovery.ts';
import { explainFileError, unreadable } from './problems.ts';

/** The files that are worth the engine's while, and what is to be said of the others. */
export interface Sources {
  readonly files: readonly SourceFile[];
  /**
   * Modules without a word of an API: those that lie between files with one are read too. And sources of C that include a
   * header with such words by `"name"`.
   */
  readonly modules: readonly SourceFile[];
  readonly problems: readonly Problem[];
  /** Files without text, as printed. */
  readonly empty: readonly string[];
}

/** What makes a module of a file: it takes from others, or gives to them. */
const MODULE = /\b(?:from|import|require)\s*\(?\s*['"]\.|\bexport\b/;

/** Reads files; keeps those that mention an API, and modules that may hand on what those export. */
export function readSources(
  paths: readonly string[],
  cwd: string,
  contracts: readonly AnalyzerContract[],
): Sources {
  const files: SourceFile[] = [];
  const modules: SourceFile[] = [];
  const problems: Problem[] = [];
  const empty: string[] = [];
  const includers: [path: string, included: readonly string[]][] = [];
  for (const path of paths) {
    const shown = displayPath(path, cwd);
    if (languageOf(shown) === null) {
      problems.push(
        unreadable(shown, 'neither TypeScript, JavaScript nor C by its extension; rename it or leave it out'),
      );
      continue;
    }
    try {
      const text = readText(path);
      if (text === null) problems.push(unreadable(shown, 'a binary file; rename it or leave it out'));
      else if (text === '') empty.push(shown);
      else if (mentionsApi(shown, text, contracts)) files.push({ path: shown, text });
      else if (languageOf(shown) === 'c') includers.push([path, includedBy(path, text)]);
      else if (MODULE.test(text)) modules.push({ path: shown, text });
    } catch (error) {
      problems.push(unreadable(shown, explainFileError(error)));
    }
  }
  const headers = new Set(files.map((file) => resolve(cwd, file.path)));
  for (const [path, included] of includers) {
    const source = included.some((header) => headers.has(header)) ? tryRead(path, cwd) : null;
    if (source !== null) modules.push(source);
  }
  return { files, modules, problems, empty };
}

function includedBy(path: string, text: string): string[] {
  return includesIn(text).map((name) => resolve(dirname(path), name));
}

/** Finds what `#include "name"` names, beside the file that includes it. Each file is read once. */
export function includeResolver(cwd: string): (from: string, name: string) => SourceFile | null {
  const known = new Map<string, SourceFile | null>();
  return (from, name) => {
    const path = resolve(dirname(resolve(cwd, from)), name);
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = tryRead(path, cwd);
    known.set(path, found);
    return found;
  };
}

function tryRead(path: string, cwd: string): SourceFile | null {
  try {
    const text = readText(path);
    return text === null ? null : { path: displayPath(path, cwd), text };
  } catch {
    return null;
  }
}

/** The text of a file; null if it holds a NUL byte, which no source text does. */
function readText(path: string): string | null {
  const bytes = readFileSync(path);
  return bytes.includes(0) ? null : bytes.toString('utf8');
}

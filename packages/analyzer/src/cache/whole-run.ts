import ts from 'typescript';
import type { AnalyzeOptions } from '../analyze-options.ts';
import type { SourceFile } from '../ir/source.ts';
import type { Analysis } from '../report/finding.ts';
import type { AnalysisCache } from './analysis-cache.ts';
import { hashOf } from './hash.ts';

const KEY = 'run';

/** What an include led to: the file's path and the hash of its text; null if there was none. */
type Included = readonly [from: string, name: string, path: string | null, text: string | null];

interface StoredRun {
  readonly includes: readonly Included[];
  readonly analysis: Analysis;
}

/** Everything but the files that a run depends on. */
export function settingsOf(options: AnalyzeOptions, cache: AnalysisCache): string {
  const { contracts = [], implicitThrows = false, resolveInclude } = options;
  return hashOf(
    JSON.stringify([cache.build, ts.version, contracts, implicitThrows, resolveInclude !== undefined]),
  );
}

function inputOf(options: AnalyzeOptions, cache: AnalysisCache): string {
  const files = options.files.map((file) => [file.path, hashOfFile(file)]);
  return hashOf(JSON.stringify([settingsOf(options, cache), files]));
}

/** What the last run said, if nothing that it read has changed since. */
export function recallRun(options: AnalyzeOptions, cache: AnalysisCache): Analysis | null {
  const stored = parsed(cache.get(KEY), inputOf(options, cache));
  if (stored === null) return null;
  const { resolveInclude } = options;
  for (const [from, name, path, text] of stored.includes) {
    const now = resolveInclude?.(from, name) ?? null;
    if ((now?.path ?? null) !== path || (now === null ? null : hashOfFile(now)) !== text) return null;
  }
  return stored.analysis;
}

/** A header is included by many. */
const HASHES = new WeakMap<SourceFile, string>();

function hashOfFile(file: SourceFile): string {
  let hash = HASHES.get(file);
  if (hash === undefined) HASHES.set(file, (hash = hashOf(file.text)));
  return hash;
}

/** The run of that input: a line that says which it was, and what came of it. */
function parsed(text: string | undefined, input: string): StoredRun | null {
  if (text === undefined || !text.startsWith(`${input}\n`)) return null;
  try {
    const run = JSON.parse(text.slice(input.length)) as StoredRun;
    return Array.isArray(run.includes) && run.analysis !== undefined ? run : null;
  } catch {
    return null;
  }
}

/** Looks on while a run asks for what its files include. */
export class IncludeLog {
  readonly #seen: Included[] = [];

  watch(
    resolve: NonNullable<AnalyzeOptions['resolveInclude']>,
  ): NonNullable<AnalyzeOptions['resolveInclude']> {
    return (from, name): SourceFile | null => {
      const found = resolve(from, name);
      this.#seen.push([from, name, found?.path ?? null, found === null ? null : hashOfFile(found)]);
      return found;
    };
  }

  get seen(): readonly Included[] {
    return this.#seen;
  }
}

export function keepRun(
  options: AnalyzeOptions,
  cache: AnalysisCache,
  includes: readonly Included[],
  analysis: Analysis,
): void {
  // What could not be read for want of a front end is read where there is one.
  if (analysis.problems.some((p) => p.kind === 'unreadable' || p.kind === 'internal')) return;
  cache.set(KEY, `${inputOf(options, cache)}\n${JSON.stringify({ includes, analysis } satisfies StoredRun)}`);
}

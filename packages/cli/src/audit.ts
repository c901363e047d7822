import {
  analyze,
  type AnalyzeOptions,
  analyzeUnchanged,
  type Finding,
  type Problem,
  type Stats,
} from '@maplelock/analyzer';
import { CacheFile } from './cache-file.ts';
import { cFrontend } from './c-frontend.ts';
import { readContracts } from './contracts.ts';
import { discover } from './discovery.ts';
import type { AuditOptions } from './options.ts';
import { condense } from './problems.ts';
import { includeResolver, readSources } from './sources.ts';
import { severityOf } from './severity.ts';

/** A finding that is to be reported. */
export interface Reported extends Finding {
  readonly severity: 'warn' | 'error';
}

/** What an audit found, for the reporters. */
export interface Audit {
  readonly findings: readonly Reported[];
  /** Files and functions that were not read whole. */
  readonly problems: readonly Problem[];
  /** Why the results could not be kept; null if they were, or were not to be. */
  readonly cacheProblem: string | null;
  readonly empty: readonly string[];
  /** Paths that were named and are not there. */
  readonly absent: readonly string[];
  /** The files that were given to the engine, as printed. */
  readonly audited: readonly string[];
  /** How many files were looked at. */
  readonly files: number;
  readonly stats: Stats;
  readonly seconds: number;
}

/** Finds, reads and analyses. */
export async function audit(options: AuditOptions): Promise<Audit> {
  const start = performance.now();
  const contracts = readContracts(options.contracts, options.cwd);
  const { files, problems, absent } = discover(options.paths, options.cwd);
  const sources = readSources(files, options.cwd, contracts);
  const cache = options.cache === null ? null : new CacheFile(options.cache, options.cwd);
  const request: AnalyzeOptions = {
    files: [...sources.files, ...sources.modules],
    contracts,
    resolveInclude: includeResolver(options.cwd),
    ...(cache && { cache }),
  };
  const analysis = analyzeUnchanged(request) ?? analyze({ ...request, ...(await cFrontend(sources.files)) });
  const cacheProblem = cache?.save() ?? null;
  const findings = analysis.findings.flatMap((finding): Reported[] => {
    const severity = severityOf(finding, options);
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
  return {
    findings,
    problems: [...problems, ...sources.problems, ...condense(analysis.problems)],
    cacheProblem,
    empty: sources.empty,
    absent,
    audited: sources.files.map((file) => file.path),
    files: files.length,
    stats: analysis.stats,
    seconds: (performance.now() - start) / 1000,
  };
}

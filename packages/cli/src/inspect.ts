import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect, type InspectedFunction } from '@maplelock/analyzer';
import { cFrontend } from './c-frontend.ts';
import { readContracts } from './contracts.ts';
import { discover, displayPath } from './discovery.ts';
import type { InspectOptions } from './options.ts';
import { includeResolver, readSources } from './sources.ts';
import { UsageError } from './usage-error.ts';

/** The functions that were asked for, and the text that they stand in. */
export interface Inspected {
  readonly functions: readonly InspectedFunction[];
  readonly text: string;
}

/** Finds, reads and looks into. Throws `UsageError` where there is nothing to look into. */
export async function inspectFile(options: InspectOptions): Promise<Inspected> {
  const path = resolve(options.cwd, options.file);
  const file = displayPath(path, options.cwd);
  if (!existsSync(path)) throw new UsageError(`${options.file} does not exist`, 'Check the path.');
  const contracts = readContracts(options.contracts, options.cwd);
  const { files } = discover([options.file, ...options.paths], options.cwd);
  const sources = readSources(files, options.cwd, contracts);
  const source = sources.files.find((f) => f.path === file);
  if (source === undefined) {
    const [problem] = sources.problems;
    if (problem !== undefined && problem.file === file) {
      throw new UsageError(`${file} was not read`, `It is ${problem.message}.`);
    }
    throw new UsageError(`${file} uses no API of a contract`, 'Nothing is known of its locks.');
  }
  const functions = inspect({
    files: [...sources.files, ...sources.modules],
    contracts,
    resolveInclude: includeResolver(options.cwd),
    ...(await cFrontend(sources.files)),
    file,
    ...(options.line === null ? {} : { line: options.line }),
  });
  if (functions.length === 0) {
    const where = options.line === null ? file : `${file}:${options.line}`;
    throw new UsageError(`there is no function at ${where}`, 'Name a line inside of one.');
  }
  return { functions, text: source.text };
}

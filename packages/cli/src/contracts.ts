import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AnalyzerContract, ContractError, parseContract } from '@maplelock/analyzer';
import { explainFileError } from './problems.ts';
import { UsageError } from './usage-error.ts';

/** Reads the files of `--contract`. Throws `UsageError` for the first that cannot be used. */
export function readContracts(paths: readonly string[], cwd: string): readonly AnalyzerContract[] {
  return paths.map((path) => {
    try {
      return parseContract(readFileSync(resolve(cwd, path), 'utf8'));
    } catch (error) {
      if (error instanceof ContractError)
        throw new UsageError(`--contract ${path}: ${error.message}`, error.remedy);
      throw new UsageError(`--contract ${path}: ${explainFileError(error)}`, 'Name a contract file.');
    }
  });
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type AnalyzerContract,
  type ContractDescription,
  ContractError,
  defineContract,
  parseContract,
} from '@maplelock/analyzer';

const NONE: readonly AnalyzerContract[] = [];
/** By what the settings say, for rules and files ask again and again. */
const known = new Map<string, readonly AnalyzerContract[]>();

/**
 * The contracts of `settings.maplelock.contracts`: descriptions, what `defineContract()` made of them, or paths of JSON
 * files. Throws an `Error` for the first that cannot be used: ESLint shows it.
 */
export function contractsOf(
  settings: Readonly<Record<string, unknown>>,
  cwd: string,
): readonly AnalyzerContract[] {
  const own = settings['maplelock'] as { readonly contracts?: unknown } | undefined;
  const given = own?.contracts;
  if (given === undefined) return NONE;
  if (!Array.isArray(given))
    throw new Error('settings.maplelock.contracts is no list. Put the contracts between [ and ].');
  const key = `${cwd}\n${JSON.stringify(given)}`;
  let contracts = known.get(key);
  if (contracts === undefined) known.set(key, (contracts = given.map((one, k) => contractOf(one, k, cwd))));
  return contracts;
}

function contractOf(given: unknown, index: number, cwd: string): AnalyzerContract {
  const place = typeof given === 'string' ? given : `settings.maplelock.contracts[${index}]`;
  try {
    if (typeof given === 'string') return parseContract(readFileSync(resolve(cwd, given), 'utf8'));
    const isDefined = Array.isArray((given as { readonly functions?: unknown } | null)?.functions);
    return isDefined ? (given as AnalyzerContract) : defineContract(given as ContractDescription);
  } catch (error) {
    const remedy = error instanceof ContractError ? ` ${error.remedy}` : '';
    throw new Error(`${place}: ${(error as Error).message}.${remedy}`, { cause: error });
  }
}

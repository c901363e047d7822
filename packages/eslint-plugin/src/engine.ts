import { analyze, type Analysis, type AnalyzerContract } from '@maplelock/analyzer';

interface Entry {
  readonly text: string;
  readonly contracts: readonly AnalyzerContract[];
  readonly analysis: Analysis;
}

/** How many files are remembered. The rules of one file run together, so even one would do; editors switch between a few. */
const SIZE = 10;

const NONE: readonly AnalyzerContract[] = [];

/** Insertion order is order of use: the first is the one to go. */
const cache = new Map<string, Entry>();

/** The findings in a file. The engine runs once for all rules, and not again while text and contracts stay the same. */
export function analysisOf(
  filename: string,
  text: string,
  contracts: readonly AnalyzerContract[] = NONE,
): Analysis {
  const known = cache.get(filename);
  cache.delete(filename);
  const entry =
    known?.text === text && known.contracts === contracts
      ? known
      : { text, contracts, analysis: analyze({ files: [{ path: filename, text }], contracts }) };
  cache.set(filename, entry);
  const [oldest] = cache.keys();
  if (cache.size > SIZE && oldest !== undefined) cache.delete(oldest);
  return entry.analysis;
}

import type { AnalysisCache } from './analysis-cache.ts';

interface Parsed {
  readonly text: string;
  readonly value: unknown;
}

/** By store and key: one process that runs again and again is given mostly the texts that it was given before. */
const PARSED = new WeakMap<AnalysisCache, Map<string, Parsed>>();

/**
 * What a store has under a key, parsed; undefined if it has nothing. Runs share it: nobody may change it.
 *
 * @throws SyntaxError where it is no JSON.
 */
export function parsedOf(cache: AnalysisCache, key: string): unknown {
  const text = cache.get(key);
  if (text === undefined) return undefined;
  let byKey = PARSED.get(cache);
  if (byKey === undefined) PARSED.set(cache, (byKey = new Map<string, Parsed>()));
  const known = byKey.get(key);
  if (known?.text === text) return known.value;
  const value: unknown = JSON.parse(text);
  byKey.set(key, { text, value });
  return value;
}

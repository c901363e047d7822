/**
 * Where `analyze()` keeps what it has found out, for the next run. Values are texts; what is given back for a key is
 * checked, so that a store may lose, mix up or shorten them: what does not fit is found out anew.
 */
export interface AnalysisCache {
  /** Tells builds of the engine apart: what another build has kept is never used. A hash of its files, or its version. */
  readonly build: string;
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  delete(key: string): void;
}

/**
 * Where `analyze()` keeps what it has found out, for the next run. A store may lose values; it gives back what it was
 * given last for a key, or nothing. What is no text of ours all the same is found out anew.
 */
export interface AnalysisCache {
  /** Tells builds of the engine apart: what another build has kept is never used. A hash of its files, or its version. */
  readonly build: string;
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  delete(key: string): void;
}

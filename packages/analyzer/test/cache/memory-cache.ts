import type { AnalysisCache } from '../../src/cache/analysis-cache.ts';

/** A cache that tests can look into. */
export class MemoryCache implements AnalysisCache {
  readonly build: string;
  readonly values: Map<string, string>;
  #written: string[] = [];

  constructor(build = 'a build', values: ReadonlyMap<string, string> = new Map()) {
    this.build = build;
    this.values = new Map(values);
  }

  get(key: string): string | undefined {
    return this.values.get(key);
  }

  set(key: string, value: string): void {
    this.#written.push(key);
    this.values.set(key, value);
  }

  delete(key: string): void {
    this.values.delete(key);
  }

  keys(): string[] {
    return [...this.values.keys()];
  }

  damage(key: string, change: (text: string) => string | undefined): void {
    const text = change(this.values.get(key) ?? '');
    if (text === undefined) this.values.delete(key);
    else this.values.set(key, text);
  }

  /** The keys that are written meanwhile. */
  writes(of: (key: string) => boolean, run: () => void): string[] {
    this.#written = [];
    run();
    return this.#written.filter(of).sort();
  }
}

import type { AnalysisCache } from './cache/analysis-cache.ts';
import type { AnalyzerContract } from './contracts/model.ts';
import type { CFrontend } from './frontends/frontend.ts';
import type { SourceFile } from './ir/source.ts';

/** What `analyze()` is asked. */
export interface AnalyzeOptions {
  /** The program. TypeScript and JavaScript by extension (.ts .tsx .mts .cts .js .jsx .mjs .cjs), C by .c and .h. */
  readonly files: readonly SourceFile[];
  /** Contracts besides the built-in ones, of `defineContract()` or `parseContract()`. Give the same list again: it is indexed once. */
  readonly contracts?: readonly AnalyzerContract[];
  /** Reads C. Made by `loadCFrontend()` of `@maplelock/analyzer/c`; without it C files are reported as not read. */
  readonly c?: CFrontend;
  /** Finds what a C file includes by `#include "name"`, for helpers that a header defines; null if there is none. */
  readonly resolveInclude?: (from: string, name: string) => SourceFile | null;
  /** Every call may throw, not only `throw` and calls that never return. */
  readonly implicitThrows?: boolean;
  /** Keeps what was found out, for the next run. The findings are the same with it and without. */
  readonly cache?: AnalysisCache;
}

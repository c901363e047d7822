import type { SourceFile } from './ir/source.ts';
import type { AnalyzerContract } from './contracts/model.ts';
import type { CFrontend } from './frontends/frontend.ts';
import type { Analysis } from './report/finding.ts';

export interface AnalyzeOptions {
  /** The program. TypeScript and JavaScript by extension (.ts .tsx .mts .cts .js .jsx .mjs .cjs), C by .c and .h. */
  readonly files: readonly SourceFile[];
  /** Contracts besides the built-in ones. */
  readonly contracts?: readonly AnalyzerContract[];
  /** Reads C. Made by `loadCFrontend()` of `@maplelock/analyzer/c`; without it C files are reported as not read. */
  readonly c?: CFrontend;
  /** Finds what a C file includes by `#include "name"`, for helpers that a header defines; null if there is none. */
  readonly resolveInclude?: (from: string, name: string) => SourceFile | null;
  /** Every call may throw, not only `throw` and calls that never return. */
  readonly implicitThrows?: boolean;
}

/** Analyses a program as a whole. Runs none of it; throws on none of it. */
export function analyze(options: AnalyzeOptions): Analysis {
  throw new Error(`not built yet: ${options.files.length} files`);
}

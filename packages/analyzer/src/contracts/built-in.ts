import type { AnalyzerContract } from './model.ts';

/** The contracts that come with the analyzer, besides core's own. */
export const BUILT_IN: readonly AnalyzerContract[] = [];

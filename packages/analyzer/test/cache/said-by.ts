import type { Analysis } from '../../src/report/finding.ts';

/** All that must not depend on the cache. */
export function saidBy({ findings, problems, stats }: Analysis): object {
  const { files, parsed, functions, lines } = stats;
  return { findings, problems, stats: { files, parsed, functions, lines } };
}

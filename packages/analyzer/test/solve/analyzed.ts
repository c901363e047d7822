import { analyze } from '../../src/analyze.ts';
import { loadCFrontend } from '../../src/c.ts';
import type { Analysis } from '../../src/report/finding.ts';
import type { SourceFile } from '../../src/ir/source.ts';

const c = await loadCFrontend();

/** Analyses files given by name and text. */
export function analyzed(
  files: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Analysis {
  const list = Object.entries(files).map(([path, text]): SourceFile => ({ path, text }));
  return analyze({
    files: list,
    c,
    resolveInclude: (_from, name) =>
      headers[name] === undefined ? null : { path: name, text: headers[name] },
  });
}

/** `file:line rule` of each finding that is proved. */
export function proved(analysis: Analysis): string[] {
  return analysis.findings
    .filter((f) => f.certainty === 'proved')
    .map((f) => `${f.file}:${f.line} ${f.rule}`);
}

import { languageOf, type AnalyzeOptions, type SourceFile } from '@maplelock/analyzer';

/** Loads the grammar of C only for programs that have C in them. */
export async function cFrontend(files: readonly SourceFile[]): Promise<Pick<AnalyzeOptions, 'c'>> {
  if (!files.some((file) => languageOf(file.path) === 'c')) return {};
  const { loadCFrontend } = await import('@maplelock/analyzer/c');
  return { c: await loadCFrontend() };
}

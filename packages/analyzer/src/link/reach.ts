import type { SourceFile } from '../ir/source.ts';
import { locator } from './locate.ts';

const SPECIFIER = /\b(?:from|import|require\s*\(|import\s*\()\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;
const REEXPORT = /\bexport\b[^;'"=]*\bfrom\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;

/**
 * The files without a word of an API that hand on, or use, what a file with one exports; and those that such a file
 * takes its helpers from. Cost: two scans of each text, and linear in the imports.
 */
export function reachedModules(
  mentioning: readonly SourceFile[],
  others: readonly SourceFile[],
): SourceFile[] {
  if (mentioning.length === 0 || others.length === 0) return [];
  const locate = locator([...mentioning, ...others].map((file) => [file.path, file] as const));
  const targets = (file: SourceFile, pattern: RegExp): SourceFile[] =>
    [...file.text.matchAll(pattern)].flatMap((match) => locate(file.path, match[2] as string) ?? []);

  const importers = new Map<SourceFile, SourceFile[]>();
  for (const file of others) {
    for (const target of targets(file, SPECIFIER)) {
      const list = importers.get(target);
      if (list === undefined) importers.set(target, [file]);
      else list.push(file);
    }
  }
  const reached = new Set<SourceFile>(mentioning);
  const upwards = [...mentioning];
  for (let file = upwards.pop(); file !== undefined; file = upwards.pop()) {
    for (const importer of importers.get(file) ?? []) {
      if (reached.has(importer)) continue;
      reached.add(importer);
      upwards.push(importer);
    }
  }
  const downwards = mentioning.flatMap((file) => targets(file, SPECIFIER));
  for (let file = downwards.pop(); file !== undefined; file = downwards.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    downwards.push(...targets(file, REEXPORT));
  }
  const known = new Set(mentioning);
  return others.filter((file) => reached.has(file) && !known.has(file));
}

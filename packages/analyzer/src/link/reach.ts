import type { SourceFile } from '../ir/source.ts';
import { locator } from './locate.ts';

const SPECIFIER = /\b(?:from|import|require\s*\(|import\s*\()\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;
const REEXPORT = /\bexport\b[^;'"=]*\bfrom\s*(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;

/** `export * from`, `export { a }`: what a module of functions of its own does as well, but seldom. */
const HANDS_ON = /\bexport\s*(?:type\s*)?[*{]/;

/**
 * The modules that hand on, or use, what a module that calls an API exports; and those that such a module takes its
 * helpers from. Cost: two scans of each text, and linear in the imports.
 */
export function reachedModules(modules: readonly SourceFile[], users: ReadonlySet<string>): SourceFile[] {
  const using = modules.filter((file) => users.has(file.path));
  if (using.length === 0 || using.length === modules.length) return [];
  const locate = locator(modules.map((file) => [file.path, file] as const));
  const targets = (file: SourceFile, pattern: RegExp): SourceFile[] =>
    [...file.text.matchAll(pattern)].flatMap((match) => locate(file.path, match[2] as string) ?? []);

  const importers = new Map<SourceFile, SourceFile[]>();
  for (const file of modules) {
    for (const target of targets(file, SPECIFIER)) {
      const list = importers.get(target);
      if (list === undefined) importers.set(target, [file]);
      else list.push(file);
    }
  }
  const reached = new Set<SourceFile>(using);
  const upwards = [...using];
  for (let file = upwards.pop(); file !== undefined; file = upwards.pop()) {
    for (const importer of importers.get(file) ?? []) {
      if (reached.has(importer)) continue;
      reached.add(importer);
      if (HANDS_ON.test(importer.text)) upwards.push(importer);
    }
  }
  const downwards = using.flatMap((file) => targets(file, SPECIFIER));
  for (let file = downwards.pop(); file !== undefined; file = downwards.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    downwards.push(...targets(file, REEXPORT));
  }
  return modules.filter((file) => reached.has(file) && !users.has(file.path));
}

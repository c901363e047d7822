import type { SourceFile } from '../ir/source.ts';
import { includesIn } from './header-definitions.ts';
import { locator, normalized } from './locate.ts';

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

/**
 * Files of C that lock trees by what a header beside them wraps: they include it by `"name"` and call one of its functions.
 * `wrappers`: those of each header, by its path. Cost: a scan of each text for its includes.
 */
export function reachedSources(
  sources: readonly SourceFile[],
  wrappers: ReadonlyMap<string, readonly string[]>,
): SourceFile[] {
  if (wrappers.size === 0) return [];
  return sources.filter(({ path, text }) => {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const names = includesIn(text).flatMap((name) => wrappers.get(normalized(folder + name)) ?? []);
    return names.length > 0 && new RegExp(`\\b(?:${names.join('|')})\\s*\\(`).test(text);
  });
}

import type { Unit } from '../ir/ir.ts';
import type { FunctionOutline } from './outline.ts';
import type { SourceFile } from '../ir/source.ts';
import { includesIn } from './header-definitions.ts';

/**
 * Headers that define functions which the units call and do not define: a lock wrapper is often a `static inline` in
 * a header beside the source. Only headers included by `"name"` are looked at, once each. Cost: one scan per header.
 */
export function includeHelpers(
  parts: readonly { readonly unit: Unit; readonly outline: readonly FunctionOutline[] }[],
  sources: ReadonlyMap<string, string>,
  resolve: (from: string, name: string) => SourceFile | null,
): SourceFile[] {
  const units = parts.map(({ unit }) => unit);
  const known = new Set(units.map((u) => u.path));
  const found: SourceFile[] = [];
  const missing = new Set(
    parts
      .filter(({ unit }) => unit.language === 'c')
      .flatMap(({ outline }) => outline.flatMap((fn) => fn.externals.map((callee) => callee.name))),
  );
  if (missing.size === 0) return found;
  const inspected = new Set<string>();
  const pending: SourceFile[] = units
    .filter((u) => u.language === 'c')
    .map((u) => ({ path: u.path, text: sources.get(u.path) ?? '' }));
  // Headers include headers: the wrapper may be some steps away.
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const name of includesIn(file.text)) {
      const header = resolve(file.path, name);
      if (header === null || inspected.has(header.path)) continue;
      inspected.add(header.path);
      pending.push(header);
      if (!known.has(header.path) && definesAny(header.text, missing)) {
        known.add(header.path);
        found.push(header);
      }
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A definition has its name at the head of a parameter list that a brace follows. */
function definesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const match of text.matchAll(/\b(\w+)\s*\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)\s*\{/g)) {
    if (names.has(match[1] as string)) return true;
  }
  return false;
}

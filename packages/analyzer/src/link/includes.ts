import type { Unit } from '../ir/ir.ts';
import type { SourceFile } from '../ir/source.ts';

/**
 * Headers that define functions which the units call and do not define: a lock wrapper is often a `static inline` in
 * the header beside the source. Only headers included by `"name"` are looked at. Cost: one scan per header.
 */
export function includeHelpers(
  units: readonly Unit[],
  sources: ReadonlyMap<string, string>,
  resolve: (from: string, name: string) => SourceFile | null,
): SourceFile[] {
  const known = new Set(units.map((u) => u.path));
  const found: SourceFile[] = [];
  const inspected = new Set<string>();
  for (const unit of units) {
    if (unit.language !== 'c') continue;
    const missing = unresolvedNames(unit);
    if (missing.size === 0) continue;
    const text = sources.get(unit.path) ?? '';
    for (const match of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm)) {
      const header = resolve(unit.path, match[1] as string);
      if (header === null || known.has(header.path) || inspected.has(header.path)) continue;
      inspected.add(header.path);
      if (definesAny(header.text, missing)) {
        known.add(header.path);
        found.push(header);
      }
    }
  }
  return found;
}

function unresolvedNames(unit: Unit): Set<string> {
  const names = new Set<string>();
  for (const fn of unit.functions) {
    for (const block of fn.blocks) {
      for (const instr of block.instrs) {
        if (instr.kind === 'call' && instr.callee.kind === 'external') names.add(instr.callee.name);
      }
    }
  }
  return names;
}

/** A definition has its name at the head of a parameter list that a brace follows. */
function definesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const match of text.matchAll(/\b(\w+)\s*\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)\s*\{/g)) {
    if (names.has(match[1] as string)) return true;
  }
  return false;
}

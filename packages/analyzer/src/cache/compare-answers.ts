import type { LinkedUnit, Program } from '../link/program.ts';
import type { OldFile } from './kept-file.ts';
import { differing } from './texts.ts';

/** Which functions elsewhere the names mean that a file calls. */
export function answersOf(program: Program, home: LinkedUnit): [string, string][] {
  const answers = new Map<string, string>();
  for (const { id } of home.unit.functions) {
    for (const callee of program.functions[home.functionBase + id]?.outline.externals ?? []) {
      const target = program.resolve(home, callee);
      if (target !== undefined) answers.set(nameOfCallee(callee), program.names.fn(target.index));
    }
  }
  return [...answers];
}

function nameOfCallee({ name, module }: { readonly name: string; readonly module?: string }): string {
  return `${module ?? ''}#${name}`;
}

/** Functions of unchanged files that call others by names which now mean other functions. */
export function misledFunctions(
  program: Program,
  old: ReadonlyMap<string, OldFile>,
  same: ReadonlySet<string>,
): Set<string> {
  const misled = new Set<string>();
  for (const home of program.units) {
    const before = same.has(home.unit.path) ? old.get(home.unit.path)?.head.answers : undefined;
    if (before === undefined) continue;
    const other = new Set(differing(before, answersOf(program, home)));
    if (other.size === 0) continue;
    for (const { id } of home.unit.functions) {
      const fn = program.functions[home.functionBase + id];
      if (fn?.outline.externals.some((callee) => other.has(nameOfCallee(callee))))
        misled.add(program.names.fn(fn.index));
    }
  }
  return misled;
}

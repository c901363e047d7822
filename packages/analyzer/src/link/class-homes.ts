/** Which file declares a class or an interface that another one names. */
import type { ClassIR, TypeName, Unit } from '../ir/ir.ts';
import { DEEPEST_CLASS } from './hooks.ts';
import type { Locate } from './locate.ts';

/** A type, in the terms of the file that names it. */
export interface TypeIn {
  readonly type: TypeName;
  readonly unit: Unit;
}

export interface ClassHome {
  readonly cls: ClassIR;
  readonly unit: Unit;
}

/** Chains of re-exports longer than this are taken for a cycle. */
const DEEPEST_REEXPORT = 16;

export function classHome({ type, unit }: TypeIn, locate: Locate<Unit>): ClassHome | undefined {
  if (type.module === undefined) return classIn(unit, type.name, locate);
  const module = locate(unit.path, type.module);
  return module && classIn(module, type.name, locate);
}

/** The class that a module has or hands on by this name. */
export function classIn(unit: Unit, name: string, locate: Locate<Unit>, depth = 0): ClassHome | undefined {
  const cls = unit.classes.get(name) ?? classExportedAs(unit, name);
  if (cls !== undefined) return { cls, unit };
  return throughReexports(unit, name, locate, depth, (module, inner) =>
    classIn(module, inner, locate, depth + 1),
  );
}

/** By file, the classes that it exports by other names than their own: as its default, or renamed. */
const RENAMED = new WeakMap<Unit, ReadonlyMap<string, ClassIR>>();

function classExportedAs(unit: Unit, name: string): ClassIR | undefined {
  let known = RENAMED.get(unit);
  if (known === undefined) RENAMED.set(unit, (known = renamedClasses(unit)));
  const local = known.has(name) ? undefined : unit.variables.find((v) => v.exportNames?.includes(name));
  return known.get(name) ?? (local && unit.classes.get(local.name));
}

/** Methods are exported by the name that their class is exported by. */
function renamedClasses(unit: Unit): ReadonlyMap<string, ClassIR> {
  const classes = new Map<string, ClassIR>();
  for (const { className, exportName } of unit.functions) {
    const cls = className === undefined ? undefined : unit.classes.get(className);
    const dot = exportName?.indexOf('.') ?? -1;
    if (cls !== undefined && exportName !== undefined && dot > 0) classes.set(exportName.slice(0, dot), cls);
  }
  return classes;
}

/** The class itself and the classes that it extends, nearest first. */
export function lineOf(own: ClassHome, locate: Locate<Unit>): ClassHome[] {
  const line = [own];
  for (let at = baseHome(own, locate); at !== undefined && line.length < DEEPEST_CLASS;) {
    line.push(at);
    at = baseHome(at, locate);
  }
  return line;
}

/** The class, of those, whose method this is. */
export function methodHome(type: ClassHome, name: string, locate: Locate<Unit>): ClassHome | undefined {
  return lineOf(type, locate).find(({ cls }) => cls.methods.has(name));
}

/** What a class extends. */
export function baseHome({ cls, unit }: ClassHome, locate: Locate<Unit>): ClassHome | undefined {
  const { extends: name } = cls;
  if (name === undefined) return undefined;
  const own = unit.classes.get(name);
  if (own !== undefined) return own === cls ? undefined : { cls: own, unit };
  const link = unit.links.find(({ local, reexport }) => local === name && !reexport);
  const module = link && locate(unit.path, link.module);
  return link && module && classIn(module, link.name, locate);
}

export function throughReexports<T>(
  unit: Unit,
  name: string,
  locate: Locate<Unit>,
  depth: number,
  find: (module: Unit, name: string) => T | undefined,
): T | undefined {
  if (depth > DEEPEST_REEXPORT) return undefined;
  for (const link of unit.links) {
    if (!link.reexport || (link.local !== name && link.name !== '*')) continue;
    const module = locate(unit.path, link.module);
    const found = module && find(module, link.name === '*' ? name : link.name);
    if (found !== undefined) return found;
  }
  return undefined;
}

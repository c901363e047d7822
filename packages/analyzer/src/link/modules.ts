import type { Var } from '../domain/values.ts';
import type { Unit } from '../ir/ir.ts';
import { classIn, methodHome } from './class-homes.ts';
import { locator } from './locate.ts';
import type { Fn, LinkedUnit } from './program.ts';

/** Finds what a TypeScript module exports, through re-exports. */
export interface ModuleMap {
  find(from: LinkedUnit, specifier: string, name: string): Fn | undefined;
  findVariable(from: LinkedUnit, specifier: string, name: string): Var | undefined;
}

/** Chains of re-exports longer than this are taken for a cycle. */
const DEEPEST_REEXPORT = 16;

export function linkModules(units: readonly LinkedUnit[], functions: readonly Fn[]): ModuleMap {
  const locate = locator(
    units.filter((u) => u.language === 'typescript').map((u) => [u.unit.path, u] as const),
  );
  const locateUnit = (from: string, specifier: string): Unit | undefined => locate(from, specifier)?.unit;
  const byUnit = new Map(units.map((u) => [u.unit, u]));
  const exportsOf = new Map<LinkedUnit, Map<string, Fn>>();
  const variables = new Map<LinkedUnit, Map<string, Var>>();

  function exported(unit: LinkedUnit): Map<string, Fn> {
    let names = exportsOf.get(unit);
    if (names === undefined) {
      names = new Map();
      for (const ir of unit.unit.functions) {
        if (ir.exportName !== undefined) {
          names.set(ir.exportName, functions[unit.functionBase + ir.id] as Fn);
        }
      }
      exportsOf.set(unit, names);
    }
    return names;
  }

  function variableOf(unit: LinkedUnit, name: string): Var | undefined {
    let names = variables.get(unit);
    if (names === undefined) {
      names = new Map();
      for (const [id, v] of unit.unit.variables.entries())
        for (const exportName of v.exportNames ?? []) names.set(exportName, unit.variableBase + id);
      variables.set(unit, names);
    }
    return names.get(name);
  }

  function search<T>(
    unit: LinkedUnit,
    name: string,
    find: (unit: LinkedUnit, name: string) => T | undefined,
    depth = 0,
  ): T | undefined {
    const own = find(unit, name);
    if (own !== undefined || depth > DEEPEST_REEXPORT) return own;
    for (const link of unit.unit.links) {
      if (!link.reexport || (link.local !== name && link.name !== '*')) continue;
      const target = locate(unit.unit.path, link.module);
      if (target === undefined) continue;
      const found = search(target, link.name === '*' ? name : link.name, find, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A method by the name of its class, however that is exported, or inherited. */
  function methodIn({ unit }: LinkedUnit, name: string): Fn | undefined {
    const dot = name.indexOf('.');
    const own = dot < 0 ? undefined : classIn(unit, name.slice(0, dot), locateUnit);
    const method = name.slice(dot + 1);
    const home = own && methodHome(own, method, locateUnit);
    const id = home?.cls.methods.get(method);
    const linked = home && byUnit.get(home.unit);
    return id === undefined || linked === undefined ? undefined : functions[linked.functionBase + id];
  }

  return {
    find(from, specifier, name) {
      const target = locate(from.unit.path, specifier);
      if (target === undefined) return undefined;
      return search(target, name, (u, n) => exported(u).get(n)) ?? methodIn(target, name);
    },
    findVariable(from, specifier, name) {
      const target = locate(from.unit.path, specifier);
      return target === undefined ? undefined : search(target, name, variableOf);
    },
  };
}

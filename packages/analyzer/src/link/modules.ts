import type { Var } from '../domain/values.ts';
import type { Fn, LinkedUnit } from './program.ts';

/** Finds what a TypeScript module exports, through re-exports. */
export interface ModuleMap {
  find(from: LinkedUnit, specifier: string, name: string): Fn | undefined;
  findVariable(from: LinkedUnit, specifier: string, name: string): Var | undefined;
}

const EXTENSIONS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '/index.ts',
  '/index.js',
];
/** Programs import what will be emitted: `./pool.js` may stand for `./pool.ts`. */
const EMITTED: readonly [RegExp, string][] = [
  [/\.js$/, '.ts'],
  [/\.js$/, '.tsx'],
  [/\.mjs$/, '.mts'],
  [/\.cjs$/, '.cts'],
];
/** Chains of re-exports longer than this are taken for a cycle. */
const DEEPEST_REEXPORT = 16;

export function linkModules(units: readonly LinkedUnit[], functions: readonly Fn[]): ModuleMap {
  const byPath = new Map<string, LinkedUnit>();
  for (const u of units) if (u.language === 'typescript') byPath.set(normalized(u.unit.path), u);
  const exportsOf = new Map<LinkedUnit, Map<string, Fn>>();

  function locate(from: LinkedUnit, specifier: string): LinkedUnit | undefined {
    if (!specifier.startsWith('.')) return undefined;
    const base = normalized(`${folderOf(from.unit.path)}/${specifier}`);
    for (const extension of EXTENSIONS) {
      const unit = byPath.get(base + extension);
      if (unit !== undefined) return unit;
    }
    for (const [pattern, source] of EMITTED) {
      const unit = byPath.get(base.replace(pattern, source));
      if (unit !== undefined) return unit;
    }
    return undefined;
  }

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
    const id = unit.unit.variables.findIndex((v) => v.kind === 'module' && v.exported && v.name === name);
    return id < 0 ? undefined : unit.variableBase + id;
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
      const target = locate(unit, link.module);
      if (target === undefined) continue;
      const found = search(target, link.name === '*' ? name : link.name, find, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  return {
    find(from, specifier, name) {
      const target = locate(from, specifier);
      return target === undefined ? undefined : search(target, name, (u, n) => exported(u).get(n));
    },
    findVariable(from, specifier, name) {
      const target = locate(from, specifier);
      return target === undefined ? undefined : search(target, name, variableOf);
    },
  };
}

function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '.' : path.slice(0, cut);
}

/** Resolves `.` and `..` in a path with `/` as separator; back slashes of Windows are read as such. */
export function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

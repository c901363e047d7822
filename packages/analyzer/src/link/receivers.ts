import type { ContractModel } from '../contracts/model.ts';
import type { Callee, ClassIR, Expr, Instr, TypeName, Unit } from '../ir/ir.ts';
import { type Locate, locator, normalized } from './locate.ts';

/** A type, in the terms of the file that names it. */
interface TypeIn {
  readonly type: TypeName;
  readonly unit: Unit;
}

/** Chains of re-exports longer than this are taken for a cycle. */
const DEEPEST_REEXPORT = 16;

/**
 * Says what methods are called on what other modules export: `storeLock.lock()` is `Mutex.lock` where the module that
 * exports `storeLock` makes it one. A file by itself knows its imports by name only. Cost: linear in the calls.
 */
export function receiverLinker(units: readonly Unit[]): (unit: Unit, model: ContractModel) => Unit {
  const modules = units.filter((unit) => unit.language === 'typescript');
  if (modules.length < 2) return (unit) => unit;
  const locate = locator(modules.map((unit) => [unit.path, unit] as const));
  return (unit, model) => (unit.language === 'typescript' ? linked(unit, model, locate) : unit);
}

function linked(unit: Unit, model: ContractModel, locate: Locate<Unit>): Unit {
  const functions = unit.functions.map((fn) => {
    const blocks = fn.blocks.map((block) => {
      const instrs = block.instrs.map((instr) => resolved(instr, unit, model, locate));
      return instrs.every((instr, k) => instr === block.instrs[k]) ? block : { ...block, instrs };
    });
    return blocks.every((block, k) => block === fn.blocks[k]) ? fn : { ...fn, blocks };
  });
  return functions.every((fn, k) => fn === unit.functions[k]) ? unit : { ...unit, functions };
}

function resolved(instr: Instr, unit: Unit, model: ContractModel, locate: Locate<Unit>): Instr {
  if (instr.kind !== 'call' || instr.callee.kind !== 'method' || instr.receiver === undefined) return instr;
  const { receiver, callee: method } = instr;
  const type = typeOf(receiver, unit, locate);
  const callee =
    type === undefined
      ? staticOf(receiver, method.name, unit, locate)
      : methodOf(type, method.name, model, locate);
  return callee === undefined ? instr : { ...instr, callee };
}

/** `Locker.with()`, of a class or an object of functions that another module exports. */
function staticOf(receiver: Expr, name: string, unit: Unit, locate: Locate<Unit>): Callee | undefined {
  if (receiver.op !== 'import') return undefined;
  const member = `${receiver.name}.${name}`;
  const module = locate(unit.path, receiver.module);
  const home = module && exporterOf(module, member, locate, 0);
  return home && { kind: 'external', name: home.name, module: normalized(home.unit.path) };
}

function exporterOf(
  unit: Unit,
  member: string,
  locate: Locate<Unit>,
  depth: number,
): { readonly unit: Unit; readonly name: string } | undefined {
  if (unit.functions.some((fn) => fn.exportName === member)) return { unit, name: member };
  const dot = member.indexOf('.');
  return throughReexports(unit, member.slice(0, dot), locate, depth, (module, inner) =>
    exporterOf(module, inner + member.slice(dot), locate, depth + 1),
  );
}

function methodOf(
  { type, unit }: TypeIn,
  name: string,
  model: ContractModel,
  locate: Locate<Unit>,
): Callee | undefined {
  // Methods are exported by the name of their class, static ones too.
  const method = `${type.name.replace(/^typeof /, '')}.${name}`;
  const row = type.module === undefined ? undefined : model.module(type.module)?.get(method);
  if (row !== undefined && type.module !== undefined)
    return { kind: 'api', name: row.name, module: type.module };
  const home = classHome({ type, unit }, locate);
  return home?.cls.methods.has(name)
    ? { kind: 'external', name: method, module: normalized(home.unit.path) }
    : undefined;
}

function typeOf(expr: Expr, unit: Unit, locate: Locate<Unit>): TypeIn | undefined {
  switch (expr.op) {
    case 'var': {
      const type = unit.variables[expr.id]?.type;
      return type && { type, unit };
    }
    case 'import': {
      const module = locate(unit.path, expr.module);
      return module && exportedType(module, expr.name, locate);
    }
    case 'field': {
      const base = typeOf(expr.base, unit, locate);
      const home = base && classHome(base, locate);
      const type = home?.cls.fields.get(expr.name);
      return home && type && { type, unit: home.unit };
    }
    default:
      return undefined;
  }
}

function exportedType(unit: Unit, name: string, locate: Locate<Unit>, depth = 0): TypeIn | undefined {
  const own = unit.variables.find((v) => v.exportNames?.includes(name));
  if (own !== undefined) return own.type && { type: own.type, unit };
  return throughReexports(unit, name, locate, depth, (module, inner) =>
    exportedType(module, inner, locate, depth + 1),
  );
}

function classHome(
  { type, unit }: TypeIn,
  locate: Locate<Unit>,
): { readonly cls: ClassIR; readonly unit: Unit } | undefined {
  if (type.module === undefined) return classIn(unit, type.name, locate, 0);
  const module = locate(unit.path, type.module);
  return module && classIn(module, type.name, locate, 0);
}

function classIn(
  unit: Unit,
  name: string,
  locate: Locate<Unit>,
  depth: number,
): { readonly cls: ClassIR; readonly unit: Unit } | undefined {
  const cls = unit.classes.get(name);
  if (cls !== undefined) return { cls, unit };
  return throughReexports(unit, name, locate, depth, (module, inner) =>
    classIn(module, inner, locate, depth + 1),
  );
}

function throughReexports<T>(
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

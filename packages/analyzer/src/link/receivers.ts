import type { ContractModel } from '../contracts/model.ts';
import type { Callee, Expr, FunctionIR, Instr, Unit } from '../ir/ir.ts';
import { classHome, classIn, lineOf, methodHome, throughReexports, type TypeIn } from './class-homes.ts';
import { type MethodsAmong, methodsAmong } from './implementations.ts';
import { type Locate, locator, normalized } from './locate.ts';

/** What is looked up in to say what a method is. */
interface Where {
  readonly unit: Unit;
  readonly model: ContractModel;
  readonly locate: Locate<Unit>;
  readonly among: MethodsAmong;
}

/**
 * Says what methods are called on what other modules export: `storeLock.lock()` is `Mutex.lock` where the module that
 * exports `storeLock` makes it one. A file by itself knows its imports by name only. Of a type that classes stand in for
 * it says which methods it may be. Cost: linear in the calls.
 */
export function receiverLinker(units: readonly Unit[]): (unit: Unit, model: ContractModel) => Unit {
  const modules = units.filter((unit) => unit.language === 'typescript');
  const locate = locator(modules.map((unit) => [unit.path, unit] as const));
  const among = methodsAmong(modules, locate);
  return (unit, model) => (unit.language === 'typescript' ? linked({ unit, model, locate, among }) : unit);
}

function linked(where: Where): Unit {
  const { unit } = where;
  const functions = unit.functions.map((fn) => {
    const blocks = fn.blocks.map((block) => {
      const instrs = block.instrs.map((instr) => resolved(instr, fn, where));
      return instrs.every((instr, k) => instr === block.instrs[k]) ? block : { ...block, instrs };
    });
    return blocks.every((block, k) => block === fn.blocks[k]) ? fn : { ...fn, blocks };
  });
  return functions.every((fn, k) => fn === unit.functions[k]) ? unit : { ...unit, functions };
}

function resolved(instr: Instr, fn: FunctionIR, where: Where): Instr {
  if (instr.kind !== 'call' || instr.receiver === undefined) return instr;
  const { receiver, callee: method } = instr;
  if (method.kind === 'external') return chosen(instr, method, where);
  if (method.kind !== 'method') return instr;
  const { unit, model, locate, among } = where;
  const type = typeOf(receiver, unit, locate);
  const callee =
    type === undefined
      ? staticOf(receiver, method.name, unit, locate)
      : methodOf(type, method.name, model, locate);
  if (callee !== undefined) return { ...instr, callee };
  // What the methods of an object call on itself is looked for with the classes that extend its own.
  if (type === undefined || (receiver.op === 'var' && receiver.id === fn.receiver)) return instr;
  const home = classHome(type, locate);
  const methods = home === undefined ? [] : among(home, method.name, unit);
  return methods.length === 0 ? instr : { ...instr, callee: { ...method, among: methods } };
}

/** A method of a type that another module declares: an interface, or a class that leaves it to others. */
function chosen(
  instr: Extract<Instr, { kind: 'call' }>,
  { name, module }: Extract<Callee, { kind: 'external' }>,
  { unit, locate, among }: Where,
): Instr {
  const dot = name.indexOf('.');
  const file = module === undefined || dot < 0 ? undefined : locate(unit.path, module);
  const home = file && classIn(file, name.slice(0, dot), locate);
  const method = name.slice(dot + 1);
  const methods = home === undefined ? [] : among(home, method, unit);
  if (methods.length === 0) return instr;
  return {
    ...instr,
    callee: { kind: 'method', name: method, className: name.slice(0, dot), among: methods },
  };
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
  const own = classHome({ type, unit }, locate);
  const home = own && methodHome(own, name, locate);
  return home && { kind: 'external', name: `${home.cls.name}.${name}`, module: normalized(home.unit.path) };
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
      const holder = home && lineOf(home, locate).find(({ cls }) => cls.fields.has(expr.name));
      const type = holder?.cls.fields.get(expr.name);
      return holder && type && { type, unit: holder.unit };
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

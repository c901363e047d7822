import type { Value, ValueNode } from '../domain/values.ts';
import type { ClassIR } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import type { Context } from './context.ts';
import { wordsOf } from './intent.ts';
import type { WholeProgram } from './whole-program.ts';

/** A method that stands for one of a base class: it is called by what calls that one, under its locks. */
export function isOverride(context: Context, whole: WholeProgram, fn: Fn, tree: Value): boolean {
  const { classes } = fn.home.unit;
  const name = fn.ir.name.slice(fn.ir.name.lastIndexOf('.') + 1);
  const own = fn.ir.className === undefined ? undefined : classes.get(fn.ir.className);
  if (own?.extends === undefined) return false;
  const chain = [own];
  for (let above = own.extends, k = 0; k < 16; k++) {
    const base = classOf(context, fn, above);
    // A base class that is not there may have any method; that of a package does not know the fields of those here.
    if (base === undefined)
      return !(isOfPackage(fn, above) && chain.some((known) => isFieldOf(context, known, fn, tree)));
    if (base.methods.has(name)) return !isKeptFromCallers(context, fn, own, tree);
    if (base.extends === undefined) return whole.hasName(wordsOf(name).join(' '));
    chain.push(base);
    above = base.extends;
  }
  return false;
}

/** A field of this class, of an object of it: what it extends need not know of it. */
function isFieldOf({ table }: Context, own: ClassIR, fn: Fn, tree: Value): boolean {
  for (let at = table.node(tree); at.kind === 'field'; at = table.node(at.base)) {
    const base = table.node(at.base);
    const isThis = base.kind === 'entry' && base.variable === fn.home.variableBase + (fn.ir.receiver ?? NaN);
    if (isThis) return own.fields.has(at.name);
  }
  return false;
}

/**
 * A `#field` of this class, which the callers of the base method cannot lock; and no method of the class locks it and
 * calls what it has inherited.
 */
function isKeptFromCallers(context: Context, fn: Fn, own: ClassIR, tree: Value): boolean {
  const { table, program } = context;
  const node = table.node(tree);
  if (node.kind !== 'field' || !node.name.startsWith('#') || !isFieldOf(context, own, fn, tree)) return false;
  const { name } = node;
  return !program.functions.some(
    (other) =>
      other !== fn &&
      other.home === fn.home &&
      other.ir.className === own.name &&
      locksField(context, other, name) &&
      callsInherited(other, own),
  );
}

function locksField({ table, summary }: Context, fn: Fn, name: string): boolean {
  const isField = (node: ValueNode): boolean => node.kind === 'field' && node.name === name;
  return [...(summary(fn.index)?.taken ?? [])].some((lock) => table.mentions(lock, isField));
}

/** The function calls a method of a class that is not its own, or a function of which nobody knows what it calls. */
function callsInherited({ ir }: Fn, own: ClassIR): boolean {
  const ownMethods = new Set(own.methods.values());
  return ir.blocks.some((block) =>
    block.instrs.some(
      (instr) =>
        instr.kind === 'call' &&
        (instr.callee.kind === 'function'
          ? !ownMethods.has(instr.callee.fn) && instr.receiver !== undefined
          : instr.callee.kind !== 'api'),
    ),
  );
}

/** The class of a name, in the file of a function or the only one in the program. */
function classOf({ program }: Context, fn: Fn, name: string): ClassIR | undefined {
  const own = fn.home.unit.classes.get(name);
  if (own !== undefined) return own;
  const [only, another] = program.homesOfClass(name, fn.home.language);
  return another === undefined ? only?.unit.classes.get(name) : undefined;
}

/** The class comes from another package, or is one of the language's. */
function isOfPackage(fn: Fn, className: string): boolean {
  const { links, variables } = fn.home.unit;
  const link = links.find((l) => l.local === className && !l.reexport);
  if (link !== undefined) return !/^[./#~@]\/|^\.\.?$/.test(link.module);
  return !variables.some((v) => v.kind === 'module' && v.name === className);
}

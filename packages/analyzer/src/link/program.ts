import { ERRNO } from '../contracts/errnos.ts';
import { KERNEL_MEMBERS } from '../contracts/kernel-members.ts';
import type { ContractModel } from '../contracts/model.ts';
import type { Callee, ClassIR, FunctionIR, Instr, TypeName, Unit, Variable } from '../ir/ir.ts';
import type { Language } from '../ir/source.ts';
import type { Value, ValueTable, Var } from '../domain/values.ts';
import { variablesOf } from '../ir/walk.ts';
import { DEEPEST_CLASS, type Hooks, hooksIn, hooksOf, overridesRunBy } from './hooks.ts';
import { modulePath } from './locate.ts';
import { linkModules, type ModuleMap } from './modules.ts';
import { Names } from './names.ts';
import { calledOperation, type Operations, operationsOf } from './operations.ts';
import { type FunctionOutline, outlineOf } from './outline.ts';

/** A unit with its numbering: variables, functions, blocks and program points are numbered through all units. */
export interface LinkedUnit {
  readonly index: number;
  readonly unit: Unit;
  readonly language: Language;
  readonly model: ContractModel;
  readonly variableBase: number;
  readonly functionBase: number;
  /** Calls an API by its name. */
  readonly usesApi: boolean;
}

/** A unit and what it is read with. */
export interface ProgramPart {
  readonly unit: Unit;
  readonly model: ContractModel;
  /** What is known of its functions' bodies, if that need not be found out. */
  readonly outline?: readonly FunctionOutline[];
  /** How many variables it has, where they are not to be looked at yet. */
  readonly variables?: number;
  readonly usesApi?: boolean;
}

/** Is told, by a name, of each thing of another file, or of the program as a whole, that is asked for. */
export interface Reader {
  /** Files whose own things are nothing to be told of. */
  readonly homes: ReadonlySet<number>;
  note(key: string): void;
}

export interface Fn {
  /** Number through all units. */
  readonly index: number;
  readonly home: LinkedUnit;
  readonly ir: FunctionIR;
  readonly outline: FunctionOutline;
  /** Number of its first block; its program points are numbered from `siteBase`. */
  readonly blockBase: number;
  readonly siteBase: number;
}

/** All units of an analysis, linked by name. */
export class Program {
  readonly units: LinkedUnit[] = [];
  readonly functions: Fn[] = [];
  readonly names: Names = new Names(this);
  reader: Reader | null = null;
  readonly #byPath = new Map<string, LinkedUnit>();
  readonly #classHomes = new Map<string, LinkedUnit[]>();
  /** The unit of each variable. */
  readonly #homes: LinkedUnit[] = [];
  readonly #globals = new Map<string, Fn>();
  readonly #headerLocals = new Map<string, Fn>();
  /** Functions of which only an annotated prototype is there. */
  readonly #declared = new Map<string, Fn>();
  readonly #operations = new Map<LinkedUnit, Operations>();
  readonly #hooks = new Map<LinkedUnit, Hooks>();
  readonly #captures = new Map<number, Set<Var>>();
  readonly #modules: ModuleMap;
  readonly #imported = new Map<LinkedUnit, Map<string, Value>>();

  constructor(units: readonly ProgramPart[]) {
    let blocks = 0;
    let sites = 0;
    for (const {
      unit,
      model,
      outline = outlineOf(unit, model),
      variables = unit.variables.length,
      usesApi = false,
    } of units) {
      const home: LinkedUnit = {
        index: this.units.length,
        unit,
        language: unit.language,
        model,
        variableBase: this.#homes.length,
        functionBase: this.functions.length,
        usesApi,
      };
      this.units.push(home);
      this.#byPath.set(unit.path, home);
      for (let k = 0; k < variables; k++) this.#homes.push(home);
      for (const name of unit.classes.keys()) {
        const homes = this.#classHomes.get(name);
        if (homes === undefined) this.#classHomes.set(name, [home]);
        else homes.push(home);
      }
      for (const ir of unit.functions) {
        const body = outline[ir.id] as FunctionOutline;
        const index = this.functions.length;
        this.functions.push({ index, home, ir, outline: body, blockBase: blocks, siteBase: sites });
        blocks += body.blocks;
        sites += body.sites;
        this.#publish(this.functions.at(-1) as Fn);
      }
    }
    this.#modules = linkModules(this.units, this.functions);
  }

  /** C links by name through the whole program; what a header defines statically is visible to its includers. */
  #publish(fn: Fn): void {
    if (fn.home.language !== 'c' || fn.ir.exportName === undefined) return;
    const name = fn.ir.exportName;
    if (fn.ir.declared) {
      if (!this.#declared.has(name)) this.#declared.set(name, fn);
    } else if (fn.ir.linkage === 'exported') {
      if (!this.#globals.has(name)) this.#globals.set(name, fn);
    } else if (fn.home.unit.path.endsWith('.h') && !this.#headerLocals.has(name)) {
      this.#headerLocals.set(name, fn);
    }
  }

  variable(v: Var): Variable | undefined {
    const home = this.#homes[v];
    if (home === undefined) return undefined;
    if (this.reader !== null && !this.reader.homes.has(home.index))
      this.reader.note(`v:${this.names.variable(v)}`);
    return home.unit.variables[v - home.variableBase];
  }

  unitAt(path: string): LinkedUnit | undefined {
    return this.#byPath.get(path);
  }

  /** The function that a program point or block lies in. Cost: logarithmic. */
  functionAt(number: number, base: 'siteBase' | 'blockBase'): Fn {
    let low = 0;
    let high = this.functions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.functions[middle] as Fn)[base] <= number) low = middle;
      else high = middle - 1;
    }
    return this.functions[low] as Fn;
  }

  /** The units of a language that have a class or struct of this name. */
  homesOfClass(name: string, language: Language): readonly LinkedUnit[] {
    this.reader?.note(`c:${name}`);
    return (this.#classHomes.get(name) ?? []).filter((home) => home.language === language);
  }

  /** True for a variable that means the same thing to every function that sees it: one of the file, or one never assigned again. */
  isLasting(v: Var): boolean {
    const entry = this.variable(v);
    return entry !== undefined && (entry.owner === undefined || (entry.constant && entry.kind === 'local'));
  }

  homeOf(v: Var): LinkedUnit | undefined {
    return this.#homes[v];
  }

  /** The function that owns a variable; undefined for module variables. */
  ownerOf(v: Var): Fn | undefined {
    const owner = this.variable(v)?.owner;
    return owner === undefined
      ? undefined
      : this.functions[(this.#homes[v] as LinkedUnit).functionBase + owner];
  }

  /** A function that a value is. */
  use(index: number): Fn | undefined {
    const fn = this.functions[index];
    if (fn !== undefined) this.reader?.note(`s:${this.names.fn(index)}`);
    return fn;
  }

  /** The body of a function is gone into, whoever it belongs to: what its calls mean counts as well. */
  readBody(fn: Fn): void {
    this.reader?.note(`b:${this.names.fn(fn.index)}`);
    this.#readFile(fn.home);
  }

  #readFile(home: LinkedUnit): void {
    if (this.reader !== null && !this.reader.homes.has(home.index)) this.reader.note(`u:${home.unit.path}`);
  }

  functionIn(home: LinkedUnit, id: number): Fn {
    return this.functions[home.functionBase + id] as Fn;
  }

  /** The function that a call names directly, if it is in the program. */
  resolve(home: LinkedUnit, callee: Callee): Fn | undefined {
    switch (callee.kind) {
      case 'function':
        return this.functionIn(home, callee.fn);
      case 'external':
        if (home.language === 'c')
          return (
            this.#globals.get(callee.name) ??
            this.#headerLocals.get(callee.name) ??
            this.#declared.get(callee.name)
          );
        return callee.module === undefined ? undefined : this.#modules.find(home, callee.module, callee.name);
      case 'value': {
        const fn = calledOperation(this.#operationsOf(home), callee);
        return fn === undefined ? undefined : this.functionIn(home, fn);
      }
      default:
        return undefined;
    }
  }

  /** True for the address of a variable of C whose initialiser names functions. */
  isTableOfOperations(table: ValueTable, value: Value): boolean {
    const node = table.node(value);
    const home = node.kind === 'addrVar' ? this.homeOf(node.variable) : undefined;
    if (node.kind !== 'addrVar' || home === undefined || home.language !== 'c') return false;
    return this.#operationsOf(home).has(node.variable - home.variableBase);
  }

  /** The operation of this name of a table that is found by its address. */
  operationAt(table: ValueTable, value: Value, name: string): Fn | undefined {
    const node = table.node(value);
    const home = node.kind === 'addrVar' ? this.homeOf(node.variable) : undefined;
    if (node.kind !== 'addrVar' || home === undefined || home.language !== 'c') return undefined;
    const fn = this.#operationsOf(home)
      .get(node.variable - home.variableBase)
      ?.get(name);
    return fn === undefined ? undefined : this.use(home.functionBase + fn);
  }

  /** What a call of a method of its own object may run besides the method that it names. */
  hooksOf({ ir, home }: Fn, call: Extract<Instr, { kind: 'call' }>): readonly Fn[] {
    if (home.language !== 'typescript' || ir.className === undefined) return [];
    let known = this.#hooks.get(home);
    if (known === undefined) this.#hooks.set(home, (known = hooksIn(home.unit)));
    return hooksOf(ir, call, home.unit, known).map((id) => this.functionIn(home, id));
  }

  /** What an inherited method that is called runs of the caller's own class. */
  overridesRunBy({ ir, home }: Fn, call: Extract<Instr, { kind: 'call' }>): readonly Fn[] {
    if (home.language !== 'typescript' || ir.className === undefined) return [];
    return overridesRunBy(ir, call, home.unit).map((id) => this.functionIn(home, id));
  }

  #operationsOf(home: LinkedUnit): Operations {
    let known = this.#operations.get(home);
    if (known === undefined) this.#operations.set(home, (known = operationsOf(home.unit)));
    return known;
  }

  /** What an import stands for: the variable of the module that exports it, or a symbol that all who import it share. */
  imported(table: ValueTable, home: LinkedUnit, module: string, name: string): Value {
    this.reader?.note('imports');
    const key = `${module}#${name}`;
    let known = this.#imported.get(home);
    if (known === undefined) this.#imported.set(home, (known = new Map()));
    let value = known.get(key);
    if (value === undefined) {
      const variable = this.#modules.findVariable(home, module, name);
      const errno = home.model.module(module) === undefined ? undefined : ERRNO.get(name);
      value =
        errno !== undefined
          ? table.constant(errno)
          : variable === undefined
            ? table.intern({ kind: 'import', module: modulePath(home.unit.path, module), name })
            : table.entry(variable);
      known.set(key, value);
    }
    const node = table.node(value);
    // Asked each time, since whoever reads the variable is to be told if it changes.
    const constant = node.kind === 'entry' ? this.variable(node.variable)?.value : undefined;
    return constant === undefined ? value : table.constant(constant);
  }

  /** A method of a class of the same file. */
  methodOf(home: LinkedUnit, className: string, name: string): Fn | undefined {
    const id = home.unit.classes.get(className)?.methods.get(name);
    return id === undefined ? undefined : this.functionIn(home, id);
  }

  /** The variables of other functions that a function names. Cost: linear in the function, once. */
  capturesOf(fn: Fn): ReadonlySet<Var> {
    let known = this.#captures.get(fn.index);
    this.#readFile(fn.home);
    if (known === undefined) {
      known = new Set();
      for (const v of variablesOf(fn.ir)) {
        const owner = fn.home.unit.variables[v]?.owner;
        if (owner !== undefined && owner !== fn.ir.id) known.add(fn.home.variableBase + v);
      }
      this.#captures.set(fn.index, known);
    }
    return known;
  }

  /** The type of a value as far as declarations tell. */
  typeOf(table: ValueTable, value: Value, births: ReadonlyMap<number, string>): TypeName | undefined {
    const node = table.node(value);
    switch (node.kind) {
      case 'entry':
      case 'addrVar':
        return this.variable(node.variable)?.type;
      case 'field':
      case 'addrField': {
        const base = this.typeOf(table, node.base, births);
        const declared =
          base === undefined ? undefined : this.#fieldType(node.base, table, base.name, node.name);
        // `void *private`: what a variable took it for.
        return declared === undefined || declared.name === 'void' ? table.types.get(value) : declared;
      }
      case 'fresh': {
        const name = births.get(node.site);
        return name ? { name, pointers: 0 } : table.types.get(value);
      }
      case 'phi':
        return this.variable(node.variable)?.type;
      case 'global':
      case 'addrGlobal':
        return table.types.get(value);
      case 'addrIndex':
        return this.typeOf(table, node.base, births);
      case 'old':
        return this.typeOf(table, node.of, births);
      case 'pure': {
        const [, type] = node.name === 'container_of' ? node.args : [];
        const named = type === undefined ? undefined : table.node(type);
        if (named?.kind !== 'const' || typeof named.value !== 'string') return undefined;
        return { name: named.value.replace(/^(struct|union)\s+/, ''), pointers: 1 };
      }
      case 'index':
        return table.types.get(value);
      default:
        return undefined;
    }
  }

  #fieldType(base: Value, table: ValueTable, className: string, field: string): TypeName | undefined {
    const home = this.#homeOfRoot(table, base);
    for (const cls of this.#lineOf(className, home)) {
      const type = cls.fields.get(field);
      if (type !== undefined) return type;
    }
    const known = home?.language === 'c' ? KERNEL_MEMBERS[className]?.[field] : undefined;
    return known === undefined ? undefined : { name: known, pointers: 1 };
  }

  /** The class that declares a field which objects of a class have: the class itself, or one that it extends. */
  declarerOf(table: ValueTable, object: Value, className: string, field: string): string {
    const home = this.#homeOfRoot(table, object);
    if (home?.language === 'c') return className;
    for (const cls of this.#lineOf(className, home)) if (cls.fields.has(field)) return cls.name;
    return className;
  }

  /** A class and those that it extends, by name: of several the one of the same file comes first. */
  *#lineOf(className: string, home: LinkedUnit | undefined): Generator<ClassIR> {
    let name: string | undefined = className;
    for (let k = 0; k < DEEPEST_CLASS && name !== undefined; k++) {
      this.reader?.note(`c:${name}`);
      let above: string | undefined;
      for (const cls of this.#classesNamed(name, home)) {
        yield cls;
        above ??= cls.extends;
      }
      name = above;
    }
  }

  *#classesNamed(name: string, home: LinkedUnit | undefined): Generator<ClassIR> {
    const own = home?.unit.classes.get(name);
    if (own !== undefined) yield own;
    for (const other of this.#classHomes.get(name) ?? []) {
      if (other === home || (home !== undefined && other.language !== home.language)) continue;
      const cls = other.unit.classes.get(name);
      if (cls !== undefined) yield cls;
    }
  }

  #homeOfRoot(table: ValueTable, value: Value): LinkedUnit | undefined {
    const root = table.node(table.root(value));
    return root.kind === 'entry' || root.kind === 'addrVar' ? this.homeOf(root.variable) : undefined;
  }
}

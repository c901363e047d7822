import type { ContractModel } from '../contracts/model.ts';
import type { Callee, FunctionIR, TypeName, Unit, Variable } from '../ir/ir.ts';
import type { Language } from '../ir/source.ts';
import type { Value, ValueTable, Var } from '../domain/values.ts';
import { variablesOf } from '../ir/walk.ts';
import { modulePath } from './locate.ts';
import { linkModules, type ModuleMap } from './modules.ts';

/** A unit with its numbering: variables, functions, blocks and program points are numbered through all units. */
export interface LinkedUnit {
  readonly index: number;
  readonly unit: Unit;
  readonly language: Language;
  readonly model: ContractModel;
  readonly variableBase: number;
  readonly functionBase: number;
}

export interface Fn {
  /** Number through all units. */
  readonly index: number;
  readonly home: LinkedUnit;
  readonly ir: FunctionIR;
  /** Number of its first block; its program points are numbered from `siteBase`. */
  readonly blockBase: number;
  readonly siteBase: number;
}

/** All units of an analysis, linked by name. */
export class Program {
  readonly units: LinkedUnit[] = [];
  readonly functions: Fn[] = [];
  readonly #variables: { home: LinkedUnit; variable: Variable }[] = [];
  readonly #globals = new Map<string, Fn>();
  readonly #headerLocals = new Map<string, Fn>();
  readonly #captures = new Map<number, Set<Var>>();
  readonly #modules: ModuleMap;
  readonly #imported = new Map<LinkedUnit, Map<string, Value>>();

  constructor(units: readonly { unit: Unit; model: ContractModel }[]) {
    let blocks = 0;
    let sites = 0;
    for (const { unit, model } of units) {
      const home: LinkedUnit = {
        index: this.units.length,
        unit,
        language: unit.language,
        model,
        variableBase: this.#variables.length,
        functionBase: this.functions.length,
      };
      this.units.push(home);
      for (const variable of unit.variables) this.#variables.push({ home, variable });
      for (const ir of unit.functions) {
        this.functions.push({ index: this.functions.length, home, ir, blockBase: blocks, siteBase: sites });
        blocks += ir.blocks.length;
        for (const block of ir.blocks) sites += block.instrs.length + 1;
        this.#publish(this.functions.at(-1) as Fn);
      }
    }
    this.#modules = linkModules(this.units, this.functions);
  }

  /** C links by name through the whole program; what a header defines statically is visible to its includers. */
  #publish(fn: Fn): void {
    if (fn.home.language !== 'c' || fn.ir.exportName === undefined) return;
    const name = fn.ir.exportName;
    if (fn.ir.linkage === 'exported') {
      if (!this.#globals.has(name)) this.#globals.set(name, fn);
    } else if (fn.home.unit.path.endsWith('.h') && !this.#headerLocals.has(name)) {
      this.#headerLocals.set(name, fn);
    }
  }

  variable(v: Var): Variable | undefined {
    return this.#variables[v]?.variable;
  }

  /** True for a variable that means the same thing to every function that sees it: one of the file, or one never assigned again. */
  isLasting(v: Var): boolean {
    const entry = this.#variables[v]?.variable;
    return entry !== undefined && (entry.owner === undefined || (entry.constant && entry.kind === 'local'));
  }

  homeOf(v: Var): LinkedUnit | undefined {
    return this.#variables[v]?.home;
  }

  /** The function that owns a variable; undefined for module variables. */
  ownerOf(v: Var): Fn | undefined {
    const entry = this.#variables[v];
    if (entry?.variable.owner === undefined) return undefined;
    return this.functions[entry.home.functionBase + entry.variable.owner];
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
          return this.#globals.get(callee.name) ?? this.#headerLocals.get(callee.name);
        return callee.module === undefined ? undefined : this.#modules.find(home, callee.module, callee.name);
      default:
        return undefined;
    }
  }

  /** What an import stands for: the variable of the module that exports it, or a symbol that all who import it share. */
  imported(table: ValueTable, home: LinkedUnit, module: string, name: string): Value {
    const key = `${module}#${name}`;
    let known = this.#imported.get(home);
    if (known === undefined) this.#imported.set(home, (known = new Map()));
    let value = known.get(key);
    if (value === undefined) {
      const variable = this.#modules.findVariable(home, module, name);
      value =
        variable === undefined
          ? table.intern({ kind: 'import', module: modulePath(home.unit.path, module), name })
          : table.entry(variable);
      known.set(key, value);
    }
    return value;
  }

  /** A method of a class of the same file. */
  methodOf(home: LinkedUnit, className: string, name: string): Fn | undefined {
    const id = home.unit.classes.get(className)?.methods.get(name);
    return id === undefined ? undefined : this.functionIn(home, id);
  }

  /** The variables of other functions that a function names. Cost: linear in the function, once. */
  capturesOf(fn: Fn): ReadonlySet<Var> {
    let known = this.#captures.get(fn.index);
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
        return base === undefined ? undefined : this.#fieldType(node.base, table, base.name, node.name);
      }
      case 'fresh': {
        const name = births.get(node.site);
        return name ? { name, pointers: 0 } : table.types.get(value);
      }
      case 'phi':
        return this.variable(node.variable)?.type;
      case 'addrIndex':
        return this.typeOf(table, node.base, births);
      case 'old':
        return this.typeOf(table, node.of, births);
      default:
        return undefined;
    }
  }

  #fieldType(base: Value, table: ValueTable, className: string, field: string): TypeName | undefined {
    const rootNode = table.node(table.root(base));
    const home =
      rootNode.kind === 'entry' || rootNode.kind === 'addrVar' ? this.homeOf(rootNode.variable) : undefined;
    const own = home?.unit.classes.get(className)?.fields.get(field);
    if (own !== undefined) return own;
    for (const other of this.units) {
      if (home !== undefined && other.language !== home.language) continue;
      const type = other.unit.classes.get(className)?.fields.get(field);
      if (type !== undefined) return type;
    }
    return undefined;
  }
}

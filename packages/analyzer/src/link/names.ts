import type { Value, ValueNode, ValueTable, Var } from '../domain/values.ts';
import type { Variable } from '../ir/ir.ts';
import type { LinkedUnit, Program } from './program.ts';

/** The names of one unit's functions and variables. */
interface UnitNames {
  readonly functions: readonly string[];
  /** The same with the path in front. */
  readonly qualified: readonly string[];
  readonly functionIds: ReadonlyMap<string, number>;
  variables: { readonly names: readonly string[]; readonly ids: ReadonlyMap<string, number> } | null;
}

/**
 * Names for what an analysis numbers through all units: they stay the same where another file, or another function,
 * changes. Only the names of variables need the unit's variables.
 */
export class Names {
  readonly #program: Program;
  readonly #units: (UnitNames | undefined)[] = [];
  /** The functions that were asked for by their names. */
  readonly #found = new Map<string, number>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** `path:name`; of functions with one name, with a count behind it. */
  fn(index: number): string {
    const fn = this.#program.functions[index];
    if (fn === undefined) throw new Error(`no function ${index}`);
    return this.#of(fn.home).qualified[index - fn.home.functionBase] as string;
  }

  findFn(name: string): number | undefined {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const [home, key] = this.#split(name);
    const id = home === undefined ? undefined : this.#of(home).functionIds.get(key);
    if (home === undefined || id === undefined) return undefined;
    this.#found.set(name, home.functionBase + id);
    return home.functionBase + id;
  }

  /** `path:name` for variables of a file; `path:function/n` for the others. */
  variable(v: Var): string {
    const home = this.#program.homeOf(v) as LinkedUnit;
    return `${home.unit.path}:${this.#variables(home).names[v - home.variableBase]}`;
  }

  findVariable(name: string): Var | undefined {
    const [home, key] = this.#split(name);
    const id = home === undefined ? undefined : this.#variables(home).ids.get(key);
    return home === undefined || id === undefined ? undefined : home.variableBase + id;
  }

  /** Where in which function a program point is. */
  site(site: number): string {
    const fn = this.#program.functionAt(site, 'siteBase');
    return `${this.fn(fn.index)}@${site - fn.siteBase}`;
  }

  block(block: number): string {
    const fn = this.#program.functionAt(block, 'blockBase');
    return `${this.fn(fn.index)}@${block - fn.blockBase}`;
  }

  /** The number of a site or block by its name. */
  findIn(name: string, base: 'siteBase' | 'blockBase'): number {
    const cut = name.lastIndexOf('@');
    const fn = this.#program.functions[this.findFn(name.slice(0, cut)) ?? -1];
    if (fn === undefined) throw new Error(`no function of ${name}`);
    return fn[base] + Number(name.slice(cut + 1));
  }

  /** A symbol, told from every other one. */
  value(table: ValueTable, value: Value): string {
    const node: ValueNode = table.node(value);
    const of = (v: Value): string => this.value(table, v);
    switch (node.kind) {
      case 'const':
        return `${typeof node.value} ${String(node.value)}`;
      case 'entry':
      case 'addrVar':
        return `${node.kind} ${this.variable(node.variable)}`;
      case 'global':
      case 'addrGlobal':
      case 'token':
        return `${node.kind} ${node.name}`;
      case 'import':
        return `import ${node.module}#${node.name}`;
      case 'field':
      case 'addrField':
        return `${of(node.base)} ${node.kind} ${node.name}`;
      case 'index':
      case 'addrIndex':
        return `${of(node.base)} ${node.kind} [${of(node.index)}]`;
      case 'deref':
        return `${of(node.base)} deref`;
      case 'fresh':
        return `fresh ${this.site(node.site)} ${node.part}${node.of === undefined ? '' : ` ${this.variable(node.of)}`}`;
      case 'old':
        return `old ${of(node.of)}`;
      case 'phi':
        return `phi ${this.block(node.block)} ${node.variable < 0 ? of(-1 - node.variable) : this.variable(node.variable)}`;
      case 'unary':
        return `${node.operator}(${of(node.operand)})`;
      case 'binary':
        return `(${of(node.left)} ${node.operator} ${of(node.right)})`;
      case 'pure':
        return `${node.name}(${node.args.map(of).join()})`;
      case 'function':
        return `function ${this.fn(node.fn)}`;
    }
  }

  #split(name: string): [LinkedUnit | undefined, string] {
    // A path may hold a colon; the names of functions and variables hold none before the first slash.
    for (let cut = name.indexOf(':'); cut >= 0; cut = name.indexOf(':', cut + 1)) {
      const home = this.#program.unitAt(name.slice(0, cut));
      if (home !== undefined) return [home, name.slice(cut + 1)];
    }
    return [undefined, ''];
  }

  #of(home: LinkedUnit): UnitNames {
    let known = this.#units[home.index];
    if (known === undefined) {
      const functions = functionNames(home.unit.functions);
      const qualified = functions.map((name) => `${home.unit.path}:${name}`);
      known = { functions, qualified, functionIds: indexed(functions), variables: null };
      this.#units[home.index] = known;
    }
    return known;
  }

  #variables(home: LinkedUnit): NonNullable<UnitNames['variables']> {
    const units = this.#of(home);
    if (units.variables === null) {
      const names = variableNames(units.functions, home.unit.variables);
      units.variables = { names, ids: indexed(names) };
    }
    return units.variables;
  }
}

/** The names of a unit's functions in it. */
export function functionNames(functions: readonly { readonly name: string }[]): string[] {
  return counted(functions.map((fn) => fn.name));
}

/** The names of a unit's variables in it. */
export function variableNames(functions: readonly string[], variables: readonly Variable[]): string[] {
  const ordinals = new Map<number, number>();
  return counted(
    variables.map((v) => {
      if (v.owner === undefined) return v.name;
      const ordinal = ordinals.get(v.owner) ?? 0;
      ordinals.set(v.owner, ordinal + 1);
      return `${functions[v.owner]}/${ordinal}`;
    }),
  );
}

function counted(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}~${before + 1}`;
  });
}

function indexed(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, id) => [name, id]));
}

import type { Program } from '../link/program.ts';
import type { State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { Language } from '../ir/source.ts';

/** What a symbol is called that no variable has held. */
export const UNNAMED = 'an unnamed object';

/** Symbols whose type is that of the first variable which holds them, where no declaration tells. */
const UNTYPED: ReadonlySet<string> = new Set(['fresh', 'field', 'deref', 'index']);

/** Writes symbols as the program would. */
export class Describer {
  readonly #table: ValueTable;
  readonly #program: Program;
  /** The first variable that held each unnamed symbol. */
  readonly names: Map<Value, string> = new Map();

  constructor(table: ValueTable, program: Program) {
    this.#table = table;
    this.#program = program;
  }

  /** Notes that a variable holds a value: an object that a call returned is called by it from then on. */
  name(value: Value, variable: number): void {
    const { kind } = this.#table.node(value);
    const known = this.#program.variable(variable);
    if (UNTYPED.has(kind) && known?.type !== undefined && !this.#table.types.has(value))
      this.#table.types.set(value, known.type);
    if (this.names.has(value)) return;
    if (kind === 'fresh' && known !== undefined && known.kind !== 'temp') this.names.set(value, known.name);
  }

  /** A value: `d->tree`, `&d->mt`, `this.#tree`. Symbols without a spelling take the variable that holds them. */
  value(value: Value, language: Language, state: State | null = null): string {
    const node = this.#table.node(value);
    switch (node.kind) {
      case 'const':
        return node.value === null && language === 'c' ? 'NULL' : String(node.value);
      case 'entry':
        return this.#program.variable(node.variable)?.name ?? '?';
      case 'global':
      case 'import':
        return node.name;
      case 'token':
        return node.name === 'rcu' ? 'RCU' : node.name;
      case 'addrVar':
        return language === 'c' ? `&${this.#program.variable(node.variable)?.name ?? '?'}` : '?';
      case 'addrGlobal':
        return `&${node.name}`;
      case 'addrField':
      case 'addrIndex': {
        const place = this.place(value, language, state);
        return language === 'c' ? `&${place}` : place;
      }
      case 'field':
        return this.#member(node.base, node.name, language, state);
      case 'index':
        return `${this.value(node.base, language, state)}[${this.#index(node.index, language, state)}]`;
      case 'deref':
        return `*${this.value(node.base, language, state)}`;
      case 'old':
        return this.value(node.of, language, state);
      case 'function':
        return this.#program.functions[node.fn]?.ir.name ?? 'function';
      case 'unary':
        return `${node.operator}${this.value(node.operand, language, state)}`;
      case 'binary':
        return `${this.value(node.left, language, state)} ${node.operator} ${this.value(node.right, language, state)}`;
      case 'pure':
        return `${node.name}(${node.args.map((a) => this.value(a, language, state)).join(', ')})`;
      case 'fresh':
      case 'phi':
        return (
          this.#holder(value, state) ??
          this.names.get(value) ??
          (node.kind === 'phi' ? this.#phi(node.variable) : UNNAMED)
        );
    }
  }

  /** What an address points to: a lock or tree, without the `&`. */
  place(value: Value, language: Language, state: State | null = null): string {
    const node = this.#table.node(value);
    switch (node.kind) {
      case 'addrField':
        return this.#member(node.base, node.name, language, state);
      case 'addrIndex': {
        // An array that lies in a struct or a variable is named without the `&` of its address.
        const isPlace = ['addrField', 'addrVar', 'addrGlobal', 'addrIndex'].includes(
          this.#table.node(node.base).kind,
        );
        const base = isPlace
          ? this.place(node.base, language, state)
          : this.value(node.base, language, state);
        return `${base}[${this.#index(node.index, language, state)}]`;
      }
      case 'addrVar':
        return this.#program.variable(node.variable)?.name ?? '?';
      case 'addrGlobal':
        return node.name;
      default:
        return this.value(value, language, state);
    }
  }

  #member(base: Value, name: string, language: Language, state: State | null): string {
    const node = this.#table.node(base);
    if (language === 'typescript') return `${this.value(base, language, state)}.${name}`;
    // A field of an embedded struct or of a struct variable is written with a dot.
    if (
      node.kind === 'addrField' ||
      node.kind === 'addrVar' ||
      node.kind === 'addrGlobal' ||
      node.kind === 'addrIndex'
    ) {
      return `${this.place(base, language, state)}.${name}`;
    }
    return `${this.value(base, language, state)}->${name}`;
  }

  #index(index: Value, language: Language, state: State | null): string {
    const text = this.value(index, language, state);
    return text === UNNAMED ? '…' : text;
  }

  #holder(value: Value, state: State | null): string | null {
    if (state === null) return null;
    for (const [v, held] of state.env) {
      if (held !== value) continue;
      const variable = this.#program.variable(v);
      if (variable !== undefined && variable.kind !== 'temp') return variable.name;
    }
    return null;
  }

  #phi(variable: number): string {
    const known = variable >= 0 ? this.#program.variable(variable) : undefined;
    return known === undefined || known.kind === 'temp' ? UNNAMED : known.name;
  }
}

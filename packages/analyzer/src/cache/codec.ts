import type { Container } from '../contracts/model.ts';
import { SharedSet } from '../domain/shared-collections.ts';
import type { Value, ValueNode } from '../domain/values.ts';
import type { LinkedUnit } from '../link/program.ts';
import type { Context, Called } from '../solve/context.ts';
import type { SymbolFacts } from '../solve/symbol-facts.ts';
import type { Summary } from '../summaries/summary.ts';

/** Where a number is a symbol, be it by itself, in a list or in a set. */
const SYMBOLS: ReadonlySet<string> = new Set([
  'value',
  'lock',
  'tree',
  'cursor',
  'gfp',
  'drops',
  'result',
  'resultSlot',
  'slot',
  'first',
  'freed',
  'doubts',
  'follows',
  'taken',
  'protectors',
  'keeper',
  'disposed',
  'asks',
]);

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A place in the text: in a function it is counted from the function's start, so that it moves with it. */
interface Placed {
  readonly unit: string;
  readonly start: number;
  readonly end: number;
}

interface Envelope {
  readonly nodes: readonly (readonly Json[])[];
  readonly data: Json;
}

/** Writes what the analysis of functions has led to as text, with names for all numbers, and reads it back. */
export class Codec {
  readonly #context: Context;
  readonly #places = new Map<string, Pick<Placed, 'unit'> & { readonly base: number }>();

  /** What the places by these names are counted from. */
  readonly #bases = new Map<string, { readonly unit: number; readonly base: number }>();

  constructor(context: Context) {
    this.#context = context;
  }

  encode(data: unknown): string {
    const writer = new Writer(this, this.#context);
    const body = writer.write(data, '');
    return JSON.stringify({ nodes: writer.nodes, data: body } satisfies Envelope);
  }

  decode<T>(text: string): T {
    const { nodes, data } = JSON.parse(text) as Envelope;
    return new Reading(this, this.#context, nodes).read(data, '') as T;
  }

  encodeSummary({ kinds, names, escapes, ...rest }: Summary): string {
    return this.encode({
      ...rest,
      escapes: [...escapes].map(parsedKey),
      kinds: kinds.map(([value, kind]) => ({ value, kind: this.#nameOfKind(kind) })),
      names: names.map(([value, name]) => ({ value, name })),
    });
  }

  decodeSummary(text: string): Summary {
    const { kinds, names, escapes, ...rest } = this.decode<
      Omit<Summary, 'kinds' | 'names' | 'escapes'> & {
        kinds: { value: Value; kind: string }[];
        names: { value: Value; name: string }[];
        escapes: Finding[];
      }
    >(text);
    return {
      ...rest,
      escapes: new Set(escapes.map(keyOfFinding)),
      kinds: kinds.map(({ value, kind }) => [value, this.#kind(kind)]),
      names: names.map(({ value, name }) => [value, name]),
    };
  }

  /** Symbols in the form that `encode()` writes. */
  plainSymbols({ births, constructed, callees, types, names, kinds }: SymbolFacts): object {
    const { names: by } = this.#context.program;
    return {
      births: [...births].map(([site, name]) => [by.site(site), name]),
      constructed: [...constructed].map((site) => by.site(site)),
      callees: [...callees].map(([site, call]) => [by.site(site), call]),
      types: [...types].map(([value, type]) => ({ value, type })),
      names: [...names].map(([value, name]) => ({ value, name })),
      kinds: [...kinds].map(([value, kind]) => ({ value, kind: this.#nameOfKind(kind) })),
    };
  }

  symbols(plain: object): SymbolFacts {
    const { names: by } = this.#context.program;
    const { births, constructed, callees, types, names, kinds } = plain as {
      births: [string, string][];
      constructed: string[];
      callees: [string, Called][];
      types: { value: Value; type: SymbolFacts['types'] extends ReadonlyMap<Value, infer T> ? T : never }[];
      names: { value: Value; name: string }[];
      kinds: { value: Value; kind: string }[];
    };
    const site = (name: string): number => by.findIn(name, 'siteBase');
    return {
      births: new Map(births.map(([at, name]) => [site(at), name])),
      constructed: new Set(constructed.map(site)),
      callees: new Map(callees.map(([at, call]) => [site(at), call])),
      types: new Map(types.map(({ value, type }) => [value, type])),
      names: new Map(names.map(({ value, name }) => [value, name])),
      kinds: new Map(kinds.map(({ value, kind }) => [value, this.#kind(kind)])),
    };
  }

  place(unit: number, start: number, end: number): Placed {
    const key = `${unit}:${start}`;
    let known = this.#places.get(key);
    if (known === undefined) this.#places.set(key, (known = this.#locate(unit, start)));
    return { unit: known.unit, start: start - known.base, end: end - known.base };
  }

  /** In the innermost function around it. */
  #locate(unit: number, start: number): { unit: string; base: number } {
    const { program } = this.#context;
    const home = program.units[unit] as LinkedUnit;
    let best: { id: number; start: number; end: number } | null = null;
    for (const { id, span } of home.unit.functions) {
      if (id === home.unit.topLevel || start < span.start || start >= span.end) continue;
      if (best === null || span.end - span.start < best.end - best.start) best = { id, ...span };
    }
    return best === null
      ? { unit: `${home.unit.path}:`, base: 0 }
      : { unit: program.names.fn(home.functionBase + best.id), base: best.start };
  }

  /** The unit and the offset of what a place is counted from. */
  unplace(name: string): { readonly unit: number; readonly base: number } {
    let known = this.#bases.get(name);
    if (known === undefined) this.#bases.set(name, (known = this.#baseOf(name)));
    return known;
  }

  #baseOf(name: string): { unit: number; base: number } {
    const { program } = this.#context;
    const file = name.endsWith(':') ? program.unitAt(name.slice(0, -1)) : undefined;
    if (file !== undefined) return { unit: file.index, base: 0 };
    const fn = program.functions[program.names.findFn(name) ?? -1];
    if (fn === undefined) throw new Error(`no function ${name}`);
    return { unit: fn.home.index, base: fn.ir.span.start };
  }

  #nameOfKind(kind: Container): string {
    for (const { language, model } of this.#context.program.units) {
      const at = model.containers.indexOf(kind);
      if (at >= 0) return `${language} ${at}`;
    }
    throw new Error('a container of no language');
  }

  #kind(name: string): Container {
    const [language, at] = name.split(' ');
    const home = this.#context.program.units.find((u) => u.language === language);
    const kind = home?.model.containers[Number(at)];
    if (kind === undefined) throw new Error(`no container ${name}`);
    return kind;
  }
}

/** What the key of a finding says. */
export interface Finding {
  readonly rule: string;
  readonly unit: number;
  readonly start: number;
  readonly end: number;
}

export function parsedKey(key: string): Finding {
  const [, rule = '', unit, start, end] = /^(.*)@(\d+):(\d+)-(\d+)$/.exec(key) ?? [];
  return { rule, unit: Number(unit), start: Number(start), end: Number(end) };
}

export function keyOfFinding({ rule, unit, start, end }: Finding): string {
  return `${rule}@${unit}:${start}-${end}`;
}

class Writer {
  readonly nodes: Json[][] = [];
  readonly #codec: Codec;
  readonly #context: Context;
  readonly #known = new Map<Value, number>();

  constructor(codec: Codec, context: Context) {
    this.#codec = codec;
    this.#context = context;
  }

  write(x: unknown, key: string): Json {
    if (typeof x === 'number') return this.#number(x, key);
    if (x === undefined) return { $: 'undefined' };
    if (x === null || typeof x === 'string' || typeof x === 'boolean') return x;
    if (Array.isArray(x)) return x.map((item) => this.write(item, key));
    if (x instanceof Set || x instanceof SharedSet) return { $: [...x].map((item) => this.write(item, key)) };
    const from = x as Record<string, unknown>;
    const isPlace = typeof from['unit'] === 'number';
    const to: Record<string, Json> = {};
    for (const name of Object.keys(from)) {
      if (isPlace && (name === 'unit' || name === 'start' || name === 'end')) continue;
      to[name] = this.write(from[name], name);
    }
    if (isPlace) {
      const { unit, start, end } = from as { unit: number; start: number; end: number };
      Object.assign(to, this.#codec.place(unit, start, end));
    }
    return to;
  }

  #number(x: number, key: string): Json {
    const { names } = this.#context.program;
    if (SYMBOLS.has(key)) return this.#symbol(x);
    if (key === 'variable') return names.variable(x);
    if (key === 'functionIndex') return names.fn(x);
    return Number.isFinite(x) ? x : { $: String(x) };
  }

  #symbol(value: Value): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const row = this.#row(this.#context.table.node(value));
    const at = this.nodes.push(row) - 1;
    this.#known.set(value, at);
    return at;
  }

  #row(node: ValueNode): Json[] {
    const { names } = this.#context.program;
    const of = (v: Value): number => this.#symbol(v);
    switch (node.kind) {
      case 'const':
        return [node.kind, this.write(node.value, '')];
      case 'entry':
      case 'addrVar':
        return [node.kind, names.variable(node.variable)];
      case 'global':
      case 'addrGlobal':
      case 'token':
        return [node.kind, node.name];
      case 'import':
        return [node.kind, node.module, node.name];
      case 'field':
      case 'addrField':
        return [node.kind, of(node.base), node.name];
      case 'index':
      case 'addrIndex':
        return [node.kind, of(node.base), of(node.index)];
      case 'deref':
        return [node.kind, of(node.base)];
      case 'fresh':
        return [
          node.kind,
          names.site(node.site),
          node.part,
          ...(node.of === undefined ? [] : [names.variable(node.of)]),
        ];
      case 'old':
        return [node.kind, of(node.of)];
      case 'phi':
        return [
          node.kind,
          names.block(node.block),
          node.variable < 0 ? of(-1 - node.variable) : names.variable(node.variable),
        ];
      case 'unary':
        return [node.kind, node.operator, of(node.operand)];
      case 'binary':
        return [node.kind, node.operator, of(node.left), of(node.right)];
      case 'pure':
        return [node.kind, node.name, ...node.args.map(of)];
      case 'function':
        return [node.kind, names.fn(node.fn)];
    }
  }
}

class Reading {
  readonly #codec: Codec;
  readonly #context: Context;
  readonly #nodes: Envelope['nodes'];
  readonly #values: (Value | undefined)[] = [];

  constructor(codec: Codec, context: Context, nodes: Envelope['nodes']) {
    this.#codec = codec;
    this.#context = context;
    this.#nodes = nodes;
  }

  read(x: Json, key: string): unknown {
    if (typeof x === 'number') return SYMBOLS.has(key) ? this.#symbol(x) : x;
    if (typeof x === 'string') {
      const { names } = this.#context.program;
      if (key === 'variable') return found(names.findVariable(x), x);
      if (key === 'functionIndex') return found(names.findFn(x), x);
      return x;
    }
    if (x === null || typeof x === 'boolean') return x;
    if (Array.isArray(x)) return x.map((item: Json) => this.read(item, key));
    const from = x as Record<string, Json>;
    const special = from['$'];
    if (special === 'undefined') return undefined;
    if (typeof special === 'string') return Number(special);
    if (special !== undefined) return new Set((special as Json[]).map((item) => this.read(item, key)));
    const to: Record<string, unknown> = {};
    for (const name of Object.keys(from)) to[name] = this.read(from[name] as Json, name);
    if (typeof to['unit'] === 'string') {
      const { unit, base } = this.#codec.unplace(to['unit']);
      to['unit'] = unit;
      to['start'] = (to['start'] as number) + base;
      to['end'] = (to['end'] as number) + base;
    }
    return to;
  }

  #symbol(at: number): Value {
    let value = this.#values[at];
    if (value === undefined) this.#values[at] = value = this.#intern(this.#nodes[at] as readonly Json[]);
    return value;
  }

  #intern(row: readonly Json[]): Value {
    const { table, program } = this.#context;
    const { names } = program;
    const [kind, a, b, ...rest] = row as [ValueNode['kind'], Json, Json, ...Json[]];
    const of = (x: Json): Value => this.#symbol(x as number);
    switch (kind) {
      case 'const':
        return table.constant(this.read(a, '') as string | number | boolean | null | undefined);
      case 'entry':
      case 'addrVar':
        return table.intern({ kind, variable: found(names.findVariable(a as string), a) });
      case 'global':
      case 'addrGlobal':
      case 'token':
        return table.intern({ kind, name: a as string });
      case 'import':
        return table.intern({ kind, module: a as string, name: b as string });
      case 'field':
      case 'addrField':
        return table.intern({ kind, base: of(a), name: b as string });
      case 'index':
      case 'addrIndex':
        return table.intern({ kind, base: of(a), index: of(b) });
      case 'deref':
        return table.intern({ kind, base: of(a) });
      case 'fresh': {
        const site = names.findIn(a as string, 'siteBase');
        const [variable] = rest;
        return variable === undefined
          ? table.fresh(site, b as number)
          : table.freshFor(site, b as number, found(names.findVariable(variable as string), variable));
      }
      case 'old':
        return table.intern({ kind, of: of(a) });
      case 'phi': {
        const variable = typeof b === 'number' ? -1 - of(b) : found(names.findVariable(b as string), b);
        return table.intern({ kind, block: names.findIn(a as string, 'blockBase'), variable });
      }
      case 'unary':
        return table.intern({ kind, operator: a, operand: of(b) } as ValueNode);
      case 'binary':
        return table.intern({ kind, operator: a, left: of(b), right: of(rest[0] as Json) } as ValueNode);
      case 'pure':
        return table.intern({ kind, name: a as string, args: row.slice(2).map(of) });
      case 'function':
        return table.intern({ kind, fn: found(names.findFn(a as string), a) });
    }
  }
}

function found<T>(x: T | undefined, name: unknown): T {
  if (x === undefined) throw new Error(`nothing is called ${String(name)}`);
  return x;
}

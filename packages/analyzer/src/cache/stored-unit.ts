import type {
  Block,
  ClassIR,
  FunctionId,
  FunctionIR,
  ModuleLink,
  ReadProblem,
  TypeName,
  Unit,
  Variable,
} from '../ir/ir.ts';
import type { Language } from '../ir/source.ts';
import type { FunctionOutline } from '../link/outline.ts';
import { hashOf } from './hash.ts';

type Heritage = Pick<ClassIR, 'extends' | 'implements'>;

type FunctionHead = Omit<FunctionIR, 'blocks'>;

/** What of a unit is looked at in every run. */
export interface UnitHead {
  readonly language: Language;
  readonly topLevel: FunctionId | null;
  readonly links: readonly ModuleLink[];
  readonly problems: readonly ReadProblem[];
  readonly functions: readonly FunctionHead[];
  readonly outline: readonly FunctionOutline[];
  /** A hash of each class, by its name; and what it extends and implements, which linking asks of all of them. */
  readonly classes: readonly (readonly [name: string, hash: string, heritage?: Heritage])[];
  readonly variables: number;
  readonly lines: number;
  readonly usesApi: boolean;
  /** A hash of all that other modules can see of it. */
  readonly surface: string;
}

/** What of a unit is looked at only where something is found, or analysed again. */
interface UnitRest {
  readonly variables: readonly Variable[];
  readonly classes: readonly StoredClass[];
}

interface StoredClass {
  readonly key: string;
  readonly name: string;
  readonly extends?: string;
  readonly implements?: readonly TypeName[];
  readonly fields: readonly (readonly [string, TypeName])[];
  readonly methods: readonly (readonly [string, FunctionId])[];
  readonly exported: boolean;
}

export function headOf(unit: Unit, outline: readonly FunctionOutline[], usesApi: boolean): UnitHead {
  const { language, topLevel, links, problems } = unit;
  return {
    language,
    topLevel,
    links,
    problems,
    functions: unit.functions.map(({ blocks: _, ...head }) => head),
    outline,
    classes: classesOf(unit).map((cls) => {
      const methods = cls.methods.map(([name, id]) => [name, unit.functions[id]?.name]);
      const hash = hashOf(JSON.stringify({ ...cls, methods }));
      const { extends: base, implements: promised } = cls;
      if (base === undefined && promised === undefined) return [cls.key, hash];
      const heritage = {
        ...(base !== undefined && { extends: base }),
        ...(promised && { implements: promised }),
      };
      return [cls.key, hash, heritage];
    }),
    variables: unit.variables.length,
    lines: unit.lineStarts.length,
    usesApi,
    surface: surfaceOf(unit),
  };
}

/** What the linking of modules asks of a unit. */
export function surfaceOf(unit: Unit): string {
  const { path, links } = unit;
  const functions = unit.functions.map(({ name, exportName }) => [name, exportName ?? null]);
  const variables = unit.variables.flatMap(({ name, exportNames, type, value }) =>
    exportNames === undefined ? [] : [[name, exportNames, type ?? null, value ?? null]],
  );
  const classes = classesOf(unit).map((cls) => ({
    ...cls,
    methods: cls.methods.map(([name, id]) => [name, unit.functions[id]?.name]),
  }));
  return hashOf(JSON.stringify([path, links, functions, variables, classes]));
}

export function restOf(unit: Unit): string {
  return JSON.stringify({ variables: unit.variables, classes: classesOf(unit) } satisfies UnitRest);
}

function classesOf(unit: Unit): StoredClass[] {
  return [...unit.classes].map(([key, { fields, methods, ...rest }]) => ({
    key,
    ...rest,
    fields: [...fields],
    methods: [...methods],
  }));
}

/** Where the rest of a unit comes from. */
export interface UnitSource {
  parsed(part: 'rest' | 'lines'): unknown;
  lower(): Unit;
  /** Is told where that fails. */
  guard<T>(read: () => T): T;
}

/** A unit of which only the head has been read. The rest is read from the store, and the bodies from the file, if asked for. */
export class StoredUnit implements Unit {
  readonly path: string;
  readonly language: Language;
  readonly topLevel: FunctionId | null;
  readonly links: readonly ModuleLink[];
  readonly problems: readonly ReadProblem[];
  readonly functions: readonly FunctionIR[];
  readonly classes: ReadonlyMap<string, ClassIR>;
  readonly #readRest: () => UnitRest;
  readonly #lower: () => Unit;
  readonly #readLines: () => readonly number[];
  #rest: UnitRest | null = null;
  #lines: readonly number[] | null = null;
  #whole: Unit | null = null;

  constructor(path: string, head: UnitHead, from: UnitSource) {
    const { guard } = from;
    this.path = path;
    this.language = head.language;
    this.topLevel = head.topLevel;
    this.links = head.links;
    this.problems = head.problems;
    this.functions = head.functions.map((fn) => new StoredFunction(this, fn) as unknown as FunctionIR);
    this.classes = new Map(
      head.classes.map(([key, , heritage], at) => [key, new LazyClass(this, at, key, heritage)]),
    );
    this.#readRest = () => guard(() => from.parsed('rest') as UnitRest);
    this.#readLines = () => guard(() => from.parsed('lines') as readonly number[]);
    this.#lower = () => guard(from.lower);
  }

  get rest(): UnitRest {
    return (this.#rest ??= this.#readRest());
  }

  get variables(): readonly Variable[] {
    return this.rest.variables;
  }

  get lineStarts(): readonly number[] {
    return (this.#lines ??= this.#readLines());
  }

  bodyOf(id: FunctionId): readonly Block[] {
    this.#whole ??= this.#lower();
    const fn = this.#whole.functions[id];
    if (fn === undefined) throw new Error(`${this.path} has no function ${id}`);
    return fn.blocks;
  }
}

/** A function of which only the head has been read: functions are many, and most are not looked into. */
class StoredFunction {
  declare readonly id: FunctionId;
  readonly #home: StoredUnit;

  constructor(home: StoredUnit, head: FunctionHead) {
    this.#home = home;
    Object.assign(this, head);
  }

  get blocks(): readonly Block[] {
    return this.#home.bodyOf(this.id);
  }
}

class LazyClass implements ClassIR {
  readonly name: string;
  readonly extends?: string;
  readonly implements?: readonly TypeName[];
  readonly #home: StoredUnit;
  readonly #at: number;
  #fields: ReadonlyMap<string, TypeName> | null = null;
  #methods: ReadonlyMap<string, FunctionId> | null = null;

  constructor(home: StoredUnit, at: number, name: string, heritage: Heritage = {}) {
    this.#home = home;
    this.#at = at;
    this.name = name;
    if (heritage.extends !== undefined) this.extends = heritage.extends;
    if (heritage.implements !== undefined) this.implements = heritage.implements;
  }

  get #stored(): StoredClass {
    return this.#home.rest.classes[this.#at] as StoredClass;
  }

  get exported(): boolean {
    return this.#stored.exported;
  }

  get fields(): ReadonlyMap<string, TypeName> {
    return (this.#fields ??= new Map(this.#stored.fields));
  }

  get methods(): ReadonlyMap<string, FunctionId> {
    return (this.#methods ??= new Map(this.#stored.methods));
  }
}

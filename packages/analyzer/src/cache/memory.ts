import type { Unit } from '../ir/ir.ts';
import type { SourceFile } from '../ir/source.ts';
import type { FunctionOutline } from '../link/outline.ts';
import type { LinkedUnit, Program } from '../link/program.ts';
import type { CallGraph } from '../solve/call-graph.ts';
import type { Context } from '../solve/context.ts';
import type { Phase, SolveMemory } from '../solve/group.ts';
import type { AnalysisCache } from './analysis-cache.ts';
import { answersOf } from './compare-answers.ts';
import { hashOf } from './hash.ts';
import {
  bodyOf,
  type ExternalLock,
  type FileEnds,
  type FileHead,
  type FileReads,
  type Index,
  type KeptParts,
  keyFor,
  type OldFile,
  type OldGroup,
  type Part,
  PARTS,
  readsOf,
} from './kept-file.ts';
import { parsedOf } from './parsed.ts';
import { type End, type NewGroup, Recall } from './recall.ts';
import type { GroupHead } from './stored-group.ts';
import { headOf, restOf, StoredUnit, surfaceOf, type UnitHead } from './stored-unit.ts';
import { Texts } from './texts.ts';

export const INDEX = 'index';

/** What one run leaves to the next: of each file, what others see of it, and what came of its functions. */
export class Memory {
  readonly #cache: AnalysisCache;
  readonly #settings: string;
  readonly #index: Index | null;
  readonly #old = new Map<string, OldFile>();
  readonly #hashes = new Map<string, string>();
  readonly #same = new Set<string>();
  readonly #groups: NewGroup[] = [];
  /** By file and function. */
  readonly #ends = new Map<string, Map<string, End>>();
  readonly #parts: KeptParts = {
    text: (part, path) => this.#read(part, path),
    parsed: (part, path) => this.#parsed(part, path),
  };
  #surfaces = '';
  #isBroken = false;

  constructor(cache: AnalysisCache, settings: string) {
    this.#cache = cache;
    this.#settings = settings;
    this.#index = this.#open();
  }

  #open(): Index | null {
    try {
      const index = parsedOf(this.#cache, INDEX) as Index | undefined;
      if (index?.settings !== this.#settings) return null;
      for (const path of index.files) {
        const head = this.#parsed('head', path) as FileHead;
        this.#old.set(path, { path, head, bodies: null, reads: null, ends: null });
      }
      return index;
    } catch {
      this.#old.clear();
      return null;
    }
  }

  /** Nothing was kept that this run could use. */
  get isEmpty(): boolean {
    return this.#old.size === 0;
  }

  /** Something that was asked for was not there, or was something else: nothing that was said can be trusted. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  #guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  /** The file as an earlier run has read it, if it and what it takes from its headers are as they were. */
  unit(file: SourceFile, definitions: string, lower: () => Unit): StoredUnit | null {
    const hash = hashOf(definitions === '' ? file.text : `${file.text}\0${definitions}`);
    this.#hashes.set(file.path, hash);
    const old = this.#old.get(file.path);
    if (old === undefined || old.head.hash !== hash) return null;
    this.#same.add(file.path);
    return new StoredUnit(file.path, old.head.unit, {
      parsed: (part) => this.#parsed(part, file.path),
      lower,
      guard: (read) => this.#guarded(read),
    });
  }

  outlineOf(path: string): Pick<UnitHead, 'outline' | 'variables' | 'lines' | 'usesApi'> {
    const { outline, variables, lines, usesApi } = this.#head(path).unit;
    return { outline, variables, lines, usesApi };
  }

  /** Whether modules see of each other what they saw: how the calls of one are linked hangs on the others. */
  isLinkedAsBefore(units: readonly Unit[]): boolean {
    const modules = units.filter((unit) => unit.language === 'typescript');
    this.#surfaces = hashOf(
      modules
        .map((unit) => (this.#same.has(unit.path) ? this.#head(unit.path).unit.surface : surfaceOf(unit)))
        .join(),
    );
    return this.#index === null || this.#index.surfaces === this.#surfaces;
  }

  /** The file is read anew. */
  forget(path: string): void {
    this.#same.delete(path);
  }

  externalLocksOf(path: string): readonly ExternalLock[] | null {
    return this.#same.has(path) ? this.#head(path).externalLocks : null;
  }

  get reused(): number {
    return this.#same.size;
  }

  /** What is remembered of the functions of a program. */
  forProgram(context: Context, graph: CallGraph): SolveMemory {
    // What was numbered in another order may have been written in another order.
    const { program } = context;
    const before = (this.#index?.files ?? []).filter((path) => program.unitAt(path) !== undefined);
    const now = program.units.map(({ unit }) => unit.path).filter((path) => this.#old.has(path));
    const isInOrder = before.every((path, k) => path === now[k]);
    return new Recall({
      context,
      graph,
      old: isInOrder ? this.#old : new Map(),
      same: this.#same,
      order: this.#index?.order ?? [],
      groups: this.#groups,
      ends: this.#ends,
      store: this.#parts,
      guard: (read) => this.#guarded(read),
    });
  }

  keep(program: Program, externalLocks: (home: LinkedUnit) => readonly ExternalLock[]): void {
    const byHome = new Map<string, NewGroup[]>();
    for (const group of this.#groups) {
      const list = byHome.get(group.home);
      if (list === undefined) byHome.set(group.home, [group]);
      else list.push(group);
    }
    const files = program.units.map(({ unit }) => unit.path);
    const places = new Map<NewGroup, readonly [number, number]>();
    for (const home of program.units) {
      const { path } = home.unit;
      const groups = byHome.get(path) ?? [];
      const ends = [...(this.#ends.get(path)?.values() ?? [])];
      groups.forEach((group, at) => places.set(group, [home.index, at]));
      const isSame =
        this.#same.has(path) &&
        groups.length === this.#head(path).groups.length &&
        groups.every((group, at) => group.old?.at === at && group.written === null) &&
        ends.length === this.#head(path).ends &&
        ends.every((end) => !end.isNew);
      if (!isSame) this.#write(program, home, groups, externalLocks);
    }
    for (const path of this.#old.keys())
      if (program.unitAt(path) === undefined)
        for (const part of PARTS) this.#cache.delete(keyFor(part, path));
    const order = this.#groups.map((group) => places.get(group) ?? ([0, 0] as const));
    this.#cache.set(
      INDEX,
      JSON.stringify({ settings: this.#settings, surfaces: this.#surfaces, files, order } satisfies Index),
    );
  }

  #write(
    program: Program,
    home: LinkedUnit,
    groups: readonly NewGroup[],
    externalLocks: (home: LinkedUnit) => readonly ExternalLock[],
  ): void {
    const { path } = home.unit;
    const texts = new Texts();
    const heads: (GroupHead & { phase: Phase })[] = [];
    const bodies: string[] = [];
    const reads: number[][] = [];
    for (const { phase, old, written, reads: read } of groups) {
      heads.push({ ...(written ?? (old as OldGroup)).head, phase });
      bodies.push(written?.body ?? this.#bodyOf(old as OldGroup));
      reads.push(
        (written === null ? this.#readsOf(old as OldGroup) : read).map((text) => texts.numberOf(text)),
      );
    }
    const isSame = this.#same.has(path);
    const outline = home.unit.functions.map((fn) => program.functions[home.functionBase + fn.id]?.outline);
    const head: FileHead = {
      hash: this.#hashes.get(path) ?? '',
      unit: isSame ? this.#head(path).unit : headOf(home.unit, outline as FunctionOutline[], home.usesApi),
      externalLocks: externalLocks(home),
      answers: answersOf(program, home),
      groups: heads,
      ends: this.#ends.get(path)?.size ?? 0,
    };
    const put = (part: Part, text: string): void => this.#cache.set(keyFor(part, path), text);
    put('head', JSON.stringify(head));
    if (!isSame) {
      put('rest', restOf(home.unit));
      put('lines', JSON.stringify(home.unit.lineStarts));
    }
    put('groups', bodies.join('\n'));
    const endTexts = new Texts();
    const functions: Record<string, [number[], string]> = {};
    for (const [name, end] of this.#ends.get(path) ?? [])
      functions[name] = [end.reads().map((text) => endTexts.numberOf(text)), end.findings];
    put('ends', JSON.stringify({ texts: endTexts.all, functions } satisfies FileEnds));
    put('reads', JSON.stringify({ texts: texts.all, groups: reads } satisfies FileReads));
  }

  #bodyOf(group: OldGroup): string {
    return bodyOf(group, this.#parts);
  }

  #readsOf(group: OldGroup): readonly string[] {
    return readsOf(group, this.#parts);
  }

  #head(path: string): FileHead {
    const old = this.#old.get(path);
    if (old === undefined) throw new Error(`no ${path} in the cache`);
    return old.head;
  }

  #read(part: Part, path: string): string {
    return there(this.#cache.get(keyFor(part, path)), part, path);
  }

  #parsed(part: Part, path: string): unknown {
    return there(parsedOf(this.#cache, keyFor(part, path)), part, path);
  }
}

function there<T>(value: T | undefined, part: Part, path: string): T {
  if (value === undefined) throw new Error(`no ${part} of ${path} in the cache`);
  return value;
}

import { nameOfTreeOp } from '../domain/tree-modes.ts';
import type { Unit, Variable } from '../ir/ir.ts';
import type { SourceFile } from '../ir/source.ts';
import { functionNames, variableNames } from '../link/names.ts';
import type { FunctionOutline } from '../link/outline.ts';
import type { Fn, LinkedUnit, Program } from '../link/program.ts';
import { type RawFinding, Recorder } from '../solve/recorder.ts';
import { ANSWER, QUESTION } from '../solve/roots.ts';
import type { CallGraph } from '../solve/call-graph.ts';
import type { Context } from '../solve/context.ts';
import type { GroupResult, Phase, SolveMemory } from '../solve/group.ts';
import type { AnalysisCache } from './analysis-cache.ts';
import { Codec } from './codec.ts';
import { hashOf } from './hash.ts';
import { type GroupHead, recorded, StoredGroup, writeGroup, type WrittenGroup } from './stored-group.ts';
import { headOf, restOf, StoredUnit, surfaceOf, type UnitHead } from './stored-unit.ts';

type ExternalLock = Omit<RawFinding, 'unit'>;

/** What is kept of a file and looked at in every run. */
interface FileHead {
  readonly hash: string;
  readonly unit: UnitHead;
  readonly externalLocks: readonly ExternalLock[];
  /** What the functions are called that it calls by name and that lie elsewhere. */
  readonly answers: readonly (readonly [callee: string, fn: string])[];
  readonly groups: readonly (GroupHead & { readonly phase: Phase })[];
}

/** What each group of a file has asked for, by numbers of its texts. */
interface FileReads {
  readonly texts: readonly string[];
  readonly groups: readonly (readonly number[])[];
}

interface Index {
  readonly settings: string;
  readonly files: readonly string[];
  /** A hash of what the modules see of each other. */
  readonly surfaces: string;
  /** The groups in the order in which they were analysed: number of the file, number in the file. */
  readonly order: readonly (readonly [number, number])[];
}

export const INDEX = 'index';
const PARTS = ['head', 'rest', 'lines', 'groups', 'reads', 'ends'] as const;
const keyFor = (part: (typeof PARTS)[number], path: string): string => `${part} ${path}`;

/** What was found in functions when all was known, and what each has asked for, by numbers of its texts. */
interface FileEnds {
  readonly texts: readonly string[];
  readonly functions: Readonly<Record<string, readonly [reads: readonly number[], findings: string]>>;
}

interface End {
  readonly reads: readonly string[];
  /** Empty where nothing was found. */
  readonly findings: string;
  readonly isNew: boolean;
}

/** Numbers for texts, in the order in which they come. */
class Texts {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, known);
    return known;
  }

  get all(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}

/** A file of the earlier run. */
interface OldFile {
  readonly path: string;
  readonly head: FileHead;
  bodies: readonly string[] | null;
  reads: FileReads | null;
  ends: FileEnds | null;
}

interface OldGroup {
  readonly key: string;
  readonly file: OldFile;
  readonly at: number;
  readonly head: GroupHead & { readonly phase: Phase };
  /** When it was analysed. */
  turn: number;
}

interface NewGroup {
  readonly key: string;
  readonly phase: Phase;
  readonly home: string;
  readonly old: OldGroup | null;
  readonly written: WrittenGroup | null;
  readonly reads: readonly string[];
}

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
  #surfaces = '';
  #isBroken = false;

  constructor(cache: AnalysisCache, settings: string) {
    this.#cache = cache;
    this.#settings = settings;
    this.#index = this.#open();
  }

  #open(): Index | null {
    try {
      const index = JSON.parse(this.#cache.get(INDEX) ?? 'null') as Index | null;
      if (index?.settings !== this.#settings) return null;
      for (const path of index.files) {
        const head = JSON.parse(this.#read('head', path)) as FileHead;
        this.#old.set(path, { path, head, bodies: null, reads: null, ends: null });
      }
      return index;
    } catch {
      this.#old.clear();
      return null;
    }
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

  /** The file as an earlier run has read it, if it is as it was. */
  unit(file: SourceFile, lower: () => Unit): StoredUnit | null {
    const hash = hashOf(file.text);
    this.#hashes.set(file.path, hash);
    const old = this.#old.get(file.path);
    if (old === undefined || old.head.hash !== hash) return null;
    this.#same.add(file.path);
    return new StoredUnit(file.path, old.head.unit, {
      rest: () => this.#read('rest', file.path),
      lines: () => this.#read('lines', file.path),
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
    const before = (this.#index?.files ?? []).filter((path) => this.#same.has(path));
    const now = context.program.units.map(({ unit }) => unit.path).filter((path) => this.#same.has(path));
    const isInOrder = before.every((path, k) => path === now[k]);
    return new Recall({
      context,
      graph,
      old: isInOrder ? this.#old : new Map(),
      same: this.#same,
      order: this.#index?.order ?? [],
      groups: this.#groups,
      ends: this.#ends,
      read: (part, path) => this.#read(part, path),
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
      groups.forEach((group, at) => places.set(group, [home.index, at]));
      const isSame =
        this.#same.has(path) &&
        groups.length === this.#head(path).groups.length &&
        groups.every((group, at) => group.old?.at === at && group.written === null) &&
        [...(this.#ends.get(path)?.values() ?? [])].every((end) => !end.isNew);
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
    };
    const put = (part: (typeof PARTS)[number], text: string): void =>
      this.#cache.set(keyFor(part, path), text);
    put('head', JSON.stringify(head));
    if (!isSame) {
      put('rest', restOf(home.unit));
      put('lines', JSON.stringify(home.unit.lineStarts));
    }
    put('groups', bodies.join('\n'));
    const endTexts = new Texts();
    const functions: Record<string, [number[], string]> = {};
    for (const [name, end] of this.#ends.get(path) ?? [])
      functions[name] = [end.reads.map((text) => endTexts.numberOf(text)), end.findings];
    put('ends', JSON.stringify({ texts: endTexts.all, functions } satisfies FileEnds));
    put('reads', JSON.stringify({ texts: texts.all, groups: reads } satisfies FileReads));
  }

  #bodyOf(group: OldGroup): string {
    return bodyOf(group, (part, path) => this.#read(part, path));
  }

  #readsOf(group: OldGroup): readonly string[] {
    return readsOf(group, (part, path) => this.#read(part, path));
  }

  #head(path: string): FileHead {
    const old = this.#old.get(path);
    if (old === undefined) throw new Error(`no ${path} in the cache`);
    return old.head;
  }

  #read(part: (typeof PARTS)[number], path: string): string {
    const text = this.#cache.get(keyFor(part, path));
    if (text === undefined) throw new Error(`no ${part} of ${path} in the cache`);
    return text;
  }
}

type ReadPart = (part: (typeof PARTS)[number], path: string) => string;

function bodyOf({ file, at }: OldGroup, read: ReadPart): string {
  file.bodies ??= read('groups', file.path).split('\n');
  const body = file.bodies[at];
  if (body === undefined) throw new Error(`no group ${at} of ${file.path} in the cache`);
  return body;
}

function readsOf({ file, at }: OldGroup, read: ReadPart): readonly string[] {
  file.reads ??= JSON.parse(read('reads', file.path)) as FileReads;
  const { texts, groups } = file.reads;
  return (groups[at] ?? []).map((n) => texts[n] ?? '');
}

/** Which functions elsewhere the names mean that a file calls. */
function answersOf(program: Program, home: LinkedUnit): [string, string][] {
  const answers = new Map<string, string>();
  for (const { id } of home.unit.functions) {
    for (const callee of program.functions[home.functionBase + id]?.outline.externals ?? []) {
      const target = program.resolve(home, callee);
      if (target !== undefined) answers.set(nameOfCallee(callee), program.names.fn(target.index));
    }
  }
  return [...answers];
}

function nameOfCallee({ name, module }: { readonly name: string; readonly module?: string }): string {
  return `${module ?? ''}#${name}`;
}

interface RecallInput {
  readonly context: Context;
  readonly graph: CallGraph;
  readonly old: ReadonlyMap<string, OldFile>;
  readonly same: ReadonlySet<string>;
  readonly order: Index['order'];
  readonly groups: NewGroup[];
  readonly ends: Map<string, Map<string, End>>;
  readonly read: ReadPart;
  readonly guard: <T>(read: () => T) => T;
}

/**
 * Gives the results of an earlier run for groups of functions whose files, and all that they asked for, are as they
 * were. What no longer is as it was, is `changed`: a name for a summary, for what was learned of a tree, for a variable
 * or class of another file.
 */
class Recall implements SolveMemory {
  readonly #in: RecallInput;
  readonly #codec: Codec;
  readonly #old = new Map<string, OldGroup>();
  readonly #changed = new Set<string>();
  /** Functions that call others by names which now mean other functions, and groups whose turn has come earlier or later. */
  readonly #misled = new Set<string>();
  readonly #moved = new Set<string>();
  readonly #reused = new Set<number>();

  constructor(input: RecallInput) {
    this.#in = input;
    this.#codec = new Codec(input.context);
    const { program } = input.context;
    const files = [...input.old.values()];
    for (const file of files)
      file.head.groups.forEach((head, at) => {
        const key = keyOfGroup(head.phase, head.members);
        this.#old.set(key, { key, file, at, head, turn: 0 });
      });
    input.order.forEach(([file, at], turn) => {
      const head = files[file]?.head.groups[at];
      const group = head === undefined ? undefined : this.#old.get(keyOfGroup(head.phase, head.members));
      if (group !== undefined) group.turn = turn;
    });
    if (files.length === 0) return;
    this.#compareFiles(program);
    this.#compareAnswers(program);
    this.#compareOrder(program, input.graph);
  }

  recall(phase: Phase, members: readonly number[]): GroupResult | null {
    return this.#in.guard(() => this.#recalled(phase, members));
  }

  #recalled(phase: Phase, members: readonly number[]): GroupResult | null {
    const { context, groups, read, same } = this.#in;
    const { program } = context;
    const names = members.map((fn) => program.names.fn(fn));
    const key = keyOfGroup(phase, names);
    const old = this.#old.get(key);
    if (old === undefined || this.#moved.has(key)) return null;
    const isAsItWas = members.every((fn, k) => {
      const home = program.functions[fn]?.home;
      return home !== undefined && same.has(home.unit.path) && !this.#misled.has(names[k] as string);
    });
    if (!isAsItWas) return null;
    if (this.#changed.size > 0 && readsOf(old, read).some((name) => this.#changed.has(name))) return null;
    groups.push({ key, phase, home: old.file.path, old, written: null, reads: [] });
    if (phase === 'all') for (const fn of members) this.#reused.add(fn);
    return new StoredGroup(context, this.#codec, members, old.head, () => bodyOf(old, read), this.#in.guard);
  }

  keep(phase: Phase, result: GroupResult, reads: ReadonlySet<string>): void {
    const { context, groups } = this.#in;
    const { program } = context;
    const written = writeGroup(this.#codec, program, result, nameOfTreeOp);
    const { head } = written;
    const key = keyOfGroup(phase, head.members);
    const old = this.#old.get(key) ?? null;
    head.members.forEach((name, k) => {
      if (old?.head.seen[k] !== head.seen[k]) this.#changed.add(nameOfSummary(phase, name));
    });
    for (const name of differing(old?.head.trees ?? [], head.trees)) this.#changed.add(name);
    const home = program.functions[result.members[0] ?? -1]?.home.unit.path ?? '';
    const asked = [...reads].map((name) =>
      name.startsWith('s:') ? nameOfSummary(phase, name.slice(2)) : name,
    );
    groups.push({ key, phase, home, old, written, reads: asked });
  }

  recallEnd(fn: Fn, answer: (question: string) => string): Recorder | null {
    return this.#in.guard(() => this.#recalledEnd(fn, answer));
  }

  #recalledEnd(fn: Fn, answer: (question: string) => string): Recorder | null {
    const { path } = fn.home.unit;
    const name = this.#in.context.program.names.fn(fn.index);
    const file = this.#reused.has(fn.index) ? this.#in.old.get(path) : undefined;
    if (file === undefined) return null;
    file.ends ??= JSON.parse(this.#in.read('ends', path)) as FileEnds;
    const { texts, functions } = file.ends;
    const known = functions[name];
    if (known === undefined) return null;
    const reads = known[0].map((n) => texts[n] ?? '');
    const isAsItWas = reads.every((read) => {
      if (!read.startsWith(QUESTION)) return !this.#changed.has(read);
      const cut = read.indexOf(ANSWER);
      return answer(read.slice(QUESTION.length, cut)) === read.slice(cut + ANSWER.length);
    });
    if (!isAsItWas) return null;
    const [, findings] = known;
    this.#noteEnd(path, name, { reads, findings, isNew: false });
    return findings === '' ? new Recorder() : recorded(this.#codec.decode<RawFinding[]>(findings));
  }

  keepEnd(fn: Fn, recorder: Recorder, reads: ReadonlySet<string>): void {
    const findings = recorder.findings.size === 0 ? '' : this.#codec.encode([...recorder.findings.values()]);
    const name = this.#in.context.program.names.fn(fn.index);
    this.#noteEnd(fn.home.unit.path, name, { reads: [...reads], findings, isNew: true });
  }

  #noteEnd(path: string, name: string, end: End): void {
    let ends = this.#in.ends.get(path);
    if (ends === undefined) this.#in.ends.set(path, (ends = new Map()));
    ends.set(name, end);
  }

  /** What other files can see of the files that are not as they were. */
  #compareFiles(program: Program): void {
    const { old, same, read } = this.#in;
    const classes = new Map<string, string>();
    const variables = new Map<string, string>();
    let modules = '';
    let modulesBefore = '';
    for (const { path, head } of old.values()) {
      if (same.has(path)) continue;
      this.#changed.add(`u:${path}`);
      for (const [name, hash] of head.unit.classes) note(classes, `c:${name}`, `-${hash}`);
      const rest = JSON.parse(read('rest', path)) as { readonly variables: readonly Variable[] };
      for (const [name, text] of variablesOf(path, head.unit.functions, rest.variables))
        note(variables, name, `-${text}`);
      if (head.unit.language === 'typescript') modulesBefore += moduleOf(path, head.unit, rest.variables);
    }
    for (const { unit } of program.units) {
      const { path } = unit;
      if (same.has(path)) continue;
      this.#changed.add(`u:${path}`);
      const head = headOf(unit, [], false);
      for (const [name, hash] of head.classes) note(classes, `c:${name}`, `+${hash}`);
      for (const [name, text] of variablesOf(path, head.functions, unit.variables))
        note(variables, name, `+${text}`);
      if (unit.language === 'typescript') modules += moduleOf(path, head, unit.variables);
    }
    for (const [name, texts] of [...classes, ...variables]) if (!isBalanced(texts)) this.#changed.add(name);
    if (modules !== modulesBefore) this.#changed.add('imports');
  }

  #compareAnswers(program: Program): void {
    const { old, same } = this.#in;
    for (const home of program.units) {
      const before = same.has(home.unit.path) ? old.get(home.unit.path)?.head.answers : undefined;
      if (before === undefined) continue;
      const other = new Set(differing(before, answersOf(program, home)));
      if (other.size === 0) continue;
      for (const { id } of home.unit.functions) {
        const fn = program.functions[home.functionBase + id];
        if (fn?.outline.externals.some((callee) => other.has(nameOfCallee(callee))))
          this.#misled.add(program.names.fn(fn.index));
      }
    }
  }

  /** Groups that are gone, and groups that come before others now that they came after, or the other way round. */
  #compareOrder(program: Program, graph: CallGraph): void {
    const keys: string[] = [];
    for (const { index } of program.functions)
      if (graph.initializes.has(index)) keys.push(keyOfGroup('trees', [program.names.fn(index)]));
    for (const { members } of graph.groups)
      keys.push(
        keyOfGroup(
          'all',
          members.map((fn) => program.names.fn(fn)),
        ),
      );
    const turns = new Map(keys.map((key, turn) => [key, turn]));
    const both: OldGroup[] = [];
    for (const group of this.#old.values()) {
      if (turns.has(group.key)) {
        both.push(group);
        continue;
      }
      const { phase, members, trees } = group.head;
      for (const name of members) this.#changed.add(nameOfSummary(phase, name));
      for (const [name] of trees) this.#changed.add(name);
    }
    both.sort((a, b) => a.turn - b.turn);
    const now = both.map((group) => turns.get(group.key) as number);
    if (now.every((turn, k) => k === 0 || turn > (now[k - 1] as number))) return;
    const writers = new Map<string, OldGroup[]>();
    for (const group of both) {
      const { phase, members, trees } = group.head;
      const written = [...members.map((name) => nameOfSummary(phase, name)), ...trees.map(([name]) => name)];
      for (const name of new Set(written)) {
        const list = writers.get(name);
        if (list === undefined) writers.set(name, [group]);
        else list.push(group);
      }
    }
    const isBefore = (a: OldGroup, b: OldGroup): boolean =>
      (turns.get(a.key) as number) < (turns.get(b.key) as number);
    const swapped = (a: OldGroup, b: OldGroup): boolean => a !== b && a.turn < b.turn !== isBefore(a, b);
    for (const [name, list] of writers)
      if (list.some((a) => list.some((b) => swapped(a, b)))) this.#changed.add(name);
    for (const group of both) {
      const isMoved = readsOf(group, this.#in.read).some((name) =>
        writers.get(name)?.some((writer) => swapped(writer, group)),
      );
      if (isMoved) this.#moved.add(group.key);
    }
  }
}

function keyOfGroup(phase: Phase, members: readonly string[]): string {
  return `${phase} ${members.join('\0')}`;
}

/** Summaries of the first phase are another's than those of the second. */
function nameOfSummary(phase: Phase, fn: string): string {
  return `${phase === 'trees' ? 'S' : 's'}:${fn}`;
}

/** The names of which two lists do not say the same, in the same order. */
function differing(
  before: readonly (readonly [string, string])[],
  after: readonly (readonly [string, string])[],
): string[] {
  const said = (list: readonly (readonly [string, string])[]): Map<string, string> => {
    const map = new Map<string, string>();
    for (const [name, text] of list) note(map, name, text);
    return map;
  };
  const x = said(before);
  const y = said(after);
  return [...new Set([...x.keys(), ...y.keys()])].filter((name) => x.get(name) !== y.get(name));
}

function note(map: Map<string, string>, name: string, text: string): void {
  map.set(name, `${map.get(name) ?? ''}${text}\n`);
}

/** What was there is there again, in the same order. */
function isBalanced(texts: string): boolean {
  const lines = texts.split('\n').filter((line) => line !== '');
  const of = (sign: string): string =>
    lines
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  return of('-') === of('+');
}

/** What a module gives to others. */
function moduleOf(path: string, { links, functions }: UnitHead, variables: readonly Variable[]): string {
  const exported = functions.map(({ name, exportName }) => [name, exportName]);
  const shared = variables.filter((v) => v.exportNames !== undefined).map((v) => [v.name, v.exportNames]);
  return JSON.stringify([path, links, exported, shared]);
}

/** The variables of a unit by the names that `Names` gives them, with what is known of them. */
function variablesOf(
  path: string,
  heads: UnitHead['functions'],
  variables: readonly Variable[],
): [string, string][] {
  const functions = functionNames(heads);
  return variableNames(functions, variables).map((name, k) => {
    const { span: _, owner, ...rest } = variables[k] as Variable;
    return [`v:${path}:${name}`, JSON.stringify([rest, owner === undefined ? null : functions[owner]])];
  });
}

import { nameOfTreeOp } from '../domain/tree-modes.ts';
import type { Fn } from '../link/program.ts';
import type { CallGraph } from '../solve/call-graph.ts';
import type { Context } from '../solve/context.ts';
import type { GroupResult, Phase, SolveMemory } from '../solve/group.ts';
import { type Found, NOTHING_FOUND, type RawFinding } from '../solve/recorder.ts';
import { ANSWER, QUESTION } from '../solve/whole-program.ts';
import { Codec } from './codec.ts';
import { misledFunctions } from './compare-answers.ts';
import { changedByFiles } from './compare-files.ts';
import { compareOrder } from './compare-order.ts';
import { ChangedNames } from './changed-names.ts';
import { keyOfGroup, keysOfGroups, nameOfSummary } from './group-names.ts';
import {
  bodyOf,
  type FileEnds,
  type Index,
  type KeptParts,
  type OldFile,
  type OldGroup,
} from './kept-file.ts';
import { found, StoredGroup, writeGroup, type WrittenGroup } from './stored-group.ts';
import { differing } from './texts.ts';

/** A group of functions as this run has it: given again, or analysed. */
export interface NewGroup {
  readonly key: string;
  readonly phase: Phase;
  readonly home: string;
  readonly old: OldGroup | null;
  readonly written: WrittenGroup | null;
  readonly reads: readonly string[];
}

/** What was found in a function when all was known. */
export interface End {
  reads(): readonly string[];
  /** Empty where nothing was found. */
  readonly findings: string;
  readonly isNew: boolean;
}

interface RecallInput {
  readonly context: Context;
  readonly graph: CallGraph;
  readonly old: ReadonlyMap<string, OldFile>;
  readonly same: ReadonlySet<string>;
  readonly order: Index['order'];
  readonly groups: NewGroup[];
  readonly ends: Map<string, Map<string, End>>;
  readonly store: KeptParts;
  readonly guard: <T>(read: () => T) => T;
}

/**
 * Gives the results of an earlier run for groups of functions whose files, and all that they asked for, are as they
 * were. What no longer is as it was, is `changed`: a name for a summary, for what was learned of a tree, for a variable
 * or class of another file.
 */
export class Recall implements SolveMemory {
  readonly #in: RecallInput;
  readonly #codec: Codec;
  readonly #old = new Map<string, OldGroup>();
  readonly #changed = new ChangedNames();
  readonly #keys: ReadonlyMap<Phase, ReadonlyMap<number, string>>;
  readonly #misled: ReadonlySet<string> = new Set();
  /** Groups whose turn has come earlier or later than that of what they asked for. */
  readonly #moved: ReadonlySet<string> = new Set();
  readonly #reused = new Set<number>();
  /** What stored groups have said of trees so far, as it is written. */
  readonly #learned = new Set<string>();
  /** Whether the texts of a file's ends, by their numbers, say what they said. Nothing changes any more by then. */
  readonly #asked = new Map<OldFile, boolean[]>();

  constructor(input: RecallInput) {
    this.#in = input;
    this.#codec = new Codec(input.context);
    const { program } = input.context;
    const files = [...input.old.values()];
    const keys = keysOfGroups(program, input.graph);
    this.#keys = keys.byFirst;
    const byFile = files.map((file) =>
      file.head.groups.map((head, at): OldGroup => {
        const key = keyOfGroup(head.phase, head.members);
        const group = { key, file, at, head, turn: 0 };
        this.#old.set(key, group);
        return group;
      }),
    );
    input.order.forEach(([file, at], turn) => {
      const group = byFile[file]?.[at];
      if (group !== undefined) group.turn = turn;
    });
    if (files.length === 0) return;
    this.#misled = misledFunctions(program, input.old, input.same);
    const { changed, moved } = compareOrder(keys.inOrder, this.#old, input.store);
    this.#moved = moved;
    const byFiles = changedByFiles(program, input.old, input.same, input.store);
    for (const name of [...byFiles, ...changed]) this.#changed.add(name);
    for (const fn of this.#misled) this.#changed.add(`b:${fn}`);
  }

  recall(phase: Phase, members: readonly number[]): GroupResult | null {
    return this.#in.guard(() => this.#recalled(phase, members));
  }

  #recalled(phase: Phase, members: readonly number[]): GroupResult | null {
    const { context, groups, store, same } = this.#in;
    const { program } = context;
    const key = this.#keys.get(phase)?.get(members[0] as number) as string;
    const old = this.#old.get(key);
    if (old === undefined || this.#moved.has(key)) return null;
    const isAsItWas = members.every((fn) => {
      const home = program.functions[fn]?.home;
      return home !== undefined && same.has(home.unit.path) && !this.#misled.has(program.names.fn(fn));
    });
    if (!isAsItWas || this.#changed.isReadBy(old, store)) return null;
    groups.push({ key, phase, home: old.file.path, old, written: null, reads: [] });
    if (phase === 'all') for (const fn of members) this.#reused.add(fn);
    return new StoredGroup(
      context,
      this.#codec,
      members,
      old.head,
      () => bodyOf(old, store),
      this.#in.guard,
      this.#learned,
    );
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

  recallEnd(fn: Fn, answer: (question: string) => string): Found | null {
    return this.#in.guard(() => this.#recalledEnd(fn, answer));
  }

  #recalledEnd(fn: Fn, answer: (question: string) => string): Found | null {
    const { path } = fn.home.unit;
    const name = this.#in.context.program.names.fn(fn.index);
    const file = this.#reused.has(fn.index) ? this.#in.old.get(path) : undefined;
    if (file === undefined) return null;
    file.ends ??= this.#in.store.parsed('ends', path) as FileEnds;
    const { texts, functions } = file.ends;
    const known = functions[name];
    if (known === undefined) return null;
    const [reads, findings] = known;
    let asked = this.#asked.get(file);
    if (asked === undefined) this.#asked.set(file, (asked = []));
    for (const n of reads) {
      asked[n] ??= this.#isAsItWas(texts[n] ?? '', answer);
      if (!asked[n]) return null;
    }
    this.#noteEnd(path, name, { reads: () => reads.map((n) => texts[n] ?? ''), findings, isNew: false });
    return findings === '' ? NOTHING_FOUND : found(this.#codec.decode<RawFinding[]>(findings));
  }

  #isAsItWas(read: string, answer: (question: string) => string): boolean {
    if (!read.startsWith(QUESTION)) return !this.#changed.has(read);
    const cut = read.indexOf(ANSWER);
    return answer(read.slice(QUESTION.length, cut)) === read.slice(cut + ANSWER.length);
  }

  keepEnd(fn: Fn, all: Found, reads: ReadonlySet<string>): void {
    const findings = all.size === 0 ? '' : this.#codec.encode([...all.values()]);
    const name = this.#in.context.program.names.fn(fn.index);
    this.#noteEnd(fn.home.unit.path, name, { reads: () => [...reads], findings, isNew: true });
  }

  #noteEnd(path: string, name: string, end: End): void {
    let ends = this.#in.ends.get(path);
    if (ends === undefined) this.#in.ends.set(path, (ends = new Map()));
    ends.set(name, end);
  }
}

import type { TreeOp } from '../domain/tree-modes.ts';
import type { Program } from '../link/program.ts';
import type { ClosureUse, Context } from '../solve/context.ts';
import {
  type EdgeSource,
  type FunctionProblem,
  type GroupResult,
  type LeftOver,
  NOTHING_LEFT,
} from '../solve/group.ts';
import type { OrderEdge } from '../solve/lock-order.ts';
import { type Found, NOTHING_FOUND, type RawFinding, Recorder } from '../solve/recorder.ts';
import type { SymbolFacts } from '../solve/symbol-facts.ts';
import type { Summary } from '../summaries/summary.ts';
import { type Codec, type Finding, keyOfFinding, parsedKey } from './codec.ts';
import { hashOf } from './hash.ts';

type EdgeHead = readonly [first: string, second: string, sameKind: boolean];

/** What of a group's result is looked at in every run. */
export interface GroupHead {
  readonly members: readonly string[];
  /** Hashes of all that callers can see of the members. */
  readonly seen: readonly string[];
  readonly left: readonly (LeftOver | null)[];
  /** The members of which something was found; after them, the helpers with their functions. */
  readonly found: readonly number[];
  /** By member: what it calls, and the kinds of locks that it holds around every such call. */
  readonly calls: readonly (readonly (readonly [fn: string, kinds: readonly string[]])[])[];
  /** What it, or a helper with its functions, calls besides. */
  readonly called: readonly string[];
  readonly edges: readonly (readonly EdgeHead[])[];
  readonly callbackEdges: readonly EdgeHead[];
  readonly uses: readonly (readonly [fn: string, use: ClosureUse])[];
  readonly problems: readonly (readonly [member: number, kind: FunctionProblem['kind'], message: string])[];
  /** What it says of trees, each by its name. */
  readonly trees: readonly (readonly [name: string, op: string])[];
  readonly excused: string | null;
  readonly provided: readonly string[];
  readonly evidence: readonly string[];
}

/** Of the members, and last of the helpers with their functions. */
type ByMember<T> = readonly (readonly T[])[];

/** What is looked at only where something is found, or analysed again, each by itself. */
const FINDINGS = 0;
const EDGES = 1;
const SYMBOLS = 2;

/** No text of JSON holds a raw tab. */
const SEPARATOR = '\t';

/** A group's result as text. `body` is one line. */
export interface WrittenGroup {
  readonly head: GroupHead;
  readonly body: string;
}

export function writeGroup(
  codec: Codec,
  program: Program,
  result: GroupResult,
  nameOfTree: (op: TreeOp) => string,
): WrittenGroup {
  const { names } = program;
  const { members } = result;
  const summaries = members.map((fn) => codec.encodeSummary(result.summary(fn)));
  const findings: ByMember<RawFinding> = [
    ...members.map((fn) => result.found(fn)),
    result.foundInHelpers(),
  ].map((found) => [...found.values()]);
  const edges: ByMember<OrderEdge> = [...members.map((fn) => result.edges(fn)), result.callbackEdges()].map(
    (sources) => sources.map((source) => source.edge()),
  );
  const rest = [findings, edges, codec.plainSymbols(result.symbols())];
  const calls = members.map((fn) => [...result.calls(fn)]);
  const known = new Set(calls.flatMap((list) => list.map(([fn]) => fn)));
  const edgeHead = ({ first, second, sameKind }: EdgeSource): EdgeHead => [first, second, sameKind];
  const head: GroupHead = {
    members: members.map((fn) => names.fn(fn)),
    seen: members.map((fn, k) => hashOf(`${headerOf(program, fn)}${summaries[k]}`)),
    left: members.map((fn) => {
      const left = result.leftOver(fn);
      return left === NOTHING_LEFT ? null : left;
    }),
    found: findings.flatMap((list, at) => (list.length > 0 ? [at] : [])),
    calls: calls.map((list) => list.map(([fn, kinds]) => [names.fn(fn), [...kinds]])),
    called: [...result.called].filter((fn) => !known.has(fn)).map((fn) => names.fn(fn)),
    edges: members.map((fn) => [...result.edges(fn)].map(edgeHead)),
    callbackEdges: [...result.callbackEdges()].map(edgeHead),
    uses: result.uses.map(([fn, use]) => [names.fn(fn), use]),
    problems: result.problems.map(({ fn, kind, message }) => [members.indexOf(fn.index), kind, message]),
    trees: result.treeOps.map((op) => [nameOfTree(op), codec.encode(op)]),
    excused: result.excused.size === 0 ? null : codec.encode([...result.excused].map(parsedKey)),
    provided: [...result.provided],
    evidence: [...result.evidence],
  };
  return { head, body: [...summaries, ...rest.map((part) => codec.encode(part))].join(SEPARATOR) };
}

/** What a caller sees of a function besides its summary. */
function headerOf(program: Program, index: number): string {
  const fn = program.functions[index];
  if (fn === undefined) throw new Error(`no function ${index}`);
  const { ir, home } = fn;
  const variable = (id: number | undefined): unknown => {
    if (id === undefined) return null;
    const { span: _, owner: _owner, ...rest } = home.unit.variables[id] ?? { span: null, owner: 0 };
    return [program.names.variable(home.variableBase + id), rest];
  };
  const annotations = ir.annotations.map(({ kind, path, when }) => [kind, path, when ?? null]);
  return JSON.stringify([
    [
      ir.name,
      ir.exportName ?? null,
      ir.linkage,
      ir.escapes,
      ir.className ?? null,
      ir.whole,
      ir.declared ?? false,
    ],
    [ir.isAsync, ir.isGenerator, ir.isInit, ir.params.map(variable), variable(ir.receiver), annotations],
  ]);
}

/** The result of an earlier run. */
export class StoredGroup implements GroupResult {
  readonly members: readonly number[];
  readonly called: ReadonlySet<number>;
  readonly uses: GroupResult['uses'];
  readonly problems: readonly FunctionProblem[];
  readonly excused: ReadonlySet<string>;
  readonly provided: ReadonlySet<string>;
  readonly evidence: ReadonlySet<string>;
  readonly treeOps: readonly TreeOp[];
  readonly #head: GroupHead;
  readonly #codec: Codec;
  readonly #body: () => string;
  readonly #guard: <T>(read: () => T) => T;
  readonly #calls: ReadonlyMap<number, ReadonlySet<string>>[];
  readonly #summaries = new Map<number, Summary>();
  #parts: readonly string[] | null = null;
  readonly #known: { findings?: ByMember<RawFinding>; edges?: ByMember<OrderEdge> } = {};

  constructor(
    context: Context,
    codec: Codec,
    members: readonly number[],
    head: GroupHead,
    body: () => string,
    guard: <T>(read: () => T) => T,
    learned: Set<string>,
  ) {
    const { program } = context;
    const fn = (name: string): number => {
      const index = program.names.findFn(name);
      if (index === undefined) throw new Error(`no function ${name}`);
      return index;
    };
    this.members = members;
    this.#head = head;
    this.#codec = codec;
    this.#body = body;
    this.#guard = guard;
    this.#calls = head.calls.map((list) =>
      list.length === 0 ? NO_CALLS : new Map(list.map(([name, kinds]) => [fn(name), textsOf(kinds)])),
    );
    const called = new Set<number>();
    for (const calls of this.#calls) for (const callee of calls.keys()) called.add(callee);
    for (const name of head.called) called.add(fn(name));
    this.called = called;
    this.uses = head.uses.map(([name, use]) => [fn(name), use]);
    this.problems = head.problems.map(([member, kind, message]) => {
      const home = program.functions[members[member] ?? -1];
      if (home === undefined) throw new Error(`no function ${member}`);
      return { fn: home, kind, message };
    });
    // Many initialisers say the same of a tree, in both phases: it is learned once.
    this.treeOps = head.trees.flatMap(([, op]) => {
      if (learned.has(op)) return [];
      learned.add(op);
      return [codec.decode<TreeOp>(op)];
    });
    this.provided = textsOf(head.provided);
    this.evidence = textsOf(head.evidence);
    this.excused = textsOf(
      head.excused === null ? [] : codec.decode<Finding[]>(head.excused).map(keyOfFinding),
    );
  }

  summary(fn: number): Summary {
    let known = this.#summaries.get(fn);
    if (known === undefined) {
      known = this.#guard(() => this.#codec.decodeSummary(this.#part(this.members.indexOf(fn))));
      this.#summaries.set(fn, known);
    }
    return known;
  }

  found(fn: number): Found {
    return this.#foundAt(this.members.indexOf(fn));
  }

  foundInHelpers(): Found {
    return this.#foundAt(this.members.length);
  }

  recorder(fn: number): Recorder {
    // What the callers leave over is added to it.
    const recorder = new Recorder();
    for (const [key, finding] of this.found(fn)) recorder.findings.set(key, finding);
    return recorder;
  }

  leftOver(fn: number): LeftOver {
    return this.#head.left[this.members.indexOf(fn)] ?? NOTHING_LEFT;
  }

  calls(fn: number): ReadonlyMap<number, ReadonlySet<string>> {
    return this.#calls[this.members.indexOf(fn)] ?? NO_CALLS;
  }

  edges(fn: number): readonly EdgeSource[] {
    const at = this.members.indexOf(fn);
    return this.#edgesAt(at, this.#head.edges[at] ?? []);
  }

  callbackEdges(): readonly EdgeSource[] {
    return this.#edgesAt(this.members.length, this.#head.callbackEdges);
  }

  symbols(): SymbolFacts {
    return this.#guard(() => this.#codec.symbols(this.#read<object>(SYMBOLS)));
  }

  #part(at: number): string {
    this.#parts ??= this.#body().split(SEPARATOR);
    const part = this.#parts[at];
    if (part === undefined) throw new Error('a group without its parts');
    return part;
  }

  #foundAt(at: number): Found {
    if (!this.#head.found.includes(at)) return NOTHING_FOUND;
    const all = (this.#known.findings ??= this.#read<ByMember<RawFinding>>(FINDINGS));
    return found(all[at]);
  }

  #edgesAt(at: number, heads: readonly EdgeHead[]): readonly EdgeSource[] {
    if (heads.length === 0) return NO_EDGES;
    return heads.map(([first, second, sameKind], k) => ({
      first,
      second,
      sameKind,
      edge: () => (this.#known.edges ??= this.#read<ByMember<OrderEdge>>(EDGES))[at]?.[k] as OrderEdge,
    }));
  }

  #read<T>(part: number): T {
    return this.#guard(() => this.#codec.decode<T>(this.#part(this.members.length + part)));
  }
}

const NO_CALLS: ReadonlyMap<number, ReadonlySet<string>> = new Map();
const NO_EDGES: readonly EdgeSource[] = [];
const NO_TEXTS: ReadonlySet<string> = new Set();

function textsOf(texts: readonly string[]): ReadonlySet<string> {
  return texts.length === 0 ? NO_TEXTS : new Set(texts);
}

export function found(findings: readonly RawFinding[] = []): Found {
  return new Map(findings.map((finding) => [keyOfFinding(finding), finding]));
}

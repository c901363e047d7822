import type { FunctionContract, LockRef } from '@maplelock/core';
import { contractPath } from '../contracts/paths.ts';
import { CURSOR_STATE_FIELDS, MAPLE_TREE } from '../contracts/maple-names.ts';
import { sameFact, saysNothing, VALID } from '../domain/facts.ts';
import { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { TreeLocks } from '../domain/tree-modes.ts';
import { kindSet, LOCAL, type Value, type ValueNode, type Var } from '../domain/values.ts';
import type { Span } from '../ir/source.ts';
import type { Instr, Variable } from '../ir/ir.ts';
import { mentionsIn } from '../ir/walk.ts';
import type { Fn } from '../link/program.ts';
import type { Certainty, Step } from '../report/finding.ts';
import type { Condition } from '../summaries/summary.ts';
import type { BareAccess } from './bare.ts';
import type { Context } from './context.ts';
import { type EvaluateAt, follow } from './evaluate.ts';
import type { Exit } from './fixpoint.ts';
import type { RawFinding, Recorder } from './recorder.ts';
import { unreadResults } from './unread-results.ts';

/** The most conditions that a need or an outcome carries to the callers. */
const MOST_CONDITIONS = 12;

const ADDR_VAR = kindSet('addrVar');

/** Nobody writes to it. */
const NOTHING_KNOWN = new State();

/** One function under analysis: its names, its places, and where its results go. */
export class Frame {
  readonly context: Context;
  readonly fn: Fn;
  readonly recorder: Recorder;
  /** How many helpers are being analysed for their callbacks around this one. */
  readonly depth: number;
  /** The call that gave this helper its callbacks: what breaks in one of them is that call's doing. */
  readonly origin: TraceStep | null;

  /** Containers of which some element was locked on some path. */
  readonly lockedElements: Set<Value> = new Set();
  /** Arrays that hold what others do, in another order: by the array, the one that its elements were first in. */
  readonly #sources: Map<Value, Value> = new Map();
  /** What is known to lie in them. */
  readonly lockedContents: Set<Value> = new Set();
  /** Paths on which the call that is being executed throws. */
  readonly thrown: { readonly state: State; readonly span: Span }[] = [];
  /** What the function has asked: whether it sleeps then, it may decide by the answer. */
  readonly asked: Set<'context' | 'state'> = new Set();
  /** While the needs of a callback are checked: the way to what it needs. */
  callback: readonly TraceStep[] | null = null;
  #awaited: Set<number> | null = null;
  readonly #expressible: Map<Value, boolean> = new Map();
  /** Accesses that some path made without a lock which it had not touched, by key. */
  readonly bare: Map<string, BareAccess> = new Map();
  /** Those of them that no caller can have held the lock for. */
  readonly settled: Set<string> = new Set();
  /** Objects that were given to functions that are not in the program. */
  readonly entrusted: Set<Value> = new Set();
  /** Objects that code which is not in the program was given, other than to make them ready. */
  readonly handedOut: Set<Value> = new Set();
  /** What is executed now may be executed again on the same path. */
  inLoop = false;
  /** Variables of the function that others can read. */
  kept: ReadonlySet<number> = new Set();
  /** The functions that variables, its own and those of functions around it, hold in this analysis of it. */
  held: ReadonlyMap<Var, Value> = new Map();
  #unread: ReadonlySet<Instr> | null = null;
  #readsStatus: boolean | null = null;
  /** The state that the function was entered with. */
  entry: State = NOTHING_KNOWN;

  constructor(context: Context, fn: Fn, recorder: Recorder, depth: number, origin: TraceStep | null = null) {
    this.origin = origin;
    this.context = context;
    this.fn = fn;
    this.recorder = recorder;
    this.depth = depth;
  }

  readonly #importedHere = (module: string, name: string): Value =>
    this.context.program.imported(this.context.table, this.fn.home, module, name);

  readonly #sharedHere = (id: number): Variable | undefined => {
    const variable = this.fn.home.unit.variables[id];
    return variable?.kind === 'module' && variable.exported === true ? variable : undefined;
  };

  at(site: number): EvaluateAt {
    return {
      table: this.context.table,
      variableBase: this.fn.home.variableBase,
      functionBase: this.fn.home.functionBase,
      shared: this.fn.home.language === 'c' ? this.#sharedHere : null,
      imported: this.#importedHere,
      site,
    };
  }

  /** Notes that an array holds what another does. */
  reorder(array: Value, from: Value): void {
    this.#sources.set(array, this.sourceOf(from));
  }

  sourceOf(array: Value): Value {
    return this.#sources.get(array) ?? array;
  }

  /** True if the function waits for the value of a variable: for the promise that a call returned. */
  awaits(variable: number): boolean {
    return this.#awaits.has(variable);
  }

  /** True if the function waits for anything: promises that it has gathered may be among it. */
  get waits(): boolean {
    return this.#awaits.size > 0;
  }

  /** True if the call stands in the await that waits for it: what it throws comes up there. */
  awaitsAtOnce({ to, span }: { readonly to: number; readonly span: Span }): boolean {
    const isAround = (i: Instr): boolean =>
      i.kind === 'suspend' && i.span.start <= span.start && i.span.end >= span.end;
    return this.awaits(to) && this.fn.ir.blocks.some((block) => block.instrs.some(isAround));
  }

  get #awaits(): Set<number> {
    if (this.#awaited !== null) return this.#awaited;
    this.#awaited = new Set();
    for (const block of this.fn.ir.blocks) {
      for (const i of block.instrs) {
        if (i.kind === 'suspend' && i.what === 'await')
          this.#awaited.add(i.value.op === 'var' ? i.value.id : -1);
      }
    }
    return this.#awaited;
  }

  /** The function looks at fields that tell of a cursor's state. */
  get readsStatus(): boolean {
    return (this.#readsStatus ??=
      this.fn.home.language === 'typescript' &&
      mentionsIn(this.fn.ir, (e) => e.op === 'field' && CURSOR_STATE_FIELDS.has(e.name)));
  }

  /** Calls whose result is put where nobody ever reads it. */
  get unread(): ReadonlySet<Instr> {
    return (this.#unread ??= unreadResults(this.fn.ir, this.kept));
  }

  step(kind: Step['kind'], span: Span, message: string, inside?: TraceStep): TraceStep {
    const step = { kind, unit: this.fn.home.index, start: span.start, end: span.end, message };
    return inside === undefined ? step : { ...step, inside };
  }

  /** A value in the words of the program. */
  say(value: Value, state: State | null = null): string {
    return this.context.describer.value(value, this.fn.home.language, state);
  }

  /** A lock or tree in the words of the program. */
  sayPlace(value: Value, state: State | null = null): string {
    return this.context.describer.place(value, this.fn.home.language, state);
  }

  report(
    rule: string,
    span: Span,
    message: string,
    related: readonly TraceStep[],
    state: State,
    certainty: Certainty = 'proved',
  ): void {
    const at = this.#blamed() ?? { unit: this.fn.home.index, start: span.start, end: span.end };
    const finding: Omit<RawFinding, 'path'> = {
      rule,
      message,
      certainty: state.imprecise || !this.fn.ir.whole ? 'possible' : certainty,
      unit: at.unit,
      start: at.start,
      end: at.end,
      functionName: this.fn.ir.name,
      related,
    };
    this.recorder.report(finding, state.trace);
  }

  /** From here on the need is checked that these steps lead to: that of a callback, if one was run on the way. */
  follow(steps: readonly TraceStep[], ofCallback: boolean): void {
    this.callback = ofCallback || steps.some((s) => this.isGiven(s)) ? steps : null;
  }

  /** True if what is found now is in the code of a callback, and shown there. */
  get isInCallback(): boolean {
    return this.callback?.some((s) => this.isGiven(s)) ?? false;
  }

  /** The callback's own code if it is written in the call that gave it, else that call. */
  #blamed(): TraceStep | null {
    if (this.origin === null || this.callback === null || this.callback.length === 0) return null;
    return this.callback.find((s) => this.isGiven(s)) ?? this.origin;
  }

  /** The step lies in the call that gave this helper its callbacks. */
  isGiven({ unit, start, end }: TraceStep): boolean {
    const { origin } = this;
    return origin !== null && unit === origin.unit && start >= origin.start && end <= origin.end;
  }

  locksOf(tree: Value, state: State): TreeLocks {
    return this.context.trees.locksOf(tree, state, this.fn.home.model.externalFields);
  }

  /** The object whose own lock this is; null for other locks. */
  ownerOf(lock: Value): Value | null {
    return this.context.trees.kinds.ownerOf(lock, this.fn.home.model.containers);
  }

  /** The maple tree whose internal lock this is; null for other locks, those of other containers among them. */
  treeOfLock(lock: Value): Value | null {
    const owner = this.ownerOf(lock);
    return owner !== null && this.context.trees.kinds.of(owner) === MAPLE_TREE ? owner : null;
  }

  /** The lock that a contract names. For a tree's lock, the one that is most likely meant: see `locksOf` for all. */
  lock(ref: LockRef, at: (path: string) => Value, state: State): Value {
    switch (ref.of) {
      case 'token':
        return this.context.table.token(ref.name);
      case 'object':
        return at(ref.at);
      case 'internal':
        return this.context.trees.kinds.lockOf(at(ref.at));
      case 'tree': {
        const tree = at(ref.at);
        return this.locksOf(tree, state).locks[0] ?? this.context.trees.kinds.lockOf(tree);
      }
    }
  }

  /** Notes what kind of container, and of cursor, a contract's row says that its arguments are. */
  noteContainers(row: FunctionContract, at: (path: string) => Value): void {
    const container = this.fn.home.model.containerOf(row);
    const { kinds } = this.context.trees;
    for (const need of row.needs ?? []) kinds.note(at(need.tree), container);
    if (row.tree !== undefined) kinds.note(at(row.tree.at), container);
    if (row.cursor !== undefined) kinds.note(at(row.cursor.at), container);
    if (row.makesCursor !== undefined) {
      kinds.note(at(row.makesCursor.at), container);
      kinds.note(at(row.makesCursor.tree), container);
    }
    for (const effects of [row.acquires, row.releases, row.takes])
      for (const { lock } of effects ?? [])
        if (lock.of === 'internal' || lock.of === 'tree') kinds.note(at(lock.at), container);
  }

  /** Follows a contract path (`$0.tree`) from the values of a call. */
  path(path: string, values: CallValues, state: State): Value {
    const { head, argument, members, last, before } = contractPath(path);
    const start = argument === null ? this.#startOfPath(head, values) : values.args[argument];
    // An argument left out is undefined in TypeScript; in C only a call that does not compile leaves one out.
    const missing =
      this.fn.home.language === 'typescript'
        ? this.context.table.null
        : this.context.table.fresh(values.site, 2);
    if (last === undefined || !this.fn.home.model.containers.some((c) => c.owner === last))
      return follow(start ?? missing, members, state, this.context.table);
    return this.member(follow(start ?? missing, before, state, this.context.table), last, state);
  }

  #startOfPath(head: string, values: CallValues): Value | undefined {
    if (head === '$this') return values.receiver;
    if (head === '$result') return values.result;
    return this.context.table.intern({ kind: 'global', name: head });
  }

  /** The tree of a cursor. One that lies in a field or module variable has the tree that its initialiser gave it. */
  member(cursor: Value, name: string, state: State): Value {
    const slot = this.context.table.field(cursor, name);
    return state.memory.get(slot) ?? this.context.trees.treeOfCursor(cursor) ?? slot;
  }

  /** True if callers can say the value too: it starts at a parameter, a capture, or something global. */
  isExpressible(value: Value): boolean {
    let known = this.#expressible.get(value);
    if (known === undefined) this.#expressible.set(value, (known = this.#canBeSaid(value)));
    return known;
  }

  #canBeSaid(value: Value): boolean {
    const { table, program } = this.context;
    if (table.holds(value, LOCAL)) return false;
    const isOwn = (node: ValueNode): boolean =>
      node.kind === 'addrVar' && program.ownerOf(node.variable)?.index === this.fn.index;
    return !table.holds(value, ADDR_VAR) || !table.mentions(value, isOwn);
  }

  /** True if no one else can hold a lock of this object: it was made by this function. */
  isOwn(value: Value): boolean {
    const { table, births, program } = this.context;
    const node = table.node(this.#container(value));
    if (node.kind === 'fresh') return births.has(node.site);
    return node.kind === 'addrVar' && program.ownerOf(node.variable)?.index === this.fn.index;
  }

  /** The object that a value is a part of. What a pointer in it points to is no part of it. */
  #container(value: Value): Value {
    const { table } = this.context;
    let at = value;
    for (;;) {
      const node = table.node(at);
      if (node.kind === 'addrField' || node.kind === 'addrIndex') at = node.base;
      // An object of TypeScript that was made here has only what was put into it here.
      else if (node.kind === 'field' && this.fn.home.language === 'typescript') at = node.base;
      else return at;
    }
  }

  /** The path hands an object of this function to someone else: it returns it, or puts it where others find it. */
  isHandedOver(exit: Exit, object: Value): boolean {
    const { table, program } = this.context;
    if (exit.value === object) return true;
    for (const [slot, content] of exit.state.memory) {
      if (content !== object) continue;
      const isReturned = exit.value !== null && table.root(slot) === table.root(exit.value);
      if (isReturned || this.isExpressible(slot)) return true;
    }
    for (const [variable, content] of exit.state.env)
      if (content === object && program.ownerOf(variable)?.index !== this.fn.index) return true;
    return false;
  }

  /** What is known, on this path, of the values that the function was entered with. */
  conditions(state: State): Condition[] {
    const result: Condition[] = [];
    for (const [value, fact] of state.facts) {
      if (saysNothing(fact) || sameFact(fact, VALID) || result.length >= MOST_CONDITIONS) continue;
      const kind = this.context.table.node(value).kind;
      if (kind !== 'const' && this.isExpressible(value)) result.push({ value, fact });
    }
    return result;
  }
}

/** The values that a contract's paths start from. */
export interface CallValues {
  readonly args: readonly Value[];
  readonly receiver: Value | undefined;
  readonly result: Value;
  readonly site: number;
}

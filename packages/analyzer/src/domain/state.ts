import type { CursorStatus, LockMode } from '@maplelock/core';
import type { EntryState } from './entries.ts';
import { ANYTHING, ERRNO, type Fact, factOf, FALSY, TRUTHY, VALID } from './facts.ts';
import { SharedMap, SharedSet } from './shared-collections.ts';
import { haveNoBitInCommon, isNamedFlag } from './named-flags.ts';
import type { Trace, TraceStep } from './trace.ts';
import {
  kindSet,
  type KindSet,
  type Substitution,
  type Value,
  type ValueNode,
  type ValueTable,
  type Var,
} from './values.ts';

const OLD = kindSet('old');

/** What this function knows of a lock. Locks that it has not touched have no entry. */
export interface LockState {
  readonly held: boolean;
  readonly mode: LockMode;
  /** How many times it is held, for locks that nest. */
  readonly depth: number;
  /** What the first operation on it said about the function's start: an acquire found it free, a release held. */
  readonly entry: 'free' | 'held' | 'asserted';
  /** Given to a function that may have taken it or given it back: nothing is proved of it any more. */
  readonly doubtful?: boolean;
  /** How often it was taken while held: reported then, so that the unlocks that match are not reported too. */
  readonly excess?: number;
  /** Nothing may sleep, and nothing be suspended, while it is held. */
  readonly atomic?: boolean;
  /** It was taken with interrupts held off: who drops just the lock still may not sleep. */
  readonly masks?: boolean;
  /** It was held for writing, and is held for reading since a downgrade. */
  readonly lowered?: boolean;
  /** An async function took it: the variable with its promise. Who waits for that is not suspended with the lock. */
  readonly promised?: Var;
  /** True if it was given back at some point since the start. */
  readonly dropped: boolean;
  /** Where it was last taken, or given back if it is not held. */
  readonly at: TraceStep;
}

/** A value that tells whether a cursor is in a state. */
export interface CursorTest {
  readonly value: Value;
  /** The cursor is in the state where the value is an errno, or true, or not there. */
  readonly sign: 'negative' | 'truthy' | 'falsy';
  readonly state: CursorStatus;
  /** Else it only may be. */
  readonly certain: boolean;
}

/** What a cursor remembers. */
export interface CursorState {
  /** `entry`: as the caller left it. `stale`: its node may be gone. */
  readonly status: 'entry' | 'start' | 'node' | 'pause' | 'stale' | 'unknown';
  /** The locks whose unbroken hold keeps the remembered node alive; `caller` stands for the caller's. */
  readonly protectors: ReadonlySet<Value | 'caller'>;
  /** Where it became stale or got its position. */
  readonly at: TraceStep | null;
  /** Stale because another cursor wrote to the tree, not because the lock was dropped. */
  readonly overtaken?: boolean;
  /** The state of enum maple_status that results have shown it to be in. */
  readonly state?: CursorStatus;
  /** It only may be in that state. */
  readonly unsure?: boolean;
  /** What tells of its state, to whoever looks. */
  readonly tests?: readonly CursorTest[];
  /** A stale position that was the caller's: whether there was one, only the caller knows. */
  readonly fromEntry?: boolean;
}

/** Whether a tree keeps its nodes for readers under RCU, and where that was said. */
export interface RcuMode {
  readonly mode: 'on' | 'off' | 'unknown';
  readonly at: TraceStep | null;
}

/** How a tree is locked, as far as this function has seen it set up. */
export interface TreeState {
  readonly mode: 'internal' | 'external' | 'private' | 'unknown';
  readonly lock: Value | null;
  /** Whether it keeps its nodes for readers under RCU, as far as this function has seen. */
  readonly rcu?: RcuMode;
  /** Born in this function and not yet handed on. */
  readonly unpublished: boolean;
  /** What its flags say by themselves; absent where this path gave it none. */
  readonly flags?: 'internal' | 'external' | 'unknown';
  /** Where it was bound to its external lock, or made for one. */
  readonly at?: TraceStep | null;
}

/** A guard object: what its disposal gives back. */
export interface GuardState {
  readonly lock: Value;
  readonly mode: LockMode;
  /** Where the hold began that it stands for: it ends that one, and none that began later. */
  readonly at?: TraceStep;
  /** The number of the function that gives it back, where the guard is one. */
  readonly functionIndex?: number;
}

/** A call that can fail, as long as nobody has looked whether it did. */
export interface Telling {
  /** The function of the contract that can fail: its result, or the cursor, tells. */
  readonly api: string;
  readonly at: TraceStep;
  /** Its result was dropped, though that tells too. */
  readonly dropped: boolean;
  /** Whether it can fail here is not certain, or somebody has looked at it already. */
  readonly unsure: boolean;
  /** Something was done after the look: a message, or what else there is to do about a failure. */
  readonly seenTo?: boolean;
  /** It tells whether a lock was got: who asks knows what to do without it. */
  readonly isOfLock?: boolean;
  /** That is all that is unsure; functions of the same file that ask after such calls know that they fail. */
  readonly mayBeKnown?: boolean;
}

/** Nodes that were reserved for a cursor; or that those that the caller may have reserved are used or given back. */
export type Reservation =
  | { readonly kind: 'ended' }
  | {
      /** For one store, or for many. */
      readonly kind: 'one' | 'many';
      /** What tells whether it failed: then nothing is reserved. Null where that is known. */
      readonly result: Value | null;
      readonly at: TraceStep;
      /** A helper may have ended it. */
      readonly unsure: boolean;
    };

type Knowledge = Omit<State, 'clone' | 'step' | 'key' | 'rename'>;

const NOTHING: Knowledge = {
  env: new SharedMap(),
  memory: new SharedMap(),
  facts: new SharedMap(),
  locks: new SharedMap(),
  cursors: new SharedMap(),
  trees: new SharedMap(),
  guards: new SharedMap(),
  entries: new SharedMap(),
  unchecked: new SharedMap(),
  results: new SharedMap(),
  reserved: new SharedMap(),
  trace: null,
  imprecise: false,
  opaque: false,
  heardOfLocks: false,
  suspended: false,
  slept: false,
  takers: new SharedMap(),
  disposed: new SharedSet(),
  unseen: new SharedSet(),
  changed: new SharedSet(),
  doubted: new SharedSet(),
  bare: new SharedSet(),
};

/** One disjunct: what is known on the paths that led here with these locks held. */
export class State {
  env: SharedMap<Var, Value>;
  memory: SharedMap<Value, Value>;
  facts: SharedMap<Value, Fact>;
  locks: SharedMap<Value, LockState>;
  cursors: SharedMap<Value, CursorState>;
  trees: SharedMap<Value, TreeState>;
  guards: SharedMap<Value, GuardState>;
  entries: SharedMap<Value, EntryState>;
  /** By cursor: calls of which only the cursor still tells whether they failed. */
  unchecked: SharedMap<Value, Telling>;
  /** By symbol: results that tell whether a call failed. */
  results: SharedMap<Value, Telling>;
  /** By cursor. */
  reserved: SharedMap<Value, Reservation>;
  trace: Trace | null;
  /** Paths with different locks were merged here for want of room: nothing is proved any more. */
  imprecise: boolean;
  /** A lock that nobody was seen to take was given back: whoever took it may have taken others. */
  opaque: boolean;
  /** A call of unseen code whose name speaks of locks came before, be it paired or not. */
  heardOfLocks: boolean;
  /** An async function that has awaited: its caller has gone on since. */
  suspended: boolean;
  /** Something that may sleep was called on every path that led here. */
  slept: boolean;
  /** Calls of unseen code that may have taken locks, not paired since, with the objects that they were given. */
  takers: SharedMap<Value, readonly Value[]>;
  /** What came from the callers and was disposed of, or called to give back a lock: they know whether it is a guard. */
  disposed: SharedSet<Value>;
  /** Objects that code of other modules, which are not there to be read, was called with. */
  unseen: SharedSet<Value>;
  /** Changes of trees, by the keys that the recorder knows them by. */
  changed: SharedSet<string>;
  /** Kinds of locks that a call may have dropped and not taken again. */
  doubted: SharedSet<string>;
  /** Accesses, by key, that every path to here made without a lock which it has not touched since. */
  bare: SharedSet<string>;

  constructor(of: Knowledge = NOTHING) {
    this.env = of.env.copy();
    this.memory = of.memory.copy();
    this.facts = of.facts.copy();
    this.locks = of.locks.copy();
    this.cursors = of.cursors.copy();
    this.trees = of.trees.copy();
    this.guards = of.guards.copy();
    this.entries = of.entries.copy();
    this.unchecked = of.unchecked.copy();
    this.results = of.results.copy();
    this.reserved = of.reserved.copy();
    this.trace = of.trace;
    this.imprecise = of.imprecise;
    this.opaque = of.opaque;
    this.heardOfLocks = of.heardOfLocks;
    this.suspended = of.suspended;
    this.slept = of.slept;
    this.takers = of.takers.copy();
    this.disposed = of.disposed.copy();
    this.unseen = of.unseen.copy();
    this.changed = of.changed.copy();
    this.doubted = of.doubted.copy();
    this.bare = of.bare.copy();
  }

  clone(): State {
    return new State(this);
  }

  step(step: TraceStep): void {
    this.trace = { step, before: this.trace, length: (this.trace?.length ?? 0) + 1 };
  }

  /** Disjuncts with equal keys are merged: the key holds what the rules ask about. */
  key(withCursors = true): string {
    const parts: string[] = [];
    for (const [lock, s] of this.locks) {
      parts.push(
        `${lock}${s.held ? (s.mode === 'write' ? 'W' : 'R') : '-'}${s.depth}${s.entry[0]}${s.dropped ? 'd' : ''}`,
      );
    }
    for (const [tree, s] of this.trees) if (s.mode === 'private' || s.unpublished) parts.push(`${tree}P`);
    for (const value of this.disposed) parts.push(`${value}D`);
    parts.sort();
    if (withCursors) {
      const cursors: string[] = [];
      for (const [c, s] of this.cursors) {
        if (s.status === 'stale') cursors.push(`${c}!${s.fromEntry ? 'e' : ''}`);
        else if (s.status === 'pause') cursors.push(`${c}p`);
        else if (s.state !== undefined) cursors.push(`${c}=${s.state}${s.unsure ? '?' : ''}`);
        // Nobody has looked yet: apart from the paths on which there is nothing to look at.
        else if (s.tests?.some((t) => t.certain)) cursors.push(`${c}~`);
      }
      for (const [c, t] of this.unchecked) cursors.push(`${c}?${t.at.unit}:${t.at.start}`);
      for (const [c, r] of this.reserved)
        cursors.push(`${c}r${r.kind === 'ended' ? '-' : `${r.kind}${r.result ?? ''}`}`);
      cursors.sort();
      parts.push('|', ...cursors);
    }
    return parts.join();
  }

  /**
   * Replaces symbols of these kinds everywhere: the old incarnation of a loop's variable gets out of the new one's way.
   */
  rename(
    table: ValueTable,
    kinds: KindSet,
    replace: (value: Value, node: ValueNode) => Value | undefined,
  ): void {
    const memo = new Map<Value, Value>();
    // What is old already stays as it is: a loop has one symbol for all of its earlier rounds.
    const by: Substitution = { replace: (x, node) => (node.kind === 'old' ? x : replace(x, node)) };
    const sub = (v: Value): Value => (table.holds(v, kinds) ? table.substitute(v, by, memo) : v);
    for (const [k, v] of this.env) {
      const n = sub(v);
      if (n !== v) this.env.set(k, n);
    }
    this.memory = renamed(this.memory, sub, sub);
    this.facts = renamed(this.facts, sub, same);
    this.locks = renamed(this.locks, sub, same);
    // A free lock of an earlier round can be named by no one any more.
    for (const [lock, s] of this.locks) {
      if (!s.held && table.holds(lock, OLD)) this.locks.delete(lock);
    }
    this.trees = renamed(this.trees, sub, (t) => {
      const lock = t.lock === null ? null : sub(t.lock);
      return lock === t.lock ? t : { ...t, lock };
    });
    this.unchecked = renamed(this.unchecked, sub, same);
    this.results = renamed(this.results, sub, same);
    this.reserved = renamed(this.reserved, sub, (r) => {
      if (r.kind === 'ended' || r.result === null) return r;
      const result = sub(r.result);
      return result === r.result ? r : { ...r, result };
    });
    this.guards = renamed(this.guards, sub, (g) => {
      const lock = sub(g.lock);
      return lock === g.lock ? g : { ...g, lock };
    });
    this.entries = renamed(this.entries, sub, (e) => {
      if (e.keeper === undefined) return e;
      const keeper = sub(e.keeper);
      return keeper === e.keeper ? e : { ...e, keeper };
    });
    this.cursors = renamed(this.cursors, sub, (c) => {
      const isGone = (p: Value | 'caller'): boolean => p !== 'caller' && sub(p) !== p;
      if (![...c.protectors].some(isGone) && !c.tests?.some((t) => isGone(t.value))) return c;
      return {
        ...c,
        ...(c.tests && { tests: c.tests.map((t) => ({ ...t, value: sub(t.value) })) }),
        protectors: new Set([...c.protectors].map((p) => (p === 'caller' ? p : sub(p)))),
      };
    });
  }
}

const same = <T>(x: T): T => x;

function renamed<T>(
  map: SharedMap<Value, T>,
  key: (v: Value) => Value,
  value: (t: T) => T,
): SharedMap<Value, T> {
  if (map.size === 0) return map;
  let result: Map<Value, T> | null = null;
  let same = 0;
  for (const [k, v] of map) {
    const nk = key(k);
    const nv = value(v);
    if (result === null && nk === k && nv === v) {
      same++;
      continue;
    }
    result ??= firstOf(map, same);
    result.set(nk, nv);
  }
  return result === null ? map : new SharedMap(result);
}

function firstOf<T>(map: SharedMap<Value, T>, count: number): Map<Value, T> {
  const first = new Map<Value, T>();
  for (const [k, v] of map) {
    if (first.size === count) break;
    first.set(k, v);
  }
  return first;
}

/** The entry that an address lies in, or that is the value itself. */
export function entryAround(state: State, table: ValueTable, value: Value): Value | null {
  for (let at: Value | null = value; at !== null; at = table.baseOf(at)) {
    if (state.entries.has(at)) return at;
    const { kind } = table.node(at);
    if (kind !== 'addrField' && kind !== 'addrIndex') return null;
  }
  return null;
}

/** What the state knows of a value; constants know themselves. */
export function factAbout(state: State, table: ValueTable, value: Value): Fact {
  const node = table.node(value);
  if (node.kind === 'const') return factOf(node.value);
  if (node.kind.startsWith('addr')) return VALID;
  const known = state.facts.get(value);
  if (known !== undefined) return known;
  if (node.kind === 'global' && isNamedFlag(table, value)) return TRUTHY;
  if (node.kind === 'binary' && haveNoBitInCommon(table, value)) return FALSY;
  // What a good pointer is a part of is there.
  const part = node.kind === 'pure' && node.name === 'container_of' ? node.args[0] : undefined;
  if (part !== undefined) {
    const { truthy, low } = factAbout(state, table, part);
    return truthy === true && low > 0 ? VALID : ANYTHING;
  }
  if (node.kind === 'unary' && node.operator === '-') {
    const operand = table.node(node.operand);
    // -EIDRM: an errno by its name, where its number is not known.
    if ((operand.kind === 'global' || operand.kind === 'import') && /^E[A-Z0-9]{2,}$/.test(operand.name))
      return ERRNO;
  }
  if (node.kind === 'unary' && node.operator === '!') {
    const inner = factAbout(state, table, node.operand);
    if (inner.truthy !== undefined) return inner.truthy ? FALSY : TRUTHY;
  }
  return ANYTHING;
}

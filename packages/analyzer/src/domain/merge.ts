import { type Fact, joinFacts, sameFact, saysNothing, widened } from './facts.ts';
import { type EntryState, joinEntries } from './entries.ts';
import { intersectionOf, unionOf } from './shared-collections.ts';
import { type CursorState, entryAround, factAbout, State } from './state.ts';
import { LOCAL, type Value, type ValueTable, type Var } from './values.ts';

export interface MergeOptions {
  readonly table: ValueTable;
  /** Global number of the block where the paths meet. */
  readonly block: number;
  /** Variables whose value is still needed there. */
  readonly live: ReadonlySet<Var>;
  /** Number bounds that keep moving are given up. */
  readonly widen: boolean;
}

/**
 * Merges `b` into `a`, two states that hold the same locks. Returns `a` itself if it already covers `b`, else a new
 * state that covers both. Cost: linear in the size of the states.
 */
export function mergeStates(a: State, b: State, options: MergeOptions): State {
  const result = new State();
  // Places that hold the same on either side hold the same afterwards: they share a phi.
  const pairs = new Map<string, Value>();
  const phis = mergeVariables(a, b, result, pairs, options);
  mergeMemory(a, b, result, pairs, phis, options);
  mergeFacts(a, b, result, phis, options);
  for (const [lock, x] of a.locks) {
    const y = b.locks.get(lock);
    if (y !== undefined && y.held === x.held) result.locks.set(lock, x);
  }
  for (const [c, x] of a.cursors) {
    const y = b.cursors.get(c);
    if (y !== undefined) result.cursors.set(c, joinCursors(x, y));
  }
  for (const [t, x] of a.trees) {
    const y = b.trees.get(t);
    if (y !== undefined && y.mode === x.mode && y.lock === x.lock && y.unpublished === x.unpublished) {
      const agree = x.rcu?.mode === 'unknown' || x.rcu?.mode === y.rcu?.mode;
      result.trees.set(t, agree ? x : { ...x, rcu: { mode: 'unknown', at: null } });
    }
  }
  for (const [g, x] of a.guards) {
    if (b.guards.get(g)?.lock === x.lock) result.guards.set(g, x);
  }
  mergeEntries(a, b, result, pairs, options.table);
  result.unchecked = b.unchecked.copy();
  for (const [c, x] of a.unchecked) result.unchecked.set(c, x);
  result.results = b.results.copy();
  for (const [c, x] of a.results) if (result.results.get(c)?.seenTo !== true) result.results.set(c, x);
  // A phi of a result tells what the result does.
  for (const [pair, phi] of pairs) {
    const telling = pair
      .split(',')
      .map((v) => result.results.get(Number(v)))
      .find((t) => t !== undefined);
    if (telling !== undefined && !result.results.has(phi)) result.results.set(phi, telling);
  }
  for (const c of new Set([...a.reserved.keys(), ...b.reserved.keys()])) {
    const [x, y] = [a.reserved.get(c), b.reserved.get(c)];
    // What is still reserved on one of the paths is so on a path.
    const open = [x, y].find((r) => r !== undefined && r.kind !== 'ended');
    const merged = open ?? (x === undefined || y === undefined ? undefined : x);
    if (merged !== undefined) result.reserved.set(c, merged);
  }
  result.trace = a.trace;
  result.imprecise = a.imprecise || b.imprecise;
  result.opaque = a.opaque || b.opaque;
  result.heardOfLocks = a.heardOfLocks || b.heardOfLocks;
  result.suspended = a.suspended || b.suspended;
  result.slept = a.slept && b.slept;
  result.takers = a.takers.copy();
  for (const [call, roots] of b.takers) result.takers.set(call, roots);
  result.unseen = unionOf(a.unseen, b.unseen);
  result.disposed = intersectionOf(a.disposed, b.disposed);
  result.changed = unionOf(a.changed, b.changed);
  result.doubted = unionOf(a.doubted, b.doubted);
  result.bare = intersectionOf(a.bare, b.bare);
  return covers(a, result) ? a : result;
}

/** Variables with different values get a phi; what is known of both values is known of it. */
function mergeVariables(
  a: State,
  b: State,
  result: State,
  pairs: Map<string, Value>,
  options: MergeOptions,
): Map<Value, Fact> {
  const { table, block, live, widen } = options;
  const phis = new Map<Value, Fact>();
  const meet = (v: Var, left: Value, right: Value, met: Value): void => {
    pairs.set(`${left},${right}`, met);
    const before = factAbout(a, table, left);
    const fact = joinFacts(before, factAbout(b, table, right));
    result.env.set(v, met);
    phis.set(met, widen ? widened(before, fact) : fact);
  };
  // What both sides reach from something else by the same way waits until that has met.
  const parts: [Var, Value, Value][] = [];
  for (const v of live) {
    const x = a.env.get(v);
    const y = b.env.get(v);
    if (x === y) {
      if (x !== undefined) result.env.set(v, x);
      continue;
    }
    const left = x ?? table.entry(v);
    const right = y ?? table.entry(v);
    const given = defaultedIn(a, b, left, right, table) ?? defaultedIn(b, a, right, left, table);
    const shared = given ?? pairs.get(`${left},${right}`);
    if (shared !== undefined) result.env.set(v, shared);
    else if (isSamePart(table, left, right)) parts.push([v, left, right]);
    else meet(v, left, right, table.intern({ kind: 'phi', block, variable: v }));
  }
  for (const [v, left, right] of parts) {
    const part = partOfBoth(a, b, left, right, pairs, table);
    meet(v, left, right, part ?? table.intern({ kind: 'phi', block, variable: v }));
  }
  return phis;
}

/** The same member of two objects. */
function isSamePart(table: ValueTable, x: Value, y: Value): boolean {
  const [a, b] = [table.node(x), table.node(y)];
  if (a.kind !== b.kind) return false;
  if (a.kind === 'field' || a.kind === 'addrField') return a.name === (b as typeof a).name;
  return (a.kind === 'index' || a.kind === 'addrIndex') && a.index === (b as typeof a).index;
}

/**
 * `&b->words` where b is a phi: said of that phi. Undefined where the two are not reached from such by the same way, or
 * where something else has been put in the place since that they were read from.
 */
function partOfBoth(
  a: State,
  b: State,
  x: Value,
  y: Value,
  pairs: ReadonlyMap<string, Value>,
  table: ValueTable,
): Value | undefined {
  const met = pairs.get(`${x},${y}`);
  if (met !== undefined || !isSamePart(table, x, y) || a.memory.has(x) || b.memory.has(y)) return met;
  const [left, right] = [table.baseOf(x) as Value, table.baseOf(y) as Value];
  const base = partOfBoth(a, b, left, right, pairs, table);
  const node = table.node(x);
  if (base === undefined) return undefined;
  if (node.kind === 'field' || node.kind === 'addrField')
    return table.intern({ kind: node.kind, base, name: node.name });
  return node.kind === 'index' || node.kind === 'addrIndex'
    ? table.intern({ kind: node.kind, base, index: node.index })
    : undefined;
}

/** `p = d` on the path where the parameter p was left out, p itself on the other: the two are one value, `p ?? d`. */
function defaultedIn(given: State, missing: State, p: Value, d: Value, table: ValueTable): Value | null {
  const kind = table.node(p).kind;
  if (kind !== 'entry' && kind !== 'field') return null;
  const nothing = missing.facts.get(p);
  if (nothing?.truthy !== false || given.facts.get(p)?.truthy === false) return null;
  const isCommon = table.holds(d, LOCAL);
  return isCommon || !isMissingTest(given, p, table) ? null : table.defaulted(p, d);
}

/** The paths were parted by asking whether p is there, not whether it is true. */
function isMissingTest(state: State, p: Value, table: ValueTable): boolean {
  return state.facts.has(table.binary('==', p, table.null));
}

/**
 * Memory is merged as variables are; a slot stands for itself where nothing was written. What is known of both contents
 * of a slot is added to `phis`.
 */
function mergeMemory(
  a: State,
  b: State,
  result: State,
  pairs: ReadonlyMap<string, Value>,
  phis: Map<Value, Fact>,
  { table, block, widen }: MergeOptions,
): void {
  for (const slot of new Set([...a.memory.keys(), ...b.memory.keys()])) {
    const x = a.memory.get(slot) ?? slot;
    const y = b.memory.get(slot) ?? slot;
    const shared = x === y ? x : pairs.get(`${x},${y}`);
    if (shared !== undefined) {
      result.memory.set(slot, shared);
      continue;
    }
    const met =
      partOfBoth(a, b, x, y, pairs, table) ?? table.intern({ kind: 'phi', block, variable: -1 - slot });
    result.memory.set(slot, met);
    const before = factAbout(a, table, x);
    const fact = joinFacts(before, factAbout(b, table, y));
    phis.set(met, widen ? widened(before, fact) : fact);
  }
}

function mergeFacts(
  a: State,
  b: State,
  result: State,
  phis: ReadonlyMap<Value, Fact>,
  { widen }: MergeOptions,
): void {
  for (const [value, x] of a.facts) {
    const y = b.facts.get(value);
    if (y === undefined || phis.has(value)) continue;
    const fact = widen ? widened(x, joinFacts(x, y)) : joinFacts(x, y);
    if (!saysNothing(fact)) result.facts.set(value, fact);
  }
  for (const [phi, fact] of phis) {
    if (!saysNothing(fact)) result.facts.set(phi, fact);
  }
}

/** True if `merged` says nothing less than `a`: the merge has added no path. */
function covers(a: State, merged: State): boolean {
  if (
    a.imprecise !== merged.imprecise ||
    a.opaque !== merged.opaque ||
    a.heardOfLocks !== merged.heardOfLocks ||
    a.suspended !== merged.suspended ||
    a.slept !== merged.slept ||
    a.changed.size !== merged.changed.size ||
    a.doubted.size !== merged.doubted.size ||
    a.takers.size !== merged.takers.size ||
    a.bare.size !== merged.bare.size ||
    a.disposed.size !== merged.disposed.size ||
    a.unseen.size !== merged.unseen.size ||
    a.env.size !== merged.env.size ||
    a.memory.size !== merged.memory.size ||
    a.facts.size !== merged.facts.size ||
    a.locks.size !== merged.locks.size ||
    a.cursors.size !== merged.cursors.size ||
    a.trees.size !== merged.trees.size ||
    a.guards.size !== merged.guards.size ||
    a.entries.size !== merged.entries.size ||
    a.unchecked.size !== merged.unchecked.size ||
    a.reserved.size !== merged.reserved.size ||
    a.results.size !== merged.results.size
  ) {
    return false;
  }
  for (const [v, x] of merged.env) if (a.env.get(v) !== x) return false;
  for (const [v, x] of merged.facts) {
    const y = a.facts.get(v);
    if (y === undefined || !sameFact(x, y)) return false;
  }
  for (const [s, x] of merged.memory) if (a.memory.get(s) !== x) return false;
  for (const [r, x] of merged.results) if (a.results.get(r)?.seenTo !== x.seenTo) return false;
  for (const [t, x] of merged.trees) if (a.trees.get(t) !== x) return false;
  for (const [c, x] of merged.cursors) if (a.cursors.get(c) !== x) return false;
  for (const [e, x] of merged.entries) if (a.entries.get(e) !== x) return false;
  return true;
}

/** An entry that was found on one of the paths only is one where they meet; NULL in its place is none. */
function mergeEntries(
  a: State,
  b: State,
  result: State,
  pairs: ReadonlyMap<string, Value>,
  table: ValueTable,
): void {
  if (a.entries.size === 0 && b.entries.size === 0) return;
  for (const [entry, x] of a.entries) {
    const y = b.entries.get(entry);
    result.entries.set(entry, y === undefined ? x : joinEntries(x, y));
  }
  for (const [entry, y] of b.entries) if (!a.entries.has(entry)) result.entries.set(entry, y);
  for (const [key, phi] of pairs) {
    const [left, right] = key.split(',').map(Number) as [Value, Value];
    const both = [entryAt(a, left, table), entryAt(b, right, table)] as const;
    const joined = joinedEntry(both, left === table.null || right === table.null);
    if (joined !== null) result.entries.set(phi, joined);
  }
}

/** What is known of the entry that a value is, or is the address of a part of. */
function entryAt(state: State, value: Value, table: ValueTable): EntryState | undefined {
  const entry = entryAround(state, table, value);
  const known = entry === null ? undefined : state.entries.get(entry);
  return known === undefined || entry === value ? known : { ...known, isPart: true };
}

function joinedEntry(
  [x, y]: readonly [EntryState | undefined, EntryState | undefined],
  otherIsNull: boolean,
): EntryState | null {
  if (x !== undefined && y !== undefined) return joinEntries(x, y);
  return otherIsNull ? (x ?? y ?? null) : null;
}

const UNKNOWN_CURSOR: CursorState = { status: 'unknown', protectors: new Set(), at: null };

function joinCursors(x: CursorState, y: CursorState): CursorState {
  if (x.status === y.status) {
    const protectors = new Set([...x.protectors].filter((p) => y.protectors.has(p)));
    const tests = x.tests?.filter((t) => y.tests?.some((u) => t.value === u.value && t.state === u.state));
    const { state, unsure, tests: _, ...rest } = x;
    // What says no less than x has to be x, however much more y says: else the paths of a loop never come to rest.
    const isSame = protectors.size === x.protectors.size && tests?.length === x.tests?.length;
    if (isSame && (state === undefined || state === y.state)) return x;
    const agreed = state === undefined || state !== y.state ? {} : { state, ...(unsure && { unsure }) };
    return { ...rest, ...agreed, ...(tests?.length && { tests }), protectors };
  }
  if (x.status === 'unknown') return x;
  const [node, other] = x.status === 'node' ? [x, y] : [y, x];
  // A position that exists on some paths only is still a position: dropping the lock loses it.
  if (node.status === 'node' && other.status !== 'stale' && other.status !== 'unknown') return node;
  return UNKNOWN_CURSOR;
}

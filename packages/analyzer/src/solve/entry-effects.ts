import type { EntryState } from '../domain/entries.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Expr } from '../ir/ir.ts';
import type { Span } from '../ir/source.ts';
import { mentionsIn, walkExpression } from '../ir/walk.ts';
import type { Fn } from '../link/program.ts';
import { escapedMessage, type EntryUse, unguardedMessage } from '../rules/no-entry-escape.ts';
import { type EvaluateAt, evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { soundsDisowning, soundsPinning } from './intent.ts';
import { keyOf } from './recorder.ts';

/** A reader of a tree has returned an entry. `locksItself`: it needs no protection, and leaves none behind. */
export function findEntry(
  frame: Frame,
  state: State,
  entry: Value,
  api: string,
  found: TraceStep,
  locksItself: boolean,
): void {
  const { table } = frame.context;
  const rcu = state.locks.get(table.token('rcu'));
  const isOwnSection = rcu?.held === true && rcu.entry === 'free';
  if (holdsLock(frame, state)) return;
  const known = { api, found, ended: null };
  if (isOwnSection) {
    state.entries.set(entry, { ...known, status: 'guarded', doubtful: rcu.doubtful ?? false });
  } else if (!locksItself || rcu?.held === true) {
    state.entries.set(entry, { ...known, status: 'callers', doubtful: false });
  } else if (frame.fn.home.language === 'c') {
    // What else keeps the entry, the caller may know.
    state.entries.set(entry, { ...known, status: 'loose', doubtful: true });
  }
}

/** Any lock but RCU may be the one under which entries are freed. */
function holdsLock(frame: Frame, state: State): boolean {
  for (const [lock, s] of state.locks) if (s.held && !frame.context.table.isRcu(lock)) return true;
  return false;
}

/** The read section has ended. */
export function endReadSection(frame: Frame, state: State, at: TraceStep): void {
  if (state.entries.size === 0) return;
  const status = holdsLock(frame, state) ? 'pinned' : 'loose';
  for (const [entry, s] of state.entries) {
    if (s.status === 'guarded') state.entries.set(entry, { ...s, status, ended: at });
  }
}

interface Receiver {
  readonly text: string;
  readonly span: Span;
  readonly acquires: boolean;
  readonly isApi: boolean;
  /** The function, if it is in the program. */
  readonly fn: Fn | undefined;
}

/** A call is given entries, or what lies in them: it may take a reference to them, or use them. */
export function giveEntries(
  frame: Frame,
  state: State,
  values: readonly (Value | undefined)[],
  callee: Receiver,
): void {
  if (state.entries.size === 0) return;
  const { table } = frame.context;
  for (const [position, value] of values.entries()) {
    if (value === undefined) continue;
    const entry = entryAround(frame, state, value);
    const known = entry === null ? undefined : state.entries.get(entry);
    if (entry === null || known === undefined || known.status === 'pinned') continue;
    if (known.status === 'loose' && isFollowed(frame, callee, position, entry !== value)) {
      report(frame, state, entry, 'used', callee.span);
      continue;
    }
    if (callee.acquires || (!callee.isApi && soundsPinning(callee.text))) {
      state.entries.set(entry, { ...known, status: 'pinned' });
    } else if (!callee.isApi && table.node(value).kind !== 'const') {
      state.entries.set(entry, { ...known, doubtful: true });
    }
  }
}

/**
 * What lies in an entry is read or written by whoever is given its address. Who frees or hands it on may own it: it has
 * taken it out of the tree, as a rule.
 */
function isFollowed(frame: Frame, callee: Receiver, position: number, isInside: boolean): boolean {
  if (frame.fn.home.language !== 'c' || soundsDisowning(callee.text)) return false;
  if (isInside) return true;
  return callee.fn !== undefined && followsParameter(frame, callee.fn, position);
}

/** The function goes through the pointer that it is given. */
function followsParameter(frame: Frame, fn: Fn, position: number): boolean {
  const { ir } = fn;
  const parameter = ir.params[position];
  if (parameter === undefined) return false;
  frame.context.program.readBody(fn);
  return mentionsIn(
    ir,
    (e) =>
      (e.op === 'field' || e.op === 'deref' || e.op === 'index' || e.op === 'addr-field') &&
      e.base.op === 'var' &&
      e.base.id === parameter,
  );
}

/** The entry that an address lies in, or that is the value itself. */
function entryAround(frame: Frame, state: State, value: Value): Value | null {
  const { table } = frame.context;
  for (let at: Value | null = value; at !== null; at = table.baseOf(at)) {
    if (state.entries.has(at)) return at;
    const { kind } = table.node(at);
    if (kind !== 'addrField' && kind !== 'addrIndex') return null;
  }
  return null;
}

/** Reports what is read or written through an entry that nothing keeps any more. */
export function checkUses(
  frame: Frame,
  state: State,
  expressions: readonly Expr[],
  written: Expr | null,
  span: Span,
  at: EvaluateAt,
): void {
  if (!hasLoose(state)) return;
  if (written !== null) report(frame, state, evaluate(written, state, at), 'used', span);
  for (const expression of expressions) {
    walkExpression(expression, (e) => {
      if (e.op === 'field' || e.op === 'deref' || e.op === 'index')
        report(frame, state, evaluate(e.base, state, at), 'used', span);
    });
  }
}

/**
 * Reports an entry of a section of this function that leaves it although nothing keeps it. Where nothing is freed behind
 * the section, as in TypeScript, or no section was opened, it is what the function is there for.
 */
export function checkReturned(frame: Frame, state: State, value: Value | null, span: Span): void {
  if (value === null || frame.fn.home.language !== 'c' || !hasLoose(state)) return;
  if (state.entries.get(value)?.ended !== null) report(frame, state, value, 'returned', span);
}

function hasLoose(state: State): boolean {
  for (const s of state.entries.values()) if (s.status === 'loose') return true;
  return false;
}

function report(frame: Frame, state: State, value: Value, use: EntryUse, span: Span): void {
  const known = state.entries.get(value);
  if (known?.status !== 'loose') return;
  // Once is enough for an entry on a path; and NULL is no entry.
  state.entries.set(value, { ...known, status: 'pinned' });
  if (factAbout(state, frame.context.table, value).truthy === false) return;
  const name = frame.say(value, state);
  const message =
    known.ended === null ? unguardedMessage(name, known.api, use) : escapedMessage(name, known.api, use);
  const isSure =
    !known.doubtful && !holdsLock(frame, state) && (use === 'used' || isStructPointer(frame, state, value));
  const rule = 'no-entry-escape';
  if (isSure) frame.recorder.escapes.add(keyOf({ rule, unit: frame.fn.home.index, ...span }));
  const related = known.ended === null ? [known.found] : [known.found, known.ended];
  frame.report(rule, span, message, related, state, isSure ? 'proved' : 'possible');
}

/** The callee lets entries escape: what this function holds around the call may keep them, or what its callers hold. */
export function inheritEscapes(frame: Frame, state: State, escapes: ReadonlySet<string>): void {
  if (escapes.size === 0) return;
  let isHeld = state.opaque;
  for (const s of state.locks.values()) isHeld ||= s.held;
  for (const key of escapes) (isHeld ? frame.context.excused : frame.recorder.escapes).add(key);
}

/** A variable of C says so. What is only a `void *` may be no pointer at all, but a number or a mark. */
function isStructPointer(frame: Frame, state: State, value: Value): boolean {
  const { program } = frame.context;
  if (frame.fn.home.language !== 'c') return false;
  for (const [variable, held] of state.env) {
    const type = held === value ? program.variable(variable)?.type : undefined;
    if (type !== undefined && type.pointers > 0 && type.name !== 'void') return true;
  }
  return false;
}

/** The entry that a function returns while what keeps it is still held: its callers have to keep that up. */
export function returnedEntry(state: State, value: Value | null): EntryState | null {
  const known = value === null ? undefined : state.entries.get(value);
  return known?.status === 'callers' || known?.status === 'guarded' ? known : null;
}

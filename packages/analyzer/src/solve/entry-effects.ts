import type { EntryState } from '../domain/entries.ts';
import { entryAround, factAbout, type State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Expr, TypeName } from '../ir/ir.ts';
import type { Span } from '../ir/source.ts';
import { mentionsIn, walkExpression } from '../ir/walk.ts';
import type { Fn } from '../link/program.ts';
import {
  escapedMessage,
  type EntryUse,
  outlivedMessage,
  unguardedMessage,
} from '../rules/no-entry-escape.ts';
import { holdsLock } from './entry-keepers.ts';
import { type EvaluateAt, evaluate } from './evaluate.ts';
import { sourceBy, sourceOf } from './found-entries.ts';
import type { Frame } from './frame.ts';
import { heldLocks } from './hold.ts';
import { refusesTheDead, soundsDisowning, soundsPinning } from './intent.ts';
import { lockedAround } from './leaks.ts';
import { lockKind } from './lock-shape.ts';
import { keyOf } from './recorder.ts';
import { isOpaque } from './unseen-takers.ts';

/** An entry was taken out of a tree. */
export function noteErased(frame: Frame, state: State, tree: Value, site: number): void {
  const source = sourceOf(frame, tree);
  if (source === undefined) return;
  const under = heldLocks(state).map(([lock]) => lockKind(frame, lock));
  frame.context.erased.set(site, { source, under });
  frame.recorder.erases.add(source);
}

/** The evidence that entries are freed which were taken out of their tree, under the lock of a tree or one of a kind. */
function freedUnder(source: string | undefined, kind: string | undefined): string {
  return kind === undefined ? `freed ${source}` : `freed ${source} under ${kind}`;
}

/** The function changes a tree: what it has found under the lock may be its own from here on. */
export function takeEntries(state: State): void {
  for (const [entry, s] of state.entries)
    if (s.hangsOn === 'freed' && s.status !== 'loose')
      state.entries.set(entry, { ...kept(s), isTaken: true });
}

/** Something may keep an entry that a lock did: who only finds it under what its callers hold leaves that to them. */
function kept(known: EntryState): EntryState {
  if (known.status !== 'callers') return { ...known, status: 'pinned' };
  const { keeper: _, hangsOn: __, ...rest } = known;
  return { ...rest, doubtful: true };
}

/** A read section has ended, or a lock was given back: what it kept is lost, unless another lock may keep it. */
export function endReadSection(frame: Frame, state: State, lock: Value, at: TraceStep): void {
  if (state.entries.size === 0) return;
  const isRcu = frame.context.table.isRcu(lock);
  for (const [entry, s] of state.entries) {
    if (s.status !== 'guarded' || (s.keeper === undefined ? !isRcu : s.keeper !== lock)) continue;
    // Given back and taken again, it has let others in between.
    const isBroken = s.keeper !== undefined && s.hangsOn !== 'freed';
    const status = !isBroken && holdsLock(frame, state) ? 'pinned' : 'loose';
    state.entries.set(entry, { ...s, status, ended: at });
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
  const { table, evidence } = frame.context;
  if (soundsDisowning(callee.text)) noteFreed(frame, state, values);
  if (state.entries.size === 0) return;
  for (const [position, value] of values.entries()) {
    if (value === undefined) continue;
    const entry = entryAround(state, frame.context.table, value);
    const known = entry === null ? undefined : state.entries.get(entry);
    if (entry === null || known === undefined || known.status === 'pinned') continue;
    if (known.status === 'loose' && isFollowed(frame, callee, position, entry !== value)) {
      report(frame, state, entry, 'used', callee.span);
      continue;
    }
    if (callee.acquires || (!callee.isApi && soundsPinning(callee.text))) {
      if (refusesTheDead(callee.text))
        for (const source of [known.source, sourceBy(frame, known.api)]) evidence.add(`pinned ${source}`);
      state.entries.set(entry, { ...known, status: 'pinned' });
    } else if (!callee.isApi && table.node(value).kind !== 'const') {
      state.entries.set(entry, known.hangsOn === 'freed' ? kept(known) : { ...known, doubtful: true });
    }
  }
}

/** What the function has taken out of a tree it frees: whoever has looked it up before may still look at it. */
function noteFreed(frame: Frame, state: State, values: readonly (Value | undefined)[]): void {
  const { table, erased, found, evidence } = frame.context;
  for (const value of values) {
    if (value === undefined) continue;
    const node = table.node(value);
    const born = node.kind === 'old' ? table.node(node.of) : node;
    const known = state.entries.get(value);
    if (born.kind !== 'fresh') continue;
    const taken = erased.get(born.site);
    const here = found.get(born.site);
    const source =
      taken?.source ??
      (known?.isTaken ? known.source : undefined) ??
      (here !== undefined && frame.recorder.erases.has(here) ? here : undefined);
    if (source === undefined) continue;
    evidence.add(freedUnder(source, undefined));
    for (const kind of taken?.under ?? []) evidence.add(freedUnder(source, kind));
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
function followsParameter({ context }: Frame, fn: Fn, position: number): boolean {
  const parameter = fn.ir.params[position];
  if (parameter === undefined) return false;
  const entry = context.table.entry(fn.home.variableBase + parameter);
  return context.summary(fn.index)?.follows.includes(entry) === true;
}

/** The parameters of C that a function goes through as pointers, on whatever path. Cost: linear in the function. */
export function followedParameters({ fn, context }: Frame): Value[] {
  if (fn.home.language !== 'c' || fn.ir.params.length === 0) return [];
  const followed = new Set<number>();
  mentionsIn(fn.ir, (e) => {
    const isStep = e.op === 'field' || e.op === 'deref' || e.op === 'index' || e.op === 'addr-field';
    if (isStep && e.base.op === 'var') followed.add(e.base.id);
    return false;
  });
  return fn.ir.params
    .filter((parameter) => followed.has(parameter))
    .map((parameter) => context.table.entry(fn.home.variableBase + parameter));
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
  if (state.entries.size === 0) return;
  if (written !== null) keepWritten(frame, state, evaluate(written, state, at));
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
  const entry = entryAround(state, frame.context.table, value);
  if (entry === null) return;
  // Who is handed a part of it goes there.
  const known = state.entries.get(entry);
  const use = entry === value && !known?.isPart ? 'returned' : 'used';
  if (use === 'used' || known?.ended !== null) report(frame, state, entry, use, span);
}

/** What is written to under the lock may be a mark that keeps it: `entry->busy = true`. */
function keepWritten(frame: Frame, state: State, object: Value): void {
  const entry = entryAround(state, frame.context.table, object);
  const known = entry === null ? undefined : state.entries.get(entry);
  if (entry !== null && known?.hangsOn === 'freed' && known.status !== 'loose')
    state.entries.set(entry, kept(known));
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
  // `if (xa_load(xa, id) != dev) return;`: it is what the callers had already.
  if (frame.isExpressible(value)) return;
  const { hangsOn } = known;
  if (hangsOn !== undefined && hangsOn !== 'pinned' && (use !== 'used' || holdsLock(frame, state))) return;
  // Whoever calls it through a table of operations may hold a lock of its own around all of them.
  if (hangsOn === 'freed' && frame.fn.ir.escapes) return;
  const name = frame.say(value, state);
  const message =
    known.ended === null
      ? unguardedMessage(name, known.api, use)
      : known.keeper === undefined
        ? escapedMessage(name, known.api, use)
        : outlivedMessage(name, known.api, use, frame.sayPlace(known.keeper, state));
  const isLost = known.keeper !== undefined || !holdsLock(frame, state);
  const isSure =
    !known.doubtful &&
    isLost &&
    hangsOn === undefined &&
    (use === 'used' || isStructPointer(frame, state, value, use));
  const rule = 'no-entry-escape';
  const key = keyOf({ rule, unit: frame.fn.home.index, ...span });
  const isOpen = hangsOn !== undefined && use === 'used';
  if (isSure || isOpen) frame.recorder.escapes.add(key);
  const related = known.ended === null ? [known.found] : [known.found, known.ended];
  frame.report(rule, span, message, related, state, isSure ? 'proved' : 'possible');
  if (isSure && frame.fn.ir.escapes) frame.recorder.doubtBy(key, lockedAround(frame));
  if (!isSure && isOpen && !state.imprecise && frame.fn.ir.whole) {
    const fact = hangsOn === 'freed' ? freedUnder(known.source, known.under) : `pinned ${known.source}`;
    frame.recorder.proveBy(key, { fact, isSaidElse: hangsOn === 'pinned' });
  }
}

/** The callee lets entries escape: what this function holds around the call may keep them, or what its callers hold. */
export function inheritEscapes(frame: Frame, state: State, escapes: ReadonlySet<string>): void {
  if (escapes.size === 0) return;
  let isHeld = isOpaque(state);
  for (const s of state.locks.values()) isHeld ||= s.held;
  for (const key of escapes) (isHeld ? frame.context.excused : frame.recorder.escapes).add(key);
}

/**
 * A variable of C says so, or the function that returns it. What is only a `void *` may be no pointer at all, but a number
 * or a mark.
 */
function isStructPointer({ context, fn }: Frame, state: State, value: Value, use: EntryUse): boolean {
  const { program } = context;
  if (fn.home.language !== 'c') return false;
  if (use === 'returned' && isPointerToStruct(fn.ir.result)) return true;
  for (const [variable, held] of state.env) {
    if (held === value && isPointerToStruct(program.variable(variable)?.type)) return true;
  }
  return false;
}

function isPointerToStruct(type: TypeName | undefined): boolean {
  return type !== undefined && type.pointers > 0 && type.name !== 'void';
}

/** The entry that a function returns while what keeps it is still held: its callers have to keep that up. */
export function returnedEntry(state: State, value: Value | null): EntryState | null {
  const known = value === null ? undefined : state.entries.get(value);
  if (known === undefined || (known.keeper !== undefined && known.status !== 'callers')) return null;
  // What the normal API found lives no longer than a section of the caller's.
  const isLent = known.status === 'loose' && known.ended === null;
  return known.status === 'callers' || known.status === 'guarded' || isLent ? known : null;
}

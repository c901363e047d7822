import { ANYTHING, differingFrom, meetFacts } from '../domain/facts.ts';
import { type CursorState, factAbout, type LockState, type State } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';
import type { LockChange, Outcome } from '../summaries/summary.ts';
import { fieldsOf, inCallersTerms, isOfCursor, partsOf } from './callers-terms.ts';
import { returnedEntry } from './entry-effects.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { guardAt } from './guards.ts';
import { soundsAcquiring } from './intent.ts';
import { joinOutcomes } from './outcome-joins.ts';
import { reservedOf } from './reservations.ts';
import { tellingOf, uncheckedOf } from './results.ts';

/** More written slots than this are not worth carrying to the callers. */
const MOST_STORES = 32;

const MOST_OUTCOMES = 8;

function changeOf(s: LockState): LockChange | null {
  if (s.entry === 'free') return s.held ? 'acquired' : null;
  if (!s.held) return 'released';
  return s.dropped ? 'retaken' : null;
}

/**
 * One outcome for each effect on locks and cursors, told apart by result and by the conditions that led to it as far
 * as there is room: `if (ret || !unlock) …` in a caller asks for just that.
 */
export function outcomesOf(frame: Frame, exits: readonly Exit[], leaked: ReadonlySet<Value>): Outcome[] {
  const intended = soundsAcquiring(frame.fn) || isSmall(frame);
  const said = exits.map((exit) => outcomeOf(frame, exit, leaked, intended || tellsOfLocks(exits, leaked)));
  const pointers = new Set<Value>();
  for (const o of said) for (const { lock } of o.locks) pointers.add(lock);
  const outcomes = said.map((o) => ({
    ...o,
    stored: o.stored.map((s) => ({ ...s, isLock: pointers.has(s.slot) })),
  }));
  const [first] = outcomes;
  const plain = outcomes.every(
    (o) =>
      o.locks.length === 0 &&
      o.guard === null &&
      o.disposed.length === 0 &&
      o.changes.length === first?.changes.length,
  );
  const telling = tellingConditions(outcomes);
  const keys = plain ? [effectKey] : [(o: Outcome) => pathKey(o, telling), resultKey, effectKey];
  for (const key of keys) {
    const grouped = new Map<string, Outcome>();
    for (const outcome of outcomes) {
      const k = key(outcome);
      const known = grouped.get(k);
      grouped.set(k, known === undefined ? outcome : joinOutcomes(known, outcome));
    }
    if (grouped.size <= MOST_OUTCOMES || key === effectKey)
      return apartFromNamed([...grouped.values()].slice(0, MOST_OUTCOMES));
  }
  return [];
}

/**
 * An errno that the function returns by its name, where it did something else to the locks than on its other ways out,
 * tells the callers just that: what it passes on from elsewhere is taken to be another.
 */
function apartFromNamed(outcomes: readonly Outcome[]): Outcome[] {
  const named = outcomes.flatMap((o) => {
    const [only, ...others] = o.fact.only ?? [];
    return typeof only === 'number' && only < 0 && others.length === 0
      ? [{ only, effect: effectKey(o) }]
      : [];
  });
  return outcomes.map((o) => {
    if (o.fact.only !== undefined || o.fact.low === 0 || o.fact.high === 0) return o;
    const not = named.filter((n) => n.effect !== effectKey(o)).map((n) => n.only);
    return not.length === 0 ? o : { ...o, fact: meetFacts(o.fact, differingFrom(ANYTHING, not)) ?? o.fact };
  });
}

function effectKey(o: Outcome): string {
  return [
    ...o.locks.map((l) => `${l.lock}${l.change}${l.mode}`).sort(),
    '|',
    ...o.reserved.map((r) => `${r.cursor}r${r.reservation.kind}`).sort(),
    ...o.unchecked.map((u) => `?${u.cursor}`).sort(),
    ...o.cursors
      .map((c) => `${c.cursor}${c.state.status}${c.state.fromEntry ? 'e' : ''}${c.state.state ?? ''}`)
      .sort(),
    o.guard === null ? '' : `g${o.guard.lock}`,
    ...o.disposed.map((v) => `d${v}`).sort(),
  ].join();
}

function resultKey(o: Outcome): string {
  const { truthy, low, high } = o.fact;
  const fields = o.fields.map((f) => `${f.name}${f.fact.truthy}`).join();
  const changes = o.changes.map(({ tree, cursor }) => `${tree}/${cursor}`).sort();
  return `${effectKey(o)}~${changes.join()}=${truthy}${high < 0 ? '-' : low >= 0 ? '+' : ''}${o.fact.only?.join() ?? ''}{${fields}}`;
}

function pathKey(o: Outcome, telling: ReadonlySet<Value>): string {
  const conditions = o.when
    .filter((c) => telling.has(c.value) && c.fact.truthy !== undefined)
    .map((c) => `${c.value}${c.fact.truthy}`);
  return `${resultKey(o)}?${conditions.sort().join()}`;
}

/** Conditions of which the one answer goes with other effects than the other. */
function tellingConditions(outcomes: readonly Outcome[]): Set<Value> {
  const effects = new Map<Value, { yes: Set<string>; no: Set<string> }>();
  for (const outcome of outcomes) {
    for (const { value, fact } of outcome.when) {
      if (fact.truthy === undefined) continue;
      let seen = effects.get(value);
      if (seen === undefined) effects.set(value, (seen = { yes: new Set(), no: new Set() }));
      (fact.truthy ? seen.yes : seen.no).add(effectKey(outcome));
    }
  }
  const telling = new Set<Value>();
  for (const [value, { yes, no }] of effects) {
    if (yes.size > 0 && no.size > 0 && [...yes].some((e) => !no.has(e))) telling.add(value);
  }
  return telling;
}

/** Some of its ways out come with a lock and others without, and that is meant: its callers can tell by the result. */
function tellsOfLocks(exits: readonly Exit[], leaked: ReadonlySet<Value>): boolean {
  const isTaken = (exit: Exit): boolean =>
    [...exit.state.locks].some(([lock, s]) => s.held && s.entry === 'free' && !leaked.has(lock));
  const returns = exits.filter((e) => e.kind === 'return');
  return returns.some(isTaken) && !returns.every(isTaken);
}

function outcomeOf(frame: Frame, exit: Exit, leaked: ReadonlySet<Value>, intended: boolean): Outcome {
  const { state, value } = exit;
  const { table } = frame.context;
  const guard = value === null ? null : guardAt(frame, state, value);
  const locks: Outcome['locks'][number][] = [];
  for (const [own, s] of state.locks) {
    const change = changeOf(s);
    const lock = change === null || leaked.has(own) ? null : inCallersTerms(frame, exit, own);
    if (change !== null && lock !== null) {
      const meant = intended || guard?.lock === own || isOfCursor(frame, exit, own);
      const { mode, at, atomic = false } = s;
      const isGiven = frame.fn.home.language === 'typescript' && change === 'acquired' && s.doubtful;
      locks.push({
        lock,
        change,
        mode,
        at,
        atomic,
        intended: meant,
        ...(isGiven && { entrusted: true }),
      });
    }
  }
  const cursors: Outcome['cursors'][number][] = [];
  for (const [own, s] of state.cursors) {
    const cursor = own === value ? table.result : own;
    if (s.status !== 'entry' && frame.isExpressible(cursor))
      cursors.push({ cursor, state: inResultsTerms(table, s, value) });
  }
  const trees: Outcome['trees'][number][] = [];
  for (const [own, t] of state.trees) {
    const tree = own === value ? table.result : own;
    if (frame.isExpressible(tree) && (t.lock === null || frame.isExpressible(t.lock)))
      trees.push({ tree, state: t });
  }
  // Two calls of one function hand out two releasers, though their code is one.
  const isNamed = value !== null && guard === null && frame.isExpressible(value);
  return {
    entry: returnedEntry(state, value),
    when: frame.conditions(state),
    result: isNamed ? value : null,
    resultSlot: value === null ? null : slotWith(frame, state, value),
    fact: value === null ? factAbout(state, table, table.null) : factAbout(state, table, value),
    fields: value === null ? [] : fieldsOf(frame, state, value),
    guard,
    disposed: [...state.disposed].filter((v) => frame.isExpressible(v)),
    locks,
    cursors,
    unchecked: uncheckedOf(frame, state),
    reserved: reservedOf(frame, state, value),
    tells: value === null ? null : tellingOf(frame, state, value),
    changes: [...state.changed].flatMap((key) => frame.recorder.changes.get(key) ?? []),
    trees,
    assigned: assignedOuter(frame, state),
    stored: storedOuter(frame, state),
  };
}

/** Of what tells of a cursor's state the callers see no more than the result. */
function inResultsTerms(table: ValueTable, s: CursorState, result: Value | null): CursorState {
  if (s.tests === undefined) return s;
  const { tests: all, ...rest } = s;
  const tests = all.filter((t) => t.value === result).map((t) => ({ ...t, value: table.result }));
  return tests.length === 0 ? rest : { ...rest, tests };
}

/** The place, which callers can name, that holds a value: where it was put, or where it was read. */
function slotWith(frame: Frame, state: State, value: Value): Value | null {
  const { table } = frame.context;
  for (const [slot, content] of state.memory) {
    const { kind } = table.node(slot);
    if (content === value && (kind === 'field' || kind === 'index') && frame.isExpressible(slot)) return slot;
  }
  return table.node(value).kind === 'field' && frame.isExpressible(value) ? value : null;
}

/** Variables of enclosing functions that this one assigned. */
function assignedOuter(frame: Frame, state: State): Outcome['assigned'] {
  const result: { variable: number; value: Value | null }[] = [];
  const { program, table } = frame.context;
  for (const [variable, value] of state.env) {
    const owner = program.ownerOf(variable);
    if (owner === undefined || owner.index === frame.fn.index || value === table.entry(variable)) continue;
    const node = table.node(value);
    if (node.kind === 'function' && frame.held.get(variable) === value) continue;
    result.push({ variable, value: frame.isExpressible(value) ? value : null });
  }
  return result;
}

function storedOuter(frame: Frame, state: State): Outcome['stored'] {
  const result: Outcome['stored'][number][] = [];
  for (const [slot, value] of state.memory) {
    if (slot === value || result.length >= MOST_STORES) continue;
    if (!frame.isExpressible(slot) || frame.entry.memory.get(slot) === value) continue;
    const parts = partsOf(frame, state, value);
    const isNamed = parts.guard === null && frame.isExpressible(value);
    const fact = factAbout(state, frame.context.table, value);
    result.push({ slot, value: isNamed ? value : null, isLock: false, parts, fact });
  }
  return result;
}

/** A function of a few instructions, of which one takes the lock, is a wrapper of it. */
function isSmall(frame: Frame): boolean {
  let calls = 0;
  for (const block of frame.fn.ir.blocks) for (const i of block.instrs) if (i.kind === 'call') calls++;
  return calls <= 2;
}

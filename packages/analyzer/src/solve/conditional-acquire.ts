import { type Fact, FALSY, joinFacts, meetFacts, NONNEGATIVE } from '../domain/facts.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import { NO_PARTS, type Outcome } from '../summaries/summary.ts';
import { fieldsOf } from './callers-terms.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { joinFields } from './outcome-joins.ts';

/** True if the other paths each hold another lock that the function took: it takes one of several for its caller. */
export function areAlternatives(holding: readonly Exit[], others: readonly Exit[]): boolean {
  const taken = (e: Exit): Value[] =>
    [...e.state.locks].filter(([, s]) => s.held && s.entry === 'free').map(([lock]) => lock);
  const here = new Set(holding.flatMap(taken));
  return others.every((e) => taken(e).some((lock) => !here.has(lock)));
}

/**
 * True if what the paths that hold the lock hand out excludes what the others do, and reads as success. Each of the
 * others may be told apart in its own way: NULL on the one, a flag on the next.
 */
export function isConditionalAcquire(
  frame: Frame,
  holding: readonly Exit[],
  others: readonly Exit[],
): boolean {
  return others.every((other) => isToldApart(frame, holding, [other]));
}

function isToldApart(frame: Frame, holding: readonly Exit[], others: readonly Exit[]): boolean {
  const fact = (e: Exit): Fact =>
    factAbout(e.state, frame.context.table, e.value ?? frame.context.table.null);
  const taken = holding.map(fact).reduce(joinFacts);
  const missed = others.map(fact).reduce(joinFacts);
  if (missed.high < 0) return meetFacts(taken, NONNEGATIVE) !== null;
  // A pointer of C that a call returned, against NULL.
  const pointer =
    holding.every((e) => isUnknownResult(frame, e)) &&
    others.every((e) => e.value === frame.context.table.null);
  if (pointer && frame.fn.home.language === 'c') return true;
  if (meetFacts(taken, missed) !== null) return areToldByField(frame, holding, others);
  // 0 or more against a negative errno; otherwise something against nothing.
  if (taken.high < 0) return false;
  if (taken.only !== undefined && missed.only !== undefined) return true;
  return taken.truthy === true && meetFacts(missed, FALSY) !== null;
}

/**
 * The paths are told apart by something else that the function hands out: a field of the object that it returns
 * (`{ ok: true }`), or a flag that it was given the address of.
 */
export function areToldByField(frame: Frame, holding: readonly Exit[], others: readonly Exit[]): boolean {
  const fields = (e: Exit): Outcome['fields'] => {
    const own = e.value === null ? [] : fieldsOf(frame, e.state, e.value);
    return [...own, ...flagsOf(frame, e.state)];
  };
  const taken = holding.map(fields).reduce(joinFields);
  const missed = others.map(fields).reduce(joinFields);
  return taken.some((x) => missed.some((y) => y.name === x.name && meetFacts(x.fact, y.fact) === null));
}

/** What lies at the addresses that the function was given, by the number of the slot. */
function flagsOf(frame: Frame, state: State): Outcome['fields'] {
  const { table } = frame.context;
  const result: Outcome['fields'][number][] = [];
  for (const [slot, value] of state.memory) {
    if (table.node(slot).kind !== 'deref' || !frame.isExpressible(slot)) continue;
    result.push({ name: `*${slot}`, value: null, fact: factAbout(state, table, value), ...NO_PARTS });
  }
  return result;
}

function isUnknownResult(frame: Frame, exit: Exit): boolean {
  if (exit.value === null || frame.context.table.node(exit.value).kind === 'const') return false;
  return factAbout(exit.state, frame.context.table, exit.value).truthy === undefined;
}

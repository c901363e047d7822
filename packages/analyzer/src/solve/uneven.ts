import {
  type Fact,
  FALSY,
  joinFacts,
  meetFacts,
  NONNEGATIVE,
  sameFact,
  saysNothing,
  TRUTHY,
} from '../domain/facts.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { HeldRequirement } from '../summaries/summary.ts';
import { areToldByField } from './conditional-acquire.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { isAbsent, mayBeOthers } from './hold.ts';
import { isVague } from './lock-shape.ts';
import { asksToUnlock, soundsTelling } from './intent.ts';

/**
 * Locks that the function gives back without having taken them, on some of its paths, while on others it leaves them, and
 * neither what it was given nor what it returns tells which: whoever calls it, with the lock or without, is wrong about
 * one of the two.
 */
export function findUneven(frame: Frame, exits: readonly Exit[], need: HeldRequirement): TraceStep | null {
  const { taken, doubts } = frame.recorder;
  const { lock } = need;
  if (need.declared || need.certainty !== 'proved' || taken.has(lock) || doubts.has(lock)) return null;
  if (isVague(frame, lock)) return null;
  const returns = exits.filter((e) => e.kind === 'return' && !e.state.imprecise);
  const left = returns.filter((e) => isGivenBack(e.state, lock));
  for (const kept of returns) {
    if (!isUntouched(frame, kept.state, lock)) continue;
    const alike = left.filter((l) => !isTold(frame, l, kept) && !isTold(frame, kept, l));
    if (isOtherCall(frame, alike, kept)) continue;
    const name = frame.sayPlace(lock);
    return frame.step('exit', kept.span, `${frame.fn.ir.name}() returns without giving ${name} back`);
  }
  return null;
}

function isGivenBack(state: State, lock: Value): boolean {
  const s = state.locks.get(lock);
  return s !== undefined && !s.held && s.entry === 'held' && !s.doubtful;
}

function isUntouched(frame: Frame, state: State, lock: Value): boolean {
  return !state.locks.has(lock) && !isAbsent(frame, state, lock) && !mayBeOthers(frame, state, lock);
}

/** What the one path returns, or leaves where the caller can see it, sets it apart from the other. */
function isTold(frame: Frame, one: Exit, other: Exit): boolean {
  const { table } = frame.context;
  const fact = (e: Exit): Fact => factAbout(e.state, table, e.value ?? table.null);
  if (one.value !== null && other.value !== null) {
    const [x, y] = [fact(one), fact(other)];
    // By which errno it failed is no way to tell.
    const areErrors = x.high < 0 && y.high < 0;
    if (!areErrors && meetFacts(x, y) === null) return true;
    if (x.high < 0 && meetFacts(y, NONNEGATIVE) !== null) return true;
    if (x.truthy === false && meetFacts(y, TRUTHY) !== null) return true;
    if (x.truthy === true && !areErrors && meetFacts(y, FALSY) !== null) return true;
  }
  return areToldByField(frame, [one], [other]) || setsFlag(frame, one.state);
}

/** It writes to something of the caller's that speaks of locks, by its name. */
function setsFlag(frame: Frame, state: State): boolean {
  const { table } = frame.context;
  return [...state.memory.keys()].some((slot) => {
    const node = table.node(slot);
    const name = node.kind === 'field' ? node.name : '';
    return (node.kind === 'deref' || soundsTelling(name) || asksToUnlock(name)) && frame.isExpressible(slot);
  });
}

/** The caller knows by something else that the lock is given back: by what every path that does so has looked at. */
function isOtherCall(frame: Frame, alike: readonly Exit[], kept: Exit): boolean {
  const { table } = frame.context;
  const [first, ...rest] = alike;
  if (first === undefined) return true;
  for (const [value, fact] of first.state.facts) {
    if (!frame.isExpressible(value)) continue;
    const joined = rest.reduce((f, e) => joinFacts(f, factAbout(e.state, table, value)), fact);
    const here = factAbout(kept.state, table, value);
    if (!saysNothing(joined) && !sameFact(joinFacts(joined, here), joined)) return true;
  }
  // A field of the caller's that holds nothing any more may say that the lock went with what was there.
  const isEmpty = (e: Exit, slot: Value): boolean =>
    factAbout(e.state, table, e.state.memory.get(slot) ?? slot).truthy === false;
  return alike
    .flatMap((e) => [...e.state.memory.keys()])
    .some(
      (slot) => frame.isExpressible(slot) && alike.every((e) => isEmpty(e, slot)) && !isEmpty(kept, slot),
    );
}

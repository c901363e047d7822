import type { FunctionContract } from '@maplelock/core';
import type { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Span } from '../ir/source.ts';
import type { Certainty } from '../report/finding.ts';
import {
  externalOnInternalMessage,
  givenInternalMessage,
  internalOnExternalMessage,
  type LockUse,
} from '../rules/no-mixed-locks.ts';
import type { LockUseRequirement } from '../summaries/summary.ts';
import { shownAt } from './access.ts';
import type { Frame } from './frame.ts';

interface UseOfLock {
  readonly tree: Value;
  readonly use: LockUse;
  /** The lock that is bound, for `binds`. */
  readonly lock: Value | null;
  readonly api: string;
  readonly innerApi: string;
  readonly span: Span;
  /** Steps inside the call, if it is a helper that does it. */
  readonly inside: readonly TraceStep[];
  readonly certainty: Certainty;
  readonly ofCallback: boolean;
}

/** Checks what a call of the API does with a tree's own lock against the lock that the tree has. */
export function checkOwnLocks(
  frame: Frame,
  state: State,
  row: FunctionContract,
  at: (path: string) => Value,
  by: { readonly span: Span; readonly api: string },
): void {
  const check = (tree: Value, use: LockUse, lock: Value | null): void =>
    checkOwnLock(frame, state, {
      tree,
      use,
      lock,
      api: by.api,
      innerApi: by.api,
      span: by.span,
      inside: [],
      certainty: 'proved',
      ofCallback: false,
    });
  for (const [effects, use] of [
    [row.heedsExternal ? [] : (row.takes ?? []), 'takes-itself'],
    [row.acquires ?? [], 'takes'],
  ] as const) {
    for (const effect of effects) {
      const tree = frame.treeOfLock(frame.lock(effect.lock, at, state));
      if (tree !== null) check(tree, use, null);
    }
  }
  if (row.tree?.lock !== undefined && row.tree.flags === undefined)
    check(at(row.tree.at), 'binds', at(row.tree.lock));
}

/**
 * The internal lock of a tree that has an external one is given back, and was never taken: the other was meant. False
 * where that is not known.
 */
export function givesOtherLock(
  frame: Frame,
  state: State,
  lock: Value,
  by: { readonly span: Span; readonly api: string },
): boolean {
  const tree = state.locks.has(lock) ? null : frame.treeOfLock(lock);
  if (tree === null) return false;
  const known = frame.locksOf(tree, state);
  if (known.mode !== 'external' || known.locks.includes(lock) || known.doubtful === true) return false;
  const [external = null] = known.locks;
  const what = { use: 'gives', lock: null, innerApi: by.api, inside: [], ofCallback: false } as const;
  reportMixed(
    frame,
    state,
    { ...what, ...by, tree, certainty: 'proved' },
    external,
    known.at ?? null,
    'proved',
  );
  return true;
}

/** The same for what a helper does with the own locks of its caller's trees. */
export function checkOwnLockNeed(
  frame: Frame,
  state: State,
  need: LockUseRequirement,
  here: (v: Value) => Value,
  call: { readonly span: Span; readonly api: string; readonly ofCallback: boolean },
): void {
  checkOwnLock(frame, state, {
    tree: here(need.tree),
    use: need.use,
    lock: need.lock === null ? null : here(need.lock),
    api: call.api,
    innerApi: need.api,
    span: call.span,
    inside: need.steps,
    certainty: need.certainty,
    ofCallback: call.ofCallback,
  });
}

function checkOwnLock(frame: Frame, state: State, what: UseOfLock): void {
  const { trees } = frame.context;
  const { tree, use } = what;
  const local = state.trees.get(tree);
  // A tree that nobody else sees needs no lock, and may be told so; one that was made for an external lock has no other.
  if (local?.mode === 'private') return;
  if (use === 'binds') {
    const flags = trees.flagsOf(tree, state);
    if (flags === 'internal') reportMixed(frame, state, what, what.lock, null, 'proved');
    else if (flags === 'unknown') require(frame, state, what);
    return;
  }
  const known =
    local?.mode === 'external'
      ? { mode: local.mode, locks: local.lock === null ? [] : [local.lock], at: local.at, doubtful: false }
      : frame.locksOf(tree, state);
  if (known.mode === 'external') {
    reportMixed(
      frame,
      state,
      what,
      known.locks[0] ?? null,
      known.at ?? null,
      known.doubtful ? 'possible' : 'proved',
    );
  } else if (known.mode === 'unknown') require(frame, state, what);
}

/** How the tree is locked is not known here: its owner, up the calls, may know. */
function require(frame: Frame, state: State, what: UseOfLock): void {
  if (!frame.isExpressible(what.tree)) return;
  const lock = what.lock !== null && frame.isExpressible(what.lock) ? what.lock : null;
  const verb = what.use === 'binds' ? 'binds a lock to' : 'takes the internal lock of';
  const step =
    what.inside.length > 0
      ? { ...frame.step('call', what.span, `calls ${what.api}()`), ofCallback: what.ofCallback }
      : frame.step('acquire', what.span, `${what.api}() ${verb} ${frame.sayPlace(what.tree, state)}`);
  frame.recorder.need(frame.recorder.lockUses, `${what.tree}${what.use}`, {
    tree: what.tree,
    use: what.use,
    lock,
    when: frame.conditions(state),
    steps: [step, ...what.inside],
    certainty: state.imprecise ? 'possible' : what.certainty,
    api: what.innerApi,
  });
}

function reportMixed(
  frame: Frame,
  state: State,
  what: UseOfLock,
  lock: Value | null,
  bound: TraceStep | null,
  certainty: Certainty,
): void {
  const steps = what.ofCallback
    ? [{ ...frame.step('call', what.span, `calls ${what.api}()`), ofCallback: true }, ...what.inside]
    : what.inside;
  const shown = shownAt(frame, what.span, steps);
  const last = shown.inside.at(-1);
  const said = {
    api: shown.span === what.span ? what.api : what.innerApi,
    tree: frame.sayPlace(what.tree, state),
    lock: lock === null ? null : frame.sayPlace(lock, state),
  };
  const message =
    what.use === 'binds'
      ? externalOnInternalMessage(said)
      : what.use === 'gives'
        ? givenInternalMessage(said)
        : internalOnExternalMessage(said, what.use === 'takes-itself');
  const related = [...(bound === null ? [] : [bound]), ...(last === undefined ? [] : [last])];
  const unsure = certainty === 'possible' || what.certainty === 'possible';
  frame.report('no-mixed-locks', shown.span, message, related, state, unsure ? 'possible' : 'proved');
}

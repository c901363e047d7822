import { meetFacts } from '../domain/facts.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { Value, ValueNode } from '../domain/values.ts';
import { excludedMessage, relockMessage, takesItselfMessage } from '../rules/no-relock.ts';
import { overtakenMessage, staleMessage, staleThroughHelperMessage } from '../rules/no-stale-state.ts';
import { helperUnlocksMessage } from '../rules/require-unlock.ts';
import type { Fn } from '../link/program.ts';
import type { Condition, Outcome, Summary } from '../summaries/summary.ts';
import { checkAccess, shownAt } from './access.ts';
import type { CallInstr } from './api-call.ts';
import { checkAsserted } from './asserted.ts';
import { assume } from './assume.ts';
import { checkCursorState } from './cursor-states.ts';
import type { Frame } from './frame.ts';
import {
  cannotBeHeld,
  freedLocks,
  heldLocks,
  mayBeOthers,
  mayBeTakenUnseen,
  noteUnseenLocker,
  mayRecur,
} from './hold.ts';
import { isVague } from './lock-shape.ts';
import { soundsReleasing, tellsByFlag } from './intent.ts';
import { checkOwnLockNeed } from './mixed-locks.ts';
import { blameMethod } from './private-needs.ts';
import { checkSleepNeed } from './sleep.ts';
import { checkRcuReader } from './rcu-readers.ts';

/** False if a condition on the entry cannot hold in this state. */
export function possible(
  frame: Frame,
  state: State,
  when: readonly Condition[],
  here: (v: Value) => Value,
): boolean {
  const { table } = frame.context;
  return when.every((c) => {
    const value = here(c.value);
    return (
      meetFacts(factAbout(state, table, value), c.fact) !== null &&
      !contradicts(frame, state, value, c.fact.truthy)
    );
  });
}

/** Conditions are expressions of the callee: in the caller they may be decided by what is known of their parts. */
function contradicts(frame: Frame, state: State, value: Value, truthy: boolean | undefined): boolean {
  if (truthy === undefined) return false;
  const kind = frame.context.table.node(value).kind;
  if (kind !== 'unary' && kind !== 'binary' && kind !== 'pure') return false;
  return !assume(state.clone(), frame.context.table, value, truthy);
}

/** The function returns a negative errno. */
function fails({ context: { table } }: Frame, { result, fact }: Outcome): boolean {
  const node = result === null ? undefined : table.node(result);
  if (node?.kind === 'const') return typeof node.value === 'number' && node.value < 0;
  return fact.high < 0;
}

/**
 * The need hangs on what lies behind a pointer that cannot be followed, or in a structure of this function that somebody
 * else has filled in: a flag, as a rule, that says whether the caller holds the lock.
 */
function hangsOnUnseen(
  frame: Frame,
  state: State,
  when: readonly Condition[],
  here: (v: Value) => Value,
): boolean {
  const { table, program } = frame.context;
  const isUnseen = (n: ValueNode): boolean => {
    if (n.kind !== 'field') return n.kind === 'deref';
    const root = table.node(table.root(n.base));
    return root.kind === 'addrVar' && program.ownerOf(root.variable) === frame.fn;
  };
  // A flag is held against a constant: two values that the program reads somewhere say nothing about locks.
  const isOfTwo = (v: Value): boolean => {
    const node = table.node(v);
    return node.kind === 'binary' && [node.left, node.right].every((x) => table.node(x).kind !== 'const');
  };
  return when.some((c) => {
    const value = here(c.value);
    return (
      !isOfTwo(value) &&
      table.mentions(value, isUnseen) &&
      factAbout(state, table, value).truthy === undefined &&
      !frame.isExpressible(value)
    );
  });
}

export function checkNeeds(
  frame: Frame,
  state: State,
  call: CallInstr,
  callee: Fn,
  summary: Summary,
  here: (v: Value) => Value,
  ofCallback: boolean,
): void {
  const span = call.span;
  const name = call.text;
  const isDue = (when: readonly Condition[], about?: Value): boolean =>
    possible(frame, state, when, here) &&
    (about === undefined || !frame.context.table.isBehindNull(here(about)));
  const callStep = { ...frame.step('call', span, `calls ${name}()`), ofCallback };
  for (const need of summary.access) {
    if (!isDue(need.when, need.tree) || blameMethod(frame, state, call, callee, need, here)) continue;
    frame.follow(need.steps, ofCallback);
    checkAccess(frame, state, {
      tree: here(need.tree),
      access: need.access,
      api: name,
      innerApi: need.api,
      span,
      inside: need.steps,
      heldInside: need.held.map((h) => ({ ...h, lock: here(h.lock) })),
      freedInside: need.freed.map((h) => ({ ...h, lock: here(h.lock) })),
      given: need.given && here(need.tree) === treeSlotHere(frame, need.tree, here),
      certainty: hangsOnUnseen(frame, state, need.when, here) ? 'possible' : need.certainty,
      ofCallback,
      ...(need.said && { said: need.said }),
      afterAwait: need.afterAwait,
      detached: need.afterAwait && !frame.waits,
    });
  }
  for (const need of summary.rcuReaders) {
    if (isDue(need.when, need.tree)) checkRcuReader(frame, state, need, callStep, name, here);
  }
  for (const need of summary.free) {
    if (!isDue(need.when, need.lock)) continue;
    if (need.afterAwait && !(ofCallback ? frame.waits : frame.awaits(call.to))) continue;
    frame.follow(need.steps, ofCallback);
    const lock = here(need.lock);
    const known = state.locks.get(lock);
    const isUnsure = known?.doubtful === true || hangsOnUnseen(frame, state, need.when, here);
    const certainty = isUnsure ? 'possible' : need.certainty;
    // Where a helper takes it on some paths only, its flags tell whether the caller has it.
    const isDirect = need.steps.length === 1 && need.when.length === 0;
    const lockName = frame.sayPlace(lock, state);
    const inside = need.held.map((h) => ({ ...h, lock: here(h.lock) }));
    const freed = need.freed.map((h) => ({ ...h, lock: here(h.lock) }));
    // The helper gives the lock back before it, or what it calls, takes it.
    if (freed.some((h) => h.lock === lock)) continue;
    const shares = known?.mode === 'read' && need.mode === 'read' && (!isDirect || mayRecur(frame, known));
    const heldAt = known?.held && !shares ? known.at : inside.find((h) => h.lock === lock)?.at;
    if (heldAt !== undefined) {
      const shown = shownAt(frame, span, ofCallback ? [callStep, ...need.steps] : need.steps);
      const taker = shown.span === span && !frame.isInCallback ? name : need.api;
      const message = need.declared
        ? excludedMessage(need.api, lockName)
        : need.inside
          ? takesItselfMessage(taker, lockName)
          : relockMessage(taker, lockName, known?.mode ?? 'write', need.mode);
      frame.report('no-relock', shown.span, message, [heldAt, ...need.steps.slice(-1)], state, certainty);
    } else if (known === undefined && frame.isExpressible(lock)) {
      frame.recorder.need(frame.recorder.free, `${lock}${need.mode}`, {
        ...need,
        certainty,
        lock,
        held: [...inside, ...heldLocks(state).map(([l, s]) => ({ lock: l, at: s.at }))],
        freed: [...freed, ...freedLocks(state)],
        when: frame.conditions(state),
        steps: [callStep, ...need.steps],
      });
    }
  }
  const applicable = summary.outcomes.filter((o) => possible(frame, state, o.when, here));
  for (const need of summary.held) {
    if (!isDue(need.when, need.lock)) continue;
    frame.follow(need.steps, ofCallback);
    // Where the helper gives the lock back on some of its paths only, which of them is taken here is not known. One that
    // fails before it comes to that does not count: where it does not fail, it gives it back.
    const always = applicable.every(
      (o) => fails(frame, o) || o.locks.some((l) => l.lock === need.lock && l.change !== 'acquired'),
    );
    const needCertainty = always ? need.certainty : 'possible';
    const lock = here(need.lock);
    const known = state.locks.get(lock);
    const lockName = frame.sayPlace(lock, state);
    if (known?.held || known?.excess) {
      frame.context.provided.add(need.origin);
      continue;
    }
    if (
      known !== undefined ||
      (frame.isOwn(lock) && !mayBeTakenUnseen(frame, state, lock)) ||
      cannotBeHeld(frame, state, lock)
    ) {
      const related = [...(known === undefined ? [] : [known.at]), ...need.steps.slice(-1)];
      const unsure =
        known?.doubtful || isVague(frame, lock) || soundsReleasing(frame.fn) || tellsByFlag(frame.fn);
      const certainty = unsure ? 'possible' : needCertainty;
      if (unsure || certainty === 'proved') frame.context.provided.add(need.origin);
      frame.report('require-unlock', span, helperUnlocksMessage(name, lockName), related, state, certainty);
    } else if (frame.isExpressible(lock)) {
      frame.recorder.need(frame.recorder.held, `${lock}${need.mode}`, {
        ...need,
        lock,
        // What the callee says of its caller, the caller does not say of its own.
        declared: false,
        uneven: null,
        when: frame.conditions(state),
        certainty: mayBeOthers(frame, state, lock) ? 'possible' : needCertainty,
        steps: [callStep, ...need.steps],
      });
    } else {
      if (mayBeOthers(frame, state, lock)) frame.context.provided.add(need.origin);
      noteUnseenLocker(frame, state, lock);
    }
  }
  for (const need of summary.asserted) {
    if (!isDue(need.when, need.lock)) continue;
    frame.follow(need.steps, ofCallback);
    checkAsserted(frame, state, need, here, { span, api: name, ofCallback, step: callStep });
  }
  for (const need of summary.lockUses) {
    if (!isDue(need.when, need.tree)) continue;
    frame.follow(need.steps, ofCallback);
    checkOwnLockNeed(frame, state, need, here, { span, api: name, ofCallback });
  }
  for (const need of summary.sleeps) {
    if (!isDue(need.when)) continue;
    frame.follow(need.steps, ofCallback);
    checkSleepNeed(frame, state, need, here, { span, api: name, ofCallback }, summary.alwaysSleeps);
  }
  for (const need of summary.fresh) {
    if (!isDue(need.when, need.cursor)) continue;
    frame.follow(need.steps, ofCallback);
    const cursor = here(need.cursor);
    const known = state.cursors.get(cursor);
    const related = need.steps.slice(-1);
    if (need.drop === null) checkCursorState(frame, state, cursor, need.illegal, name, span);
    const cursorName = frame.sayPlace(cursor, state);
    const { advice } = frame.context.trees.kinds.of(cursor);
    if (need.drop !== null && known?.status === 'node') {
      frame.report(
        'no-stale-state',
        span,
        staleThroughHelperMessage(name, cursorName, advice),
        [need.drop, ...related],
        state,
      );
    } else if (need.drop === null && known?.status === 'stale' && known.at !== null && !known.fromEntry) {
      const message = known.overtaken
        ? overtakenMessage(name, cursorName, advice)
        : staleMessage(name, cursorName, advice);
      frame.report('no-stale-state', span, message, [known.at, ...related], state);
    } else if ((known === undefined || known.status === 'entry') && frame.isExpressible(cursor)) {
      frame.recorder.need(frame.recorder.fresh, `${cursor}`, {
        ...need,
        cursor,
        when: frame.conditions(state),
        steps: [callStep, ...need.steps],
      });
    }
  }
}

/** Where the tree of a need is the tree of a cursor: the slot that holds it, in the caller's terms. */
function treeSlotHere(frame: Frame, tree: Value, here: (v: Value) => Value): Value | null {
  const node = frame.context.table.node(tree);
  return node.kind === 'field' ? frame.context.table.field(here(node.base), node.name) : null;
}

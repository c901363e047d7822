import type { FunctionContract } from '@maplelock/core';
import { SYSTEM_CALL } from '../contracts/kernel-macros.ts';
import { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import type { Certainty } from '../report/finding.ts';
import { neverLockedMessage, unevenMessage, unmatchedUnlockMessage } from '../rules/require-unlock.ts';
import { staleMessage } from '../rules/no-stale-state.ts';
import type {
  AccessRequirement,
  FreshCursorRequirement,
  HeldRequirement,
  Leak,
  Summary,
} from '../summaries/summary.ts';
import { reportAssertedRoot } from './asserted.ts';
import { calledName, reportBareNeed } from './bare-needs.ts';
import { calledOutUnder } from './calling-out.ts';
import type { Context } from './context.ts';
import { Frame } from './frame.ts';
import { isTakenFirst } from './hold.ts';
import { lockKind, lockShape, narrowShape } from './lock-shape.ts';
import { arePaired, counterpartsOf, soundsAcquiring, soundsReleasing, soundsUnlocking } from './intent.ts';
import { isHeldBetweenMethods } from './kept-locks.ts';
import { isGivenBackAfterTests, isTakenBeforeTests } from './test-hooks.ts';
import { isOverride } from './overrides.ts';
import { contractOf, isMeantBy } from './own-api.ts';
import { leakFinding } from './leaks.ts';
import type { Recorder } from './recorder.ts';
import { reportRcuReader } from './rcu-readers.ts';
import { reportReservedRoot } from './reservations.ts';
import { reportUncheckedRoot } from './results.ts';
import { isAboutLocks, isAskedFor, isTold } from './told.ts';
import { isForThisFile, isFunctionsOwn, isStaticLock } from './unseen-callers.ts';
import type { WholeProgram } from './whole-program.ts';

/**
 * What a function needs and no caller in the program could provide is reported at the function itself. Where callers
 * outside of the program may well provide it, it is only `possible`.
 */
export class Roots {
  readonly #context: Context;
  readonly #whole: WholeProgram;

  constructor(context: Context, whole: WholeProgram) {
    this.#context = context;
    this.#whole = whole;
  }

  /** What is left to be said of a function. */
  finish(fn: Fn, summary: Summary, recorder: Recorder): void {
    const row = contractOf(fn);
    if (row !== undefined) {
      if (fn.home.language === 'c') this.#reportImplementation(fn, row, summary, recorder);
      return;
    }
    this.#reportLeaks(fn, summary, recorder);
    this.#reportLoneReleases(fn, summary, recorder);
    this.#reportUneven(fn, summary, recorder);
    if (this.#whole.isRoot(fn)) this.#reportRoot(fn, summary, recorder);
    else this.#reportUnclaimed(fn, summary, recorder);
  }

  /** A function of the API itself, held against its contract: it leaves the locks as it found them, unless that says else. */
  #reportImplementation(fn: Fn, row: FunctionContract, summary: Summary, recorder: Recorder): void {
    // Functions about locks are in the contracts for their callers' sake; the rows do not say all that they do.
    if (row.group === 'lock' && row.drops === undefined) return;
    const frame = this.#frame(fn, recorder);
    // A lock that it drops and takes again on some of its paths is for its callers to follow.
    const isOther = ({ lock }: { readonly lock: Value }): boolean =>
      row.drops === undefined || !isMeantBy(frame, lock, row.drops);
    if (row.acquires === undefined)
      for (const leak of [...summary.leaks, ...summary.kept])
        if (isOther(leak)) recorder.report(leakFinding(frame, leak), null, leak.path);
    if (row.releases === undefined && row.needs === undefined)
      for (const need of summary.held) if (isOther(need)) this.#reportHeld(frame, need, summary);
    if (row.takes !== undefined) for (const need of summary.access) this.#reportAccess(frame, need);
  }

  #frame(fn: Fn, recorder: Recorder): Frame {
    return new Frame(this.#context, fn, recorder, 0);
  }

  /** Reports locks that some path of a function forgets, unless its counterpart gives them back. */
  #reportLeaks(fn: Fn, summary: Summary, recorder: Recorder): void {
    const frame = this.#frame(fn, recorder);
    for (const leak of summary.leaks) {
      if (isGivenBackAfterTests(this.#whole, frame)) continue;
      const partners = this.#whole.partners('releasers', lockShape(frame, leak.lock));
      const ofKind = this.#whole.partners('releasersOfKind', lockKind(frame, leak.lock));
      if (ofKind.some((p) => arePaired(fn, p))) continue;
      const finding = leakFinding(frame, leak);
      const paired = this.#hasOtherHalf(leak, fn, partners, ofKind);
      recorder.report(paired ? { ...finding, certainty: 'possible' } : finding, null, leak.path);
    }
  }

  /** Reports unlocks of what was looked up, unless a function of the same file may have left it locked. */
  #reportLoneReleases(fn: Fn, summary: Summary, recorder: Recorder): void {
    for (const { kind, name, api, at, path } of summary.loneReleases) {
      const ofKind = this.#whole.partners('acquirersOfKind', kind);
      const unsure = soundsReleasing(fn) || !fn.ir.whole || ofKind.some((p) => p.home === fn.home);
      const { unit, start, end } = at;
      const message = neverLockedMessage(api, name);
      const certainty = unsure ? 'possible' : 'proved';
      const place = { unit, start, end, functionName: fn.ir.name, related: [] };
      recorder.report({ rule: 'require-unlock', message, certainty, ...place }, null, path);
    }
  }

  /** Reports locks that only some paths of a function give back, unless it is the other half of one that takes them so. */
  #reportUneven(fn: Fn, { held }: Summary, recorder: Recorder): void {
    if (isBareWrapper(fn)) return;
    const frame = this.#frame(fn, recorder);
    for (const need of held) {
      const { uneven, certainty, lock, steps } = need;
      if (uneven === null || certainty === 'possible' || isAskedFor(frame, need.when)) continue;
      const ofKind = this.#whole.partners('acquirersOfKind', lockKind(frame, lock));
      if (ofKind.some((p) => this.#isPaired(p, fn) || this.#areUsedTogether(p, fn))) continue;
      const [first] = steps as [TraceStep];
      const api = steps.length > 1 ? calledName(first) : need.api;
      const message = unevenMessage(api, frame.sayPlace(lock));
      frame.report('require-unlock', first, message, [uneven], new State());
    }
  }

  /** Its counterpart is there, but what that gives back cannot be seen. */
  #hasOtherHalf(leak: Leak, fn: Fn, partners: readonly Fn[], ofKind: readonly Fn[]): boolean {
    return (
      this.#isShared(leak.lock, partners, fn) ||
      // The object is in the hands of an operation that gives such a lock back.
      (leak.entrusted && ofKind.some((p) => p.ir.escapes)) ||
      (leak.succeeds && ofKind.some((p) => this.#areUsedTogether(fn, p))) ||
      counterpartsOf(fn).some((name) => this.#whole.hasName(name))
    );
  }

  /** Somebody calls both: the one function takes what the other gives back, by what only the object tells. */
  #areUsedTogether(fn: Fn, other: Fn): boolean {
    const callers = new Set(this.#whole.callersOf(fn));
    return fn !== other && this.#whole.callersOf(other).some((c) => callers.has(c));
  }

  /** A lock that a function leaves to its callers, or expects of them, while none of them ever handles such a lock. */
  #reportUnclaimed(fn: Fn, summary: Summary, recorder: Recorder): void {
    // One that takes the lock on its other paths is not there for the half of it.
    const isHalf = (lock: Value): boolean => isBareWrapper(fn) && !summary.taken.has(lock);
    const frame = this.#frame(fn, recorder);
    // Asked for only where it matters: what is asked for has to be as it was for a second run to keep what is said here.
    const someCaller = (does: (caller: Summary) => boolean): boolean =>
      this.#whole.callersOf(fn).some((index) => {
        const caller = this.#context.summary(index);
        return caller !== undefined && does(caller);
      });
    for (const leak of summary.kept) {
      if (isBareWrapper(fn) || leak.ofResult || soundsAcquiring(fn)) continue;
      const kind = lockKind(frame, leak.lock);
      if (!someCaller((caller) => caller.releasedKinds.has(kind)))
        recorder.report(leakFinding(frame, leak), null, leak.path);
    }
    if (soundsReleasing(fn) || fn.ir.linkage === 'exported') return;
    for (const need of summary.held) {
      // Where it depends on what the callers pass, it is for them to know whether it ever happens.
      const always =
        need.when.length === 0 ||
        summary.outcomes.every((o) => o.locks.some((l) => l.lock === need.lock && l.change === 'released'));
      const isOurs = this.#isNoOnesLock(need.lock, lockShape(frame, need.lock));
      if (need.steps.length > 1 || isHalf(need.lock)) continue;
      const kind = lockKind(frame, need.lock);
      const isStrange = (always || isOurs) && !someCaller((caller) => caller.takenKinds.has(kind));
      if (isStrange || this.#isProvidedByNone(frame, need)) this.#reportHeld(frame, need, summary);
    }
  }

  /** All calls are seen, and none of them has the lock; nor is there a function that leaves such a lock held. */
  #isProvidedByNone(frame: Frame, need: HeldRequirement): boolean {
    return (
      need.certainty === 'proved' &&
      !frame.fn.ir.escapes &&
      !isAboutLocks(frame, need.when) &&
      this.#whole.partners('acquirersOfKind', lockKind(frame, need.lock)).length === 0 &&
      !this.#whole.isProvided(need.origin)
    );
  }

  /** Reports what is left of a root's needs. */
  #reportRoot(fn: Fn, summary: Summary, recorder: Recorder): void {
    const frame = this.#frame(fn, recorder);
    for (const need of summary.access) this.#reportAccess(frame, need);
    for (const need of summary.held) this.#reportHeld(frame, need, summary);
    for (const need of summary.asserted) reportAssertedRoot(frame, new State(), need);
    for (const leak of summary.kept) this.#reportKept(frame, leak);
    for (const need of summary.fresh) this.#reportFresh(frame, need);
    // Whoever calls it through a table of operations may hold a lock of its own around all of them.
    const isOperation = fn.home.language === 'c' && fn.ir.escapes;
    for (const reader of summary.rcuReaders)
      reportRcuReader(frame, new State(), reader, isOperation ? 'possible' : reader.certainty);
    reportReservedRoot(frame, summary.outcomes);
    for (const outcome of summary.outcomes) reportUncheckedRoot(frame, outcome);
  }

  #reportAccess(frame: Frame, need: AccessRequirement): void {
    // Runs before anyone else does; but one that takes other locks, or RCU, thinks that it is not alone.
    const isAlone =
      frame.fn.ir.isInit && frame.fn.home.language === 'c' && need.held.length === 0 && !need.underRcu;
    // An operation of a table that is given a cursor is called by whoever walks with it.
    const isStep = need.given && frame.fn.ir.escapes && frame.fn.ir.linkage !== 'exported';
    if (need.declared || isAlone || (isStep && frame.fn.home.language === 'c')) return;
    const isHandedOn = this.#whole.usesOf(frame.fn) !== undefined;
    const isTaken = (lock: Value): boolean => isTakenBeforeTests(this.#whole, frame, lock);
    if (isHandedOn && frame.locksOf(need.tree, new State()).locks.some(isTaken)) return;
    reportBareNeed(frame, need, this.#accessCertainty(frame, need));
  }

  #accessCertainty(frame: Frame, need: AccessRequirement): Certainty {
    const { fn } = frame;
    if (isSystemCall(fn) && !need.mayBeHeld && this.#belongsToCallers(frame, need)) return need.certainty;
    if (
      need.certainty === 'possible' ||
      need.mayBeHeld ||
      isTold(frame, need, this.#context.summary(fn.index)?.taken)
    )
      return 'possible';
    const uses = this.#whole.usesOf(fn);
    if (uses !== undefined) {
      if (uses.has('later')) return 'proved';
      const isBare = uses.has('unreachable') || (uses.has('private') && !this.#isCalledUnder(need.tree));
      return isBare && !this.#isLeftByOthers(frame, need.tree) ? 'proved' : 'possible';
    }
    const unseenCallers = fn.ir.linkage === 'exported' || fn.ir.escapes || fn.home.unit.path.endsWith('.h');
    if (isOverride(this.#context, this.#whole, fn, need.tree)) return 'possible';
    if (isHeldBetweenMethods(this.#whole, frame, need)) return 'possible';
    // Who makes a cursor and hands it over has, as a rule, locked its tree.
    if (need.given && unseenCallers) return 'possible';
    if (fn.home.language !== 'c' || !unseenCallers || isFunctionsOwn(this.#whole, frame, need))
      return 'proved';
    const { readersUnderRcu } = this.#context.trees.kinds.of(need.tree);
    const mayBeUnderRcu = readersUnderRcu === true && need.access === 'read';
    return mayBeUnderRcu || this.#belongsToCallers(frame, need) ? 'possible' : 'proved';
  }

  /** What a function of the file calls under the lock may call what was handed out. */
  #isCalledUnder(tree: Value): boolean {
    const { table } = this.#context;
    const root = table.node(table.root(tree));
    return root.kind === 'entry' && this.#whole.isShown(calledOutUnder(this.#context, root.variable));
  }

  /** Another function leaves the tree locked: `beforeEach(() => mtree_lock(tree))`. */
  #isLeftByOthers(frame: Frame, tree: Value): boolean {
    if (frame.fn.home.language === 'c') return false;
    const { locks } = frame.locksOf(tree, new State());
    return locks.some((l) => {
      const shape = narrowShape(frame, l);
      return this.#whole.partners('keepers', shape).some((a) => a !== frame.fn);
    });
  }

  /**
   * A lock that subsystems share (mmap_lock), or that one root takes and another gives back (seq_file's start and
   * stop): a function that is called from elsewhere runs under it.
   */
  #belongsToCallers(frame: Frame, need: AccessRequirement): boolean {
    const { fn } = frame;
    const { mode, locks } = frame.locksOf(need.tree, new State());
    if (mode !== 'external') return false;
    const node = this.#context.table.node(need.tree);
    const byName = fn.home.model.externalFields.some(
      (f) => node.kind === 'addrField' && node.name === f.tree,
    );
    if (byName) return !isForThisFile(this.#whole, frame, need.tree, locks);
    return locks.some(
      (l) =>
        !isStaticLock(this.#context, l) &&
        this.#whole.partners('keepers', lockShape(frame, l)).some((a) => this.#whole.isRoot(a)),
    );
  }

  /** Whether the caller's cursor had a position cannot be seen. */
  #reportFresh(frame: Frame, need: FreshCursorRequirement): void {
    if (need.drop === null) return;
    const first = need.steps[0] as TraceStep;
    const name = frame.sayPlace(need.cursor);
    const { advice } = frame.context.trees.kinds.of(need.cursor);
    const api = need.steps.length > 1 ? calledName(first) : need.api;
    frame.report(
      'no-stale-state',
      first,
      staleMessage(api, name, advice),
      [need.drop],
      new State(),
      'possible',
    );
  }

  #reportHeld(frame: Frame, need: HeldRequirement, summary: Summary): void {
    if (need.declared) return;
    const { fn } = frame;
    const isTeardown = this.#whole.usesOf(fn)?.has('teardown') === true;
    if (isTeardown && isTakenBeforeTests(this.#whole, frame, need.lock)) return;
    const first = need.steps[0] as TraceStep;
    const name = frame.sayPlace(need.lock);
    const shape = lockShape(frame, need.lock);
    const partners = this.#whole.partners('acquirers', shape);
    const ofKind = this.#whole.partners('acquirersOfKind', lockKind(frame, need.lock));
    if (ofKind.some((p) => this.#isPaired(p, fn))) return;
    // It takes the lock itself on other paths: this one is broken, whatever the name says.
    const mixed = summary.taken.has(need.lock);
    const isReleaser = !mixed && soundsReleasing(fn);
    if (isReleaser && (partners.some((p) => this.#whole.isRoot(p)) || isWrapper(fn))) return;
    // An operation that is named for what becomes of its object, not for a lock.
    const isOfObject = fn.ir.escapes && ofKind.length === 0 && !soundsUnlocking(fn.ir.name);
    const excused = isReleaser && !isOfObject && !this.#isNoOnesLock(need.lock, shape);
    const counterpart = this.#isShared(need.lock, partners, fn);
    const mayBeCallers =
      counterpart ||
      // What the object says may tell whether its lock is held.
      ((isBareWrapper(fn) || (isWrapper(fn) && need.when.length > 0)) && !mixed) ||
      isRetaken(summary, need.lock) ||
      excused ||
      isAskedFor(frame, need.when);
    const isOwn = isSystemCall(fn) || isTakenFirst(frame, need.lock);
    const unsure = need.certainty === 'possible' || (mayBeCallers && !isOwn);
    const others = need.steps.length > 1 ? need.steps.slice(-1) : [];
    frame.report(
      'require-unlock',
      first,
      unmatchedUnlockMessage(need.steps.length > 1 ? calledName(first) : need.api, name, fn.home.language),
      others,
      new State(),
      unsure ? 'possible' : 'proved',
    );
  }

  /** The acquirer, or a function that calls it and leaves the lock as it found it, is the counterpart of a releaser. */
  #isPaired(acquirer: Fn, releaser: Fn): boolean {
    if (arePaired(acquirer, releaser)) return true;
    const { functions } = this.#context.program;
    return this.#whole.callersOf(acquirer).some((c) => arePaired(functions[c] as Fn, releaser));
  }

  /** A lock that everyone reaches in the same way (`current->…`), of which another root does the other half. */
  #isShared(lock: Value, partners: readonly Fn[], fn: Fn): boolean {
    const { table } = this.#context;
    const { kind } = table.node(table.root(lock));
    return (
      kind === 'global' &&
      table.root(lock) !== lock &&
      partners.some((p) => p !== fn && this.#whole.isRoot(p))
    );
  }

  /** A lock that is static in its file, and that no function of the program leaves held. */
  #isNoOnesLock(lock: Value, shape: string): boolean {
    return isStaticLock(this.#context, lock) && this.#whole.partners('acquirers', shape).length === 0;
  }

  #reportKept(frame: Frame, leak: Leak): void {
    const { fn, recorder } = frame;
    if (isGivenBackAfterTests(this.#whole, frame)) return;
    const partners = this.#whole.partners('releasers', lockShape(frame, leak.lock));
    const ofKind = this.#whole.partners('releasersOfKind', lockKind(frame, leak.lock));
    if (ofKind.some((p) => arePaired(fn, p))) return;
    const isAcquirer = soundsAcquiring(fn);
    if (isAcquirer && (partners.some((p) => this.#whole.isRoot(p)) || isWrapper(fn))) return;
    const counterpart = this.#hasOtherHalf(leak, fn, partners, ofKind);
    const finding = leakFinding(frame, leak);
    // A name that speaks of locking, and a result that tells whether it did.
    const tells = isAcquirer && leak.elsewhere;
    const unsure = isBareWrapper(fn) || counterpart || leak.ofResult || tells;
    recorder.report(unsure ? { ...finding, certainty: 'possible' } : finding, null, leak.path);
  }
}

/** It is entered from user space, without any lock. */
function isSystemCall(fn: Fn): boolean {
  return fn.ir.exportName !== undefined && SYSTEM_CALL.test(fn.ir.exportName);
}

/** The function gives the lock back and takes it again: the caller's lock, then, whoever that is. */
function isRetaken(summary: Summary, lock: Value): boolean {
  return summary.outcomes.some((o) => o.locks.some((l) => l.lock === lock && l.change === 'retaken'));
}

/** A body that calls nothing but locks. */
function isWrapper(fn: Fn): boolean {
  return fn.outline.isWrapper;
}

/** One that does nothing else either, so that its callers must know what they call. */
function isBareWrapper(fn: Fn): boolean {
  return isWrapper(fn) && !(fn.home.language === 'c' && fn.outline.works);
}

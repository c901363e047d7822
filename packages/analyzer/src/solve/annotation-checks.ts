import type { Annotation, Instr } from '../ir/ir.ts';
import { expressionsOf, variablesIn } from '../ir/walk.ts';
import { unsaidMessage } from '../rules/require-annotations.ts';
import {
  excludesNeededMessage,
  losesMessage,
  namesNothingMessage,
  neverAcquiresMessage,
  neverReleasesMessage,
  sometimesAcquiresMessage,
  sometimesReleasesMessage,
} from '../rules/valid-annotations.ts';
import type { Certainty } from '../report/finding.ts';
import type { Value } from '../domain/values.ts';
import type { AccessRequirement } from '../summaries/summary.ts';
import { annotatedLocks } from './entry-state.ts';
import { evaluate } from './evaluate.ts';
import type { Exit } from './fixpoint.ts';
import type { Frame } from './frame.ts';
import { isLockedAround } from './decorators.ts';
import { lockKind } from './lock-shape.ts';
import type { RawFinding } from './recorder.ts';
import { soundsLikeLocking } from './intent.ts';
import { isOpaque } from './unseen-takers.ts';

const UNSAID = 'require-annotations';

const TAGS: Readonly<Record<Annotation['kind'], string>> = {
  requires: '@requiresLock',
  'requires-read': '@requiresReadLock',
  acquires: '@acquires',
  releases: '@releases',
  excludes: '@excludes',
  'acquires-if': '__cond_acquires',
};

/** Compares what a function says of itself with what it does. Cost: linear in annotations, exits and needs. */
export function checkAnnotations(frame: Frame, exits: readonly Exit[]): void {
  const { ir } = frame.fn;
  const returns = exits.filter((e) => e.kind === 'return');
  for (const annotation of ir.annotations) {
    if (annotation.inherited === true) continue;
    if (annotation.value === null && !/^rcu$/i.test(annotation.path)) reportUnknown(frame, annotation);
    else if (annotation.kind === 'acquires') checkAcquires(frame, annotation, returns);
    else if (annotation.kind === 'releases') checkReleases(frame, annotation, returns);
    else if (annotation.kind === 'excludes') checkExcludes(frame, annotation);
    else if (/^requires/.test(annotation.kind)) checkKept(frame, annotation, returns);
  }
  if (ir.linkage === 'exported' && frame.depth === 0) reportUnsaid(frame);
}

function locksOf(frame: Frame, { path, value }: Annotation): ReadonlySet<number> {
  const state = frame.entry;
  const place = value === null ? null : evaluate(value, state, frame.at(frame.fn.siteBase));
  return new Set(annotatedLocks(frame, state, path, place));
}

/** What an annotation names may be a lock, or an object with one in it: it means the one that the function touches. */
function touched(locks: readonly Value[], exits: readonly Exit[]): readonly Value[] {
  const own = locks.filter((lock) =>
    exits.some(({ state }) => {
      const known = state.locks.get(lock);
      return known !== undefined && (known.entry !== 'asserted' || known.dropped || !known.held);
    }),
  );
  return own.length > 0 ? own : locks;
}

function report(frame: Frame, annotation: Annotation, message: string, certainty: Certainty): void {
  frame.report('valid-annotations', annotation.span, message, [], frame.entry, certainty);
}

function reportUnknown(frame: Frame, annotation: Annotation): void {
  const isC = frame.fn.home.language === 'c';
  const said = isC ? 'The annotation' : TAGS[annotation.kind];
  // The kernel's annotations may name what only the function's body knows: sparse never looked at the name.
  const certainty = isC && !annotation.missing ? 'possible' : 'proved';
  report(frame, annotation, namesNothingMessage(said, annotation.path, isC), certainty);
}

function checkAcquires(frame: Frame, annotation: Annotation, returns: readonly Exit[]): void {
  const locks = touched([...locksOf(frame, annotation)], returns);
  const isHeld = (e: Exit): boolean => locks.some((l) => e.state.locks.get(l)?.held);
  if (returns.length === 0 || returns.every(isHeld)) return;
  if (returns.some(isHeld)) {
    const message = sometimesAcquiresMessage(frame.fn.ir.name, annotation.path);
    reportUntold(frame, annotation, returns, (e) => !isHeld(e), message);
    return;
  }
  // Another lock that it takes may be the same under another name.
  const takesOther = returns.some((e) =>
    [...e.state.locks.values()].some((s) => s.held && s.entry !== 'asserted'),
  );
  const message = neverAcquiresMessage(frame.fn.ir.name, annotation.path);
  const unsure = takesOther || isOpaqueTo(frame, annotation, returns);
  report(frame, annotation, message, unsure ? 'possible' : 'proved');
}

function checkReleases(frame: Frame, annotation: Annotation, returns: readonly Exit[]): void {
  const locks = [...locksOf(frame, annotation)];
  const isTakenAgain = frame.fn.ir.annotations.some(
    (other) => /^acquires/.test(other.kind) && [...locksOf(frame, other)].some((l) => locks.includes(l)),
  );
  const isHeld = (e: Exit): boolean => {
    const known = locks.flatMap((l) => e.state.locks.get(l) ?? []);
    // One that is taken again was given back before, as another annotation may say.
    return known.length > 0 && known.every((s) => s.held && !(s.dropped && isTakenAgain));
  };
  if (returns.length === 0 || !returns.some(isHeld)) return;
  if (!returns.every(isHeld)) {
    // What is taken again anyway may just as well not have been given back on some of the paths.
    if (isTakenAgain) return;
    const message = sometimesReleasesMessage(frame.fn.ir.name, annotation.path);
    reportUntold(frame, annotation, returns, isHeld, message);
    return;
  }
  const givesOther = [...frame.recorder.held.values()].some(
    ({ lock }) => !saysOtherwise(frame, annotation, lockKind(frame, lock)),
  );
  const message = neverReleasesMessage(frame.fn.ir.name, annotation.path);
  const unsure = givesOther || isOpaqueTo(frame, annotation, returns);
  report(frame, annotation, message, unsure ? 'possible' : 'proved');
}

/** What the caller has to hold it still holds afterwards: the function gives it back only to take it again. */
function checkKept(frame: Frame, annotation: Annotation, returns: readonly Exit[]): void {
  const locks = locksOf(frame, annotation);
  const isSaid = frame.fn.ir.annotations.some(
    (other) => other.kind === 'releases' && [...locksOf(frame, other)].some((lock) => locks.has(lock)),
  );
  if (isSaid) return;
  const isLost = (e: Exit): boolean => [...locks].some((lock) => e.state.locks.get(lock)?.held === false);
  if (!returns.some(isLost)) return;
  const isAlways = returns.every(isLost);
  const message = losesMessage(frame.fn.ir.name, annotation.path, isAlways, frame.fn.home.language === 'c');
  // One that returns something may tell its callers by that, whatever it says.
  if (!isAlways && returns.some((e) => e.value !== null)) report(frame, annotation, message, 'possible');
  else if (!isAlways) reportUntold(frame, annotation, returns, isLost, message);
  else report(frame, annotation, message, returns.every((e) => isOpaque(e.state)) ? 'possible' : 'proved');
}

/** A lock of this kind is given back as another annotation says: it is not the one that this annotation means. */
function saysOtherwise(frame: Frame, annotation: Annotation, kind: string): boolean {
  return frame.fn.ir.annotations.some(
    (other) =>
      other !== annotation &&
      other.kind === 'releases' &&
      [...locksOf(frame, other)].some((lock) => lockKind(frame, lock) === kind),
  );
}

/**
 * Some exits keep what the annotation says, and some break it. A function that returns something may tell its callers by
 * that, and one that is told by a parameter what to do has it from them.
 */
function reportUntold(
  frame: Frame,
  annotation: Annotation,
  returns: readonly Exit[],
  breaks: (exit: Exit) => boolean,
  message: string,
): void {
  const broken = returns.find((e) => breaks(e) && !e.state.imprecise);
  if (broken === undefined || returns.some((e) => e.value !== null)) return;
  const { table } = frame.context;
  const isAsked = frame.conditions(broken.state).some(({ value }) => table.node(value).kind === 'entry');
  const isUnsure = isAsked || returns.some((e) => isOpaque(e.state));
  report(frame, annotation, message, isUnsure ? 'possible' : 'proved');
}

/**
 * A call of code that is not in the program may have taken or given back the lock. In C that code may be called a few
 * calls deep, and by a macro.
 */
function isOpaqueTo(frame: Frame, { value }: Annotation, returns: readonly Exit[]): boolean {
  if (returns.some((e) => isOpaque(e.state))) return true;
  if (frame.fn.home.language !== 'c') return false;
  const roots = new Set<number>();
  if (value !== null) variablesIn(value, (v) => roots.add(v));
  return frame.fn.ir.blocks.some((b) => b.instrs.some((i) => i.kind === 'call' && isUnread(frame, i, roots)));
}

/**
 * What the call runs is not there to be read, or not all of it, and may have to do with the lock: by its name, or by what it
 * is given.
 */
function isUnread(
  { context, fn }: Frame,
  call: Extract<Instr, { kind: 'call' }>,
  roots: ReadonlySet<number>,
): boolean {
  const { callee, text } = call;
  if (callee.kind === 'api') return false;
  const called = context.program.resolve(fn.home, callee);
  if (called === undefined || called.ir.declared) {
    let isGiven = roots.size === 0 || callee.kind === 'value';
    for (const e of expressionsOf(call)) variablesIn(e, (v) => (isGiven ||= roots.has(v)));
    return isGiven || soundsLikeLocking(text, 'c');
  }
  const summary = context.summary(called.index);
  return summary?.complete !== true || summary.mayLock;
}

function checkExcludes(frame: Frame, annotation: Annotation): void {
  const locks = locksOf(frame, annotation);
  for (const need of frame.recorder.access.values()) {
    const known = frame.locksOf(need.tree, frame.entry).locks;
    if (need.declared === true || !known.some((l) => locks.has(l))) continue;
    const message = excludesNeededMessage(frame.fn.ir.name, annotation.path, need.api);
    report(frame, annotation, message, need.certainty);
    return;
  }
}

/** What an exported function leaves to its callers without saying so: the strongest need of each tree. */
function reportUnsaid(frame: Frame): void {
  const { fn, recorder } = frame;
  const unsaid = [...recorder.access.values()].filter(
    (need) =>
      need.declared !== true &&
      need.when.length === 0 &&
      need.certainty === 'proved' &&
      !need.mayBeHeld &&
      !isLockedAround(frame, need),
  );
  const need: AccessRequirement | undefined = unsaid.find((n) => n.access === 'write') ?? unsaid[0];
  if (need === undefined) return;
  const isC = fn.home.language === 'c';
  const tree = frame.sayPlace(need.tree, frame.entry);
  const [lock] = frame.locksOf(need.tree, frame.entry).locks;
  const said = isC ? (lock === undefined ? `&${tree}` : frame.say(lock, frame.entry)) : null;
  const message = unsaidMessage(fn.ir.name, tree, need.access, said, need.api);
  // Whether anyone calls it from elsewhere is not known.
  frame.report(UNSAID, fn.ir.nameSpan, message, need.steps.slice(-1), frame.entry, 'possible');
}

/**
 * A function that is known to be called without the lock is wrong in that, and not in that it does not say what it needs.
 * Cost: linear in the findings.
 */
export function dropUnsaidOfBroken(findings: Map<string, RawFinding>): void {
  const nameOf = ({ unit, functionName }: RawFinding): string => `${unit} ${functionName}`;
  const broken = new Set<string>();
  for (const finding of findings.values()) {
    const isAccess = finding.rule === 'require-write-lock' || finding.rule === 'require-read-lock';
    if (isAccess && finding.certainty === 'proved') broken.add(nameOf(finding));
  }
  for (const [key, finding] of findings)
    if (finding.rule === UNSAID && broken.has(nameOf(finding))) findings.delete(key);
}

/** What a function of C says of callers that are not in the program. */
import { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { AccessRequirement } from '../summaries/summary.ts';
import type { Context } from './context.ts';
import type { Frame } from './frame.ts';
import { soundsAcquiring, soundsCalledUnderLock } from './intent.ts';
import { lockKind, lockShape } from './lock-shape.ts';
import type { WholeProgram } from './whole-program.ts';

/** The function itself says that its callers do not hold the lock: it takes it elsewhere, or such a lock of another object. */
export function isFunctionsOwn(whole: WholeProgram, frame: Frame, need: AccessRequirement): boolean {
  const { fn } = frame;
  if (fn.ir.escapes || fn.home.unit.path.endsWith('.h')) return false;
  const { locks } = frame.locksOf(need.tree, new State());
  const kinds = new Set(locks.map((lock) => lockKind(frame, lock)));
  if (need.held.some((h) => !locks.includes(h.lock) && kinds.has(lockKind(frame, h.lock)))) return true;
  const summary = frame.context.summary(fn.index);
  const givesBack = summary?.held.some((h) => locks.includes(h.lock)) === true;
  if (need.when.length === 0 && !givesBack && locks.some((lock) => summary?.taken.has(lock))) return true;
  return isReachedPrivately(whole, frame, need.tree, locks);
}

/**
 * The object of a lock that subsystems share (`mm`) is a parameter, and functions of this file take the lock themselves:
 * this one does not, though nothing in its name says that its callers have.
 */
export function isForThisFile(
  whole: WholeProgram,
  frame: Frame,
  tree: Value,
  locks: readonly Value[],
): boolean {
  const { fn, context } = frame;
  const base = context.table.baseOf(tree);
  const isParameter = fn.ir.params.some(
    (id) => base === context.table.entry(fn.home.variableBase + id) && fn.home.language === 'c',
  );
  if (!isParameter || fn.ir.escapes || soundsCalledUnderLock(fn.ir.name)) return false;
  // What it gives back its callers had.
  if (context.summary(fn.index)?.held.some((h) => locks.includes(h.lock))) return false;
  const kinds = locks.map((lock) => lockKind(frame, lock));
  return whole.rootsOf(fn.home).some((other) => {
    const taken = other === fn ? undefined : context.summary(other.index)?.takenKinds;
    return kinds.some((kind) => taken?.has(kind));
  });
}

/** The lock is a static variable of a file: other files reach it by functions of that file only. */
export function isStaticLock({ table, program }: Context, lock: Value): boolean {
  const node = table.node(table.root(lock));
  if (node.kind !== 'entry' && node.kind !== 'addrVar') return false;
  const variable = program.variable(node.variable);
  return variable?.kind === 'module' && variable.exported !== true;
}

/** The tree lies behind a struct that no other file knows, of which no function here hands out the lock. */
function isReachedPrivately(
  whole: WholeProgram,
  frame: Frame,
  tree: Value,
  locks: readonly Value[],
): boolean {
  const { table, program, births } = frame.context;
  const root = table.root(tree);
  if (root === tree || table.node(root).kind !== 'entry') return false;
  const type = program.typeOf(table, root, births);
  const isPrivate = type !== undefined && frame.fn.home.unit.classes.has(type.name);
  const isHandedOut = locks.some((lock) =>
    whole
      .partners('keepers', lockShape(frame, lock))
      .some((other) => other.home === frame.fn.home && soundsAcquiring(other) && whole.isRoot(other)),
  );
  return isPrivate && !isHandedOut;
}

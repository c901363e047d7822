import type { TraceStep } from '../domain/trace.ts';
import type { Language } from '../ir/source.ts';
import { UNNAMED } from '../report/describe.ts';
import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const requireWriteLock: RuleInfo = {
  id: 'require-write-lock',
  description: "reports an advanced write where the tree's write lock is not held",
  rationale:
    'The advanced API does not lock. A write beside another writer, or beside a reader that holds the lock, corrupts the tree; RCU and a read-held lock keep no writer out.',
  ...EVERYWHERE,
};

/** What was held where the tree's lock was not. */
export interface HeldInstead {
  /** Where the function is entered without the lock: nobody is seen to call it with it. */
  readonly entered?: TraceStep;
  /** Where this path gave the lock back. */
  readonly released: TraceStep | null;
  /** Where the lock was taken for reading only. */
  readonly shared: TraceStep | null;
  readonly others: readonly { readonly name: string; readonly at: TraceStep }[];
  readonly underRcu: boolean;
}

export interface MissingAccess {
  readonly api: string;
  /** The access is inside a function that is called here. */
  readonly viaHelper: boolean;
  readonly tree: string;
  /** The tree as it is given to a function: `&d->mt`. */
  readonly treeArgument: string;
  /** The function that takes the tree's own lock, if that is the one. */
  readonly take: string | undefined;
  /** The tree's lock in the program's words, if it is known. */
  readonly lock: string | null;
  readonly language: Language;
}

export function missingWriteMessage(what: MissingAccess, instead: HeldInstead): string {
  const subject = what.viaHelper
    ? `${what.api}() writes ${what.tree} and leaves the locking to its caller`
    : `${what.api}() writes ${what.tree}`;
  const needed = what.lock ?? `the lock of ${what.tree}`;
  return `${subject}, but ${whyNotHeld(needed, instead)}. ${remedy(what, needed)}`;
}

function whyNotHeld(needed: string, instead: HeldInstead): string {
  if (instead.released !== null) return `${needed} was given back before`;
  if (instead.shared !== null) return `${needed} is held for reading only`;
  const other = instead.others[0];
  if (other !== undefined) return `this path holds ${other.name}, needs ${needed}`;
  if (instead.underRcu) return `this path holds RCU only, which keeps no writer out; needs ${needed}`;
  return `${needed} is not held`;
}

function remedy(what: MissingAccess, needed: string): string {
  // There are no words of the program for it.
  if (what.treeArgument.includes(UNNAMED)) return 'Take that lock before it.';
  const annotation = what.language === 'c' ? `__must_hold(&${needed})` : `@requiresLock ${what.tree}`;
  const take = what.take ? `Call ${what.take}(${what.treeArgument}) before it` : `Take ${needed} before it`;
  return `${take}, or say ${annotation} where the caller holds it.`;
}

/** A lock that is no tree's own: the function that needs it says so by an annotation or assertion. */
export function notHeldMessage(
  api: string,
  lock: string,
  why: 'released' | 'shared' | 'never',
  held: readonly string[] = [],
): string {
  const reason = {
    released: 'it was given back before',
    shared: 'it is held for reading only',
    never: held.length > 0 ? `this path holds ${held.join(', ')}` : 'it is not held, as far as can be seen',
  }[why];
  return `${api}() says that its caller holds ${lock}, but ${reason}. Take it before the call.`;
}

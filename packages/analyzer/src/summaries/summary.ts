import type { CursorStatus, LockMode } from '@maplelock/core';
import type { Container } from '../contracts/model.ts';
import type { EntryState } from '../domain/entries.ts';
import type { Fact } from '../domain/facts.ts';
import type { CursorState, GuardState, Reservation, Telling, TreeState } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value, Var } from '../domain/values.ts';
import type { Certainty } from '../report/finding.ts';
import type { Acquired, AcquiredPair } from '../solve/lock-order.ts';
import type { LockUse } from '../rules/no-mixed-locks.ts';

/** Something known of a value as the function was entered with it. */
export interface Condition {
  readonly value: Value;
  readonly fact: Fact;
}

/** A lock that was held, and where it was taken. */
export interface HeldLock {
  readonly lock: Value;
  readonly at: TraceStep;
}

/** What all needs of a summary have in common. Values are in the function's own terms: its parameters and captures. */
interface Need {
  /** The need arises only on calls for which all of these hold. */
  readonly when: readonly Condition[];
  /** From the outermost call within the function to the place that needs it. */
  readonly steps: readonly TraceStep[];
  readonly certainty: Certainty;
  /** Name of the API function that needs it. */
  readonly api: string;
}

/** A tree that the caller must have locked. */
export interface AccessRequirement extends Need {
  readonly access: LockMode;
  readonly tree: Value;
  /** Locks that the function itself held there: the caller may know one of them to be the tree's. */
  readonly held: readonly HeldLock[];
  /** Locks that the function had given back before. */
  readonly freed: readonly HeldLock[];
  /** One of these may be the one that is needed, by another way to it: a caller may be able to tell. */
  readonly mayBeHeld: boolean;
  /** RCU was held: not enough for what was done. */
  readonly underRcu: boolean;
  /** An annotation or assertion says it. */
  readonly declared?: boolean;
  /** What the function that says it does to the tree itself. */
  readonly said?: LockMode;
  /** The tree is that of a cursor which the caller made. */
  readonly given: boolean;
  /** It is behind an await: a caller that does not wait for it has gone on by then, and given its locks back. */
  readonly afterAwait: boolean;
}

/** A lock that the function says that its caller holds. */
export interface AssertedRequirement extends Need {
  readonly lock: Value;
  readonly mode: LockMode;
  /** What is said when the lock is held for reading only: `fine`, `wrong`, or nothing, where that is not told. */
  readonly shared?: 'fine' | 'wrong';
  /** What is done under it to trees that it protects. */
  readonly use?: LockMode;
}

/** A lock that the function gives back without having taken it. */
export interface HeldRequirement extends Need {
  readonly lock: Value;
  readonly mode: LockMode;
  /** An annotation or assertion says it. */
  readonly declared: boolean;
  /** The function that gives it back, and the kind of the lock: what calls that provide the lock provide. */
  readonly origin: string;
  /** A return that leaves the lock as it was, and that callers cannot tell from those that give it back. */
  readonly uneven: TraceStep | null;
}

/** A lock that the function takes, so that the caller must not hold it. */
export interface FreeRequirement extends Need {
  readonly lock: Value;
  readonly mode: LockMode;
  /** True if the call takes and gives back by itself (the normal API). */
  readonly inside: boolean;
  /** It takes the lock after an await: a caller that does not wait for it has gone on by then. */
  readonly afterAwait: boolean;
  /** An annotation says it. */
  readonly declared?: boolean;
  /** Locks that were held there: the caller may know one of them to be the same. */
  readonly held: readonly HeldLock[];
  /** Locks that the function had given back before. */
  readonly freed: readonly HeldLock[];
}

/** A cursor of the caller's that the function goes on from: its position must be good. */
export interface FreshCursorRequirement extends Need {
  readonly cursor: Value;
  /** States in which the caller must not pass the cursor. */
  readonly illegal: readonly CursorStatus[];
  /** Where the function dropped the lock before: the caller may not have positioned the cursor at all then. */
  readonly drop: TraceStep | null;
}

/** A use of a tree's own lock, or a lock bound to the tree: right or wrong by how the caller made the tree. */
export interface LockUseRequirement extends Need {
  readonly tree: Value;
  readonly use: LockUse;
  /** The lock that is bound, if the caller can say it. */
  readonly lock: Value | null;
}

/** A place where the function may sleep: the caller must not hold what forbids it. */
export interface SleepRequirement extends Need {
  /** Flags that decide whether it does; null if it may in any case. */
  readonly gfp: Value | null;
  /** Locks of the caller's that are given back before it sleeps. */
  readonly freed: readonly Value[];
  /** That one of them which the call that sleeps drops for the time. */
  readonly drops: Value | null;
}

/** A read that RCU alone covers, of a tree that the callers may know more of. */
export interface RcuReader extends Need {
  readonly tree: Value;
  /** Where it reads. */
  readonly at: TraceStep;
  /** What reads in the end, where `api` is a helper. */
  readonly innerApi: string;
  /** Where the read section was opened. */
  readonly section: TraceStep | null;
}

export type LockChange = 'acquired' | 'released' | 'retaken';

/** One way in which the function can end, with what the caller sees of it. */
export interface Outcome {
  /** What it returns is an entry, found under what the caller holds, or still holds of it. */
  readonly entry: EntryState | null;
  readonly when: readonly Condition[];
  /** In the function's terms, if it can be said in them. */
  readonly result: Value | null;
  /** The place where the result lies too, if it has no other name: `return (this.#tree ??= new MapleTree())`. */
  readonly resultSlot: Value | null;
  readonly fact: Fact;
  /** What lies in the object that it returns, where it made that object: `{ ok: true }`. */
  readonly fields: readonly Field[];
  /** The result is a guard of this lock, or a function that gives it back. */
  readonly guard: GuardState | null;
  /** Values that it disposed of, or called to give back a lock: whether they are guards the callers know. */
  readonly disposed: readonly Value[];
  readonly locks: readonly {
    readonly lock: Value;
    readonly change: LockChange;
    readonly mode: LockMode;
    readonly at: TraceStep;
    /** Nothing may sleep while it is held. */
    readonly atomic: boolean;
    /** The function is there to take the lock for its caller; else it left the lock behind. */
    readonly intended: boolean;
    /** What gives it back was handed to somebody: when that is, is for its owner to say. */
    readonly entrusted?: true;
  }[];
  readonly cursors: readonly { readonly cursor: Value; readonly state: CursorState }[];
  /** Cursors of the caller's with a failure in them that nobody has looked for. */
  readonly unchecked: readonly { readonly cursor: Value; readonly telling: Telling }[];
  /** Nodes that it leaves reserved for cursors of the caller's, or no longer reserved. */
  readonly reserved: readonly { readonly cursor: Value; readonly reservation: Reservation }[];
  /** The result tells whether a call failed that can fail. */
  readonly tells: Telling | null;
  /** Trees whose other cursors have lost their place. */
  readonly changes: readonly TreeChange[];
  /** Trees that it set up. */
  readonly trees: readonly { readonly tree: Value; readonly state: TreeState }[];
  /** Captured variables that were assigned. */
  readonly assigned: readonly { readonly variable: Var; readonly value: Value | null }[];
  /** Memory that was written: slot and content, null where the callers have no name for it. */
  readonly stored: readonly {
    readonly slot: Value;
    readonly value: Value | null;
    readonly isLock: boolean;
    readonly parts: Parts;
    /** What is known of the content, with a name or without: `*locked = true`. */
    readonly fact: Fact;
  }[];
}

/** What callers can say of a value that has no name for them. */
export interface Parts {
  /** It gives a lock back. */
  readonly guard: GuardState | null;
  /** What lies in it, if the function made it. */
  readonly fields: readonly Field[];
}

export const NO_PARTS: Parts = { guard: null, fields: [] };

export interface Field extends Parts {
  /** A number for an element of an array. */
  readonly name: string | number;
  readonly value: Value | null;
  readonly fact: Fact;
}

/** A tree that the function writes under its caller's lock: other cursors on it lose their place. */
export interface TreeChange {
  readonly tree: Value;
  /** The caller's cursor that it writes through, if it is one: that one keeps its place. */
  readonly cursor: Value | null;
  readonly at: TraceStep;
}

/**
 * What callers need to know of a function. The cache tells symbols from other numbers by the names of their fields: see
 * SYMBOLS of cache/codec.ts.
 */
export interface Summary {
  readonly access: readonly AccessRequirement[];
  readonly held: readonly HeldRequirement[];
  readonly asserted: readonly AssertedRequirement[];
  readonly free: readonly FreeRequirement[];
  readonly fresh: readonly FreshCursorRequirement[];
  readonly lockUses: readonly LockUseRequirement[];
  readonly sleeps: readonly SleepRequirement[];
  /** Something that may sleep is called on every path through it. */
  readonly alwaysSleeps: boolean;
  /** Locks that it takes, for the order in which they come after its callers' locks. */
  readonly acquired: readonly Acquired[];
  /** Pairs of locks that it nests, of which the callers may know more. */
  readonly pairs: readonly AcquiredPair[];
  readonly rcuReaders: readonly RcuReader[];
  /** Locks that it may drop without taking them again, in a way that is not followed. */
  readonly doubts: readonly Value[];
  /** Parameters of C that it goes through as pointers. */
  readonly follows: readonly Value[];
  /** Empty if the function never returns. */
  readonly outcomes: readonly Outcome[];
  /** The ways in which it throws. */
  readonly throws: readonly Outcome[];
  /** False if the function was not analysed to the end: nothing follows from its outcomes. */
  readonly complete: boolean;
  /** It, or what it calls, calls code that is not in the program and sounds like locking. */
  readonly mayLock: boolean;
  readonly loneReleases: readonly LoneRelease[];
  /** Findings about entries that a lock of the caller's may keep, in it or below it. */
  readonly escapes: ReadonlySet<string>;
  /** Cursors of the callers of which it asks on some path whether their last call failed. */
  readonly asks: readonly Value[];
  /** Locks that it takes somewhere itself. */
  readonly taken: ReadonlySet<Value>;
  /** Kinds of locks that it takes, by itself or through a helper. */
  readonly takenKinds: ReadonlySet<string>;
  /** Kinds of locks that it gives back, by itself or through a helper. */
  readonly releasedKinds: ReadonlySet<string>;
  /** Locks that some path of the function forgets. */
  readonly leaks: readonly Leak[];
  /** Locks that every path, or every successful one, leaves to the caller: forgotten if no one calls. */
  readonly kept: readonly Leak[];
  /** The shapes of these, and of those whose guards it leaves where others find them. */
  readonly keptShapes: readonly string[];
  /** Of its symbols, those that are no maple trees or cursors of them, and what they are instead. */
  readonly kinds: readonly (readonly [Value, Container])[];
  /** Of what it made itself and speaks of all the same: locks that it holds where it needs something. */
  readonly names: readonly (readonly [Value, string])[];
}

/** A lock that no one has taken on the way, given back in an object that the function has looked up itself. */
export interface LoneRelease {
  /** The field that the lock lies in. */
  readonly kind: string;
  /** How the function names it. */
  readonly name: string;
  readonly api: string;
  readonly at: TraceStep;
  readonly path: readonly TraceStep[];
}

/** A lock that was taken and is still held at an exit. */
export interface Leak {
  readonly lock: Value;
  readonly taken: TraceStep;
  readonly exit: TraceStep;
  /** It lies in the object that the function returns. */
  readonly ofResult: boolean;
  /** Other paths give the lock back. */
  readonly elsewhere: boolean;
  /** What the lock lies in was put into another object: whoever works on that one may give the lock back. */
  readonly entrusted: boolean;
  /** What is returned there reads as success, though it does not tell the path from the others. */
  readonly succeeds: boolean;
  readonly certainty: Certainty;
  readonly path: readonly TraceStep[];
}

export const NO_SUMMARY: Summary = {
  access: [],
  held: [],
  asserted: [],
  free: [],
  fresh: [],
  lockUses: [],
  sleeps: [],
  alwaysSleeps: false,
  acquired: [],
  pairs: [],
  rcuReaders: [],
  doubts: [],
  follows: [],
  outcomes: [],
  throws: [],
  complete: false,
  mayLock: false,
  loneReleases: [],
  escapes: new Set(),
  taken: new Set(),
  takenKinds: new Set(),
  releasedKinds: new Set(),
  leaks: [],
  kept: [],
  keptShapes: [],
  asks: [],
  kinds: [],
  names: [],
};

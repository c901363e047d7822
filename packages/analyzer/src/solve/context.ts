import type { TreeModes } from '../domain/tree-modes.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value, ValueTable, Var } from '../domain/values.ts';
import type { Fn, Program } from '../link/program.ts';
import type { Describer } from '../report/describe.ts';
import type { Summary } from '../summaries/summary.ts';
import type { Observer } from './observer.ts';

/** How a function value was handed to a call that is not in the program. */
export type ClosureUse =
  /** Run before the call returns, with the locks of that moment: it has been analysed there. */
  | 'now'
  /** Run later, with no lock of this function. */
  | 'later'
  /** Not known; its needs were met where it was handed over. */
  | 'met'
  /** Run by a test runner before tests of the file, or after them. */
  | 'setup'
  | 'teardown'
  /** Not known; its needs were not met, and the receiver could take the lock itself. */
  | 'reachable'
  /** The same, where the only way to the lock leads over a variable that the file keeps to itself. */
  | 'private'
  /** Not known; its needs were not met, and the receiver was given no way to the lock. */
  | 'unreachable';

/** How much work a function may cost before it is given up. */
export interface Budget {
  /** Disjuncts kept per block. */
  readonly disjuncts: number;
  /** Disjuncts carried through a block, in all. */
  readonly visits: number;
  /** Nested analyses of one helper for the callback it is given. */
  readonly depth: number;
}

export const DEFAULT_BUDGET: Budget = { disjuncts: 24, visits: 6000, depth: 3 };

/** What is known of the code that a call has run, which its result came from. */
export interface Called {
  /**
   * `unseen` code is not in the program; what is `elsewhere` is code of the program, as its relative import tells, that is
   * not there to be read; an `allocator` returns what nobody else has; all else is `known`: it is in a contract, or was
   * analysed.
   */
  readonly kind: 'unseen' | 'elsewhere' | 'allocator' | 'known';
  /** It, or what it calls unseen, sounds like locking. */
  readonly mayLock: boolean;
}

/** What all functions of an analysis share. */
export interface Context {
  readonly program: Program;
  readonly table: ValueTable;
  readonly describer: Describer;
  readonly trees: TreeModes;
  /** Program points that make a fresh object, with the name of its class (empty if unknown). */
  readonly births: Map<number, string>;
  /** Those of them that a constructor fills. */
  readonly constructed: Set<number>;
  /** What was called, by program point. */
  readonly callees: Map<number, Called>;
  /** What is known of a function, if it has been analysed. */
  summary(index: number): Summary | undefined;
  /** Functions that some analysed function calls. */
  readonly called: Set<number>;
  /** Program points that took an entry out of a tree, or found one, with its source. */
  readonly erased: Map<number, { readonly source: string; readonly under: readonly string[] }>;
  readonly found: Map<number, string>;
  /** Findings about entries, by key, that some caller holds a lock around. */
  readonly excused: Set<string>;
  /** What functions show of the sources of entries: that they take references of them, that they free them. */
  readonly evidence: Set<string>;
  /** What functions give back that did not take it, where some call of theirs has it held, or is reported for that. */
  readonly provided: Set<string>;
  readonly closureUses: Map<number, Set<ClosureUse>>;
  readonly budget: Budget;
  /** Looks on, where someone does. */
  readonly observer: Observer | null;
  /** The summary of a function for calls for which these variables, of its own and around it, hold these functions. */
  specialize(fn: Fn, given: ReadonlyMap<Var, Value>, depth: number, origin: TraceStep): Summary;
}

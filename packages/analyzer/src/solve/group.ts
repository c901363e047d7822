import type { TreeOp } from '../domain/tree-modes.ts';
import type { Fn } from '../link/program.ts';
import type { Summary } from '../summaries/summary.ts';
import type { ClosureUse } from './context.ts';
import type { Frame } from './frame.ts';
import { lockKind, lockShape, narrowShape } from './lock-shape.ts';
import type { OrderEdge } from './lock-order.ts';
import type { Found, Recorder } from './recorder.ts';
import type { SymbolFacts } from './symbol-facts.ts';

export interface FunctionProblem {
  readonly fn: Fn;
  readonly kind: 'budget' | 'internal';
  readonly message: string;
}

/** `trees`: functions that say how trees are locked, one by one, for just that. `all`: functions that call each other. */
export type Phase = 'trees' | 'all';

/** An edge of the order of locks, whose places need not be known yet. */
export interface EdgeSource extends Pick<OrderEdge, 'first' | 'second' | 'sameKind'> {
  edge(): OrderEdge;
}

/** All that the analysis of one group of functions leaves behind. */
export interface GroupResult {
  readonly members: readonly number[];
  summary(fn: number): Summary;
  found(fn: number): Found;
  /** What was found in helpers, with the functions that they are given. */
  foundInHelpers(): Found;
  /** Of the function, for what is said when all is known. */
  recorder(fn: number): Recorder;
  leftOver(fn: number): LeftOver;
  calls(fn: number): ReadonlyMap<number, ReadonlySet<string>>;
  edges(fn: number): readonly EdgeSource[];
  callbackEdges(): readonly EdgeSource[];
  symbols(): SymbolFacts;
  readonly problems: readonly FunctionProblem[];
  readonly called: ReadonlySet<number>;
  readonly uses: readonly (readonly [number, ClosureUse])[];
  readonly excused: ReadonlySet<string>;
  readonly provided: ReadonlySet<string>;
  readonly evidence: ReadonlySet<string>;
  readonly treeOps: readonly TreeOp[];
}

/** What earlier runs leave to later ones. */
export interface SolveMemory {
  /** The result for these functions, if all that it follows from is as it was. */
  recall(phase: Phase, members: readonly number[]): GroupResult | null;
  keep(phase: Phase, result: GroupResult, reads: ReadonlySet<string>): void;
  /** What was found in a function when all was known, if all that it follows from is as it was. */
  recallEnd(fn: Fn, answer: (question: string) => string): Found | null;
  keepEnd(fn: Fn, found: Found, reads: ReadonlySet<string>): void;
}

/** What a function leaves to be said when all have been analysed. */
export interface LeftOver {
  /** Something that is said if nobody in the program calls it. */
  readonly ofRoot: boolean;
  /** Something that is said of it in any case. */
  readonly always: boolean;
  /** It lets entries escape that a lock of its caller's might have kept. */
  readonly letsEscape: boolean;
  /** The shapes of the locks that it gives back for its callers, and that it leaves to them. */
  readonly releases: readonly string[];
  readonly acquires: readonly string[];
  /** Of the latter those that no path of it gives back. */
  readonly keeps: readonly string[];
  /** The same by the field alone that the lock lies in: two halves may reach the object by different ways. */
  readonly releasedKinds: readonly string[];
  readonly acquiredKinds: readonly string[];
}

export const NOTHING_LEFT: LeftOver = {
  ofRoot: false,
  always: false,
  letsEscape: false,
  releases: [],
  acquires: [],
  keeps: [],
  releasedKinds: [],
  acquiredKinds: [],
};

export function leftOverOf(frame: Frame, summary: Summary, unmatched: ReadonlyMap<string, string>): LeftOver {
  const { access, held, asserted, fresh, rcuReaders, leaks, kept, loneReleases, outcomes } = summary;
  const { keptShapes: keeps } = summary;
  const always = held.length > 0 || leaks.length > 0 || kept.length > 0 || loneReleases.length > 0;
  const ofRoot =
    always ||
    access.length > 0 ||
    asserted.length > 0 ||
    fresh.length > 0 ||
    rcuReaders.length > 0 ||
    unmatched.size > 0 ||
    outcomes.some((o) => o.reserved.length > 0 || o.unchecked.length > 0);
  const letsEscape = summary.escapes.size > 0;
  if (!ofRoot) return letsEscape || keeps.length > 0 ? { ...NOTHING_LEFT, letsEscape, keeps } : NOTHING_LEFT;
  const left = [...kept, ...leaks];
  return {
    ofRoot,
    always,
    letsEscape,
    releases: [...new Set(held.flatMap(({ lock }) => [lockShape(frame, lock), narrowShape(frame, lock)]))],
    acquires: left.map((leak) => lockShape(frame, leak.lock)),
    keeps,
    releasedKinds: [
      ...held.map((need) => lockKind(frame, need.lock)),
      ...unmatched.values(),
      ...loneReleases.map(({ kind }) => kind),
    ],
    acquiredKinds: left.map((leak) => lockKind(frame, leak.lock)),
  };
}

export function edgeSources(recorder: Recorder): readonly EdgeSource[] {
  return [...recorder.edges.values()].map((edge) => ({ ...edge, edge: () => edge }));
}

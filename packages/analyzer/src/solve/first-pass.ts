import type { TreeModes } from '../domain/tree-modes.ts';
import type { GroupResult } from './group.ts';

interface Kept {
  readonly result: GroupResult;
  /** The names of all that was asked for. */
  readonly reads: ReadonlySet<string>;
  /** The summaries among it, with the results that they came from. */
  readonly callees: ReadonlyMap<number, GroupResult | undefined>;
  /** How much was known of trees before. */
  readonly since: number;
}

/**
 * What came of the functions that are analysed before all others, for what they say of trees. It need not be worked out
 * again where nothing that they asked for has become something else.
 */
export class FirstPass {
  readonly #kept = new Map<number, Kept>();
  readonly #trees: TreeModes;
  readonly #resultOf: (fn: number) => GroupResult | undefined;

  constructor(trees: TreeModes, resultOf: (fn: number) => GroupResult | undefined) {
    this.#trees = trees;
    this.#resultOf = resultOf;
  }

  /** Cost: linear in what was asked for. */
  keep(result: GroupResult, reads: ReadonlySet<string>, callees: Kept['callees'], since: number): void {
    const [fn] = result.members;
    if (fn !== undefined) this.#kept.set(fn, { result, reads, callees, since });
  }

  stillTrue(members: readonly number[]): Kept | null {
    const [fn] = members;
    const kept = fn === undefined || members.length > 1 ? undefined : this.#kept.get(fn);
    if (kept === undefined) return null;
    for (const [callee, before] of kept.callees) if (this.#resultOf(callee) !== before) return null;
    for (const name of kept.reads) if (this.#trees.hasChangedSince(kept.since, name)) return null;
    return kept;
  }
}

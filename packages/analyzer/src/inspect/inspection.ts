/** What `inspect()` shows of a function. */
export interface InspectedFunction {
  readonly file: string;
  /** As in findings: `put`, `Pool.put`. */
  readonly name: string;
  /** The lines that the function takes up, both from 1 and both included. */
  readonly line: number;
  readonly endLine: number;
  /** What its callers have to know of it, a sentence each. */
  readonly summary: readonly string[];
  /** The lines on which something happens, in order. */
  readonly lines: readonly InspectedLine[];
  /** The control flow in the language of Graphviz. */
  readonly graph: string;
}

export interface InspectedLine {
  readonly line: number;
  /**
   * The locks that are held before the line, one text for each way to get there: `mas.tree.ma_lock`, `RCU (read)`,
   * `nothing`. Empty where no path leads.
   */
  readonly held: readonly string[];
  /** Cursors that stand on a node, are paused, or have lost their node there: `mas stale`. */
  readonly cursors: readonly string[];
}

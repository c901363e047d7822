/** Where something is, in lines and columns as editors show them: both start at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One step of the way that leads to a finding, in the order of execution. */
export interface Step extends Place {
  /** `enter`: the function begins; `branch`: a branch taken; `acquire`, `release`, `call`, `exit`, `access`. */
  readonly kind:
    | 'enter'
    | 'branch'
    | 'acquire'
    | 'release'
    | 'drop'
    | 'call'
    | 'access'
    | 'exit'
    | 'position'
    | 'bind'
    | 'note';
  readonly message: string;
}

/** `proved`: fails on a feasible path whatever the unknown calls do. `possible`: may fail. */
export type Certainty = 'proved' | 'possible';

/** A place where the discipline breaks. */
export interface Finding extends Place {
  /** Without prefix: `require-write-lock`. */
  readonly rule: string;
  readonly message: string;
  readonly certainty: Certainty;
  /** The function it lies in, as messages name it. */
  readonly functionName: string;
  /** The other place that the finding is about: where the lock was dropped, taken, left. */
  readonly related: readonly Step[];
  /** The path from the function's entry to the finding. */
  readonly path: readonly Step[];
}

/** A file, or a function of it, that was not read whole or not analysed. Counted and said, never skipped in silence. */
export interface Problem {
  readonly file: string;
  /** 1-based; 1:1 where the file as a whole is meant. */
  readonly line: number;
  readonly column: number;
  /** `unreadable`, `syntax`, `budget`, `internal`. */
  readonly kind: 'unreadable' | 'syntax' | 'budget' | 'internal';
  readonly message: string;
  readonly functionName?: string;
}

export interface Stats {
  /** Files given. */
  readonly files: number;
  /** Files that mention an API and were parsed. */
  readonly parsed: number;
  readonly functions: number;
  readonly lines: number;
  /** With a cache: how many of the parsed files were not read again. */
  readonly reused?: number;
  /** Milliseconds spent. */
  readonly parseMs: number;
  readonly lowerMs: number;
  readonly solveMs: number;
}

export interface Analysis {
  /** Ordered by file, line, column, rule. Both certainties; callers filter. */
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly stats: Stats;
}

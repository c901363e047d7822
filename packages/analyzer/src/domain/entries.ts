import type { TraceStep } from './trace.ts';
import type { Value } from './values.ts';

/** An entry that a reader of a tree was given, and whether what keeps it alive still does. */
export interface EntryState {
  /**
   * `guarded`: the read section that it was found in is open. `callers`: it was found under what the caller holds.
   * `loose`: nothing that is seen keeps it. `pinned`: something else does, a reference or a lock.
   */
  readonly status: 'guarded' | 'callers' | 'loose' | 'pinned';
  /** It was given to a function that may have taken a reference to it. */
  readonly doubtful: boolean;
  /** The reader, as written. */
  readonly api: string;
  readonly found: TraceStep;
  /** Where the read section ended; null while it has not. */
  readonly ended: TraceStep | null;
  /**
   * What has to be shown of its source. `pinned`: references may keep it, unless functions take them of what they find there
   * before they use it. `freed`: what was found under a lock of the function's is used after it, which is wrong where
   * functions free what they take out. `lent`: a helper of the program has found it, as `pinned`.
   */
  readonly hangsOn?: 'pinned' | 'freed' | 'lent';
  /** It is no entry, but the address of a part of one. */
  readonly isPart?: boolean;
  /** It was taken out of the tree since: it is this function's. */
  readonly isTaken?: boolean;
  /** The file and the kind of the tree that it was found in. */
  readonly source?: string;
  /** The lock that alone keeps it, without a break; absent where a read section or any lock may. */
  readonly keeper?: Value;
  /** The kind of that lock, where it is none of the tree's: has to be shown to be the one that entries are freed under. */
  readonly under?: string;
}

/** What is known of an entry where two paths meet on which it has these states. */
export function joinEntries(x: EntryState, y: EntryState): EntryState {
  if (x.status === y.status) return x.doubtful ? x : y.doubtful ? y : x;
  if (x.status === 'pinned' || y.status === 'pinned') return x.status === 'pinned' ? x : y;
  return x.status === 'loose' ? x : y.status === 'loose' ? y : x;
}

/**
 * The form in which an API's lock discipline is written down. One table of this form (`CONTRACT`) is read by the
 * run-time checks of this package, by the analyzer, and by the generated API tables, so that no lock rule stands twice.
 */

/**
 * Where in a call a thing is found: `$0`, `$1`… are the arguments, `$this` the receiver of a method, `$result` what
 * the call returns; fields follow with a dot: `$0.tree` is the tree of the cursor given first. A
 * name without `$` is a global of C: `current`.
 */
export type CallPath = string;

/** Names a lock by the way that leads to it from a call. */
export type LockRef =
  /** Whatever lock protects the tree found at the path: its internal lock, or the external one bound to it. */
  | { readonly of: 'tree'; readonly at: CallPath }
  /** The internal lock (`ma_lock`) of the tree found at the path. */
  | { readonly of: 'internal'; readonly at: CallPath }
  /** A lock object found at the path. */
  | { readonly of: 'object'; readonly at: CallPath }
  /** A lock that has no object: `rcu`. */
  | { readonly of: 'token'; readonly name: string };

/** Exclusive (`write`) or shared (`read`) holding of a lock. */
export type LockMode = 'read' | 'write';

/** One lock that a call takes or gives back. */
export interface LockEffect {
  readonly lock: LockRef;
  readonly mode: LockMode;
  /**
   * For a conditional acquire, the results that mean "taken": `nonzero` (true, a non-null pointer), `zero` (0, null),
   * or `nonnegative`. Absent: taken in any case. For a release, the results that mean "given back".
   */
  readonly when?: 'nonzero' | 'zero' | 'nonnegative';
  /** For an assertion that does not say which mode: either makes it true, and the stronger one is believed. */
  readonly anyMode?: true;
  /** For an acquire: where the call leaves a function whose call gives the lock back (`$result`, `$result.release`). */
  readonly releaser?: CallPath;
}

/** A function that the call is given, and runs once before it is done. */
export interface CallbackEffect {
  readonly at: CallPath;
  /** Locks that the call takes around it, and gives back however it ends. */
  readonly under?: readonly LockEffect[];
}

/** What must be held around a call that touches a tree. `read`: RCU or the tree's lock; `write`: the tree's write lock. */
export interface AccessNeed {
  readonly access: LockMode;
  readonly tree: CallPath;
}

/** The states of a cursor (enum maple_status of include/linux/maple_tree.h, Linux 6.12). */
export type CursorStatus =
  'start' | 'active' | 'root' | 'none' | 'pause' | 'overflow' | 'underflow' | 'error';

/** What a call does to a cursor. */
export interface CursorEffect {
  readonly at: CallPath;
  /**
   * `position`: goes on from the node that the cursor remembers, so the cursor must not be stale;
   * `nothing`: walks anew from the root, or does not look at the tree at all.
   */
  readonly uses: 'position' | 'nothing';
  /**
   * What the cursor remembers afterwards: `node` a place in the tree (bound to the unbroken hold of the lock), `start`
   * nothing but its range, `pause` the place by index only, `same` what it remembered before.
   */
  readonly leaves: 'node' | 'start' | 'pause' | 'same';
  /** States in which the call is not allowed. */
  readonly illegal?: readonly CursorStatus[];
  /** The state in which the call leaves the cursor where it fails, if its result or the cursor tells that it did. */
  readonly failed?: CursorStatus;
  /** The state in which the call may leave the cursor where it finds nothing within its limit. */
  readonly exhausted?: CursorStatus;
}

/** How a call tells that it failed. */
export interface ResultContract {
  /**
   * `errno`: 0 or a negative errno; `errno-or-value`: negative is an error, zero and positive are results;
   * `entry`: an entry or null, failure not told; `entry-state`: an entry, failure told by `mas_is_err` only;
   * `boolean`; `guard`: a disposable guard of the lock that the call took; `cursor`; `tree`; `iterable`; `value`; `none`.
   */
  readonly kind:
    | 'errno'
    | 'errno-or-value'
    | 'entry'
    | 'entry-state'
    | 'boolean'
    | 'guard'
    | 'cursor'
    | 'tree'
    | 'iterable'
    | 'value'
    | 'none';
  /** True where a caller that drops the result cannot know whether the work was done. */
  readonly mustCheck?: boolean;
  /**
   * For an entry, what keeps it alive besides the read section that it was found in. Absent: the lock that entries are
   * erased under. `lock`: no section, but the lock of the tree, and only while it is held without a break. `counted`:
   * references that the tree knows nothing of.
   */
  readonly keptBy?: 'lock' | 'counted';
}

/** A call that makes a tree, or sets how it is locked. */
export interface TreeEffect {
  readonly at: CallPath;
  /** The argument that carries the MT_FLAGS; absent: the call does not set them. */
  readonly flags?: CallPath;
  /** The argument that becomes the tree's external lock. */
  readonly lock?: CallPath;
  /** True where the call declares that no other thread sees the tree (mt_on_stack). */
  readonly private?: boolean;
  /** The call puts a tree that is there into RCU mode, or out of it, and leaves the rest as it is. */
  readonly rcu?: boolean;
}

/** A call that makes a cursor. */
export interface CursorInit {
  readonly at: CallPath;
  /** The argument that is the tree it walks. */
  readonly tree: CallPath;
}

/** Where the kernel's behaviour was read. */
export interface ContractSource {
  readonly file: string;
  readonly line?: number;
  readonly version: string;
}

/** All that the discipline says about one function. */
export interface FunctionContract {
  /** `mas_store`; methods as `Mutex.lock`; constructors as `new MapleTree`. */
  readonly name: string;
  /** Which half of the API: `normal` locks itself, `advanced` leaves it to the caller. */
  readonly group: 'normal' | 'advanced' | 'cursor' | 'lock' | 'tree' | 'debug';
  /** Names of the parameters, as documented. */
  readonly params: readonly string[];
  /** One sentence for the API tables. */
  readonly summary: string;
  /** The lock that the caller must hold. */
  readonly needs?: readonly AccessNeed[];
  /** Locks that are held after the call and were not before. */
  readonly acquires?: readonly LockEffect[];
  /** Locks that the caller holds before the call and no longer after it. */
  readonly releases?: readonly LockEffect[];
  /** Locks that the call takes and gives back itself: the caller must not hold them. */
  readonly takes?: readonly LockEffect[];
  /**
   * True where nothing may sleep, and nothing be suspended, while what the call acquires is held: spinning locks, and in
   * TypeScript every lock that others fail on instead of waiting.
   */
  readonly atomic?: boolean;
  /** True for a call that declares the place of what it takes: after a lock of the same kind (mtree_lock_nested). */
  readonly nested?: boolean;
  /** True for a call that takes nothing itself of a tree with an external lock, and needs that lock held instead. */
  readonly heedsExternal?: boolean;
  /** Functions that the call runs, in this order. */
  readonly runs?: readonly CallbackEffect[];
  /** A lock held by the caller that the call may drop and take again (to allocate). */
  readonly drops?: LockRef;
  /** `always`: may sleep in any case; `gfp`: sleeps if the gfp argument allows blocking; absent: never. */
  readonly sleeps?: 'always' | 'gfp';
  /** True for a call that sleeps while it holds what it takes itself. */
  readonly sleepsLocked?: boolean;
  /** Which argument is the gfp flags, in C. Absent with `sleeps: 'gfp'`: hard-coded GFP_KERNEL. */
  readonly gfp?: CallPath;
  readonly cursor?: CursorEffect;
  /** True for a call that may change the nodes of the tree, so that other cursors on it lose their place. */
  readonly modifies?: CallPath;
  readonly makesCursor?: CursorInit;
  readonly tree?: TreeEffect;
  readonly result: ResultContract;
  /** The tree that the result is an entry of, where `needs` does not say. */
  readonly entryOf?: CallPath;
  /**
   * `reserve`: allocates nodes for one store, `reserve-many` for a run of them; they must be stored or given back.
   * `take`: a store from such a run, or the one store; `consume`: a store that also gives back what is left; `free`
   * gives them back. `forget`: makes the cursor anew, for which nothing may be reserved for one store.
   */
  readonly prealloc?: 'reserve' | 'reserve-many' | 'take' | 'consume' | 'free' | 'forget';
  /** For a question about a cursor: the state for which the answer is true. */
  readonly asks?: { readonly at: CallPath; readonly status: CursorStatus };
  /** For a question about a tree: where the answer is true, it is in RCU mode. */
  readonly asksRcu?: CallPath;
  /** For an iterable: the call that each step amounts to. */
  readonly steps?: string;
  /** Holding the lock after the call is asserted by it (lockdep_assert_held), or is what its result says (`when`). */
  readonly asserts?: readonly LockEffect[];
  /** True where taking the lock twice nests instead of deadlocking (rcu_read_lock). */
  readonly reentrant?: boolean;
  /** The call marks the lock's use as external, which the maintainers want gone. */
  readonly deprecated?: string;
  readonly source?: ContractSource;
}

/** A named set of function contracts. */
export interface Contract {
  /** `maple-tree`. */
  readonly name: string;
  /** The module that a TypeScript program imports the functions from. */
  readonly module?: string;
  /** The header that a C program includes for them. */
  readonly header?: string;
  readonly functions: readonly FunctionContract[];
}

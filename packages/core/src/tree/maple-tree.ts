import { isIndex } from '../arguments.ts';
import {
  MT_FLAGS_ALL,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_LOCK_EXTERN,
  MT_FLAGS_LOCK_MASK,
  MT_FLAGS_USE_RCU,
} from '../constants.ts';
import { Lock } from '../locks/lock.ts';
import { rcu } from '../rcu/sections.ts';
import { Arena } from './arena.ts';

/** What a tree may be given besides its flags. */
export interface MapleTreeOptions {
  /** The most nodes it may hold, those that suspended readers keep included; beyond that stores fail with -ENOMEM. */
  readonly maxNodes?: number;
  /** What messages call it. */
  readonly name?: string;
}

let trees = 0;

/**
 * A map from ranges of integers, 0 to ULONG_MAX, to entries: a B-tree of ranges that do not overlap.
 *
 * It has no methods; the functions of the normal API (`mtree_*`, `mt_*`) and of the advanced one (`mas_*`) work on it.
 */
export class MapleTree<T = unknown> {
  /** The MT_FLAGS of the tree. */
  readonly flags: number = 0;
  /** @internal */
  readonly id: number = ++trees;
  /** @internal */
  declare readonly givenName: string | undefined;
  /** @internal */
  declare readonly limit: number;
  /** @internal The node memory; a new one when the tree is destroyed or defragmented, so that readers keep the old. */
  declare arena: Arena;
  /** @internal The root node, or -1. */
  root = -1;
  /** @internal Levels of nodes; 0 for a tree that is empty or one entry at index 0. */
  height = 0;
  /** @internal The entry at index 0 of a tree without nodes. */
  rootEntry: unknown = null;
  /** @internal Changes with each write, so that cursors know whether their place is still one. */
  version = 0;
  /** @internal Read sections opened up to this time must not see a node change. */
  frozenUntil = -1;
  /** @internal */
  declare readonly lock: Lock;
  /** @internal The lock that protects the tree: its own, or the external one. */
  declare guardian: Lock;
  /** Tells trees of different entries apart; there is no such field. */
  declare protected readonly entryType: T;

  /**
   * Makes an empty tree. O(1).
   *
   * @param flags MT_FLAGS_ALLOC_RANGE and MT_FLAGS_USE_RCU, or'ed; default 0.
   * @throws RangeError for unknown flags or a maxNodes that is not a positive integer.
   */
  constructor(flags: number = 0, options: MapleTreeOptions = {}) {
    const { maxNodes = Infinity, name } = options;
    if (maxNodes !== Infinity && !(isIndex(maxNodes) && maxNodes > 0)) {
      throw new RangeError(`maxNodes is ${String(maxNodes)}: not a positive integer`);
    }
    requireFlags(flags);
    this.flags = flags;
    this.givenName = name;
    this.limit = maxNodes;
    this.arena = new Arena(maxNodes, (flags & MT_FLAGS_ALLOC_RANGE) !== 0);
    this.frozenUntil = (flags & MT_FLAGS_USE_RCU) !== 0 ? Number.MAX_SAFE_INTEGER : -1;
    this.lock = new Lock('internal lock of', this);
    this.guardian = isExternal(flags) ? new Lock('external lock (none bound) of', this) : this.lock;
  }

  /** What messages call it. */
  get name(): string {
    return this.givenName ?? `MapleTree #${this.id}`;
  }
}

/** Sets the flags of a tree, which are for its users to read only. */
export function setFlags(tree: { flags: number }, flags: number): void {
  tree.flags = flags;
}

/** Throws for flags that no tree can have. */
export function requireFlags(flags: number): void {
  if (!isIndex(flags) || (flags & ~MT_FLAGS_ALL) !== 0) {
    throw new RangeError(`flags are ${String(flags)}: not a combination of MT_FLAGS`);
  }
}

/** True for the flags of a tree that an external lock protects. */
export function isExternal(flags: number): boolean {
  return (flags & MT_FLAGS_LOCK_MASK) === MT_FLAGS_LOCK_EXTERN;
}

/** Makes the tree hold nothing and drops its nodes; readers in open sections keep what they see. O(1). */
export function empty(tree: MapleTree): void {
  const { reserved } = tree.arena;
  tree.arena = new Arena(tree.limit, (tree.flags & MT_FLAGS_ALLOC_RANGE) !== 0);
  tree.arena.reserved = reserved;
  tree.root = -1;
  tree.height = 0;
  tree.rootEntry = null;
  tree.version++;
}

/** True while a write has to leave every node as it is, because a suspended reader may be looking at it. */
export function isFrozen(tree: MapleTree): boolean {
  return rcu.oldest <= tree.frozenUntil;
}

/** Slots in a node. The search below is written out for this number. */
export const SLOTS = 32;
/** A node's number is its place shifted right by so much. */
export const NODE_SHIFT = 5;
/** Nodes with fewer slots than this are joined with a neighbour. */
export const MIN_SLOTS = 11;
/** More levels of nodes than any memory holds. */
export const MAX_LEVELS = 64;

/**
 * The slot of a node that holds an index, as node + slot. Bounds that are not used are NaN, and so neither below an index nor above it.
 *
 * No branch depends on the data: which group of eight, which pair of it, then which slot of that is counted, so that
 * nothing is mispredicted. Places are put together with `|`, which unlike `+` needs no test for overflow. It is a const,
 * as are the others on the way of a lookup, because V8 asks before each call of a function declaration whether it is
 * still the same.
 */
export const findSlot = (pivots: Float64Array, node: number, index: number): number => {
  const group =
    node |
    ((+(pivots[node | 7]! < index) + +(pivots[node | 15]! < index) + +(pivots[node | 23]! < index)) << 3);
  const pair =
    group |
    ((+(pivots[group | 1]! < index) + +(pivots[group | 3]! < index) + +(pivots[group | 5]! < index)) << 1);
  return pair | +(pivots[pair]! < index);
};

/** In no slot of any node. */
const NOWHERE = Symbol('nowhere');

/**
 * Reads from each cache line of a leaf's slots, and from the line of its bounds that a search comes to last, and answers
 * false. Called before the bounds are searched: in a tree that does not fit into the cache, all of the leaf is then fetched
 * at once, not one part after the other.
 */
export const fetchLeaf = (pivots: Float64Array, slots: readonly unknown[], leaf: number): boolean =>
  slots[leaf] === NOWHERE ||
  slots[leaf | 8] === NOWHERE ||
  slots[leaf | 16] === NOWHERE ||
  slots[leaf | 24] === NOWHERE ||
  pivots[leaf | 31] === -1;

/** Where the range of the node starts to which the first `depth` places of a path lead. */
export function startOfNode(pivots: Float64Array, path: Int32Array, depth: number): number {
  for (let d = depth - 1; d >= 0; d--) {
    const at = path[d]!;
    if ((at & (SLOTS - 1)) !== 0) return pivots[at - 1]! + 1;
  }
  return 0;
}

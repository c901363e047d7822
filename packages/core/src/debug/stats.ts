import type { MapleTree } from '../tree/maple-tree.ts';
import { NODE_SHIFT, SLOTS } from '../tree/node.ts';

/** What a tree's memory holds. */
export interface TreeStats {
  /** Levels of nodes. */
  readonly height: number;
  /** Nodes of the tree. */
  readonly nodes: number;
  /** Nodes that left the tree and are kept for open read sections. */
  readonly waiting: number;
  /** Nodes reserved for cursors. */
  readonly reserved: number;
  /** Nodes that the memory has room for. */
  readonly capacity: number;
  /** Bytes of the node memory, entries as references of 8 bytes. */
  readonly bytes: number;
  /** Share of the tree's slots that is used, 0 to 1; 0 without nodes. */
  readonly fill: number;
  /** Share of the node memory that no node of the tree uses, 0 to 1. */
  readonly fragmentation: number;
}

/** Measures a tree's memory. Needs no lock. O(capacity). */
export function mt_stats<T>(mt: MapleTree<T>): TreeStats {
  const { arena, height } = mt;
  arena.reclaim();
  const nodes = arena.live;
  return {
    height,
    nodes,
    waiting: arena.waiting,
    reserved: arena.reserved,
    capacity: arena.capacity,
    bytes: arena.bytes,
    fill: nodes === 0 ? 0 : usedSlots(mt) / (nodes * SLOTS),
    fragmentation: arena.capacity === 0 ? 0 : 1 - nodes / arena.capacity,
  };
}

function usedSlots(tree: MapleTree): number {
  let used = 0;
  const add = (node: number, level: number): void => {
    const count = tree.arena.counts[node >> NODE_SHIFT]!;
    used += count;
    if (level === 1) return;
    for (let at = node; at < node + count; at++) add(tree.arena.slots[at] as number, level - 1);
  };
  if (tree.height > 0) add(tree.root, tree.height);
  return used;
}

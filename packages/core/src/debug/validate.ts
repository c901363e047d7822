import { WRITE_TREE } from '../contract/disciplines.ts';
import { ULONG_MAX } from '../constants.ts';
import { enforceTree, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { gapOfLeaf, gapOfNode } from '../tree/gap-index.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { NODE_SHIFT, SLOTS } from '../tree/node.ts';

const MT_VALIDATE_RULE = ruleOf('mt_validate', WRITE_TREE);

/**
 * Checks every invariant of the tree: ranges ascending and without holes, no two gaps next to each other, all leaves at
 * one depth, unused slots empty, the gap index right, and each node of the memory either in the tree, free, or waiting
 * for readers. The caller holds the lock. O(n).
 *
 * @throws Error that names the node and what is wrong with it; LockDisciplineError (require-write-lock).
 * Kernel: lib/maple_tree.c, mt_validate(), 6.12.
 */
export function mt_validate<T>(mt: MapleTree<T>): void {
  if (discipline.on === true) enforceTree(MT_VALIDATE_RULE, mt);
  const { arena, height, root } = mt;
  const nodes = { count: 0, marked: 0, gapBefore: false };
  if (height === 0) {
    require(root === -1, mt, -1, 'has a root node and no levels');
  } else {
    require(mt.rootEntry === null, mt, root, 'stands beside a root entry');
    validateNode(mt, root, height, 0, ULONG_MAX, nodes);
  }
  const { marks } = arena.shortcuts;
  const marked = marks.reduce((sum, mark) => sum + mark, 0);
  require(marked === nodes.marked, mt, root, `has ${nodes.marked} marked twigs, not ${marked}`);
  require(arena.live === nodes.count, mt, root, `heads ${nodes.count} nodes, ${arena.live} are counted`);
  const known = nodes.count + arena.free + arena.waiting;
  require(known * SLOTS === arena.top, mt, root, `heads a tree that lost ${arena.top / SLOTS - known} nodes`);
}

function validateNode(
  tree: MapleTree,
  node: number,
  level: number,
  min: number,
  max: number,
  nodes: { count: number; marked: number; gapBefore: boolean },
): void {
  const { pivots, slots, counts, gaps, gapSlots } = tree.arena;
  const count = counts[node >> NODE_SHIFT]!;
  nodes.count++;
  require(count > 0 && count <= SLOTS, tree, node, `has ${count} slots`);
  require(node !== tree.root || level === 1 || count > 1, tree, node, 'is a root with a single child');
  const mark = tree.arena.shortcuts.marks[node >> NODE_SHIFT]!;
  require(mark === 0 || level === 2, tree, node, 'is marked and no twig');
  nodes.marked += mark;
  let first = min;
  let bits = 0;
  for (let at = node; at < node + count; at++) {
    const last = pivots[at]!;
    require(last >= first && last <= max, tree, node, `has a slot ${first}..${last}`);
    if (level > 1) {
      const child = slots[at] as number;
      require(Number.isInteger(child) &&
        child % SLOTS === 0, tree, node, `has no child in slot ${at - node}`);
      validateNode(tree, child, level - 1, first, last, nodes);
      if (gaps !== null) {
        const gap = level > 2 ? gapOfNode(tree.arena, child) : gapOfLeaf(tree.arena, child, first);
        require(gaps[at] ===
          gap, tree, node, `has a gap of ${gaps[at]} in slot ${at - node}, which is ${gap}`);
      }
    } else {
      const isGap = slots[at] === null;
      require(slots[at] !== undefined, tree, node, `has nothing in slot ${at - node}`);
      require(!(isGap && nodes.gapBefore), tree, node, `has a gap at ${first} right behind another`);
      nodes.gapBefore = isGap;
      if (isGap) bits |= 1 << at;
    }
    first = last + 1;
  }
  require(gaps === null || level > 1 || bits === gapSlots[node >> NODE_SHIFT], tree, node, 'has other gaps');
  require(pivots[node + count - 1] === max, tree, node, `ends at ${pivots[node + count - 1]}, not at ${max}`);
  for (let at = node + count; at < node + SLOTS; at++) {
    require(Number.isNaN(pivots[at]) &&
      slots[at] === null, tree, node, `uses slot ${at - node} beyond its ${count}`);
  }
}

function require(holds: boolean, tree: MapleTree, node: number, what: string): asserts holds {
  if (!holds) throw new Error(`mt_validate(): ${tree.name}: node ${node / SLOTS} ${what}`);
}

import { highestGap, lowestGap } from './gap-index.ts';
import type { MapleTree } from './maple-tree.ts';

/** The start of the lowest, or highest, gap of `size` indices between min and max; -1 where there is none. */
export function findGap(tree: MapleTree, min: number, max: number, size: number, reverse: boolean): number {
  if (tree.height > 0) {
    const find = reverse ? highestGap : lowestGap;
    return find(tree.arena, tree.root, tree.height, 0, min, max, size);
  }
  if (tree.rootEntry !== null && min === 0) {
    if (max === 0) return -1;
    min = 1;
  }
  if (max - min < size - 1) return -1;
  return reverse ? max - (size - 1) : min;
}

import type { MapleTree } from './maple-tree.ts';
import { findSlot, NODE_SHIFT } from './node.ts';

/** In a tree of fewer levels the root is the only twig, or a leaf. */
export const SHORTCUT_LEVELS = 3;
/** About so many stretches share a twig: most then lie in one twig only. */
const STRETCHES = 8;
/** The table is made anew, for the tree as it is then, when it was of no use so often per stretch. */
const PATIENCE = 16;

/**
 * For each stretch of the index space the twig, which is a node whose children are leaves, that a search there last came
 * through. The next one starts at it and leaves out the levels above.
 *
 * That is only a guess: a stretch may end in another twig, share its place in the table with a stretch far away, or be
 * noted for a twig that has been split since. What is never wrong is a twig's mark: a node that has one is a twig of the
 * tree. So where a bound of it lies on either side of the index, the slot between the two is the right one.
 */
export class Shortcuts {
  /** By stretch; any node where none is noted. A power of two of them. */
  twigs: Int32Array = new Int32Array(1);
  /** By node: 1 for a twig that is noted. Whoever takes a node out of the tree takes its mark away. */
  marks: Uint8Array = new Uint8Array(0);
  /** Stretches per index. */
  scale = 0.5;
  /** How often the table may still be of no use. */
  #patience = 0;

  get bytes(): number {
    return this.marks.length && this.marks.length + this.twigs.byteLength;
  }

  /** The slot above the leaf that holds an index, found from the root; its twig is noted. */
  note(tree: MapleTree, index: number): number {
    const { pivots, slots, counts, live } = tree.arena;
    let twig = tree.root;
    for (let level = tree.height; level > 2; level--) twig = slots[findSlot(pivots, twig, index)] as number;
    if (--this.#patience < 0) {
      let size = 16;
      while (size < live) size *= 2;
      this.twigs = new Int32Array(size);
      this.#patience = PATIENCE * size;
      // This twig stands for all: they hold about as many slots each, whatever their width.
      this.scale = STRETCHES / (pivots[twig + counts[twig >> NODE_SHIFT]! - 1]! - pivots[twig]!);
    }
    this.twigs[(index * this.scale) & (this.twigs.length - 1)] = twig;
    this.marks[twig >> NODE_SHIFT] = 1;
    return findSlot(pivots, twig, index);
  }
}

/** The slot above the leaf that holds an index, in a tree of at least SHORTCUT_LEVELS. O(1), or O(log n) at times. */
export const slotAbove = (tree: MapleTree, index: number): number => {
  const { pivots, shortcuts } = tree.arena;
  const { twigs, marks } = shortcuts;
  const twig = twigs[(index * shortcuts.scale) & (twigs.length - 1)]!;
  if (marks[twig >> NODE_SHIFT] === 1) {
    const at = findSlot(pivots, twig, index);
    const last = pivots[at]!;
    if (at !== twig && last >= index && last !== Infinity) return at;
  }
  return shortcuts.note(tree, index);
};

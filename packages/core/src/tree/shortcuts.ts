import type { MapleTree } from './maple-tree.ts';
import { findSlot, NODE_SHIFT, SLOTS } from './node.ts';

/** In a tree of fewer levels the root is the only twig, or a leaf. */
export const SHORTCUT_LEVELS = 3;
/** About so many stretches share a twig: two for each slot, so that most begin in the slot they end in, or in front of it. */
const STRETCHES = 64;
/** The table is made anew, for the tree as it is then, when it was of no use so often per stretch. */
const PATIENCE = 16;

/**
 * For each stretch of the index space a slot of a twig, which is a node whose children are leaves: the one in front of the
 * slot that a search there last came through. The next one looks at the two, and leaves out the levels above.
 *
 * That is only a guess: a stretch may go on behind the two, share its place in the table with a stretch far away, or be
 * noted for a twig that has changed since. What is never wrong is a twig's mark: a node that has one is a twig of the
 * tree. So where a bound of it lies on either side of the index, the slot between the two is the right one.
 */
export class Shortcuts {
  /** By stretch; any slot where none is noted. A power of two of them. */
  places: Int32Array = new Int32Array(1);
  /** By node: 1 for a twig that is noted. Whoever takes a node out of the tree takes its mark away. */
  marks: Uint8Array = new Uint8Array(0);
  /** Stretches per index. */
  scale = 0.5;
  /** How often the table may still be of no use. */
  #patience = 0;

  get bytes(): number {
    return this.marks.length && this.marks.length + this.places.byteLength;
  }

  /** The slot above the leaf that holds an index, where the place that was guessed is not the right one. */
  find(tree: MapleTree, index: number, place: number): number {
    const { pivots, slots, counts, live } = tree.arena;
    let twig = place & -SLOTS;
    let at = findSlot(pivots, twig, index);
    if (this.marks[twig >> NODE_SHIFT] === 1 && at !== twig && pivots[at]! >= index) {
      if (--this.#patience >= 0) return at;
    }
    twig = tree.root;
    for (let level = tree.height; level > 2; level--) twig = slots[findSlot(pivots, twig, index)] as number;
    const end = twig + counts[twig >> NODE_SHIFT]!;
    if (--this.#patience < 0) {
      // Four to eight for each node, of which few are twigs.
      this.places = new Int32Array(2 ** (34 - Math.clz32(live)));
      this.marks.fill(0);
      this.#patience = PATIENCE * this.places.length;
      // This twig stands for all: they hold about as many slots each, whatever their width.
      this.scale = STRETCHES / (pivots[end - 1]! - pivots[twig]!);
    }
    if (this.marks[twig >> NODE_SHIFT] === 0) {
      this.marks[twig >> NODE_SHIFT] = 1;
      const first = Math.ceil(pivots[twig]! * this.scale);
      at = twig;
      for (let stretch = first; stretch < first + 2 * STRETCHES; stretch++) {
        while (at < end && pivots[at]! * this.scale < stretch) at++;
        if (at < end) this.places[stretch & (this.places.length - 1)] = at;
      }
    }
    return findSlot(pivots, twig, index);
  }
}

/** The slot above the leaf that holds an index, in a tree of at least SHORTCUT_LEVELS. O(1), or O(log n) at times. */
export const slotAbove = (tree: MapleTree, index: number): number => {
  const { pivots, shortcuts } = tree.arena;
  const { places, marks } = shortcuts;
  const place = places[(index * shortcuts.scale) & (places.length - 1)]!;
  const at = place + +(pivots[place]! < index);
  return marks[place >> NODE_SHIFT] === 1 &&
    (at & (SLOTS - 1)) !== 0 &&
    pivots[at - 1]! < index &&
    pivots[at]! >= index
    ? at
    : shortcuts.find(tree, index, place);
};

import { rcu } from '../rcu/sections.ts';
import { NODE_SHIFT, SLOTS } from './node.ts';
import { Shortcuts } from './shortcuts.ts';

const NO_PIVOTS = new Float64Array(0);
const NO_COUNTS = new Uint8Array(0);
const NO_GAPS = new Int32Array(0);

/** What a node costs outside of the gap index: bounds, slots, the number of used ones and which of them are gaps. */
const NODE_BYTES = SLOTS * 8 + SLOTS * 8 + 1 + 4;

/**
 * The nodes of one tree. A node is named by the place of its first slot in the arrays, a multiple of SLOTS; so
 * `node + slot` names a slot, and `place & -SLOTS` gives the node back.
 *
 * A slot's pivot is the last index of its range; that of the last used slot is the end of the node's own range. Unused
 * slots have the pivot NaN and hold null. In leaves a slot holds an entry, or null for a gap; in other nodes the
 * child. Which of the two a node is follows from its depth alone.
 */
export class Arena {
  pivots: Float64Array = NO_PIVOTS;
  slots: unknown[] = [];
  /** Used slots, by node / SLOTS. */
  counts: Uint8Array = NO_COUNTS;
  /** The largest gap in the subtree of each slot of the nodes above the leaves; null where the tree keeps none. */
  gaps: Float64Array | null = null;
  /** By leaf / SLOTS a bit for each slot that is a gap, as gapOfLeaf() last saw it: where `gaps` are kept, as it is. */
  gapSlots: Int32Array = NO_GAPS;
  /** Where searches may start below the root. */
  readonly shortcuts: Shortcuts = new Shortcuts();
  /** Nodes that are part of the tree, or being made so. */
  live = 0;
  /** Nodes promised to cursors. */
  reserved = 0;
  /** The most nodes that may be in use or promised. */
  declare readonly limit: number;
  /** Nodes that were used and are free now. */
  free = 0;
  /** Everything from here on was never used. */
  top = 0;
  /** The first of the free nodes, which are chained through their first pivot; -1 for none. */
  #freed = -1;
  /** Nodes that left the tree while a read section could see them, with the time at which they did. */
  #waiting: { node: number; since: number }[] = [];

  constructor(limit: number, withGaps: boolean) {
    this.limit = limit;
    this.gaps = withGaps ? NO_PIVOTS : null;
  }

  /** Nodes that the arrays have room for. */
  get capacity(): number {
    return this.counts.length;
  }

  /** Nodes that are kept only for open read sections. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    const nodeBytes = NODE_BYTES + (this.gaps === null ? 0 : SLOTS * 8);
    return this.capacity * nodeBytes + this.shortcuts.bytes;
  }

  /** A node to be filled, or -1 where the host gives no more memory. The limit is looked at by `overLimit`. */
  take(): number {
    if (this.#freed < 0) this.reclaim();
    let node = this.#freed;
    if (node >= 0) {
      this.#freed = this.pivots[node]!;
      this.free--;
    } else {
      node = this.top;
      if (node === this.capacity * SLOTS && !this.#grow(this.capacity + 1)) return -1;
      this.top += SLOTS;
      for (let at = node; at < this.top; at++) this.slots[at] = null;
    }
    this.live++;
    return node;
  }

  /** Gives a node back for use at once. */
  give(node: number): void {
    const end = node + this.counts[node >> NODE_SHIFT]!;
    for (let at = node; at < end; at++) this.slots[at] = null;
    this.counts[node >> NODE_SHIFT] = 0;
    this.shortcuts.marks[node >> NODE_SHIFT] = 0;
    this.pivots[node] = this.#freed;
    this.#freed = node;
    this.free++;
    this.live--;
  }

  /** Gives a node back once every read section that is open now has ended. */
  giveLater(node: number): void {
    this.#waiting.push({ node, since: rcu.clock });
    this.shortcuts.marks[node >> NODE_SHIFT] = 0;
    this.live--;
  }

  /** Frees what no open read section can see any more. */
  reclaim(): void {
    const waiting = this.#waiting;
    let done = 0;
    while (done < waiting.length && waiting[done]!.since < rcu.oldest) {
      this.live++;
      this.give(waiting[done]!.node);
      done++;
    }
    if (done > 0) waiting.splice(0, done);
  }

  /** True where `more` nodes beyond those in use do not fit under the limit. */
  overLimit(more: number): boolean {
    if (this.limit === Infinity) return false;
    return this.live + this.#waiting.length + this.reserved + more > this.limit;
  }

  /** Sees to it that so many nodes can be taken without fail and without the arrays being replaced. */
  provide(nodes: number): boolean {
    if (this.overLimit(nodes)) {
      this.reclaim();
      if (this.overLimit(nodes)) return false;
    }
    let missing = nodes - this.free;
    if (missing > 0) {
      this.reclaim();
      missing = nodes - this.free;
    }
    if (missing <= 0) return true;
    const wanted = this.top / SLOTS + missing;
    return wanted <= this.capacity || this.#grow(wanted);
  }

  /** Promises nodes to a cursor, with their memory; false where they do not fit. */
  reserve(nodes: number): boolean {
    this.reclaim();
    if (this.overLimit(nodes)) return false;
    const wanted = this.top / SLOTS + this.reserved + nodes - this.free;
    if (wanted > this.capacity && !this.#grow(wanted)) return false;
    this.reserved += nodes;
    return true;
  }

  /** A copy with the same nodes at the same places; those that wait for readers of the original are free in it. */
  copy(limit: number): Arena {
    const copy = new Arena(limit, this.gaps !== null);
    copy.pivots = this.pivots.slice(0, this.top);
    copy.counts = this.counts.slice(0, this.top / SLOTS);
    copy.gapSlots = this.gapSlots.slice(0, this.top / SLOTS);
    copy.slots = this.slots.slice(0, this.top);
    if (this.gaps !== null) copy.gaps = this.gaps.slice(0, this.top);
    copy.shortcuts.marks = new Uint8Array(copy.capacity);
    copy.live = this.live;
    copy.top = this.top;
    copy.#freed = this.#freed;
    copy.free = this.free;
    for (const { node } of this.#waiting) {
      copy.live++;
      copy.give(node);
    }
    return copy;
  }

  /** Makes room for exactly so many nodes; false where the host gives no more memory. */
  prepare(nodes: number): boolean {
    return nodes <= this.capacity || this.#resize(nodes);
  }

  /** Copies a subtree of another arena, each node before its children. Needs room for it. Returns its root. */
  adopt(source: Arena, node: number, levels: number): number {
    const copy = this.take();
    const shift = copy - node;
    const count = source.counts[node >> NODE_SHIFT]!;
    this.counts[copy >> NODE_SHIFT] = count;
    this.gapSlots[copy >> NODE_SHIFT] = source.gapSlots[node >> NODE_SHIFT]!;
    this.pivots.set(source.pivots.subarray(node, node + SLOTS), copy);
    if (this.gaps !== null) this.gaps.set(source.gaps!.subarray(node, node + SLOTS), copy);
    for (let at = node; at < node + count; at++) {
      const slot = source.slots[at];
      this.slots[at + shift] = levels > 1 ? this.adopt(source, slot as number, levels - 1) : slot;
    }
    return copy;
  }

  /** Makes room for a number of nodes, and for more where that is small against what there is. */
  #grow(nodes: number): boolean {
    const factor = this.capacity < SMALL ? 2 : GROWTH;
    return this.#resize(Math.max(nodes, 2, Math.ceil(this.capacity * factor)));
  }

  #resize(capacity: number): boolean {
    const size = capacity * SLOTS;
    try {
      const pivots = filled(new Float64Array(size), this.pivots);
      const counts = filled(new Uint8Array(capacity), this.counts);
      const gapSlots = filled(new Int32Array(capacity), this.gapSlots);
      const marks = filled(new Uint8Array(capacity), this.shortcuts.marks);
      const gaps = this.gaps && filled(new Float64Array(size), this.gaps);
      this.slots.length = size;
      this.pivots = pivots;
      this.counts = counts;
      this.gapSlots = gapSlots;
      this.shortcuts.marks = marks;
      this.gaps = gaps;
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}

function filled<T extends { set(from: T): void }>(array: T, from: T): T {
  array.set(from);
  return array;
}

/** Each growth copies every node, so it is by a share of them; a larger share would leave more of them unused. */
const GROWTH = 1.5;
/** Up to so many nodes the memory is doubled instead. */
const SMALL = 4096;

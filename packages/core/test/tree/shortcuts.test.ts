import { afterEach, expect, it } from 'vitest';
import {
  MA_STATE,
  mas_empty_area,
  mas_lock,
  mas_unlock,
  MapleTree,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_USE_RCU,
  mt_defragment,
  mt_height,
  mtree_destroy,
  mtree_dup,
  mtree_erase,
  mtree_load,
  mtree_store_range,
  rcu_read_lock,
  rcu_read_unlock,
} from '../../src/index.ts';
import { validate } from '../support/trees.ts';

/** A generator of integers below a bound, the same ones for the same seed. */
function integers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/**
 * The same indices, as a tree of several levels, part of them far apart, and as an entry for each index. Shortcuts are what
 * lookups and gap searches leave behind, so both are made all the time, while writers change the nodes.
 */
class Pair {
  static readonly #SPACE = 60_000;
  readonly #below: (bound: number) => number;
  readonly #spread: number;
  readonly #entries: (number | null)[] = new Array<number | null>(Pair.#SPACE).fill(null);
  readonly #flags: number;
  tree: MapleTree<number>;

  constructor(flags: number, spread: number, seed: number) {
    this.#flags = flags;
    this.#spread = spread;
    this.#below = integers(seed);
    this.tree = new MapleTree<number>(flags);
    for (let k = 0; k < Pair.#SPACE / 12; k++) this.store(4);
  }

  /** Where index k of the entries is in the tree: the second half lies `spread` behind. */
  #at(k: number): number {
    return k < Pair.#SPACE / 2 ? k : k + this.#spread;
  }

  /** A store or an erasure in one of the halves, of up to `most` indices. */
  store(most: number): void {
    const half = Pair.#SPACE / 2;
    const start = this.#below(2) * half;
    const first = start + this.#below(half - most);
    const last = first + this.#below(most);
    const entry = this.#below(8) === 0 ? null : this.#below(1000);
    expect(mtree_store_range(this.tree, this.#at(first), this.#at(last), entry)).toBe(0);
    this.#entries.fill(entry, first, last + 1);
  }

  erase(): void {
    const k = this.#below(Pair.#SPACE);
    const erased = mtree_erase(this.tree, this.#at(k));
    expect(erased).toBe(this.#entries[k]);
    if (erased === null) return;
    // All that it was in is gone from the tree now, and is to go from the entries.
    const isGone = (j: number): boolean =>
      this.#entries[j] === erased && mtree_load(this.tree, this.#at(j)) === null;
    for (let j = k; j < Pair.#SPACE && isGone(j); j++) this.#entries[j] = null;
    for (let j = k - 1; j >= 0 && isGone(j); j--) this.#entries[j] = null;
  }

  load(): void {
    const k = this.#below(Pair.#SPACE);
    expect(mtree_load(this.tree, this.#at(k))).toBe(this.#entries[k]);
  }

  /** A gap search that ends in the half that it starts in. */
  findGap(): void {
    const half = Pair.#SPACE / 2;
    const start = this.#below(2) * half;
    const min = start + this.#below(half);
    const max = min + this.#below(start + half - min);
    const size = 1 + this.#below(12);
    let run = 0;
    let k = min;
    for (; k <= max && run < size; k++) run = this.#entries[k] === null ? run + 1 : 0;
    const mas = MA_STATE(this.tree, 0, 0);
    mas_lock(mas);
    const ret = mas_empty_area(mas, this.#at(min), this.#at(max), size);
    mas_unlock(mas);
    expect(ret === 0 ? mas.index : -1).toBe(run === size ? this.#at(k - size) : -1);
  }

  rebuild(): void {
    const copy = new MapleTree<number>(this.#flags);
    expect(mtree_dup(this.tree, copy)).toBe(0);
    mtree_destroy(this.tree);
    this.tree = copy;
  }

  run(operations: number): void {
    for (let k = 0; k < operations; k++) {
      const what = this.#below(16);
      if (what < 8) this.load();
      else if (what < 10) this.findGap();
      else if (what < 13) this.store(this.#below(200) === 0 ? 4000 : 6);
      else this.erase();
      if (k % 500 === 0) validate(this.tree);
    }
  }
}

let sections = 0;
afterEach(() => {
  for (; sections > 0; sections--) rcu_read_unlock();
});

it.each([
  ['plain', 0, 0],
  ['with a gap index', MT_FLAGS_ALLOC_RANGE, 0],
  ['in two clusters', MT_FLAGS_ALLOC_RANGE, 2 ** 47],
])('lookups and gap searches stay right while the nodes below change: %s', (_name, flags, spread) => {
  for (const seed of [1, 2, 3]) {
    const pair = new Pair(flags, spread, seed);
    expect(mt_height(pair.tree)).toBeGreaterThanOrEqual(3);
    pair.run(8000);
    mt_defragment(pair.tree);
    pair.run(1000);
    pair.rebuild();
    pair.run(1000);
  }
});

it('a shortcut does not lead to a node that waits for a reader', () => {
  const pair = new Pair(MT_FLAGS_USE_RCU | MT_FLAGS_ALLOC_RANGE, 0, 4);
  for (let round = 0; round < 6; round++) {
    rcu_read_lock();
    sections++;
    pair.run(800);
    rcu_read_unlock();
    sections--;
    pair.run(800);
  }
});

it('lookups in a tree that shrinks and grows again find what is there', () => {
  const tree = new MapleTree<number>();
  const n = 5000;
  for (let round = 0; round < 3; round++) {
    for (let k = 0; k < n; k++) mtree_store_range(tree, k * 4, k * 4 + 1, k);
    for (let k = 0; k < n; k++) expect(mtree_load(tree, k * 4 + 1)).toBe(k);
    for (let k = 0; k < n; k++) {
      mtree_erase(tree, k * 4);
      expect(mtree_load(tree, k * 4)).toBe(null);
      if (k + 1 < n) expect(mtree_load(tree, k * 4 + 4)).toBe(k + 1);
    }
    validate(tree);
    expect(mt_height(tree)).toBe(0);
  }
});

/** Looks up the first and last index of each range, and what is between them and the next, in the order that is given. */
function lookAll(
  tree: MapleTree<number>,
  ranges: readonly (readonly [number, number])[],
  order: readonly number[],
): void {
  for (const k of order) {
    const [first, last] = ranges[k]!;
    const next = ranges[k + 1]?.[0] ?? last + 2;
    const found = [mtree_load(tree, first), mtree_load(tree, last), mtree_load(tree, last + 1)];
    const wanted = [k, k, next === last + 1 ? k + 1 : null];
    if (wanted.some((entry, n) => entry !== found[n])) expect([k, found]).toEqual([k, wanted]);
  }
}

it.each([
  ['as wide as each other, in nodes that are full', (k: number): [number, number] => [k * 20, k * 20 + 9]],
  ['next to each other, in nodes that are full', (k: number): [number, number] => [k * 3, k * 3 + 2]],
  ['ever wider', (k: number): [number, number] => [k * k, k * k + k]],
  ['ever further apart', (k: number): [number, number] => [k ** 3, k ** 3 + 5]],
])('finds ranges %s', (_, rangeOf) => {
  const ranges = Array.from({ length: 12_000 }, (__, k) => rangeOf(k + 3));
  const ascending = [...ranges.keys()];
  const below = integers(7);
  const random = ascending.map(() => below(ranges.length));
  for (const stored of [ascending, ascending.toReversed()]) {
    const tree = new MapleTree<number>();
    for (const k of stored) mtree_store_range(tree, ...ranges[k]!, k);
    for (const order of [ascending, random, ascending.toReversed()]) lookAll(tree, ranges, order);
    validate(tree);
  }
});

it('finds what lies between others that were stored since', () => {
  const tree = new MapleTree<number>();
  const STEP = 64;
  for (let k = 0; k < 4000; k++) mtree_store_range(tree, k * STEP, k * STEP, k);
  // Each round puts more slots in front of those that the shortcuts of the round before have led to.
  for (let round = 1; round < 32; round++) {
    for (let k = 0; k < 4000; k++) if (mtree_load(tree, k * STEP) !== k) expect([round, k]).toEqual([]);
    for (let k = round % 7; k < 4000; k += 7) mtree_store_range(tree, k * STEP + round, k * STEP + round, -k);
  }
  validate(tree);
});

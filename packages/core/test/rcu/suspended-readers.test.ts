import { describe, expect, it } from 'vitest';
import {
  MA_STATE,
  mas_find,
  mas_for_each,
  mas_for_each_rev,
  mas_prev,
  mas_reset,
  mas_set,
  mas_walk,
  type MapleTree,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_USE_RCU,
  mt_clear_in_rcu,
  mt_in_rcu,
  mt_set_in_rcu,
  mt_stats,
  mtree_destroy,
  mtree_erase,
  mtree_load,
  mtree_store_range,
  rcu_read_lock,
  rcu_read_unlock,
  ULONG_MAX,
} from '../../src/index.ts';
import { ruleBrokenBy } from '../support/calls.ts';
import { type Range } from '../support/range-model.ts';
import { rangesOf, striped, validate } from '../support/trees.ts';

/** A reader that gives way at every entry. */
function* reader(tree: MapleTree<number>, backward: boolean): Generator<Range<number>> {
  const section = rcu_read_lock();
  try {
    const mas = MA_STATE(tree, backward ? ULONG_MAX : 0, backward ? ULONG_MAX : 0);
    const entries = backward ? mas_for_each_rev(mas, 0) : mas_for_each(mas, ULONG_MAX);
    for (const entry of entries) yield { first: mas.index, last: mas.last, entry };
  } finally {
    section[Symbol.dispose]();
  }
}

/** A seeded source of writes that split, cover, erase and, now and then, empty the tree. */
function* writes(tree: MapleTree<number>, seed: number): Generator<void> {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  for (;;) {
    const first = random(5000);
    const kind = random(20);
    if (kind < 9) mtree_store_range(tree, first, first + random(15), random(1000));
    else if (kind < 12) mtree_store_range(tree, first, first + random(900), random(1000));
    else if (kind < 18) mtree_erase(tree, first);
    else if (kind < 19) mtree_store_range(tree, first, first + random(900), null);
    else mtree_destroy(tree);
    yield;
  }
}

const flavours = [MT_FLAGS_USE_RCU, MT_FLAGS_USE_RCU | MT_FLAGS_ALLOC_RANGE];

describe.each(flavours)('a reader of a tree in RCU mode, flags %i', (flags) => {
  it.each([
    ['forward', false],
    ['backward', true],
  ])('sees the tree as it was when it began, %s', (_, backward) => {
    for (let seed = 1; seed <= 20; seed++) {
      const tree = striped(200, flags);
      const snapshot = rangesOf(tree);
      if (backward) snapshot.reverse();
      const reading = reader(tree, backward);
      const writing = writes(tree, seed);
      const seen: Range<number>[] = [];
      for (const range of reading) {
        seen.push(range);
        writing.next();
        validate(tree);
      }
      expect(seen).toEqual(snapshot);
    }
  });

  it('among others that began at other times, each sees its own', () => {
    const tree = striped(150, flags);
    const writing = writes(tree, 99);
    interface Turn {
      reading: Generator<Range<number>>;
      seen: Range<number>[];
      wanted: Range<number>[] | null;
    }
    const active: Turn[] = [];
    let finished = 0;
    for (let k = 0; k < 4000; k++) {
      if (k % 37 === 0) active.push({ reading: reader(tree, false), seen: [], wanted: null });
      const turn = active[k % active.length];
      if (turn !== undefined) {
        // The first step begins the reader; what it sees is the tree of that moment.
        turn.wanted ??= rangesOf(tree);
        const { value, done } = turn.reading.next();
        if (done === true) {
          expect(turn.seen).toEqual(turn.wanted);
          active.splice(active.indexOf(turn), 1);
          finished++;
        } else {
          turn.seen.push(value);
        }
      }
      writing.next();
    }
    for (const { reading } of active) reading.return(undefined);
    expect(finished).toBeGreaterThan(10);
    expect(mt_stats(tree).waiting).toBe(0);
    validate(tree);
  });

  it('across await', async () => {
    const tree = striped(100, flags);
    const writing = writes(tree, 7);
    const read = async (): Promise<number[]> => {
      const section = rcu_read_lock();
      const mas = MA_STATE(tree, 0, 0);
      const seen: number[] = [];
      for (const entry of mas_for_each(mas, ULONG_MAX)) {
        seen.push(entry);
        await Promise.resolve();
      }
      section[Symbol.dispose]();
      return seen;
    };
    const write = async (): Promise<void> => {
      for (let k = 0; k < 300; k++) {
        writing.next();
        await Promise.resolve();
      }
    };
    const [seen, again] = await Promise.all([read(), read(), write()]);
    const all = Array.from({ length: 100 }, (_, k) => k);
    expect(seen).toEqual(all);
    expect(again).toEqual(all);
  });

  it('sees what is new once it walks anew', () => {
    const tree = striped(50, flags);
    const section = rcu_read_lock();
    const mas = MA_STATE(tree, 100, 100);
    expect(mas_walk(mas)).toBe(5);
    mtree_store_range(tree, 0, 2000, -1);
    expect(mas_prev(mas, 0)).toBe(4);
    mas_set(mas, 100);
    expect(mas_walk(mas)).toBe(-1);
    expect(mtree_load(tree, 100)).toBe(-1);
    section[Symbol.dispose]();
  });
});

describe('the grace period', () => {
  it('keeps nodes for as long as a section that could see them is open', () => {
    const tree = striped(200, MT_FLAGS_USE_RCU);
    const first = rcu_read_lock();
    mtree_store_range(tree, 3, 4, 1);
    const waiting = mt_stats(tree).waiting;
    expect(waiting).toBeGreaterThan(0);
    const second = rcu_read_lock();
    mtree_store_range(tree, 1003, 1004, 1);
    expect(mt_stats(tree).waiting).toBeGreaterThan(waiting);
    first[Symbol.dispose]();
    // The next write finds that nobody can see the first ones any more; its own are seen by the second reader.
    mtree_store_range(tree, 2003, 2004, 1);
    const left = mt_stats(tree).waiting;
    expect(left).toBeGreaterThan(0);
    second[Symbol.dispose]();
    mtree_store_range(tree, 100, 3000, 1);
    expect(mt_stats(tree).waiting).toBe(0);
    validate(tree);
  });

  it('costs no copies while nobody reads', () => {
    const tree = striped(200, MT_FLAGS_USE_RCU);
    mtree_store_range(tree, 3, 4, 1);
    expect(mt_stats(tree).waiting).toBe(0);
  });

  it('is not waited for outside of RCU mode', () => {
    const tree = striped(200);
    rcu_read_lock();
    mtree_store_range(tree, 3, 2000, 1);
    expect(mt_stats(tree).waiting).toBe(0);
    rcu_read_unlock();
  });

  it('ends with the section, whichever way that is ended', () => {
    const tree = striped(200, MT_FLAGS_USE_RCU);
    {
      using _section = rcu_read_lock();
      mtree_store_range(tree, 3, 4, 1);
    }
    expect(ruleBrokenBy(() => rcu_read_unlock())).toBe('require-unlock');
    const section = rcu_read_lock();
    section[Symbol.dispose]();
    section[Symbol.dispose]();
    expect(ruleBrokenBy(() => rcu_read_unlock())).toBe('require-unlock');
  });
});

describe('switching the mode', () => {
  it('on, while a section is open, protects what is read from then on', () => {
    const tree = striped(100);
    const section = rcu_read_lock();
    mt_set_in_rcu(tree);
    expect(mt_in_rcu(tree)).toBe(true);
    const mas = MA_STATE(tree, 0, 0);
    mas_find(mas, ULONG_MAX);
    mtree_store_range(tree, 0, 5000, -1);
    expect(mas_find(mas, ULONG_MAX)).toBe(1);
    section[Symbol.dispose]();
  });

  it('off, lets open sections read to their end', () => {
    const tree = striped(100, MT_FLAGS_USE_RCU);
    const section = rcu_read_lock();
    const mas = MA_STATE(tree, 0, 0);
    mas_find(mas, ULONG_MAX);
    mt_clear_in_rcu(tree);
    mtree_store_range(tree, 0, 5000, -1);
    for (let k = 1; k < 100; k++) expect(mas_find(mas, ULONG_MAX)).toBe(k);
    section[Symbol.dispose]();
    const later = rcu_read_lock();
    mtree_store_range(tree, 10, 20, 1);
    expect(mt_stats(tree).waiting).toBe(0);
    later[Symbol.dispose]();
    validate(tree);
  });
});

describe('a reader of a tree that is not in RCU mode', () => {
  it('is told so when a writer was there', () => {
    const tree = striped(100);
    const section = rcu_read_lock();
    const mas = MA_STATE(tree, 0, 0);
    mas_find(mas, ULONG_MAX);
    mtree_store_range(tree, 1000, 1000, 1);
    expect(ruleBrokenBy(() => mas_find(mas, ULONG_MAX))).toBe('require-rcu-mode');
    mas_reset(mas);
    expect(mas_find(mas, ULONG_MAX)).toBe(0);
    section[Symbol.dispose]();
  });
});

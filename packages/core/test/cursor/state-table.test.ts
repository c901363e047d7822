import { describe, expect, it } from 'vitest';
import {
  type CursorStatus,
  MA_STATE,
  mas_empty_area,
  mas_empty_area_rev,
  mas_erase,
  mas_find,
  mas_find_range,
  mas_find_range_rev,
  mas_find_rev,
  mas_is_active,
  mas_is_err,
  mas_is_none,
  mas_is_overflow,
  mas_is_paused,
  mas_is_ptr,
  mas_is_start,
  mas_is_underflow,
  mas_lock,
  mas_next,
  mas_next_range,
  mas_pause,
  mas_prev,
  mas_prev_range,
  mas_reset,
  mas_set,
  mas_set_range,
  mas_store,
  mas_store_gfp,
  mas_unlock,
  mas_walk,
  type MapleTree,
  type MaState,
  mtree_insert_range,
  EEXIST,
  mtree_empty,
  ULONG_MAX,
} from '../../src/index.ts';
import { ruleBrokenBy } from '../support/calls.ts';
import { rangesOf, treeOf } from '../support/trees.ts';

type Cursor = MaState<string>;
const MAX = ULONG_MAX;

/** Runs under the lock with a cursor on `index`; what comes back is [result, index, last, status]. */
function on(tree: MapleTree<string>, index: number, run: (mas: Cursor) => unknown): unknown[] {
  const mas = MA_STATE(tree, index, index);
  mas_lock(mas);
  try {
    const result = run(mas);
    return [result, mas.index, mas.last, mas.status];
  } finally {
    mas_unlock(mas);
  }
}

const empty = (): MapleTree<string> => treeOf([]);
const single = (): MapleTree<string> => treeOf([[0, 0, 'root']]);
/** Gaps at 0..4, 10..19 and from 31 on; entries next to each other at 20..24 and 25..30. */
const nodes = (): MapleTree<string> =>
  treeOf([
    [5, 9, 'a'],
    [20, 24, 'b'],
    [25, 30, 'c'],
  ]);

describe('from the start', () => {
  it.each<[string, () => MapleTree<string>, number, (mas: Cursor) => unknown, unknown[]]>([
    ['walk, empty', empty, 5, mas_walk, [null, 0, MAX, 'none']],
    ['walk, root entry', single, 0, mas_walk, ['root', 0, 0, 'root']],
    ['walk, behind a root entry', single, 5, mas_walk, [null, 1, MAX, 'none']],
    ['walk, entry', nodes, 7, mas_walk, ['a', 5, 9, 'active']],
    ['walk, gap', nodes, 12, mas_walk, [null, 10, 19, 'active']],
    ['find, empty', empty, 0, (mas) => mas_find(mas, MAX), [null, 0, MAX, 'none']],
    ['find, root entry', single, 0, (mas) => mas_find(mas, MAX), ['root', 0, 0, 'root']],
    ['find, entry at the index', nodes, 7, (mas) => mas_find(mas, MAX), ['a', 5, 9, 'active']],
    ['find, from a gap', nodes, 12, (mas) => mas_find(mas, MAX), ['b', 20, 24, 'active']],
    ['find, none up to max', nodes, 12, (mas) => mas_find(mas, 15), [null, 10, 19, 'active']],
    ['find, index above max', nodes, 12, (mas) => mas_find(mas, 11), [null, 12, 12, 'start']],
    ['find_range, from a gap', nodes, 12, (mas) => mas_find_range(mas, MAX), ['b', 20, 24, 'active']],
    ['find_rev, entry at the index', nodes, 7, (mas) => mas_find_rev(mas, 0), ['a', 5, 9, 'active']],
    ['find_rev, from a gap', nodes, 12, (mas) => mas_find_rev(mas, 0), ['a', 5, 9, 'active']],
    ['find_rev, empty', empty, 7, (mas) => mas_find_rev(mas, 0), [null, 0, 0, 'root']],
    ['find_rev, behind a root entry', single, 7, (mas) => mas_find_rev(mas, 0), ['root', 0, 0, 'root']],
    ['find_rev, index below min', nodes, 7, (mas) => mas_find_rev(mas, 8), [null, 7, 7, 'start']],
    ['find_range_rev, from a gap', nodes, 12, (mas) => mas_find_range_rev(mas, 0), ['a', 5, 9, 'active']],
    ['next, steps behind the index', nodes, 7, (mas) => mas_next(mas, MAX), ['b', 20, 24, 'active']],
    ['next, max in its own range', nodes, 7, (mas) => mas_next(mas, 8), [null, 5, 9, 'overflow']],
    ['next, max in the next gap', nodes, 7, (mas) => mas_next(mas, 15), [null, 10, 19, 'overflow']],
    ['next, index at max', nodes, 7, (mas) => mas_next(mas, 7), [null, 7, 7, 'overflow']],
    ['next, root entry', single, 0, (mas) => mas_next(mas, MAX), [null, 1, MAX, 'none']],
    ['next, empty', empty, 0, (mas) => mas_next(mas, MAX), [null, 0, MAX, 'none']],
    ['next_range, stops at the gap', nodes, 7, (mas) => mas_next_range(mas, MAX), [null, 10, 19, 'active']],
    ['prev, steps before the index', nodes, 27, (mas) => mas_prev(mas, 0), ['b', 20, 24, 'active']],
    ['prev, min in its own range', nodes, 22, (mas) => mas_prev(mas, 21), [null, 20, 24, 'underflow']],
    ['prev, min in the gap before', nodes, 22, (mas) => mas_prev(mas, 15), [null, 10, 19, 'underflow']],
    ['prev, index at min', nodes, 22, (mas) => mas_prev(mas, 22), [null, 22, 22, 'underflow']],
    ['prev, empty', empty, 7, (mas) => mas_prev(mas, 0), [null, 0, MAX, 'none']],
    ['prev, behind a root entry', single, 7, (mas) => mas_prev(mas, 0), ['root', 0, 0, 'root']],
    ['prev, min behind a root entry', single, 7, (mas) => mas_prev(mas, 3), [null, 1, MAX, 'underflow']],
    ['prev_range, stops at the gap', nodes, 22, (mas) => mas_prev_range(mas, 0), [null, 10, 19, 'active']],
    ['empty_area, lowest', nodes, 0, (mas) => mas_empty_area(mas, 0, MAX, 6), [0, 10, 15, 'active']],
    ['empty_area_rev, highest', nodes, 0, (mas) => mas_empty_area_rev(mas, 0, 29, 6), [0, 14, 19, 'active']],
    ['empty_area, beside a root entry', single, 0, (mas) => mas_empty_area(mas, 0, 9, 2), [0, 1, 2, 'root']],
    ['erase, takes the whole gap', nodes, 7, mas_erase, ['a', 0, 19, 'active']],
    ['erase, gap', nodes, 12, mas_erase, [null, 10, 19, 'active']],
  ])('%s', (_, make, index, run, wanted) => {
    expect(on(make(), index, run)).toEqual(wanted);
  });
});

/** Puts a cursor into each state on the same tree. */
const into: Record<CursorStatus, (mas: Cursor) => void> = {
  start: (mas) => mas_set(mas, 22),
  active: (mas) => {
    mas_set(mas, 22);
    mas_walk(mas);
  },
  root: (mas) => void mas_walk(mas),
  none: (mas) => void mas_walk(mas),
  pause: (mas) => {
    mas_set(mas, 22);
    mas_walk(mas);
    mas_pause(mas);
  },
  overflow: (mas) => {
    mas_set(mas, 22);
    mas_walk(mas);
    mas_next(mas, 23);
  },
  underflow: (mas) => {
    mas_set(mas, 22);
    mas_walk(mas);
    mas_prev(mas, 21);
  },
  error: (mas) => {
    mas_set_range(mas, 22, 21);
    mas_store(mas, 'x');
  },
};

describe('from each state, at b on 20..24', () => {
  const results = (status: CursorStatus, run: (mas: Cursor) => unknown): unknown[] =>
    on(nodes(), 22, (mas) => {
      into[status](mas);
      expect(mas.status).toBe(status);
      return run(mas);
    });

  it.each<[CursorStatus, Record<string, unknown>]>([
    ['start', { find: 'b', findRev: 'b', next: 'c', prev: 'a' }],
    ['active', { find: 'c', findRev: 'a', next: 'c', prev: 'a' }],
    ['pause', { find: 'c', findRev: 'a', next: 'c', prev: 'a' }],
    ['overflow', { find: 'b', findRev: 'a', next: 'c', prev: 'b' }],
    ['underflow', { find: 'b', findRev: 'a', next: 'b', prev: 'a' }],
    ['error', { find: null, findRev: null, next: null, prev: null }],
  ])('%s', (status, wanted) => {
    expect({
      find: results(status, (mas) => mas_find(mas, MAX))[0],
      findRev: results(status, (mas) => mas_find_rev(mas, 0))[0],
      next: results(status, (mas) => mas_next(mas, MAX))[0],
      prev: results(status, (mas) => mas_prev(mas, 0))[0],
    }).toEqual(wanted);
    // A walk starts anew from anything, and clears an error.
    expect(results(status, mas_walk).slice(0, 2)).toEqual(['b', 20]);
    expect(results(status, mas_erase)[0]).toBe('b');
    expect(results(status, mas_reset)[3]).toBe('start');
    expect(results(status, mas_pause)[3]).toBe('pause');
  });

  it.each<CursorStatus>(['pause', 'overflow', 'underflow', 'error'])('no gap search from %s', (status) => {
    for (const search of [mas_empty_area, mas_empty_area_rev]) {
      expect(results(status, (mas) => ruleBrokenBy(() => search(mas, 0, MAX, 1)))[0]).toBe(
        'no-illegal-state',
      );
    }
  });

  it.each<CursorStatus>(['start', 'active', 'pause', 'overflow', 'underflow'])(
    'a store from %s',
    (status) => {
      expect(results(status, (mas) => mas_store_gfp(mas, 'x'))[0]).toBe(0);
    },
  );

  it('no store from error', () => {
    expect(results('error', (mas) => ruleBrokenBy(() => mas_store(mas, 'x')))[0]).toBe('no-illegal-state');
  });
});

describe('the queries', () => {
  const queries: [CursorStatus, (mas: Cursor) => boolean][] = [
    ['active', mas_is_active],
    ['start', mas_is_start],
    ['pause', mas_is_paused],
    ['overflow', mas_is_overflow],
    ['underflow', mas_is_underflow],
    ['error', mas_is_err],
  ];
  it.each(queries)('know %s', (status) => {
    const answers = on(nodes(), 22, (mas) => {
      into[status](mas);
      return queries.filter(([, is]) => is(mas)).map(([name]) => name);
    });
    expect(answers[0]).toEqual([status]);
  });

  it('know root and none', () => {
    expect(on(single(), 0, (mas) => [mas_walk(mas), mas_is_ptr(mas), mas_is_none(mas)])[0]).toEqual([
      'root',
      true,
      false,
    ]);
    expect(on(empty(), 0, (mas) => [mas_walk(mas), mas_is_ptr(mas), mas_is_none(mas)])[0]).toEqual([
      null,
      false,
      true,
    ]);
  });
});

describe('where the kernel’s 6.12 goes wrong', () => {
  it('an overflow before any walk can be gone on from', () => {
    const before = (run: (mas: Cursor) => unknown): unknown =>
      on(nodes(), 22, (mas) => {
        mas_set_range(mas, 7, 25);
        mas_next(mas, 20);
        expect(mas.status).toBe('overflow');
        return run(mas);
      })[0];
    expect(before((mas) => mas_next(mas, MAX))).toBe('b');
    expect(before((mas) => mas_prev(mas, 0))).toBe('a');
    expect(before((mas) => mas_find_rev(mas, 0))).toBe(null);
  });

  it('an insert over everything finds what is there', () => {
    const tree = nodes();
    expect(mtree_insert_range(tree, 0, MAX, 'x')).toBe(-EEXIST);
    expect(rangesOf(tree)).toEqual(rangesOf(nodes()));
  });

  it('erasing an entry over everything leaves nothing', () => {
    const tree = treeOf([[0, MAX, 'all']]);
    expect(on(tree, 5, mas_erase)[0]).toBe('all');
    expect(mtree_empty(tree)).toBe(true);
  });

  it('a store to a sole root entry does not bring the iteration back to it', () => {
    const tree = single();
    const seen = on(tree, 0, (mas) => {
      const found: (string | null)[] = [];
      for (let entry = mas_find(mas, MAX); entry !== null && found.length < 9; entry = mas_find(mas, MAX)) {
        found.push(entry);
        mas_store(mas, 'again');
      }
      return found;
    });
    expect(seen[0]).toEqual(['root']);
  });

  it('a step from the first store moves on to the gap', () => {
    const moved = on(empty(), 5, (mas) => {
      mas_store(mas, 'x');
      return mas_next_range(mas, MAX);
    });
    expect(moved).toEqual([null, 6, MAX, 'active']);
  });

  it('a gap search in state none does not give out index 0', () => {
    const found = on(single(), 5, (mas) => {
      mas_walk(mas);
      expect(mas.status).toBe('none');
      return mas_empty_area(mas, 0, 9, 1);
    });
    expect(found.slice(0, 3)).toEqual([0, 1, 1]);
  });
});

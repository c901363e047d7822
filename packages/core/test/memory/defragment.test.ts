import { describe, expect, it } from 'vitest';
import {
  type LockDisciplineError,
  MA_STATE,
  mas_find,
  mas_lock,
  mas_unlock,
  MTREE_INIT_EXT,
  MT_FLAGS_ALLOC_RANGE,
  MT_FLAGS_USE_RCU,
  mt_defragment,
  mt_dump,
  mt_stats,
  mtree_erase,
  mtree_store_range,
  Mutex,
  rcu_read_lock,
  ULONG_MAX,
} from '../../src/index.ts';
import { ruleBrokenBy } from '../support/calls.ts';
import { locked, rangesOf, striped, treeOf, validate } from '../support/trees.ts';

describe('mt_defragment', () => {
  it.each([0, MT_FLAGS_ALLOC_RANGE, MT_FLAGS_USE_RCU])(
    'gives memory back and changes nothing, flags %i',
    (flags) => {
      const tree = striped(3000, flags);
      for (let k = 0; k < 3000; k++) if (k % 10 !== 0) mtree_erase(tree, k * 20);
      const before = rangesOf(tree);
      const { bytes, fragmentation, nodes } = mt_stats(tree);
      expect(fragmentation).toBeGreaterThan(0.5);
      const { moved, freed } = mt_defragment(tree);
      expect(moved).toBe(nodes);
      const after = mt_stats(tree);
      expect(after.bytes).toBe(bytes - freed);
      expect(after.fragmentation).toBe(0);
      expect(after.capacity).toBe(nodes);
      validate(tree);
      expect(rangesOf(tree)).toEqual(before);
      mtree_store_range(tree, 7, 777, 1);
      validate(tree);
    },
  );

  it('leaves a reader in a section where it was', () => {
    const tree = striped(500, MT_FLAGS_USE_RCU);
    const section = rcu_read_lock();
    const mas = MA_STATE(tree, 0, 0);
    const seen: (number | null)[] = [];
    for (let k = 0; k < 250; k++) seen.push(mas_find(mas, ULONG_MAX));
    mt_defragment(tree);
    mtree_store_range(tree, 0, 20_000, -1);
    for (let k = 250; k < 500; k++) seen.push(mas_find(mas, ULONG_MAX));
    expect(mas_find(mas, ULONG_MAX)).toBe(null);
    section[Symbol.dispose]();
    expect(seen).toEqual(Array.from({ length: 500 }, (_, k) => k));
  });

  it('lets a cursor under the lock find its place again', () => {
    const tree = striped(100);
    const mas = MA_STATE(tree, 0, 0);
    mas_lock(mas);
    mas_find(mas, ULONG_MAX);
    mas_unlock(mas);
    expect(ruleBrokenBy(() => locked(tree, () => mt_defragment(tree)))).toBe('no-relock');
  });

  it('is refused on a tree with an external lock, and says why', () => {
    const tree = MTREE_INIT_EXT(0, new Mutex('outer'));
    let message = '';
    try {
      mt_defragment(tree);
    } catch (error) {
      expect((error as LockDisciplineError).rule).toBe('no-mixed-locks');
      message = (error as LockDisciplineError).message;
    }
    expect(message).toContain('a lock that it can take and drop itself');
  });
});

describe('mt_stats', () => {
  it('counts what there is', () => {
    const tree = treeOf([
      [5, 9, 1],
      [20, 20, 2],
    ]);
    expect(mt_stats(tree)).toMatchObject({ height: 1, nodes: 1, waiting: 0, reserved: 0, fill: 5 / 32 });
  });
});

describe('mt_dump', () => {
  it('draws entries and gaps', () => {
    const tree = treeOf(
      [
        [5, 9, 'a'],
        [20, 20, 'b'],
      ],
      0,
      { name: 'spans' },
    );
    expect(locked(tree, () => mt_dump(tree))).toBe(
      [
        'spans: flags 0x0, height 1, nodes 1',
        '  leaf 0: 0..max, 5 slots',
        '    0..4: -',
        '    5..9: "a"',
        '    10..19: -',
        '    20: "b"',
        '    21..max: -',
      ].join('\n'),
    );
  });

  it('writes an object as its class says, if it does', () => {
    class Span {
      toString(): string {
        return 'a span';
      }
    }
    const entries = [new Span(), {}, Object.create(null) as object, [1, 2], () => 0, 7, true];
    const tree = treeOf(entries.map((entry, at) => [at, at, entry]));
    const lines = locked(tree, () => mt_dump(tree)).split('\n');
    expect(lines.slice(2, -1).map((line) => line.trim())).toEqual([
      '0: a span',
      '1: [object]',
      '2: [object]',
      '3: [object]',
      '4: [function]',
      '5: 7',
      '6: true',
    ]);
  });

  it('draws a tree without nodes, and one with several levels', () => {
    expect(locked(treeOf([]), () => 0)).toBe(0);
    const single = treeOf([[0, 0, 7]]);
    expect(locked(single, () => mt_dump(single))).toContain('0: 7');
    const tall = striped(100, MT_FLAGS_ALLOC_RANGE);
    const picture = locked(tall, () => mt_dump(tall));
    expect(picture).toMatch(/ {2}node \d+: 0\.\.max/u);
    expect(picture).toContain('largest gap 10');
  });
});

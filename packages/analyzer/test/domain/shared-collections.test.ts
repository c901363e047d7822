import { describe, expect, it } from 'vitest';
import { intersectionOf, SharedMap, SharedSet, unionOf } from '../../src/domain/shared-collections.ts';

describe('SharedMap', () => {
  it('keeps what is written to a copy, or to what it was copied from, apart', () => {
    const first = new SharedMap(new Map([['a', 1]]));
    const copy = first.copy();
    copy.set('b', 2);
    first.set('c', 3);
    first.delete('a');
    expect([...first]).toEqual([['c', 3]]);
    expect([...copy]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('shares nothing among those that were made empty', () => {
    const first = new SharedMap<string, number>();
    const second = new SharedMap<string, number>();
    first.set('a', 1);
    expect(second.size).toBe(0);
    expect(new SharedMap<string, number>().has('a')).toBe(false);
  });

  it('lets itself be gone through while it is written to', () => {
    const map = new SharedMap(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
    const copy = map.copy();
    for (const key of copy.keys()) copy.delete(key);
    expect(copy.size).toBe(0);
    expect([...map.values()]).toEqual([1, 2]);
  });
});

describe('SharedSet', () => {
  it('keeps what is written to a copy apart', () => {
    const first = new SharedSet(new Set([1, 2]));
    const copy = first.copy();
    copy.add(3);
    first.delete(1);
    expect([...first]).toEqual([2]);
    expect([...copy]).toEqual([1, 2, 3]);
  });

  it('has unions and intersections that leave both as they were', () => {
    const a = new SharedSet(new Set([1, 2]));
    const b = new SharedSet(new Set([2, 3]));
    expect([...unionOf(a, b)]).toEqual([1, 2, 3]);
    expect([...intersectionOf(a, b)]).toEqual([2]);
    expect([[...a], [...b]]).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });
});

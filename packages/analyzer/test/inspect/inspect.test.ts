import { describe, expect, it } from 'vitest';
import { inspect, type InspectedFunction } from '../../src/index.ts';

const text = `import { mas_lock, mas_unlock, mas_store, mas_walk, rcu_read_lock, rcu_read_unlock, type MaState } from '@maplelock/core';

function put(mas: MaState<string>): void {
  void mas_store(mas, 'x');
}

export function both(mas: MaState<string>, locked: boolean): void {
  if (!locked) mas_lock(mas);
  put(mas);
  if (!locked) mas_unlock(mas);
}

export function read(mas: MaState<string>): string | null {
  rcu_read_lock();
  const entry = mas_walk(mas);
  rcu_read_unlock();
  return entry;
  throw new Error('never');
}

export const outer = (mas: MaState<string>): (() => void) => {
  mas_lock(mas);
  return () => {
    mas_unlock(mas);
  };
};
`;

const look = (line?: number): InspectedFunction[] =>
  inspect({ files: [{ path: 'a.ts', text }], file: 'a.ts', ...(line === undefined ? {} : { line }) });

describe('inspect()', () => {
  it('shows what is held before each line, one text for each way to it', () => {
    const [both] = look(8);
    expect(both?.name).toBe('both');
    expect(both?.lines.map(({ line, held }) => [line, held])).toEqual([
      [8, ['nothing']],
      [9, ['mas.tree.ma_lock', 'nothing']],
      [10, ['mas.tree.ma_lock', 'nothing']],
      [11, ['nothing']],
    ]);
  });

  it('says what the callers have to know', () => {
    expect(look(4)[0]?.summary).toEqual([
      'needs the write lock of mas.tree from its caller: mas_store() at a.ts:4:8',
      'goes on from the place of mas, which must be good: mas_store()',
      'returns with: leaves mas on a node',
    ]);
  });

  it('shows cursors, modes, and what no path leads to', () => {
    const lines = look(15)[0]?.lines ?? [];
    expect(lines.find(({ line }) => line === 16)).toEqual({
      line: 16,
      held: ['RCU (read)'],
      cursors: ['mas on a node'],
    });
    expect(lines.find(({ line }) => line === 17)?.cursors).toEqual(['mas stale']);
    expect(lines.find(({ line }) => line === 18)?.held ?? []).toEqual([]);
  });

  it('finds the innermost function of a line, and all without one', () => {
    expect(look(24).map(({ line, endLine }) => [line, endLine])).toEqual([[23, 25]]);
    expect(look(22).map(({ line }) => line)).toEqual([21]);
    expect(look().map(({ line }) => line)).toEqual(expect.arrayContaining([3, 7, 13, 21, 23]));
    expect(look(99)).toEqual([]);
  });

  it('draws the control flow for Graphviz', () => {
    const graph = look(8)[0]?.graph ?? '';
    expect(graph).toMatch(/^digraph "both" \{\n/);
    expect(graph).toMatch(/b0 -> b\d+ \[label="yes"\];/);
    expect(graph.split('{').length).toBe(graph.split('}').length);
  });
});

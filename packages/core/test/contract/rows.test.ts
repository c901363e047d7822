import { describe, expect, it } from 'vitest';
import * as core from '../../src/index.ts';

const { CONTRACT } = core;

/** Exports that are not functions of the contract: classes of errors, and the setting of the checks. */
const WITHOUT_ROW = new Set(['LockDisciplineError', 'setDiscipline', 'getDiscipline']);
/** Rows of what is reached through a class. */
const ROW_OF_CLASS: Record<string, string> = { MapleTree: 'new MapleTree', Mutex: 'new Mutex' };

describe('the table', () => {
  const names = CONTRACT.functions.map(({ name }) => name);

  it('has each name once', () => {
    expect(names.length).toBe(new Set(names).size);
  });

  it('has a row for every function that is exported', () => {
    const exported = Object.entries(core)
      .filter(([name, value]) => typeof value === 'function' && !WITHOUT_ROW.has(name))
      .map(([name]) => ROW_OF_CLASS[name] ?? name);
    const methods = Object.getOwnPropertyNames(core.Mutex.prototype)
      .filter(
        (name) => typeof Object.getOwnPropertyDescriptor(core.Mutex.prototype, name)?.value === 'function',
      )
      .filter((name) => name !== 'constructor')
      .map((name) => `Mutex.${name}`);
    expect([...exported, ...methods].sort()).toEqual([...names].sort());
  });

  it.each(CONTRACT.functions)('$name: paths start at a parameter that there is', (row) => {
    const paths = [
      ...(row.needs ?? []).map(({ tree }) => tree),
      ...[...(row.acquires ?? []), ...(row.releases ?? []), ...(row.takes ?? [])].flatMap(({ lock }) =>
        lock.of === 'token' ? [] : [lock.at],
      ),
      row.cursor?.at,
      row.asks?.at,
      row.modifies,
      row.makesCursor?.at,
      row.makesCursor?.tree,
      row.tree?.at,
      row.tree?.flags,
      row.tree?.lock,
    ].filter((path) => path !== undefined);
    for (const path of paths) {
      const [, start] = /^\$(\d+|this|result)(\.[a-z]+)*$/u.exec(path) ?? [];
      expect(start, path).toBeDefined();
      if (start !== 'this' && start !== 'result') expect(Number(start)).toBeLessThan(row.params.length);
    }
  });

  it.each(CONTRACT.functions.filter(({ source }) => source !== undefined))(
    '$name: says which kernel',
    (row) => {
      expect(row.source?.version).toMatch(/^6\.\d+/u);
      expect(row.source?.file).toMatch(/\.[ch]$/u);
    },
  );

  it.each(CONTRACT.functions.filter(({ steps }) => steps !== undefined))(
    '$name: its step has a row',
    ({ steps }) => {
      expect(names).toContain(steps);
    },
  );
});

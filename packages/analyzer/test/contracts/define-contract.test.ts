import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  CONTRACT_SCHEMA,
  type ContractDescription,
  ContractError,
  defineContract,
  parseContract,
} from '../../src/index.ts';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

function errorOf(description: unknown): string {
  try {
    defineContract(description as ContractDescription);
  } catch (error) {
    if (error instanceof ContractError) return `${error.message}. ${error.remedy}`;
    throw error;
  }
  return 'none';
}

const withFunction = (f: unknown): unknown => ({ name: 'x', module: 'x', functions: { lock: f } });

describe('a contract that cannot be used says where, what and what to do', () => {
  it.each([
    [7, 'the contract is a number, not an object. Put it between { and }.'],
    [{ name: 'x' }, "the contract has no 'functions'. It says: What each function does, by its name."],
    [
      { name: 'x', functions: {}, languages: ['typescript'] },
      `the contract 'x' is for TypeScript and names no module. Write "module": the name that programs import, or "languages": ["c"].`,
    ],
    [{ name: 'x', functions: [] }, 'functions is a list, not an object. Put it between { and }.'],
    [
      { name: 'x', functions: { 'a b': {} } },
      "functions has a key 'a b'. Keys are names of functions ('lock'), methods ('Mutex.lock') and constructors ('new Mutex').",
    ],
    [
      withFunction({ acquires: '$0' }),
      'functions.lock.acquires is a text, not a list. Put it between [ and ].',
    ],
    [
      withFunction({ acquires: [{ lock: '$0', mode: 'exclusive' }] }),
      "functions.lock.acquires[0].mode cannot be 'exclusive'. It is one of 'write', 'read'.",
    ],
    [
      withFunction({ acquires: [{ mode: 'read' }] }),
      "functions.lock.acquires[0] has no 'lock'. It says: Which lock: a path, or an object.",
    ],
    [
      withFunction({ reentrant: false }),
      'functions.lock.reentrant is false, not true. Leave it out where it does not hold.',
    ],
    [
      withFunction({ drops: { of: 'token' } }),
      'functions["lock"].drops says neither where the lock is nor its name. Write "name": "rcu".',
    ],
    [
      { ...(withFunction({}) as object), sameAs: { A: 'B' } },
      `sameAs.A names 'B', of which functions has no method. Write functions of the form "B.method", or mend the name.`,
    ],
    [
      { ...(withFunction({}) as object), macros: { each: { kind: 'loop', into: -1 } } },
      'macros.each.into is a number, not a whole number from 0. Arguments are counted from 0.',
    ],
  ])('%j', (description, message) => {
    expect(errorOf(description)).toBe(message);
  });

  it('a path that is none', () => {
    for (const path of ['lock', '$', '$0.', '$0 .a', '$x', '$0.&'])
      expect(errorOf(withFunction({ takes: [path] }))).toContain(
        `functions.lock.takes[0] cannot be '${path}'`,
      );
    for (const path of ['$0', '$this.lock', '$0.&mas.tree', '$result.1', '$0.*'])
      expect(errorOf(withFunction({ takes: [path] }))).toBe('none');
  });

  it('an unknown key, and the keys there are', () => {
    expect(errorOf(withFunction({ aquires: [] }))).toMatch(
      /^functions\.lock has an unknown key 'aquires'\. The keys are summary, .*acquires/,
    );
    // Not those that every object has.
    expect(errorOf(withFunction(JSON.parse('{ "constructor": 1 }')))).toContain("unknown key 'constructor'");
  });

  it('text that is no JSON', () => {
    expect(() => parseContract('{\n  "name": "x",\n}')).toThrow(ContractError);
    expect(() => parseContract('{\n  "name": "x",\n}')).toThrow(
      /^the contract is no JSON: .*at line 3, column 1$/,
    );
    expect(() => parseContract('')).toThrow(/^the contract is no JSON: /);
  });
});

it('the schema file is that of the table', async () => {
  await expect(`${JSON.stringify(CONTRACT_SCHEMA, null, 2)}\n`).toMatchFileSnapshot(
    '../../contract.schema.json',
  );
});

it('the examples are contracts', () => {
  expect(parseContract(read('contracts/async-mutex.json')).functions.map((f) => f.name)).toContain(
    'MutexInterface.acquire',
  );
});

describe('analyze()', () => {
  const rules = (text: string, ...contracts: ContractDescription[]): string[] =>
    analyze({ files: [{ path: 'a.ts', text }], contracts: contracts.map(defineContract) }).findings.map(
      ({ line, rule }) => `${line} ${rule}`,
    );

  it('tells functions of one name in two modules apart', () => {
    const text = `import { Mutex } from 'a';
import { Mutex as Other } from 'b';
export function f(one: Mutex, other: Other): void {
  one.enter();
  one.enter();
  one.leave();
  other.enter();
  other.enter();
}
`;
    const a = { enter: { acquires: ['$this'] }, leave: { releases: ['$this'] } };
    const methods = Object.fromEntries(Object.entries(a).map(([k, v]) => [`Mutex.${k}`, v]));
    expect(
      rules(
        text,
        { name: 'a', module: 'a', functions: methods },
        { name: 'b', module: 'b', functions: { 'Mutex.enter': {} } },
      ),
    ).toEqual(['5 no-relock']);
  });

  it('knows a container, its lock and its cursors', () => {
    const text = `import { Table, walk, next, unlock, lock } from 'table';
export function wrong(table: Table): void {
  const cursor = walk(table);
  lock(table);
  next(cursor);
  unlock(table);
  lock(table);
  next(cursor);
  unlock(table);
  table.put(1);
}
export function right(table: Table): void {
  lock(table);
  table.put(1);
  next(walk(table));
  unlock(table);
}
`;
    const own = { of: 'internal', at: '$0' } as const;
    const table: ContractDescription = {
      name: 'table',
      module: 'table',
      container: {
        types: ['Table'],
        lock: 'mutex',
        cursors: { Cursor: '' },
        owner: 'table',
        advice: { take: 'lock' },
      },
      functions: {
        lock: { acquires: [{ lock: own }] },
        unlock: { releases: [{ lock: own }] },
        walk: { makesCursor: { at: '$result', tree: '$0' } },
        next: {
          needs: [{ access: 'read', tree: '$0.table' }],
          cursor: { at: '$0', uses: 'position', leaves: 'node' },
        },
        'Table.put': { needs: [{ access: 'write', tree: '$this' }] },
      },
    };
    expect(rules(text, table)).toEqual(['8 no-stale-state', '10 require-write-lock']);
    const [, second] = analyze({
      files: [{ path: 'a.ts', text }],
      contracts: [defineContract(table)],
    }).findings;
    expect(second?.message).toContain('table.mutex was given back before. Call lock(table) before it');
  });
});

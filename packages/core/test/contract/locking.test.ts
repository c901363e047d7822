import { afterEach, describe, expect, it } from 'vitest';
import {
  CONTRACT,
  type FunctionContract,
  type LockDisciplineError,
  mas_set,
  mas_walk,
  Mutex,
  mt_locked,
  mtree_lock,
  mtree_unlock,
  rcu_read_lock,
  rcu_read_unlock,
  setDiscipline,
} from '../../src/index.ts';
import { ruleBrokenBy, Scene } from '../support/calls.ts';

/** Rows that are proved by tests of their own, since they are called on a class or change what a lock is. */
const APART = /^(new |Mutex\.|MTREE_INIT_EXT|mt_set_external_lock|mt_init)/u;
const rows = CONTRACT.functions.filter(({ name }) => !APART.test(name));
const needing = (access: 'read' | 'write'): FunctionContract[] =>
  rows.filter(({ needs }) => needs?.[0]?.access === access);
const taking = rows.filter(({ takes }) => takes?.some(({ lock }) => lock.of === 'internal') ?? false);
const free = rows.filter((row) => row.needs === undefined && !taking.includes(row) && row.group !== 'lock');

afterEach(() => setDiscipline('throw'));

describe('the rows divide up', () => {
  it('into those that need a lock, take one, and do neither', () => {
    const locks = rows.filter(({ group }) => group === 'lock');
    const sum = needing('read').length + needing('write').length + taking.length + free.length + locks.length;
    expect(sum).toBe(rows.length);
  });
});

describe.each(needing('write'))('$name needs the write lock', (row) => {
  it.each([
    ['internal', false],
    ['external', true],
  ])('%s lock', (_, external) => {
    expect(ruleBrokenBy(() => new Scene(external).call(row))).toBe('require-write-lock');
    const read = new Scene(external);
    expect(ruleBrokenBy(() => read.under('read', () => read.call(row)))).toBe('require-write-lock');
    const write = new Scene(external);
    expect(ruleBrokenBy(() => write.under('write', () => write.call(row)))).toBe(null);
  });

  it('does nothing of the kind with the checks off', () => {
    setDiscipline('off');
    expect(ruleBrokenBy(() => new Scene(false).call(row))).toBe(null);
  });
});

describe.each(needing('read'))('$name needs a read section or the lock', (row) => {
  it.each([
    ['internal', false],
    ['external', true],
  ])('%s lock', (_, external) => {
    expect(ruleBrokenBy(() => new Scene(external).call(row))).toBe('require-read-lock');
    for (const access of ['read', 'write'] as const) {
      const scene = new Scene(external);
      expect(ruleBrokenBy(() => scene.under(access, () => scene.call(row)))).toBe(null);
    }
  });
});

describe.each(taking)('$name takes the lock itself', (row) => {
  it('without the lock held', () => {
    const scene = new Scene(false);
    expect(ruleBrokenBy(() => scene.call(row))).toBe(null);
    expect(mt_locked(scene.tree)).toBe(false);
  });

  it('not under it', () => {
    const scene = new Scene(false);
    if (row.name === 'mt_clear_in_rcu') {
      // Out of RCU mode there is nothing to do, so nothing to lock.
      expect(ruleBrokenBy(() => scene.under('write', () => scene.call(row)))).toBe(null);
      scene.under('write', () => undefined);
      const inMode = CONTRACT.functions.find(({ name }) => name === 'mt_set_in_rcu');
      scene.call(inMode!);
    }
    expect(ruleBrokenBy(() => scene.under('write', () => scene.call(row)))).toBe('no-relock');
  });

  it('not on a tree with an external lock', () => {
    const scene = new Scene(true);
    const wanted = row.heedsExternal ? 'require-write-lock' : 'no-mixed-locks';
    if (row.name === 'mt_clear_in_rcu') {
      scene.under('write', () =>
        scene.call(CONTRACT.functions.find(({ name }) => name === 'mt_set_in_rcu')!),
      );
    }
    expect(ruleBrokenBy(() => scene.call(row))).toBe(wanted);
  });
});

describe.each(free)('$name needs no lock', (row) => {
  it.each([
    ['with none', null],
    ['in a read section', 'read'],
    ['under the lock', 'write'],
  ] as const)('%s', (_, access) => {
    const scene = new Scene(false);
    const run = (): unknown =>
      access === null ? scene.call(row) : scene.under(access, () => scene.call(row));
    expect(ruleBrokenBy(run)).toBe(null);
  });
});

describe.each(rows.filter(({ cursor, needs }) => cursor?.uses === 'position' && needs !== undefined))(
  '$name goes on from the cursor’s place',
  (row) => {
    const placed = (): Scene => {
      const scene = new Scene(false);
      scene.under('write', () => {
        mas_set(scene.mas, 25);
        mas_walk(scene.mas);
      });
      return scene;
    };

    it('but not once the lock was dropped', () => {
      const scene = placed();
      expect(ruleBrokenBy(() => scene.under('write', () => scene.call(row)))).toBe('no-stale-state');
    });

    it('after a reset, a set or a pause', () => {
      for (const name of ['mas_reset', 'mas_set', 'mas_pause']) {
        if (name === 'mas_pause' && (row.cursor?.illegal?.includes('pause') ?? false)) continue;
        const scene = placed();
        scene.call(CONTRACT.functions.find((other) => other.name === name)!);
        expect(ruleBrokenBy(() => scene.under('write', () => scene.call(row)))).toBe(null);
      }
    });
  },
);

describe.each(rows.filter(({ cursor, needs }) => cursor?.uses === 'nothing' && needs !== undefined))(
  '$name does not look at the cursor’s place',
  (row) => {
    it('so it may be stale', () => {
      const scene = new Scene(false);
      scene.under('write', () => mas_walk(scene.mas));
      expect(ruleBrokenBy(() => scene.under('write', () => scene.call(row)))).toBe(null);
    });
  },
);

describe.each(rows.filter(({ group }) => group === 'lock'))('$name', (row) => {
  it('holds or leaves what its row says', () => {
    const scene = new Scene(false);
    const internal = [...(row.acquires ?? []), ...(row.releases ?? [])].some(
      ({ lock }) => lock.of === 'internal',
    );
    if (row.releases !== undefined) {
      expect(ruleBrokenBy(() => scene.call(row))).toBe('require-unlock');
      if (internal) mtree_lock(scene.tree);
      else rcu_read_lock();
      scene.call(row);
      expect(mt_locked(scene.tree)).toBe(false);
      expect(ruleBrokenBy(() => scene.call(row))).toBe('require-unlock');
      return;
    }
    scene.call(row);
    expect(mt_locked(scene.tree)).toBe(internal);
    if (!internal) {
      // Read sections nest.
      scene.call(row);
      rcu_read_unlock();
      rcu_read_unlock();
      return;
    }
    if (row.result.kind === 'boolean') expect(scene.call(row)).toBe(false);
    else expect(ruleBrokenBy(() => scene.call(row))).toBe('no-relock');
    mtree_unlock(scene.tree);
  });
});

describe('a lock of the caller’s', () => {
  const row = (name: string): FunctionContract => CONTRACT.functions.find((other) => other.name === name)!;

  it('is taken, tried and left as its rows say', () => {
    const mutex = new Mutex('outer');
    expect(row('Mutex.lock').acquires?.[0]?.lock).toEqual({ of: 'object', at: '$this' });
    expect(ruleBrokenBy(() => mutex.unlock())).toBe('require-unlock');
    mutex.lock();
    expect(mutex.isHeld).toBe(true);
    expect(mutex.tryLock()).toBe(false);
    expect(ruleBrokenBy(() => mutex.lock())).toBe('no-relock');
    mutex.unlock();
    expect(mutex.tryLock()).toBe(true);
    mutex.unlock();
    expect(mutex.isHeld).toBe(false);
  });
});

describe('results', () => {
  const held = (row: FunctionContract): unknown => {
    const scene = new Scene(false);
    const access = row.needs?.[0]?.access;
    const result = access === undefined ? scene.call(row) : scene.under(access, () => scene.call(row));
    if (row.group === 'lock' && row.acquires !== undefined) {
      if (mt_locked(scene.tree)) mtree_unlock(scene.tree);
      else rcu_read_unlock();
    }
    return result;
  };
  const ofKind: Record<string, (result: unknown) => boolean> = {
    errno: (result) => typeof result === 'number' && result <= 0,
    'errno-or-value': (result) => typeof result === 'number',
    entry: (result) => result === null || typeof result === 'number',
    'entry-state': (result) => result === null || typeof result === 'number',
    boolean: (result) => typeof result === 'boolean',
    guard: (result) => typeof (result as Disposable)[Symbol.dispose] === 'function',
    cursor: (result) => typeof (result as { index: unknown }).index === 'number',
    iterable: (result) => typeof (result as Iterable<unknown>)[Symbol.iterator] === 'function',
    value: (result) => result !== undefined,
    none: (result) => result === undefined,
  };
  const quiet = rows.filter(({ releases }) => releases === undefined);

  it.each(quiet)('$name answers as its row says', (row) => {
    expect(held(row)).toSatisfy(ofKind[row.result.kind]!);
  });
});

describe('a message', () => {
  it('says what was held, by which call, and what was needed', () => {
    const scene = new Scene(false);
    const other = new Scene(true);
    const message = other.under('write', () => {
      try {
        scene.call(CONTRACT.functions.find(({ name }) => name === 'mas_store')!);
      } catch (error) {
        return (error as LockDisciplineError).message;
      }
      return '';
    });
    expect(message).toContain('mas_store()');
    expect(message).toContain(scene.tree.name);
    expect(message).toContain(`the internal lock of ${scene.tree.name} is needed`);
    expect(message).toContain('held: the mutex outer, taken by Mutex.lock()');
    expect(message).toContain('maplelock/require-write-lock');
  });
});

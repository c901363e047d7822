import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  getDiscipline,
  LockDisciplineError,
  MA_STATE,
  mas_find,
  mas_lock,
  mas_pause,
  mas_set,
  mas_store,
  mas_unlock,
  mas_walk,
  MapleTree,
  MTREE_INIT_EXT,
  MT_FLAGS_LOCK_EXTERN,
  mt_external_lock,
  mt_init,
  mt_init_flags,
  mt_locked,
  mt_set_external_lock,
  mt_write_locked,
  mtree_destroy,
  mtree_empty,
  mtree_load,
  mtree_lock,
  mtree_store,
  mtree_trylock,
  mtree_unlock,
  Mutex,
  rcu_read_lock,
  setDiscipline,
  ULONG_MAX,
} from '../../src/index.ts';
import { ruleBrokenBy } from '../support/calls.ts';
import { locked, striped } from '../support/trees.ts';

afterEach(() => {
  setDiscipline('throw');
  vi.restoreAllMocks();
});

describe('the internal lock', () => {
  it('is one lock, by whichever name it is taken', () => {
    const tree = striped(3);
    const mas = MA_STATE(tree, 0, 0);
    mtree_lock(tree);
    expect([mt_locked(tree), mt_write_locked(tree), mtree_trylock(tree)]).toEqual([true, true, false]);
    expect(ruleBrokenBy(() => mas_lock(mas))).toBe('no-relock');
    mas_unlock(mas);
    expect([mt_locked(tree), mt_write_locked(tree)]).toEqual([false, false]);
    expect(mtree_trylock(tree)).toBe(true);
    mtree_unlock(tree);
  });

  it('is left by its guard at the end of the scope, also by a throw', () => {
    const tree = striped(3);
    {
      using _guard = mtree_lock(tree);
      expect(mt_locked(tree)).toBe(true);
    }
    expect(mt_locked(tree)).toBe(false);
    expect(() => {
      using _guard = mas_lock(MA_STATE(tree, 0, 0));
      throw new Error('inside');
    }).toThrow('inside');
    expect(mt_locked(tree)).toBe(false);
  });

  it('is not left by the guard of an earlier hold', () => {
    const tree = striped(3);
    const guard = mtree_lock(tree);
    mtree_unlock(tree);
    mtree_lock(tree);
    guard[Symbol.dispose]();
    expect(mt_locked(tree)).toBe(true);
    mtree_unlock(tree);
    expect(ruleBrokenBy(() => mtree_unlock(tree))).toBe('require-unlock');
  });

  it('of one tree does not cover another', () => {
    const tree = striped(3);
    const other = striped(3);
    const mas = MA_STATE(other, 0, 0);
    locked(tree, () => {
      expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe('require-write-lock');
      expect(ruleBrokenBy(() => mas_walk(mas))).toBe('require-read-lock');
      expect(ruleBrokenBy(() => mtree_store(other, 1, 1))).toBe(null);
    });
  });

  it('is not left by an unlocked destroy', () => {
    const tree = striped(3);
    locked(tree, () => expect(ruleBrokenBy(() => mtree_destroy(tree))).toBe('no-relock'));
    expect(mtree_load(tree, 25)).toBe(1);
  });
});

describe('an external lock', () => {
  it('is what the tree’s own lock is not there beside', () => {
    const lock = new Mutex('outer');
    const tree = MTREE_INIT_EXT<number>(0, lock);
    expect(mt_external_lock(tree)).toBe(true);
    const mas = MA_STATE(tree, 5, 9);
    for (const call of [
      () => mtree_lock(tree),
      () => mtree_trylock(tree),
      () => mtree_unlock(tree),
      () => mas_lock(mas),
      () => mas_unlock(mas),
      () => mtree_store(tree, 1, 1),
    ]) {
      expect(ruleBrokenBy(call)).toBe('no-mixed-locks');
    }
    expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe('require-write-lock');
    lock.lock();
    expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe(null);
    expect(mt_locked(tree)).toBe(true);
    lock.unlock();
    expect(mtree_load(tree, 7)).toBe(1);
  });

  it('can be bound later, to a tree that was made for one', () => {
    const lock = new Mutex();
    const tree = new MapleTree<number>(MT_FLAGS_LOCK_EXTERN);
    const mas = MA_STATE(tree, 5, 9);
    lock.lock();
    expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe('require-write-lock');
    mt_set_external_lock(tree, lock);
    expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe(null);
    lock.unlock();
    expect(ruleBrokenBy(() => mt_set_external_lock(new MapleTree(), lock))).toBe('no-mixed-locks');
  });

  it('may protect several trees', () => {
    const lock = new Mutex();
    const trees = [MTREE_INIT_EXT<number>(0, lock), MTREE_INIT_EXT<number>(0, lock)];
    using _guard = lock.lock();
    for (const tree of trees) expect(ruleBrokenBy(() => mas_store(MA_STATE(tree, 1, 1), 1))).toBe(null);
  });

  it('is gone when the tree is made anew', () => {
    const tree = MTREE_INIT_EXT<number>(0, new Mutex());
    mt_init_flags(tree, 0);
    expect(mt_external_lock(tree)).toBe(false);
    expect(mtree_store(tree, 1, 1)).toBe(0);
    locked(tree, () => expect(ruleBrokenBy(() => mt_init_flags(tree, 0))).toBe('no-relock'));
  });
});

describe('mt_init', () => {
  it('makes a tree as good as new', () => {
    const tree = striped(50, 3);
    mt_init(tree);
    expect([tree.flags, mtree_empty(tree)]).toEqual([0, true]);
    expect(mtree_store(tree, 1, 1)).toBe(0);
    locked(tree, () => expect(ruleBrokenBy(() => mt_init(tree))).toBe('no-relock'));
    expect(mtree_load(tree, 1)).toBe(1);
  });
});

describe('a cursor', () => {
  it('is stale once its hold is over, even if the lock was taken again at once', () => {
    const tree = striped(9);
    const mas = MA_STATE(tree, 0, 0);
    locked(tree, () => mas_find(mas, ULONG_MAX));
    locked(tree, () => {
      expect(ruleBrokenBy(() => mas_find(mas, ULONG_MAX))).toBe('no-stale-state');
      expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe('no-stale-state');
      mas_set(mas, 40);
      expect(mas_find(mas, ULONG_MAX)).toBe(2);
    });
  });

  it('is not after a pause', () => {
    const tree = striped(9);
    const mas = MA_STATE(tree, 0, 0);
    locked(tree, () => {
      mas_find(mas, ULONG_MAX);
      mas_pause(mas);
    });
    mtree_store(tree, 12, 100);
    locked(tree, () => expect(mas_find(mas, ULONG_MAX)).toBe(100));
  });

  it('that was placed in a read section may not write under a lock that was taken later', () => {
    const tree = striped(9, 2);
    const mas = MA_STATE(tree, 0, 0);
    using _section = rcu_read_lock();
    mas_find(mas, ULONG_MAX);
    locked(tree, () => {
      expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe('no-stale-state');
      expect(ruleBrokenBy(() => mas_find(mas, ULONG_MAX))).toBe(null);
    });
  });

  it('that failed may not be used before it is set', () => {
    const tree = striped(9);
    const mas = MA_STATE(tree, 5, 4);
    locked(tree, () => {
      mas_store(mas, 1);
      expect(mas.status).toBe('error');
      expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe('no-illegal-state');
      mas_set(mas, 5);
      expect(ruleBrokenBy(() => mas_store(mas, 1))).toBe(null);
    });
  });

  it('that another cursor’s write overtook finds its place again', () => {
    const tree = striped(100);
    const mas = MA_STATE(tree, 0, 0);
    const other = MA_STATE(tree, 0, 0);
    locked(tree, () => {
      for (let k = 0; k < 50; k++) mas_find(mas, ULONG_MAX);
      other.index = 0;
      other.last = 900;
      mas_store(other, -1);
      expect(mas_find(mas, ULONG_MAX)).toBe(50);
      expect([mas.index, mas.last]).toEqual([1000, 1009]);
    });
  });
});

describe('the modes', () => {
  it('throw is the default', () => expect(getDiscipline()).toBe('throw'));

  it('warn says what throw would and goes on', () => {
    const warned: string[] = [];
    vi.spyOn(console, 'warn').mockImplementation((message: string) => void warned.push(message));
    setDiscipline('warn');
    const tree = striped(3, 0);
    const mas = MA_STATE(tree, 20, 20);
    mas_store(mas, 7);
    expect(mtree_load(tree, 20)).toBe(7);
    mtree_lock(tree);
    mtree_lock(tree);
    mtree_unlock(tree);
    mtree_unlock(tree);
    expect(mt_locked(tree)).toBe(false);
    expect(warned).toHaveLength(2);
    expect(warned[0]).toContain('maplelock/require-write-lock');
    expect(warned[1]).toContain('taken by mtree_lock()');
  });

  it('off checks nothing', () => {
    setDiscipline('off');
    const warn = vi.spyOn(console, 'warn');
    const tree = striped(3, 0);
    const mas = MA_STATE(tree, 20, 20);
    mas_store(mas, 7);
    mas_find(mas, ULONG_MAX);
    mtree_unlock(tree);
    expect(mtree_load(tree, 20)).toBe(7);
    expect(warn).not.toHaveBeenCalled();
  });

  it('messages name the locks in the order in which they were taken', () => {
    const [first, second, third] = [striped(3), striped(3), striped(3)];
    mtree_lock(first);
    mtree_lock(second);
    mtree_unlock(first);
    mtree_lock(first);
    const named = (tree: MapleTree): string => `the internal lock of ${tree.name}, taken by mtree_lock()`;
    expect(() => mtree_unlock(third)).toThrow(`held: ${named(second)}; ${named(first)}`);
    mtree_unlock(first);
    mtree_unlock(second);
  });

  it('off still keeps count of the lock', () => {
    setDiscipline('off');
    const tree = striped(3);
    const outer = mtree_lock(tree);
    expect([mt_locked(tree), mtree_trylock(tree)]).toEqual([true, false]);
    {
      using _inner = mtree_lock(tree);
    }
    expect(mt_locked(tree)).toBe(true);
    outer[Symbol.dispose]();
    expect([mt_locked(tree), mtree_trylock(tree)]).toEqual([false, true]);
    outer[Symbol.dispose]();
    expect(mt_locked(tree)).toBe(true);
    mtree_unlock(tree);
    mtree_unlock(tree);
    expect(mt_locked(tree)).toBe(false);
  });

  it('a lock that was taken or left while nothing was checked is the same lock afterwards', () => {
    const taken = striped(3);
    const left = striped(3);
    const both = striped(3);
    mtree_lock(left);
    mtree_lock(both);
    setDiscipline('off');
    mtree_lock(taken);
    mtree_unlock(left);
    mtree_unlock(both);
    mtree_lock(both);
    setDiscipline('throw');
    expect(ruleBrokenBy(() => mtree_lock(taken))).toBe('no-relock');
    expect(() => mtree_unlock(left)).toThrow(
      `held: the internal lock of ${both.name}, taken by mtree_lock()`,
    );
    mtree_unlock(taken);
    mtree_unlock(both);
    expect(() => mtree_unlock(both)).toThrow('held: no lock');
  });

  it('there are no others', () => {
    expect(() => setDiscipline('loud' as 'warn')).toThrow(RangeError);
    expect(getDiscipline()).toBe('throw');
  });

  it('an error carries rule, function and tree', () => {
    const tree = new MapleTree(0, { name: 'spans' });
    try {
      mas_store(MA_STATE(tree, 0, 0), 1);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(LockDisciplineError);
      expect(error).toMatchObject({ rule: 'require-write-lock', function: 'mas_store', tree: 'spans' });
    }
  });
});

import { describe, expect, it } from 'vitest';
import {
  CONTRACT,
  type FunctionContract,
  MA_STATE,
  MapleTree,
  type MaState,
  mas_destroy,
  mas_expected_entries,
  mas_pause,
  mas_preallocate,
  mas_store,
  mas_store_gfp,
  MT_FLAGS_ALLOC_RANGE,
  mt_in_rcu,
  mtree_lock,
  mtree_unlock,
} from '../../src/index.ts';
import * as core from '../../src/index.ts';
import { ruleBrokenBy, Scene } from '../support/calls.ts';

const rows = CONTRACT.functions;
const functions = core as unknown as Record<string, (...args: unknown[]) => unknown>;

/** A tree that is full: nothing more can be stored in it, and no gap of the size that is asked for is left. */
function full(): { tree: MapleTree<number>; mas: MaState<number> } {
  const tree = new MapleTree<number>(MT_FLAGS_ALLOC_RANGE, { maxNodes: 1 });
  mtree_lock(tree);
  const mas = MA_STATE(tree, 0, 0);
  for (let k = 0; mas_store_gfp(mas, k) === 0; k++) core.mas_set_range(mas, 10 * k, 10 * k + 9);
  mas_destroy(mas);
  core.mas_set(mas, 5);
  mtree_unlock(tree);
  return { tree, mas };
}

describe.each(rows.filter(({ asks }) => asks !== undefined))('$name', (row) => {
  it('is true in the state that it asks for', () => {
    const { mas } = new Scene(false);
    for (const status of ['start', 'active', 'root', 'none', 'pause', 'overflow', 'underflow', 'error']) {
      mas.status = status as MaState['status'];
      expect(functions[row.name]?.(mas), status).toBe(status === row.asks?.status);
    }
  });
});

describe.each(rows.filter(({ cursor }) => cursor?.failed !== undefined))('$name', (row) => {
  it('leaves the cursor, where it fails, in the state that its row says', () => {
    const { tree, mas } = full();
    const scene = new Scene(false);
    const values = scene.argumentsOf(row).map((value, k) => {
      if (value === scene.mas) return mas;
      const name = row.params[k];
      return name === 'size' ? 200 : name === 'min' ? 0 : name === 'max' ? 205 : value;
    });
    mtree_lock(tree);
    if (row.name.startsWith('mas_store')) core.mas_set_range(mas, 3, 5);
    functions[row.name]?.(...values);
    expect(mas.status).toBe(row.cursor?.failed);
    mtree_unlock(tree);
  });
});

describe.each(rows.filter(({ cursor }) => cursor?.exhausted !== undefined))('$name', (row) => {
  it('leaves the cursor, at its limit, in the state that its row says', () => {
    const scene = new Scene(false);
    const down = row.params.includes('min');
    scene.under('write', () => {
      core.mas_set(scene.mas, 25);
      core.mas_walk(scene.mas);
      const seen = new Set<string>();
      for (let k = 0; k < 4; k++) {
        functions[row.name]?.(scene.mas, down ? 20 : 29);
        seen.add(scene.mas.status);
      }
      expect([...seen]).toContain(row.cursor?.exhausted);
    });
  });
});

const forgetting = rows.filter(({ prealloc }) => prealloc === 'forget');
describe.each(forgetting)('$name', (row) => {
  it('refuses a cursor that has nodes reserved for one store, not for many', () => {
    const scene = new Scene(false);
    scene.under('write', () => {
      mas_preallocate(scene.mas, 7);
      expect(ruleBrokenBy(() => scene.call(row))).toBe('no-leaked-prealloc');
      mas_destroy(scene.mas);
      mas_expected_entries(scene.mas, 5);
      expect(ruleBrokenBy(() => scene.call(row))).toBe(null);
    });
  });
});

const ending = rows.filter(
  ({ prealloc }) => prealloc === 'take' || prealloc === 'consume' || prealloc === 'free',
);
describe.each(ending)('$name', (row: FunctionContract) => {
  it('ends a reservation for one store', () => {
    const scene = new Scene(false);
    scene.under('write', () => {
      core.mas_set_range(scene.mas, 25, 25);
      mas_preallocate(scene.mas, 7);
      scene.call(row);
      expect(ruleBrokenBy(() => core.mas_set(scene.mas, 1))).toBe(null);
    });
  });
});

describe.each(rows.filter(({ tree }) => tree?.rcu !== undefined))('$name', (row) => {
  it('puts the tree in RCU mode or out of it', () => {
    const scene = new Scene(false);
    core.mt_set_in_rcu(scene.tree);
    if (row.tree?.rcu) core.mt_clear_in_rcu(scene.tree);
    scene.call(row);
    expect(mt_in_rcu(scene.tree)).toBe(row.tree?.rcu);
  });
});

it('a store from the pause goes on', () => {
  const scene = new Scene(false);
  scene.under('write', () => {
    mas_pause(scene.mas);
    expect(ruleBrokenBy(() => void mas_store(scene.mas, 1))).toBe(null);
  });
});

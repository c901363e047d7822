/** A small contract model of literal rows, so that the front ends' tests do not depend on the real contract. */
import { MAPLE_TREE } from '../../src/contracts/maple-names.ts';
import type { FunctionContract } from '@maplelock/core';
import type { ContractModel } from '../../src/contracts/model.ts';

function row(name: string, more: Partial<FunctionContract> = {}): FunctionContract {
  return { name, group: 'advanced', params: [], summary: '', result: { kind: 'none' }, ...more };
}

const rows = [
  row('new MapleTree', { result: { kind: 'tree' } }),
  row('new Mutex'),
  row('Mutex.lock', { acquires: [{ lock: { of: 'object', at: '$this' }, mode: 'write' }] }),
  row('Mutex.unlock', { releases: [{ lock: { of: 'object', at: '$this' }, mode: 'write' }] }),
  row('Mutex.tryLock', { result: { kind: 'boolean' } }),
  row('MA_STATE', { result: { kind: 'cursor' } }),
  row('MTREE_INIT_EXT', { result: { kind: 'tree' } }),
  row('mtree_lock', { acquires: [{ lock: { of: 'internal', at: '$0' }, mode: 'write' }] }),
  row('mtree_unlock', { releases: [{ lock: { of: 'internal', at: '$0' }, mode: 'write' }] }),
  row('mtree_trylock', { result: { kind: 'boolean' } }),
  row('mtree_load', { result: { kind: 'entry' } }),
  row('mtree_store', { result: { kind: 'errno', mustCheck: true } }),
  row('mas_lock', { acquires: [{ lock: { of: 'internal', at: '$0.tree' }, mode: 'write' }] }),
  row('mas_unlock', { releases: [{ lock: { of: 'internal', at: '$0.tree' }, mode: 'write' }] }),
  row('mas_find', { result: { kind: 'entry' } }),
  row('mas_store', { result: { kind: 'entry-state', mustCheck: true } }),
  row('mas_erase', { result: { kind: 'entry' } }),
  row('mas_pause'),
  row('mas_for_each', { result: { kind: 'iterable' }, steps: 'mas_find' }),
  row('mt_set_external_lock'),
  row('rcu_read_lock', { acquires: [{ lock: { of: 'token', name: 'rcu' }, mode: 'read' }] }),
  row('rcu_read_unlock', { releases: [{ lock: { of: 'token', name: 'rcu' }, mode: 'read' }] }),
];

const byName = new Map(rows.map((each) => [each.name, each]));

export const testModel: ContractModel = {
  function: (name) => byName.get(name),
  headerOf: () => undefined,
  standIn: () => undefined,
  containerOf: () => MAPLE_TREE,
  containers: [MAPLE_TREE],
  macro: () => undefined,
  guard: () => undefined,
  module: (specifier) => (specifier === '@maplelock/core' ? byName : undefined),
  externalFields: [],
  isMentionedIn: (text) => text.includes('@maplelock/core'),
};

import { describe, expect, it } from 'vitest';
import { KERNEL_LOCKS } from '../../../src/contracts/kernel-locks.ts';
import { KERNEL_MACROS } from '../../../src/contracts/kernel-macros.ts';
import { MAPLE_TREE_C, MAPLE_TREE_GFP } from '../../../src/contracts/maple-tree-c.ts';
import { VMA } from '../../../src/contracts/vma.ts';
import { model } from './c-program.ts';

const CONTRACTS = [MAPLE_TREE_C, VMA, KERNEL_LOCKS, KERNEL_MACROS];

describe('the contracts of C', () => {
  it('name each function and each macro once', () => {
    const names = CONTRACTS.flatMap((contract) => contract.functions.map((row) => row.name));
    expect(names.filter((name, position) => names.indexOf(name) !== position)).toEqual([]);
    const macros = CONTRACTS.flatMap((contract) => Object.keys(contract.macros ?? {}));
    expect(macros.filter((name, position) => macros.indexOf(name) !== position)).toEqual([]);
  });

  it('expand macros and guards to functions that are known', () => {
    const called = CONTRACTS.flatMap((contract) => [
      ...Object.values(contract.macros ?? {}).flatMap((macro) =>
        macro.kind === 'loop' ? (macro.step ?? []) : macro.kind === 'declare' ? (macro.init ?? []) : [],
      ),
      ...Object.values(contract.guards ?? {}).flatMap((guard) => [guard.acquire, guard.release]),
    ]);
    expect(called.filter((name) => !model.function(name))).toEqual([]);
  });

  it('say of conditional guards what means taken', () => {
    for (const guard of Object.values(KERNEL_LOCKS.guards ?? {})) {
      const when = model.function(guard.acquire)?.acquires?.[0]?.when;
      expect([guard.acquire, when !== undefined]).toEqual([guard.acquire, guard.conditional === true]);
    }
  });

  it('pair what a guard takes with what it gives back', () => {
    for (const [name, guard] of Object.entries(KERNEL_LOCKS.guards ?? {})) {
      const taken = model.function(guard.acquire)?.acquires?.[0];
      const given = model.function(guard.release)?.releases?.[0];
      expect([name, given?.lock, given?.mode]).toEqual([name, taken?.lock, taken?.mode]);
    }
  });

  it('give gfp arguments to functions that sleep by them', () => {
    for (const name of Object.keys(MAPLE_TREE_GFP))
      expect([name, model.function(name)?.sleeps]).toEqual([name, 'gfp']);
  });

  it('are worth reading for the tree and its iterators, not for a lock', () => {
    expect(model.isMentionedIn('mas_store(&mas, entry);')).toBe(true);
    expect(model.isMentionedIn('for_each_vma(vmi, vma) {}')).toBe(true);
    expect(model.isMentionedIn('mutex_lock(&lock); guard(rcu)();')).toBe(false);
  });
});

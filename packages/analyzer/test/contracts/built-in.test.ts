import { expect, it } from 'vitest';
import { BUILT_IN } from '../../src/contracts/built-in.ts';

/** Rows of C that say something else than core's of the same name: how the kernel spells it. */
const RESTATED = [
  'MTREE_INIT_EXT',
  'mas_lock',
  'mas_unlock',
  'mtree_lock',
  'mtree_unlock',
  'rcu_read_lock',
  'rcu_read_unlock',
];

it.each(['typescript', 'c'] as const)('no row for %s hides another unseen', (language) => {
  const rows = new Map<string, string>();
  const hidden = new Set<string>();
  for (const contract of BUILT_IN.filter(({ languages }) => languages.includes(language))) {
    for (const row of contract.functions) {
      const text = JSON.stringify(row);
      if ((rows.get(row.name) ?? text) !== text) hidden.add(row.name);
      rows.set(row.name, text);
    }
  }
  expect([...hidden].sort()).toEqual(language === 'c' ? RESTATED : []);
});

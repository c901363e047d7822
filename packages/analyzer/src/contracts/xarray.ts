/**
 * The XArray. Its normal API (`xa_*`) locks itself; under the lock stand `__xa_*` and the advanced API (`xas_*`), whose
 * readers may have RCU instead. No call is said to modify the array: what leaves it stays readable while the lock is held,
 * so that other cursors go on safely ("It is safe to delete entries from the array in the loop body", xas_for_each()).
 */
import type { FunctionContract, LockRef } from '@maplelock/core';
import type { AnalyzerContract, CMacro, Container } from './model.ts';

const VERSION = '6.12';
const HEADER = 'include/linux/xarray.h';
const SOURCE = 'lib/xarray.c';

const XARRAY_CONTAINER: Container = {
  types: ['xarray'],
  lock: '&xa_lock',
  cursors: { xa_state: '' },
  owner: 'xa',
  place: 'xa_node',
  readersUnderRcu: true,
  advice: { take: 'xa_lock', pause: 'xas_pause', reset: 'xas_reset', set: 'xas_set' },
};

const OWN_LOCK: LockRef = { of: 'internal', at: '$0' };
const CURSOR_LOCK: LockRef = { of: 'internal', at: '$0.xa' };

type Rest = Omit<FunctionContract, 'name' | 'group' | 'params' | 'summary' | 'source'>;
/** Name, further parameters, line where it is declared or defined, what it does. */
type Entry = readonly [name: string, params: string, line: number, summary: string];

function rows(
  group: FunctionContract['group'],
  file: string,
  first: string,
  rest: Rest,
  entries: readonly Entry[],
): FunctionContract[] {
  return entries.map(([name, params, line, summary]) => ({
    group,
    name,
    params: params === '' ? [first] : [first, ...params.split(' ')],
    summary,
    source: { file, line, version: VERSION },
    ...rest,
  }));
}

const POSITION = { at: '$0', uses: 'position', leaves: 'node' } as const;
// What becomes of an entry behind the section or lock that it was found under, reference counts say, which the array knows
// nothing of.
const READ = {
  needs: [{ access: 'read', tree: '$0.xa' }],
  cursor: POSITION,
  result: { kind: 'entry', keptBy: 'counted' },
} as const satisfies Rest;
const AGAIN: Rest = { ...READ, cursor: { ...POSITION, leaves: 'same' } };
const LOOK: Rest = { ...AGAIN, result: { kind: 'value' } };
const MARK: Rest = {
  needs: [{ access: 'write', tree: '$0.xa' }],
  cursor: { ...POSITION, leaves: 'same' },
  result: { kind: 'none' },
};
const WRITE = {
  needs: [{ access: 'write', tree: '$0.xa' }],
  cursor: POSITION,
  result: { kind: 'value' },
} as const satisfies Rest;
const ANEW: Rest = { cursor: { at: '$0', uses: 'nothing', leaves: 'start' }, result: { kind: 'none' } };
const UNTOUCHED: Rest = { cursor: { at: '$0', uses: 'nothing', leaves: 'same' }, result: { kind: 'value' } };

const ADVANCED: readonly FunctionContract[] = [
  ...rows('advanced', SOURCE, 'xas', READ, [
    ['xas_load', '', 236, 'The entry at the cursor.'],
    ['xas_find', 'max', 1256, 'The next entry up to max.'],
    ['xas_find_marked', 'max mark', 1325, 'The next marked entry up to max.'],
    ['__xas_next', '', 1208, 'Moves to the next index.'],
    ['__xas_prev', '', 1169, 'Moves to the index before.'],
  ]),
  ...rows('advanced', HEADER, 'xas', READ, [
    ['xas_next', '', 1883, 'Moves to the next index.'],
    ['xas_prev', '', 1854, 'Moves to the index before.'],
    ['xas_next_entry', 'max', 1698, 'The next entry up to max.'],
    ['xas_next_marked', 'max mark', 1755, 'The next marked entry up to max.'],
  ]),
  ...rows('advanced', SOURCE, 'xas', LOOK, [
    ['xas_get_mark', 'mark', 858, 'Whether the entry at the cursor is marked.'],
    ['xas_get_order', '', 1779, 'The order of the entry at the cursor.'],
  ]),
  ...rows('advanced', HEADER, 'xas', AGAIN, [
    ['xas_reload', '', 1595, 'The entry at the cursor, read again.'],
  ]),
  ...rows('advanced', HEADER, 'xas', LOOK, [
    ['xas_advance', 'index', 1640, 'Skips the siblings of an entry.'],
  ]),
  // Looks at the node for the siblings of the entry: it belongs before the unlock.
  ...rows('advanced', SOURCE, 'xas', { cursor: { ...POSITION, leaves: 'pause' }, result: { kind: 'none' } }, [
    ['xas_pause', '', 1139, 'Makes the cursor ready for an unlock.'],
  ]),
  ...rows('advanced', SOURCE, 'xas', MARK, [
    ['xas_set_mark', 'mark', 877, 'Marks the entry at the cursor.'],
    ['xas_clear_mark', 'mark', 906, 'Takes the mark of the entry at the cursor away.'],
    ['xas_init_marks', '', 940, 'Sets the marks of the entry at the cursor as for a new one.'],
  ]),
  ...rows('advanced', SOURCE, 'xas', WRITE, [
    ['xas_store', 'entry', 776, 'Stores an entry at the cursor.'],
    ['xas_split', 'entry order', 1072, 'Splits a multi-index entry.'],
    ['xas_create_range', '', 705, 'Makes the nodes that storing a range needs.'],
  ]),
  // "Expects xa_lock to be held": RCU is not enough.
  ...rows('advanced', SOURCE, 'xas', { ...READ, needs: WRITE.needs }, [
    ['xas_find_conflict', '', 1413, 'The next entry in the range of the cursor.'],
  ]),
  ...rows('cursor', HEADER, 'xas', ANEW, [
    ['xas_reset', '', 1509, 'Forgets the place: the next walk starts at the root.'],
    ['xas_set', 'index', 1624, 'Puts the cursor on an index.'],
    ['xas_set_order', 'index order', 1654, 'Puts the cursor on a range of indices.'],
    ['xas_set_err', 'err', 1443, 'Notes an error in the cursor.'],
  ]),
  ...rows('cursor', HEADER, 'xas', UNTOUCHED, [
    ['xas_error', '', 1429, 'The errno that the cursor notes, or 0.'],
    ['xas_invalid', '', 1454, 'Whether the cursor is to start anew, or notes an error.'],
    ['xas_valid', '', 1465, 'Whether the cursor has a place.'],
    ['xas_is_node', '', 1476, 'Whether the cursor is at a node.'],
    ['xas_retry', 'entry', 1526, 'Whether the entry is a sign to try again; resets the cursor if so.'],
    ['xas_set_update', 'update', 1677, 'Sets what is called when a node changes.'],
    ['xas_set_lru', 'lru', 1682, 'Sets the list that nodes are accounted to.'],
    ['xas_destroy', '', 1548, 'Gives back the memory that xas_nomem() or xas_split_alloc() took.'],
  ]),
  ...rows('cursor', SOURCE, 'xas', { ...ANEW, sleeps: 'gfp', gfp: '$1', result: { kind: 'boolean' } }, [
    ['xas_nomem', 'gfp', 299, 'Allocates what a store lacked. To be called without the lock.'],
  ]),
  ...rows('cursor', SOURCE, 'xas', { ...UNTOUCHED, sleeps: 'gfp', gfp: '$3', result: { kind: 'none' } }, [
    [
      'xas_split_alloc',
      'entry order gfp',
      1018,
      'Allocates what a split needs. To be called without the lock.',
    ],
  ]),
  ...rows('cursor', HEADER, 'xas', { makesCursor: { at: '$0', tree: '$1' }, result: { kind: 'none' } }, [
    ['XA_STATE', 'xa index', 1390, 'Declares a cursor.'],
    ['XA_STATE_ORDER', 'xa index order', 1404, 'Declares a cursor on a range of indices.'],
  ]),
];

function locks(first: string, prefix: string, lock: LockRef, line: number): readonly FunctionContract[] {
  const effect = { lock, mode: 'write' } as const;
  const named = (endings: readonly string[], summary: string): Entry[] =>
    endings.map((ending) => [`${prefix}_${ending}`, '', line, summary]);
  return [
    ...rows(
      'lock',
      HEADER,
      first,
      { acquires: [effect], atomic: true, result: { kind: 'none' } },
      named(['lock', 'lock_bh', 'lock_irq', 'lock_irqsave'], 'Takes the lock of the array.'),
    ),
    ...rows(
      'lock',
      HEADER,
      first,
      { acquires: [effect], atomic: true, nested: true, result: { kind: 'none' } },
      named(
        ['lock_nested', 'lock_bh_nested', 'lock_irq_nested', 'lock_irqsave_nested'],
        'Takes the lock of the array, after that of another.',
      ),
    ),
    ...rows(
      'lock',
      HEADER,
      first,
      { releases: [effect], result: { kind: 'none' } },
      named(['unlock', 'unlock_bh', 'unlock_irq', 'unlock_irqrestore'], 'Leaves the lock of the array.'),
    ),
    ...rows(
      'lock',
      HEADER,
      first,
      {
        acquires: [{ ...effect, when: 'nonzero' }],
        atomic: true,
        result: { kind: 'boolean', mustCheck: true },
      },
      named(['trylock'], 'Takes the lock of the array if it is free; true where it did.'),
    ),
  ];
}

/** What the normal functions share: they take the lock themselves, and may sleep where the gfp argument lets them. */
const ALONE: Rest = { takes: [{ lock: OWN_LOCK, mode: 'write' }], result: { kind: 'value' } };
const ALONE_MARK: Rest = { takes: [{ lock: OWN_LOCK, mode: 'write' }], result: { kind: 'none' } };
const UNDER = {
  needs: [{ access: 'write', tree: '$0' }],
  result: { kind: 'value' },
} as const satisfies Rest;
const ERRNO = { kind: 'errno', mustCheck: true } as const;

/** A function that may allocate, in its three spellings; for the one under the lock, see `UNDER_LOCK`. */
function allocating(
  name: string,
  params: string,
  lines: readonly number[],
  summary: string,
  result: FunctionContract['result'],
): FunctionContract[] {
  const gfp = `$${params.split(' ').length}`;
  return ['', '_bh', '_irq'].flatMap((ending, k) =>
    rows(
      'normal',
      k === 0 && name === 'xa_store' ? SOURCE : HEADER,
      'xa',
      { ...ALONE, sleeps: 'gfp', gfp, result },
      [[`${name}${ending}`, params, lines[k] ?? 0, summary]],
    ),
  );
}

const NORMAL: readonly FunctionContract[] = [
  ...allocating('xa_store', 'index entry gfp', [1594, 589, 616], 'Stores an entry.', {
    kind: 'value',
    mustCheck: true,
  }),
  ...allocating(
    'xa_cmpxchg',
    'index old entry gfp',
    [692, 720, 748],
    'Stores an entry in the place of another.',
    {
      kind: 'value',
    },
  ),
  ...allocating(
    'xa_insert',
    'index entry gfp',
    [778, 808, 838],
    'Stores an entry where there is none.',
    ERRNO,
  ),
  ...allocating('xa_alloc', 'id entry limit gfp', [871, 904, 937], 'Finds a free index for an entry.', ERRNO),
  ...allocating(
    'xa_alloc_cyclic',
    'id entry limit next gfp',
    [974, 1011, 1048],
    'Finds a free index for an entry, after the one found last.',
    { kind: 'errno-or-value', mustCheck: true },
  ),
  ...allocating('xa_reserve', 'index gfp', [1080, 1098, 1116], 'Makes room for an entry.', ERRNO),
  ...rows('normal', SOURCE, 'xa', { ...ALONE, sleeps: 'gfp', gfp: '$4' }, [
    ['xa_store_range', 'first last entry gfp', 1735, 'Stores an entry at a range of indices.'],
  ]),
  ...rows('normal', SOURCE, 'xa', ALONE, [
    ['xa_erase', 'index', 1530, 'Takes an entry out.'],
    ['xa_destroy', '', 2243, 'Takes all entries out.'],
  ]),
  ...rows('normal', HEADER, 'xa', ALONE, [
    ['xa_erase_bh', 'index', 642, 'Takes an entry out.'],
    ['xa_erase_irq', 'index', 666, 'Takes an entry out.'],
    ['xa_release', 'index', 1130, 'Gives room back that was reserved and not used.'],
  ]),
  ...rows('normal', SOURCE, 'xa', ALONE_MARK, [
    ['xa_set_mark', 'index mark', 2006, 'Marks an entry.'],
    ['xa_clear_mark', 'index mark', 2024, 'Takes the mark of an entry away.'],
  ]),
  // They enter RCU themselves, which nests, and may be called under the lock.
  ...rows('normal', SOURCE, 'xa', { result: { kind: 'entry', keptBy: 'counted' } }, [
    ['xa_load', 'index', 1473, 'The entry at an index.'],
    ['xa_find', 'index max filter', 2049, 'The entry at the index, or the next one.'],
    ['xa_find_after', 'index max filter', 2099, 'The next entry after the index.'],
  ]),
  ...rows('normal', SOURCE, 'xa', { result: { kind: 'value' } }, [
    ['xa_get_mark', 'index mark', 1976, 'Whether an entry is marked.'],
    ['xa_get_order', 'index', 1808, 'The order of an entry.'],
    ['xa_extract', 'dst start max n filter', 2196, 'Copies entries.'],
  ]),
  ...rows('normal', HEADER, 'xa', { result: { kind: 'value' } }, [
    ['xa_empty', '', 409, 'Whether there is no entry.'],
    ['xa_marked', 'mark', 422, 'Whether any entry is marked.'],
  ]),
];

/** May give the lock back and take it again to allocate. */
function dropping(
  name: string,
  params: string,
  line: number,
  result: FunctionContract['result'],
): FunctionContract[] {
  const gfp = `$${params.split(' ').length}`;
  const summary = `What ${name.slice(2)}() does, under the lock, which it may drop to allocate.`;
  return rows('advanced', SOURCE, 'xa', { ...UNDER, drops: OWN_LOCK, sleeps: 'gfp', gfp, result }, [
    [name, params, line, summary],
  ]);
}

const UNDER_LOCK: readonly FunctionContract[] = [
  ...dropping('__xa_store', 'index entry gfp', 1557, { kind: 'value' }),
  ...dropping('__xa_cmpxchg', 'index old entry gfp', 1622, { kind: 'value' }),
  ...dropping('__xa_insert', 'index entry gfp', 1660, ERRNO),
  ...dropping('__xa_alloc', 'id entry limit gfp', 1845, ERRNO),
  ...dropping('__xa_alloc_cyclic', 'id entry limit next gfp', 1897, {
    kind: 'errno-or-value',
    mustCheck: true,
  }),
  ...rows('advanced', SOURCE, 'xa', UNDER, [
    ['__xa_erase', 'index', 1511, 'Takes an entry out, under the lock.'],
  ]),
  ...rows('advanced', SOURCE, 'xa', { needs: UNDER.needs, result: { kind: 'none' } }, [
    ['__xa_set_mark', 'index mark', 1936, 'Marks an entry, under the lock.'],
    ['__xa_clear_mark', 'index mark', 1954, 'Takes the mark of an entry away, under the lock.'],
  ]),
];

const INITIALISERS: readonly FunctionContract[] = rows(
  'tree',
  HEADER,
  'xa',
  { tree: { at: '$0' }, result: { kind: 'none' } },
  [
    ['xa_init', '', 397, 'Makes an empty array.'],
    ['xa_init_flags', 'flags', 382, 'Makes an empty array.'],
    ['XARRAY_INIT', 'flags', 307, 'The value of an empty array.'],
  ],
);

const DEFINITION: CMacro = { kind: 'declaration', name: 0, type: 'xarray' };

export const XARRAY: AnalyzerContract = {
  name: 'xarray',
  header: 'linux/xarray.h',
  languages: ['c'],
  container: XARRAY_CONTAINER,
  functions: [
    ...ADVANCED,
    ...locks('xas', 'xas', CURSOR_LOCK, 1411),
    ...locks('xa', 'xa', OWN_LOCK, 535),
    ...NORMAL,
    ...UNDER_LOCK,
    ...INITIALISERS,
  ],
  macros: {
    XA_STATE: { kind: 'declare', name: 0, type: 'xa_state', init: 'XA_STATE' },
    XA_STATE_ORDER: { kind: 'declare', name: 0, type: 'xa_state', init: 'XA_STATE_ORDER' },
    DEFINE_XARRAY: DEFINITION,
    DEFINE_XARRAY_FLAGS: DEFINITION,
    DEFINE_XARRAY_ALLOC: DEFINITION,
    DEFINE_XARRAY_ALLOC1: DEFINITION,
    XA_BUG_ON: { kind: 'identity', arg: 1 },
    xas_for_each: { kind: 'loop', step: 'xas_find', args: [0, 2], into: 1, until: 'null' },
    xas_for_each_marked: { kind: 'loop', step: 'xas_find_marked', args: [0, 2, 3], into: 1, until: 'null' },
    xas_for_each_conflict: { kind: 'loop', step: 'xas_find_conflict', args: [0], into: 1, until: 'null' },
    xa_for_each: { kind: 'loop', step: 'xa_find', args: [0, 1], into: 2, until: 'null' },
    xa_for_each_start: { kind: 'loop', step: 'xa_find', args: [0, 1], into: 2, until: 'null' },
    xa_for_each_range: { kind: 'loop', step: 'xa_find', args: [0, 1], into: 2, until: 'null' },
    xa_for_each_marked: { kind: 'loop', step: 'xa_find', args: [0, 1], into: 2, until: 'null' },
  },
  // Hundreds of files use the normal API alone, few bring the lock themselves: those are read.
  mentions: ['xas_*', 'XA_STATE', 'XA_STATE_ORDER', '__xa_*', 'xa_lock*', 'xa_trylock'],
};

/** What makes room in an array, if it is given no entry: a store where it did so allocates nothing. */
export const RESERVING: ReadonlySet<string> = new Set(
  ['xa_reserve', 'xa_alloc', 'xa_alloc_cyclic', 'xa_insert'].flatMap((name) => [
    ...['', '_bh', '_irq'].map((ending) => name + ending),
    `__${name}`,
  ]),
);

import type { AccessNeed, FunctionContract, LockRef } from './contract.ts';

/** What a row of the contract says besides how the function is called, described, and where it comes from. */
export type Discipline = Omit<FunctionContract, 'name' | 'params' | 'summary'>;

/** The internal lock of the tree of the cursor given first. */
export const CURSOR_LOCK: LockRef = { of: 'internal', at: '$0.tree' };
/** RCU, or the lock of the cursor's tree. */
export const READ_CURSOR: readonly AccessNeed[] = [{ access: 'read', tree: '$0.tree' }];
/** The write lock of the cursor's tree. */
const WRITE_CURSOR: readonly AccessNeed[] = [{ access: 'write', tree: '$0.tree' }];

// The rows of the functions that leave the locking to their caller, shared by the table and the checks at run time.
export const WALK: Discipline = {
  group: 'advanced',
  needs: READ_CURSOR,
  cursor: { at: '$0', uses: 'nothing', leaves: 'node' },
  result: { kind: 'entry' },
};
export const STEP: Discipline = {
  group: 'advanced',
  needs: READ_CURSOR,
  cursor: { at: '$0', uses: 'position', leaves: 'node' },
  result: { kind: 'entry' },
};
/** A step that may go beyond the limit it is given. */
export const STEP_UP: Discipline = {
  ...STEP,
  cursor: { at: '$0', uses: 'position', leaves: 'node', exhausted: 'overflow' },
};
export const STEP_DOWN: Discipline = {
  ...STEP,
  cursor: { at: '$0', uses: 'position', leaves: 'node', exhausted: 'underflow' },
};
export const GAP_SEARCH: Discipline = {
  group: 'advanced',
  needs: READ_CURSOR,
  cursor: {
    at: '$0',
    uses: 'position',
    leaves: 'node',
    illegal: ['pause', 'overflow', 'underflow', 'error'],
    failed: 'error',
  },
  result: { kind: 'errno', mustCheck: true },
};
export const STORE: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  cursor: { at: '$0', uses: 'position', leaves: 'node', illegal: ['error'], failed: 'error' },
  modifies: '$0.tree',
  prealloc: 'take',
  result: { kind: 'entry-state', mustCheck: true },
};
export const STORE_GFP: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  cursor: { at: '$0', uses: 'position', leaves: 'node', illegal: ['error'], failed: 'error' },
  modifies: '$0.tree',
  drops: CURSOR_LOCK,
  sleeps: 'gfp',
  prealloc: 'consume',
  result: { kind: 'errno', mustCheck: true },
};
export const PREALLOCATE: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  cursor: { at: '$0', uses: 'position', leaves: 'node', illegal: ['error'] },
  sleeps: 'gfp',
  prealloc: 'reserve',
  result: { kind: 'errno', mustCheck: true },
};
export const STORE_PREALLOC: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  cursor: { at: '$0', uses: 'position', leaves: 'node', illegal: ['error'] },
  modifies: '$0.tree',
  prealloc: 'consume',
  result: { kind: 'none' },
};
export const ERASE: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  drops: CURSOR_LOCK,
  sleeps: 'always',
  cursor: { at: '$0', uses: 'nothing', leaves: 'node' },
  modifies: '$0.tree',
  prealloc: 'consume',
  result: { kind: 'entry' },
};
export const NOMEM: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  drops: CURSOR_LOCK,
  sleeps: 'gfp',
  cursor: { at: '$0', uses: 'nothing', leaves: 'start' },
  prealloc: 'reserve',
  result: { kind: 'boolean', mustCheck: true },
};
export const ALLOC_CYCLIC: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  drops: CURSOR_LOCK,
  sleeps: 'gfp',
  cursor: {
    at: '$0',
    uses: 'position',
    leaves: 'node',
    illegal: ['pause', 'overflow', 'underflow', 'error'],
    failed: 'error',
  },
  modifies: '$0.tree',
  prealloc: 'consume',
  result: { kind: 'errno-or-value', mustCheck: true },
};
export const EXPECTED_ENTRIES: Discipline = {
  group: 'advanced',
  needs: WRITE_CURSOR,
  sleeps: 'always',
  cursor: { at: '$0', uses: 'nothing', leaves: 'same' },
  prealloc: 'reserve-many',
  result: { kind: 'errno', mustCheck: true },
};
export const DUPLICATE: Discipline = {
  group: 'advanced',
  needs: [
    { access: 'write', tree: '$0' },
    { access: 'write', tree: '$1' },
  ],
  sleeps: 'gfp',
  modifies: '$1',
  result: { kind: 'errno', mustCheck: true },
};
export const DESTROY: Discipline = {
  group: 'advanced',
  needs: [{ access: 'write', tree: '$0' }],
  modifies: '$0',
  result: { kind: 'none' },
};
export const VALIDATE: Discipline = {
  group: 'debug',
  needs: [{ access: 'write', tree: '$0' }],
  result: { kind: 'none' },
};
export const DUMP: Discipline = {
  group: 'debug',
  needs: [{ access: 'read', tree: '$0' }],
  result: { kind: 'value' },
};

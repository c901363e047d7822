import type { AccessNeed, CursorEffect, FunctionContract, LockRef } from './contract.ts';

/** What a row of the contract says besides how the function is called, described, and where it comes from. */
export type Discipline = Omit<FunctionContract, 'name' | 'params' | 'summary'>;

/** The part of a row that is checked at run time as well. Small, because every application that calls the API has it. */
export interface Demand {
  readonly needs: readonly AccessNeed[];
}
export interface CursorDemand extends Demand {
  readonly cursor: CursorEffect;
}

/** The internal lock of the tree of the cursor given first. */
export const CURSOR_LOCK: LockRef = { of: 'internal', at: '$0.tree' };
/** RCU, or the lock of the cursor's tree. */
const READ_CURSOR: readonly AccessNeed[] = [{ access: 'read', tree: '$0.tree' }];
/** The write lock of the cursor's tree. */
const WRITE_CURSOR: readonly AccessNeed[] = [{ access: 'write', tree: '$0.tree' }];

const ANEW: CursorEffect = { at: '$0', uses: 'nothing', leaves: 'node' };
const ONWARD: CursorEffect = { at: '$0', uses: 'position', leaves: 'node' };
const FROM_PLACE_ONLY: CursorEffect = { ...ONWARD, illegal: ['pause', 'overflow', 'underflow', 'error'] };

// What the functions ask for that leave the locking to their caller.
export const READ_ANEW: CursorDemand = { needs: READ_CURSOR, cursor: ANEW };
export const READ_ONWARD: CursorDemand = { needs: READ_CURSOR, cursor: ONWARD };
export const GAP_SEARCH: CursorDemand = { needs: READ_CURSOR, cursor: FROM_PLACE_ONLY };
export const WRITE_ANEW: CursorDemand = { needs: WRITE_CURSOR, cursor: ANEW };
export const WRITE_ONWARD: CursorDemand = { needs: WRITE_CURSOR, cursor: { ...ONWARD, illegal: ['error'] } };
export const GAP_STORE: CursorDemand = { needs: WRITE_CURSOR, cursor: FROM_PLACE_ONLY };
export const READ_TREE: Demand = { needs: [{ access: 'read', tree: '$0' }] };
export const WRITE_TREE: Demand = { needs: [{ access: 'write', tree: '$0' }] };

import { WRITE_ANEW } from '../contract/disciplines.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { walk } from '../cursor/place.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { ERASE, storeRange } from '../tree/store.ts';
import { giveBack } from './reservation.ts';
import { settle } from './store.ts';

const MAS_ERASE_RULE = ruleOf('mas_erase', WRITE_ANEW);

/**
 * Removes the entry whose range holds the cursor's index; index and last become the gap that it leaves, joined with its
 * neighbours. Never fails for want of nodes: a copy that a suspended reader makes necessary may exceed the limit. In the
 * kernel it may drop the internal lock. O(log n).
 *
 * @returns the entry, or null where there was none: then index and last are the gap at the index.
 * @throws LockDisciplineError (require-write-lock).
 * Kernel: lib/maple_tree.c, mas_erase(), 6.12.
 */
export function mas_erase<T>(mas: MaState<T>): T | null {
  if (discipline.on === true) enforceCursor(MAS_ERASE_RULE, mas);
  const entry = walk(mas);
  if (entry === null) return null;
  storeRange(mas.tree, mas.index, mas.last, null, ERASE);
  giveBack(mas);
  settle(mas);
  return entry;
}

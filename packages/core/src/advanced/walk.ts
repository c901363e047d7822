import { READ_ANEW } from '../contract/disciplines.ts';
import type { MaState } from '../cursor/ma-state.ts';
import { walk } from '../cursor/place.ts';
import { enforceCursor, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';

const MAS_WALK_RULE = ruleOf('mas_walk', READ_ANEW);

/**
 * Walks from the root to the cursor's index. Sets index and last to the range found there, entry or gap. O(log n).
 *
 * @returns the entry, or null where there is a gap.
 * @throws LockDisciplineError (require-read-lock).
 * Kernel: lib/maple_tree.c, mas_walk(), 6.12.
 */
export function mas_walk<T>(mas: MaState<T>): T | null {
  if (discipline.on === true) enforceCursor(MAS_WALK_RULE, mas);
  return walk(mas);
}

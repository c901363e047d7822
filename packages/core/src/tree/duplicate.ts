import { EINVAL, ENOMEM, MT_FLAGS_ALLOC_WRAPPED } from '../constants.ts';
import type { MapleTree } from './maple-tree.ts';

/** Copies `source` into `copy`, which has to be empty and of the same kind. O(n). */
export function duplicate(source: MapleTree, copy: MapleTree): number {
  if (((source.flags ^ copy.flags) & ~MT_FLAGS_ALLOC_WRAPPED) !== 0) return -EINVAL;
  if (source === copy || copy.height > 0 || copy.rootEntry !== null) return -EINVAL;
  if (source.height > 0) {
    if (source.arena.live + copy.arena.reserved > copy.limit) return -ENOMEM;
    const arena = source.arena.copy(copy.limit);
    arena.reserved = copy.arena.reserved;
    copy.arena = arena;
    copy.root = source.root;
    copy.height = source.height;
  }
  copy.rootEntry = source.rootEntry;
  copy.version++;
  return 0;
}

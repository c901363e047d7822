import { MT_FLAGS_ALLOC_RANGE } from '../constants.ts';
import { violate } from '../discipline/error.ts';
import { enforceTakes } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import { Arena } from '../tree/arena.ts';
import { isExternal, type MapleTree } from '../tree/maple-tree.ts';

/** What mt_defragment() did. */
export interface Defragmentation {
  /** Nodes that were moved. */
  readonly moved: number;
  /** Bytes of node memory given back. */
  readonly freed: number;
}

/**
 * Moves the nodes of a tree together, in the order in which an iteration meets them, and gives the rest of their memory
 * back. Takes the internal lock; it is what the maintainers want that lock for. Readers in open sections go on with the
 * old memory, which the host frees behind the last of them. O(n).
 *
 * @throws LockDisciplineError: no-mixed-locks for a tree with an external lock, which the tree cannot take by itself;
 * no-relock.
 */
export function mt_defragment<T>(mt: MapleTree<T>): Defragmentation {
  if (isExternal(mt.flags)) {
    const message =
      'a tree moves its nodes only under a lock that it can take and drop itself; the internal lock was needed';
    if (discipline.on === true) violate('no-mixed-locks', 'mt_defragment', mt.name, message);
    return { moved: 0, freed: 0 };
  }
  if (discipline.on === true) enforceTakes('mt_defragment', mt);
  const old = mt.arena;
  const arena = new Arena(mt.limit, (mt.flags & MT_FLAGS_ALLOC_RANGE) !== 0);
  if (!arena.prepare(old.live)) return { moved: 0, freed: 0 };
  if (mt.height > 0) mt.root = arena.adopt(old, mt.root, mt.height);
  arena.reserved = old.reserved;
  mt.arena = arena;
  mt.version++;
  return { moved: arena.live, freed: old.bytes - arena.bytes };
}

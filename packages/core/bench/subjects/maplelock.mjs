import * as core from '@maplelock/core';

const { MA_STATE, mas_find, mas_for_each, mtree_store_range, mtree_load, mtree_erase, ULONG_MAX } = core;

/** The tree of this package. `options`: mode of the checks, flags of the tree. */
export function make({ mode = 'off', flags = 0 } = {}) {
  core.setDiscipline(mode);
  let tree = new core.MapleTree(flags);
  // Kept from search to search, as the peers keep what they are answered in.
  let finder = MA_STATE(tree, 0, 0);
  return {
    clear() {
      tree = new core.MapleTree(flags);
      finder = MA_STATE(tree, 0, 0);
    },
    store(first, last, entry) {
      mtree_store_range(tree, first, last, entry);
    },
    overwrite(first, last, entry) {
      mtree_store_range(tree, first, last, entry);
    },
    lookup(index) {
      return mtree_load(tree, index);
    },
    erase(index) {
      mtree_erase(tree, index);
    },
    iterate() {
      const mas = MA_STATE(tree, 0, 0);
      let n = 0;
      core.mas_lock(mas);
      while (mas_find(mas, ULONG_MAX) !== null) n += mas.last - mas.index;
      core.mas_unlock(mas);
      return n;
    },
    iterator() {
      const mas = MA_STATE(tree, 0, 0);
      let n = 0;
      core.mas_lock(mas);
      for (const entry of mas_for_each(mas, ULONG_MAX)) if (entry !== null) n += mas.last;
      core.mas_unlock(mas);
      return n;
    },
    gap(min, max, size) {
      core.mas_set(finder, min);
      core.mas_lock(finder);
      const ret = core.mas_empty_area(finder, min, max, size);
      core.mas_unlock(finder);
      return ret === 0 ? finder.index : -1;
    },
    duplicate() {
      const copy = new core.MapleTree(flags);
      core.mtree_dup(tree, copy);
      return copy;
    },
    defragment() {
      core.mt_defragment(tree);
    },
    keep: () => tree,
  };
}

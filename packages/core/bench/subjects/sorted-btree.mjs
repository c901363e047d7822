import { createRequire } from 'node:module';

const BTree = createRequire(import.meta.url)('sorted-btree').default;

/** Ranges by their first index; the value holds the last index and the entry. */
export function make() {
  let tree = new BTree();
  const before = [0, null];
  const at = [0, null];
  return {
    clear() {
      tree = new BTree();
    },
    store(first, last, entry) {
      tree.set(first, { last, entry });
    },
    overwrite(first, last, entry) {
      const left = tree.getPairOrNextLower(first, before);
      if (left !== undefined && left[1].last >= first) {
        const range = left[1];
        if (range.last > last) tree.set(last + 1, { last: range.last, entry: range.entry });
        if (left[0] < first) range.last = first - 1;
      }
      for (;;) {
        const next = tree.getPairOrNextHigher(first, at);
        if (next === undefined || next[0] > last) break;
        const range = next[1];
        tree.delete(next[0]);
        if (range.last > last) tree.set(last + 1, range);
      }
      tree.set(first, { last, entry });
    },
    lookup(index) {
      const pair = tree.getPairOrNextLower(index, at);
      return pair !== undefined && pair[1].last >= index ? pair[1].entry : null;
    },
    erase(index) {
      const pair = tree.getPairOrNextLower(index, at);
      if (pair !== undefined && pair[1].last >= index) tree.delete(pair[0]);
    },
    iterate() {
      let n = 0;
      tree.forEachPair((first, range) => {
        n += range.last - first;
      });
      return n;
    },
    iterator() {
      let n = 0;
      for (const pair of tree.entries()) n += pair[1].last;
      return n;
    },
    gap(min, max, size) {
      let free = min;
      const left = tree.getPairOrNextLower(min, before);
      if (left !== undefined && left[1].last >= min) free = left[1].last + 1;
      let found = -1;
      tree.forRange(free, max, true, (first, range) => {
        if (first - free >= size) {
          found = free;
          return { break: true };
        }
        free = range.last + 1;
      });
      if (found < 0 && max - free >= size - 1) found = free;
      return found;
    },
    duplicate() {
      return tree.clone();
    },
    keep: () => tree,
  };
}

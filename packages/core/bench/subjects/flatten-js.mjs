import IntervalTree from '@flatten-js/interval-tree';

/** A red-black tree of intervals, which may overlap; so it has no overwriting store. */
export function make() {
  let tree = new IntervalTree();
  return {
    clear() {
      tree = new IntervalTree();
    },
    store(first, last, entry) {
      tree.insert([first, last], entry);
    },
    lookup(index) {
      const found = tree.search([index, index]);
      return found.length === 0 ? null : found[0];
    },
    iterate() {
      let n = 0;
      tree.forEach((interval) => {
        n += interval.high - interval.low;
      });
      return n;
    },
    keep: () => tree,
  };
}

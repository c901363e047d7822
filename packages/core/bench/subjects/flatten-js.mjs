import IntervalTree from '@flatten-js/interval-tree';

/** A red-black tree of intervals, which may overlap; so it has no overwriting store. Ends that only touch do not count. */
export function make() {
  let tree = new IntervalTree();
  return {
    clear() {
      tree = new IntervalTree();
    },
    store(first, last, entry) {
      tree.insert([first, last + 1], entry);
    },
    lookup(index) {
      const found = tree.search([index + 0.25, index + 0.75]);
      return found.length === 0 ? null : found[0];
    },
    iterate() {
      let n = 0;
      tree.forEach((interval) => {
        n += interval.high - interval.low - 1;
      });
      return n;
    },
    keep: () => tree,
  };
}

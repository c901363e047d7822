import createTree from 'functional-red-black-tree';

const byNumber = (a, b) => a - b;

/** A persistent red-black tree of ranges by their first index. */
export function make() {
  let tree = createTree(byNumber);
  return {
    clear() {
      tree = createTree(byNumber);
    },
    store(first, last, entry) {
      tree = tree.insert(first, { last, entry });
    },
    lookup(index) {
      const it = tree.le(index);
      return it.valid && it.value.last >= index ? it.value.entry : null;
    },
    erase(index) {
      const it = tree.le(index);
      if (it.valid && it.value.last >= index) tree = it.remove();
    },
    iterate() {
      let n = 0;
      tree.forEach((first, range) => {
        n += range.last - first;
      });
      return n;
    },
    iterator() {
      let n = 0;
      for (const it = tree.begin; it.valid; it.next()) n += it.value.last;
      return n;
    },
    keep: () => tree,
  };
}

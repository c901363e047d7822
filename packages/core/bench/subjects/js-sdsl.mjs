import { OrderedMap } from 'js-sdsl';

/** A red-black tree of ranges by their first index. */
export function make() {
  let map = new OrderedMap();
  return {
    clear() {
      map = new OrderedMap();
    },
    store(first, last, entry) {
      map.setElement(first, { last, entry });
    },
    overwrite(first, last, entry) {
      const left = map.reverseLowerBound(first);
      if (left.isAccessible()) {
        const [key, range] = left.pointer;
        if (range.last >= first) {
          if (range.last > last) map.setElement(last + 1, { last: range.last, entry: range.entry });
          if (key < first) range.last = first - 1;
        }
      }
      for (;;) {
        const next = map.lowerBound(first);
        if (!next.isAccessible()) break;
        const [key, range] = next.pointer;
        if (key > last) break;
        map.eraseElementByKey(key);
        if (range.last > last) map.setElement(last + 1, range);
      }
      map.setElement(first, { last, entry });
    },
    lookup(index) {
      const it = map.reverseLowerBound(index);
      if (!it.isAccessible()) return null;
      const range = it.pointer[1];
      return range.last >= index ? range.entry : null;
    },
    erase(index) {
      const it = map.reverseLowerBound(index);
      if (it.isAccessible() && it.pointer[1].last >= index) map.eraseElementByKey(it.pointer[0]);
    },
    iterate() {
      let n = 0;
      map.forEach((pair) => {
        n += pair[1].last - pair[0];
      });
      return n;
    },
    iterator() {
      let n = 0;
      for (const pair of map) n += pair[1].last;
      return n;
    },
    keep: () => map,
  };
}

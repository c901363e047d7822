/** Three arrays in the order of the first index, binary search, and splice. */
export function make() {
  let firsts = [];
  let lasts = [];
  let entries = [];
  /** How many ranges start at or before the index. */
  const upTo = (index) => {
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const insert = (at, first, last, entry) => {
    firsts.splice(at, 0, first);
    lasts.splice(at, 0, last);
    entries.splice(at, 0, entry);
  };
  const remove = (at, count) => {
    firsts.splice(at, count);
    lasts.splice(at, count);
    entries.splice(at, count);
  };
  return {
    clear() {
      firsts = [];
      lasts = [];
      entries = [];
    },
    store(first, last, entry) {
      if (firsts.length === 0 || first > firsts[firsts.length - 1]) {
        firsts.push(first);
        lasts.push(last);
        entries.push(entry);
        return;
      }
      const at = upTo(first);
      if (at > 0 && firsts[at - 1] === first) {
        lasts[at - 1] = last;
        entries[at - 1] = entry;
      } else insert(at, first, last, entry);
    },
    overwrite(first, last, entry) {
      if (firsts.length === 0 || first > lasts[lasts.length - 1]) {
        firsts.push(first);
        lasts.push(last);
        entries.push(entry);
        return;
      }
      let at = upTo(first);
      if (at > 0 && firsts[at - 1] === first && lasts[at - 1] === last) {
        entries[at - 1] = entry;
        return;
      }
      if (at > 0 && lasts[at - 1] >= first) {
        const end = lasts[at - 1];
        if (end > last) insert(at, last + 1, end, entries[at - 1]);
        if (firsts[at - 1] < first) lasts[at - 1] = first - 1;
        else at--;
      }
      let stop = at;
      while (stop < firsts.length && lasts[stop] <= last) stop++;
      remove(at, stop - at);
      if (at < firsts.length && firsts[at] <= last) firsts[at] = last + 1;
      insert(at, first, last, entry);
    },
    lookup(index) {
      const at = upTo(index) - 1;
      return at >= 0 && lasts[at] >= index ? entries[at] : null;
    },
    erase(index) {
      const at = upTo(index) - 1;
      if (at >= 0 && lasts[at] >= index) remove(at, 1);
    },
    iterate() {
      let n = 0;
      for (let at = 0; at < firsts.length; at++) n += lasts[at] - firsts[at];
      return n;
    },
    gap(min, max, size) {
      let at = upTo(min);
      let free = at > 0 && lasts[at - 1] >= min ? lasts[at - 1] + 1 : min;
      for (; at < firsts.length && free <= max; at++) {
        if (firsts[at] - free >= size) return free;
        free = lasts[at] + 1;
      }
      return max - free >= size - 1 ? free : -1;
    },
    duplicate() {
      return [firsts.slice(), lasts.slice(), entries.slice()];
    },
    keep: () => [firsts, lasts, entries],
  };
}

/** A seeded generator of numbers from 0 to 1, so that every subject gets the same work. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 0..n-1 in random order. */
function shuffled(n) {
  const random = generator(n);
  const order = Int32Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const j = Math.floor(random() * (k + 1));
    [order[k], order[j]] = [order[j], order[k]];
  }
  return order;
}

const ascending = (n) => Int32Array.from({ length: n }, (_, k) => k);

/** Range k of the tests starts at k * STRIDE and is WIDTH long, so that half of the space is gaps. */
const STRIDE = 20;
const WIDTH = 10;
const entries = Array.from({ length: 1024 }, (_, k) => ({ k }));

function fill(subject, order) {
  for (let k = 0; k < order.length; k++) {
    const first = order[k] * STRIDE;
    subject.store(first, first + WIDTH - 1, entries[k & 1023]);
  }
}

function fillLooking(subject, order) {
  for (let k = 0; k < order.length; k++) {
    const first = order[k] * STRIDE;
    subject.overwrite(first, first + WIDTH - 1, entries[k & 1023]);
  }
}

/** A tree in which gaps of 10 are everywhere, and gaps of 1000 behind each `every`-th range. */
function fillWithGaps(subject, n, every) {
  let first = 0;
  for (let k = 0; k < n; k++) {
    subject.store(first, first + WIDTH - 1, entries[k & 1023]);
    first += every > 0 && k % every === every - 1 ? 1000 + WIDTH : STRIDE;
  }
  return first;
}

/** Small sizes are repeated until a run has about this many operations. */
const OPERATIONS = 200_000;
/** Nanoseconds that gap searches are measured for. */
const ENOUGH = 20_000_000;

const indices = (n, random, hit) =>
  Int32Array.from({ length: OPERATIONS }, () =>
    hit
      ? Math.floor(random() * n) * STRIDE + Math.floor(random() * WIDTH)
      : Math.floor(random() * n * STRIDE),
  );

function lookups(subject, n, hit) {
  subject.clear();
  fill(subject, shuffled(n));
  const keys = indices(n, generator(7), hit);
  return timed(OPERATIONS, () => {
    let found = 0;
    for (let k = 0; k < keys.length; k++) if (subject.lookup(keys[k]) !== null) found++;
    if (hit && found !== keys.length) throw new Error(`${found} of ${keys.length} found`);
  });
}

/**
 * Stores of ranges that do not overlap. A structure for ranges has to find that out itself, so each uses the store that
 * looks; `known` measures its plain insertion as well, which relies on the caller to know.
 */
function stores(subject, n, order, known) {
  if (!known && subject.overwrite === undefined) return null;
  const rounds = Math.max(1, Math.floor(OPERATIONS / n));
  return timed(rounds * n, () => {
    for (let r = 0; r < rounds; r++) {
      subject.clear();
      if (known) fill(subject, order);
      else fillLooking(subject, order);
    }
  });
}

function gaps(subject, n, every, size, spread) {
  if (subject.gap === undefined) return null;
  subject.clear();
  const end = fillWithGaps(subject, n, every);
  const random = generator(11);
  const operations = every === 0 ? 1000 : OPERATIONS;
  const mins = Int32Array.from({ length: operations }, () => Math.floor(random() * end * spread));
  const search = () => {
    for (let k = 0; k < operations; k++)
      if (subject.gap(mins[k], 2 ** 52, size) < 0) throw new Error('no gap');
  };
  // A thousand searches that take no time are repeated: one run of them measures the clock and the compiler.
  let passes = 0;
  let total = 0;
  while (total * operations < ENOUGH) {
    total += timed(operations, search);
    passes++;
  }
  return total / passes;
}

function timed(operations, run) {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / operations;
}

/** Bytes that the filled subject keeps alive, per entry. The entries themselves are shared and not counted. */
function bytes(subject, n, order) {
  const used = () => {
    for (let k = 0; k < 3; k++) globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const copies = Math.max(1, Math.floor(100_000 / n));
  const kept = [];
  subject.clear();
  const before = used();
  for (let k = 0; k < copies; k++) {
    subject.clear();
    fill(subject, order);
    kept.push(subject.keep());
  }
  const after = used();
  if (kept.length !== copies) throw new Error('not kept');
  return (after - before) / (n * copies);
}

/** What is measured: each returns nanoseconds per operation, or null where the subject cannot do it. */
export const workloads = {
  'lookup, hit': (subject, n) => lookups(subject, n, true),
  'lookup, any': (subject, n) => lookups(subject, n, false),
  'sequential store': (subject, n) => stores(subject, n, ascending(n), false),
  'random store': (subject, n) => stores(subject, n, shuffled(n), false),
  'sequential store, known to be free': (subject, n) => stores(subject, n, ascending(n), true),
  'random store, known to be free': (subject, n) => stores(subject, n, shuffled(n), true),
  'overwrite, splits and covers': (subject, n) => {
    if (subject.overwrite === undefined) return null;
    subject.clear();
    fill(subject, shuffled(n));
    const random = generator(3);
    const firsts = Int32Array.from({ length: OPERATIONS }, () => Math.floor(random() * n * STRIDE));
    const widths = Int32Array.from({ length: OPERATIONS }, () => Math.floor(random() * 60));
    return timed(OPERATIONS, () => {
      for (let k = 0; k < OPERATIONS; k++) {
        subject.overwrite(firsts[k], firsts[k] + widths[k], entries[k & 1023]);
      }
    });
  },
  'exact replace': (subject, n) => {
    if (subject.overwrite === undefined) return null;
    subject.clear();
    fill(subject, shuffled(n));
    const keys = indices(n, generator(5), true);
    return timed(OPERATIONS, () => {
      for (let k = 0; k < keys.length; k++) {
        const first = keys[k] - (keys[k] % STRIDE);
        subject.overwrite(first, first + WIDTH - 1, entries[k & 1023]);
      }
    });
  },
  'iterate, cursor or callback': (subject, n) => {
    subject.clear();
    fill(subject, shuffled(n));
    const rounds = Math.max(1, Math.floor((5 * OPERATIONS) / n));
    return timed(rounds * n, () => {
      for (let r = 0; r < rounds; r++)
        if (subject.iterate() !== n * (WIDTH - 1)) throw new Error('miscounted');
    });
  },
  'iterate, iterator': (subject, n) => {
    if (subject.iterator === undefined) return null;
    subject.clear();
    fill(subject, shuffled(n));
    const rounds = Math.max(1, Math.floor((5 * OPERATIONS) / n));
    return timed(rounds * n, () => {
      for (let r = 0; r < rounds; r++) if (subject.iterator() === 0) throw new Error('miscounted');
    });
  },
  erase: (subject, n) => {
    if (subject.erase === undefined) return null;
    const order = shuffled(n);
    const rounds = Math.max(1, Math.floor(OPERATIONS / n));
    let total = 0;
    for (let r = 0; r < rounds; r++) {
      subject.clear();
      fill(subject, order);
      total += timed(n, () => {
        for (let k = n - 1; k >= 0; k--) subject.erase(order[(k * 7919) % n] * STRIDE + 3);
      });
    }
    return total / rounds;
  },
  'gap search, easy': (subject, n) => gaps(subject, n, 10, 5, 0.9),
  'gap search, hard': (subject, n) => gaps(subject, n, 100, 500, 0.9),
  'gap search, rare': (subject, n) => gaps(subject, n, 0, 5000, 0.1),
  'duplicate, per entry': (subject, n) => {
    if (subject.duplicate === undefined) return null;
    subject.clear();
    fill(subject, shuffled(n));
    const rounds = Math.max(1, Math.floor((5 * OPERATIONS) / n));
    return timed(rounds * n, () => {
      for (let r = 0; r < rounds; r++) subject.duplicate();
    });
  },
  'bytes per entry, random': (subject, n) => bytes(subject, n, shuffled(n)),
  'bytes per entry, sequential': (subject, n) => bytes(subject, n, ascending(n)),
};

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as core from '../../src/index.ts';

type Value = number | null;
type Line = readonly [name: string, ...rest: unknown[]];

/** What a trace was recorded with. */
export interface TraceHeader {
  readonly family: string;
  readonly flags: number;
  readonly seed: number;
  readonly ops: number;
}

export interface Trace {
  readonly header: TraceHeader;
  readonly lines: readonly Line[];
}

/** Reads a trace of the kernel's tree: a header, then an array for each operation. */
export function readTrace(path: URL): Trace {
  const text = gunzipSync(readFileSync(path)).toString('utf8');
  const [header, ...lines] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  return { header: header as TraceHeader, lines: lines as Line[] };
}

/** How many arguments each operation has; what follows them are the results. Operations on cursors end in I, L, S. */
const CURSOR_OPERATIONS: Record<string, number> = {
  MA_STATE: 2,
  mas_set: 1,
  mas_set_range: 2,
  mas_reset: 0,
  mas_pause: 0,
  mas_destroy: 0,
  mas_walk: 0,
  mas_find: 1,
  mas_find_range: 1,
  mas_find_rev: 1,
  mas_next: 1,
  mas_next_range: 1,
  mas_prev: 1,
  mas_prev_range: 1,
  mas_for_each: 2,
  mas_for_each_do: 2,
  mas_store: 1,
  mas_store_gfp: 1,
  mas_erase: 0,
  mas_preallocate: 1,
  mas_store_prealloc: 1,
  mas_empty_area: 3,
  mas_empty_area_rev: 3,
};
const TREE_OPERATIONS: Record<string, number> = {
  mtree_store: 2,
  mtree_store_range: 3,
  mtree_insert: 2,
  mtree_insert_range: 3,
  mtree_load: 1,
  mtree_erase: 1,
  mt_find: 2,
  mt_next: 2,
  mt_prev: 2,
  mt_for_each: 2,
  mtree_alloc_range: 4,
  mtree_alloc_rrange: 4,
  mtree_destroy: 0,
  mtree_dup: 1,
  mas_lock: 0,
  mas_unlock: 0,
  rcu_read_lock: 0,
  rcu_read_unlock: 0,
  new: 2,
  dump: 0,
};

/** A tree and a cursor that follow a trace. */
export class Follower {
  tree: core.MapleTree<number>;
  mas: core.MaState<number>;
  #flags: number;
  #held = false;

  constructor(flags: number) {
    this.#flags = flags;
    this.tree = new core.MapleTree(flags);
    this.mas = core.MA_STATE(this.tree, 0, 0);
  }

  /** Does one operation; the results that the kernel had and those of this package, where they bind. */
  step(line: Line): { wanted: unknown[]; got: unknown[] } {
    const [name, ...rest] = line;
    const ofCursor = CURSOR_OPERATIONS[name];
    const arity = ofCursor ?? TREE_OPERATIONS[name];
    if (arity === undefined) throw new Error(`unknown operation ${name}`);
    const results = rest.slice(arity);
    const got = this.#run(name, rest.slice(0, arity), results);
    if (ofCursor !== undefined) got.push(this.mas.index, this.mas.last, this.mas.status);
    const lists =
      name === 'mas_for_each' || name === 'mas_for_each_do' || name === 'mt_for_each' || name === 'dump';
    // A result in an array of its own is one that the kernel leaves open.
    const binds = (k: number): boolean => {
      const isList = lists ? k === 0 : name === 'mtree_dup' && k === 1;
      return isList || !Array.isArray(results[k]);
    };
    return { wanted: results.filter((_, k) => binds(k)), got: got.filter((_, k) => binds(k)) };
  }

  #run(name: string, args: unknown[], results: unknown[]): unknown[] {
    const numbers = args as number[];
    switch (name) {
      case 'MA_STATE':
        this.mas = core.MA_STATE(this.tree, numbers[0]!, numbers[1]!);
        return [];
      case 'new':
        this.#renew(numbers[0]!, args[1] as [number, number, number][]);
        return [];
      case 'dump':
        return [shaped(this.#ranges(this.tree), results[0])];
      case 'mt_find': {
        const cursor = { index: numbers[0]! };
        return [core.mt_find(this.tree, cursor, numbers[1]!), cursor.index];
      }
      case 'mt_for_each': {
        const found = [...core.mt_for_each(this.tree, numbers[0]!, numbers[1]!)];
        const most = (results[0] as unknown[]).length;
        return [found.slice(0, most), results[1]];
      }
      case 'mtree_dup':
        return this.#duplicate(numbers[0]!, results);
      case 'mas_for_each':
      case 'mas_for_each_do':
        return [
          this.#iterate(
            numbers[0]!,
            numbers[1]!,
            name === 'mas_for_each_do' ? (results[0] as Value[][]) : null,
          ),
        ];
      case 'mas_lock':
      case 'mas_unlock':
        this.#held = name === 'mas_lock';
        core[name](this.mas);
        return [];
      case 'rcu_read_lock':
      case 'rcu_read_unlock':
        this.#held = name === 'rcu_read_lock';
        core[name]();
        return [];
      default: {
        const call = (core as unknown as Record<string, (...all: unknown[]) => unknown>)[name]!;
        const result = call(name in CURSOR_OPERATIONS ? this.mas : this.tree, ...args);
        return result === undefined ? [] : [result];
      }
    }
  }

  #renew(flags: number, stores: readonly [number, number, number][]): void {
    core.mtree_destroy(this.tree);
    this.#flags = flags;
    this.tree = new core.MapleTree(flags);
    this.mas = core.MA_STATE(this.tree, 0, 0);
    for (const [first, last, entry] of stores) core.mtree_store_range(this.tree, first, last, entry);
  }

  /** 0 compares and drops the copy, 1 goes on with it, 2 gives it other flags, 3 has something in it already. */
  #duplicate(mode: number, results: unknown[]): unknown[] {
    const copy = new core.MapleTree<number>(
      mode === 2 ? this.#flags ^ core.MT_FLAGS_ALLOC_RANGE : this.#flags,
    );
    if (mode === 3) core.mtree_store(copy, 7, 7);
    const ret = core.mtree_dup(this.tree, copy);
    const ranges = shaped(this.#ranges(copy), results[1]);
    const dropped = mode === 1 && ret === 0 ? this.tree : copy;
    core.mtree_store_range(dropped, 1, 2 ** 52, 2 ** 21);
    core.mtree_destroy(dropped);
    if (dropped === this.tree) {
      this.tree = copy;
      this.mas = core.MA_STATE(copy, 0, 0);
    }
    return [ret, ranges];
  }

  #iterate(max: number, limit: number, plan: Value[][] | null): unknown[] {
    const { mas } = this;
    const found: unknown[] = [];
    for (const entry of core.mas_for_each(mas, max)) {
      const [, , , action = 0, value = 0] = plan?.[found.length] ?? [];
      found.push(plan === null ? [mas.index, mas.last, entry] : [mas.index, mas.last, entry, action, value]);
      if (action === 1) core.mas_store(mas, value);
      if (action === 2) core.mas_store(mas, null);
      if (action === 3) core.mas_erase(mas);
      if (action !== null && action >= 4) core.mas_pause(mas);
      if (action === 5) {
        core.mas_unlock(mas);
        core.mas_lock(mas);
      }
      if (found.length === limit) break;
    }
    return found;
  }

  #ranges(tree: core.MapleTree<number>): [number, number, number][] {
    const mas = core.MA_STATE(tree, 0, 0);
    const locks = !this.#held || tree !== this.tree;
    if (locks) core.mas_lock(mas);
    const ranges: [number, number, number][] = [];
    for (const entry of core.mas_for_each(mas, core.ULONG_MAX)) ranges.push([mas.index, mas.last, entry]);
    if (locks) core.mas_unlock(mas);
    return ranges;
  }
}

/** Long lists stand in the traces as their length and an FNV-1a hash over "first,last,entry;" of each. */
function shaped(ranges: [number, number, number][], wanted: unknown): unknown {
  if (!Array.isArray(wanted) || wanted[0] !== 'hash') return ranges;
  let hash = 2166136261;
  for (const range of ranges) {
    for (const character of `${range.join(',')};`) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  }
  return ['hash', ranges.length, hash >>> 0];
}

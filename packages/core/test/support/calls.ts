import {
  type FunctionContract,
  MA_STATE,
  MapleTree,
  type MaState,
  MTREE_INIT_EXT,
  Mutex,
  MT_FLAGS_ALLOC_RANGE,
} from '../../src/index.ts';
import * as core from '../../src/index.ts';

/** Things to call a function of the contract with: a tree with a few ranges, and a cursor on it. */
export class Scene {
  readonly tree: MapleTree<number>;
  readonly copy: MapleTree<number>;
  readonly lock: Mutex | null;
  readonly mas: MaState<number>;

  constructor(external: boolean) {
    this.lock = external ? new Mutex('outer') : null;
    this.tree =
      this.lock === null
        ? new MapleTree(MT_FLAGS_ALLOC_RANGE)
        : MTREE_INIT_EXT(MT_FLAGS_ALLOC_RANGE, this.lock);
    this.copy =
      this.lock === null
        ? new MapleTree(MT_FLAGS_ALLOC_RANGE)
        : MTREE_INIT_EXT(MT_FLAGS_ALLOC_RANGE, this.lock);
    this.mas = MA_STATE(this.tree, 25, 25);
    this.under('write', () => {
      for (let k = 0; k < 40; k++) {
        const mas = MA_STATE(this.tree, k * 20, k * 20 + 9);
        core.mas_store(mas, k);
      }
    });
  }

  /** Runs something while the tree's lock (write), or a read section (read), is held. */
  under<R>(access: 'read' | 'write', run: () => R): R {
    const locks = this.lock === null ? [this.tree, this.copy] : [this.lock];
    if (access === 'read') core.rcu_read_lock();
    else for (const lock of locks) lock instanceof Mutex ? lock.lock() : core.mtree_lock(lock);
    try {
      return run();
    } finally {
      if (access === 'read') core.rcu_read_unlock();
      else for (const lock of locks) lock instanceof Mutex ? lock.unlock() : core.mtree_unlock(lock);
    }
  }

  /** The arguments for a function, by the names that its row gives the parameters. */
  argumentsOf({ params }: FunctionContract): unknown[] {
    const values: Record<string, unknown> = {
      mt: this.tree,
      mas: this.mas,
      copy: this.copy,
      index: 25,
      first: 25,
      last: 25,
      entry: 77,
      min: 0,
      max: 10_000,
      size: 3,
      count: 5,
      flags: MT_FLAGS_ALLOC_RANGE,
      lock: this.lock ?? new Mutex(),
    };
    return params.map((name) => {
      if (name === 'cursor') return { index: 25, next: 25 };
      if (!(name in values)) throw new Error(`no value for a parameter ${name}`);
      return values[name];
    });
  }

  /** Calls the function of a row; an iterable is asked for one step, since it does nothing before. */
  call(row: FunctionContract): unknown {
    const api = core as unknown as Record<string, (...args: unknown[]) => unknown>;
    const result = api[row.name]?.(...this.argumentsOf(row));
    if (row.result.kind === 'iterable') (result as Iterator<unknown>).next();
    return result;
  }
}

/** The rule that a call breaks, or null. */
export function ruleBrokenBy(run: () => unknown): string | null {
  try {
    run();
  } catch (error) {
    if (error instanceof core.LockDisciplineError) return error.rule;
    throw error;
  }
  return null;
}

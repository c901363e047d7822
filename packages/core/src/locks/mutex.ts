import { Lock, type LockGuard } from './lock.ts';

let mutexes = 0;

/** A lock of the caller's own, which can protect trees made with MTREE_INIT_EXT(). */
export class Mutex {
  /** What messages call it. */
  readonly name: string;
  /** @internal */
  readonly lockState: Lock;

  constructor(name?: string) {
    this.name = name ?? `Mutex #${++mutexes}`;
    this.lockState = new Lock('mutex', this);
  }

  /** True while somebody holds it. */
  get isHeld(): boolean {
    return this.lockState.hold !== 0;
  }

  /**
   * Takes the lock. O(1).
   *
   * @returns a guard that leaves it; `unlock()` does as well.
   * @throws LockDisciplineError (no-relock) where it is held.
   */
  lock(): LockGuard {
    return this.lockState.take('Mutex.lock');
  }

  /** Takes the lock if it is free; true where it did. O(1). */
  tryLock(): boolean {
    return this.lockState.tryTake('Mutex.tryLock');
  }

  /**
   * Leaves the lock. O(1).
   *
   * @throws LockDisciplineError (require-unlock) where it is not held.
   */
  unlock(): void {
    this.lockState.leave('Mutex.unlock');
  }
}

import { discipline } from '../discipline/mode.ts';
import { violate } from '../discipline/error.ts';

/**
 * The open read sections. Each is a point on a clock that advances with every section opened; they are kept in the
 * order of opening. What a section can see has to stay until it ends, so all that counts elsewhere is the oldest.
 */
class Sections {
  /** When the oldest open section was opened; Infinity while none is open. */
  oldest: number = Infinity;
  /** When the last section was opened. */
  clock = 0;
  readonly open: number[] = [];

  enter(): number {
    const opened = ++this.clock;
    this.open.push(opened);
    if (this.oldest === Infinity) this.oldest = opened;
    return opened;
  }

  leave(opened: number): boolean {
    const place = this.open.lastIndexOf(opened);
    if (place < 0) return false;
    this.open.splice(place, 1);
    this.oldest = this.open[0] ?? Infinity;
    return true;
  }

  /** Ends the section opened last: of sections that do not nest, that is the choice which keeps the most. */
  leaveNewest(): boolean {
    if (this.open.pop() === undefined) return false;
    if (this.open.length === 0) this.oldest = Infinity;
    return true;
  }
}

export const rcu: Sections = new Sections();

/** Holds a read section open until it is disposed of. */
export class ReadGuard {
  declare private readonly opened: number;

  constructor(opened: number) {
    this.opened = opened;
  }

  /** Ends the section; a second time it does nothing. */
  [Symbol.dispose](): void {
    rcu.leave(this.opened);
  }
}

/**
 * Opens a read section: nodes of trees in RCU mode that are reachable now stay whole until it ends, also across `await`
 * and `yield`. Sections nest and may overlap. O(1).
 *
 * @returns a guard that ends this section; `rcu_read_unlock()` does as well.
 * Kernel: include/linux/rcupdate.h, rcu_read_lock(), 6.12.
 */
export function rcu_read_lock(): ReadGuard {
  return new ReadGuard(rcu.enter());
}

/**
 * Ends the read section that was opened last. O(1).
 *
 * @throws LockDisciplineError (require-unlock) where none is open.
 * Kernel: include/linux/rcupdate.h, rcu_read_unlock(), 6.12.
 */
export function rcu_read_unlock(): void {
  if (!rcu.leaveNewest() && discipline.on) {
    violate(
      'require-unlock',
      'rcu_read_unlock',
      'RCU',
      'no read section is open, rcu_read_lock() was needed before',
    );
  }
}

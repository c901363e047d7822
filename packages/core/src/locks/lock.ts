import { discipline } from '../discipline/mode.ts';
import { type DisciplineRule, violate } from '../discipline/error.ts';

let holds = 0;

/** What a lock is called in messages is asked of its owner only when there is a message. */
export interface LockOwner {
  readonly name: string;
}

/**
 * A lock that is held or free. There is one thread, so nobody waits: taking a lock that is held is a deadlock with
 * oneself, or with a task that was suspended while it held it.
 */
export class Lock {
  /** Identifies the unbroken hold; 0 while the lock is free. */
  hold = 0;
  /** The call that took it. */
  takenBy = '';
  /** How often it was taken over itself, which only unchecked modes allow. */
  #nested = 0;
  declare readonly kind: 'internal lock of' | 'mutex' | 'external lock (none bound) of';
  declare readonly owner: LockOwner;

  constructor(kind: Lock['kind'], owner: LockOwner) {
    this.kind = kind;
    this.owner = owner;
  }

  get label(): string {
    return `${this.kind} ${this.owner.name}`;
  }

  take(by: string): LockGuard {
    if (this.hold === 0) {
      this.hold = ++holds;
      this.takenBy = by;
      held.push(this);
    } else {
      this.#refuse('no-relock', by, `held, taken by ${this.takenBy}(); it was needed free`);
      this.#nested++;
    }
    return new LockGuard(this);
  }

  tryTake(by: string): boolean {
    if (this.hold !== 0) return false;
    this.take(by);
    return true;
  }

  leave(by: string): void {
    if (this.hold === 0) {
      this.#refuse('require-unlock', by, `not held; held: ${heldLocks()}`);
    } else if (this.#nested > 0) {
      this.#nested--;
    } else {
      this.hold = 0;
      this.takenBy = '';
      if (held[held.length - 1] === this) held.pop();
      else held.splice(held.lastIndexOf(this), 1);
    }
  }

  #refuse(rule: DisciplineRule, by: string, state: string): void {
    if (discipline.on === true) violate(rule, by, this.owner.name, `the ${this.label} is ${state}`);
  }
}

/** Locks held now, in the order in which they were taken. */
const held: Lock[] = [];

/** The locks that are held and the calls that took them, for messages. */
export function heldLocks(): string {
  if (held.length === 0) return 'no lock';
  return held.map((lock) => `the ${lock.label}, taken by ${lock.takenBy}()`).join('; ');
}

/** Leaves the lock when it is disposed of, if the hold that it stands for still lasts. */
export class LockGuard {
  readonly #lock: Lock;
  #hold: number;

  constructor(lock: Lock) {
    this.#lock = lock;
    this.#hold = lock.hold;
  }

  /** Leaves the lock; nothing if it was left since. */
  [Symbol.dispose](): void {
    if (this.#lock.hold === this.#hold) this.#lock.leave('[Symbol.dispose]');
    this.#hold = -1;
  }
}

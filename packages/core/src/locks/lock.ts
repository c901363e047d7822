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
  /** The call that took it last. */
  takenBy = '';
  /** How often it was taken over itself, which only unchecked modes allow. */
  nested = 0;
  declare readonly kind: 'internal lock of' | 'mutex' | 'external lock (none bound) of';
  declare readonly owner: LockOwner;

  constructor(kind: Lock['kind'], owner: LockOwner) {
    this.kind = kind;
    this.owner = owner;
  }

  get label(): string {
    return `${this.kind} ${this.owner.name}`;
  }

  // Unchecked, taking and leaving are so short that V8 makes them part of the caller's code.
  take(by: string): LockGuard {
    if (discipline.on === true || this.hold !== 0) takeInFull(this, by);
    else this.hold = ++holds;
    this.takenBy = by;
    return new LockGuard(this);
  }

  tryTake(by: string): boolean {
    if (this.hold !== 0) return false;
    this.take(by);
    return true;
  }

  leave(by: string): void {
    if (discipline.on === true || this.nested > 0) leaveInFull(this, by);
    else this.hold = 0;
  }
}

function takeInFull(lock: Lock, by: string): void {
  if (lock.hold === 0) {
    lock.hold = ++holds;
    held.push(lock);
  } else {
    if (discipline.on === true)
      refuse(lock, 'no-relock', by, `held, taken by ${lock.takenBy}(); it was needed free`);
    lock.nested++;
  }
}

function leaveInFull(lock: Lock, by: string): void {
  if (lock.hold === 0) {
    refuse(lock, 'require-unlock', by, `not held; held: ${heldLocks()}`);
  } else if (lock.nested > 0) {
    lock.nested--;
  } else {
    lock.hold = 0;
    if (held[held.length - 1] === lock) held.pop();
    else held = held.filter((other) => other !== lock);
  }
}

function refuse(lock: Lock, rule: DisciplineRule, by: string, state: string): void {
  violate(rule, by, lock.owner.name, `the ${lock.label} is ${state}`);
}

/** Locks that were taken while calls were checked, in the order in which they were taken. */
let held: Lock[] = [];

/** The locks that are held and the calls that took them, for messages. */
export function heldLocks(): string {
  // One that was left while calls were not checked is still in the list, and was perhaps taken again.
  const now = [...new Set(held)].filter((lock) => lock.hold !== 0);
  return now.map((lock) => `the ${lock.label}, taken by ${lock.takenBy}()`).join('; ') || 'no lock';
}

/** Leaves the lock when it is disposed of, if the hold that it stands for still lasts. */
export class LockGuard {
  declare private readonly lock: Lock;
  declare private hold: number;

  constructor(lock: Lock) {
    this.lock = lock;
    this.hold = lock.hold;
  }

  /** Leaves the lock; nothing if it was left since. */
  [Symbol.dispose](): void {
    if (this.lock.hold === this.hold) this.lock.leave('[Symbol.dispose]');
    this.hold = -1;
  }
}

import type { RuleInfo } from './rule.ts';
import { EVERYWHERE } from './severities.ts';

export const noSleepUnderLock: RuleInfo = {
  id: 'no-sleep-under-lock',
  description:
    'reports an await or yield, a call that may sleep, or a blocking allocation while a lock is held under which nothing may sleep',
  rationale:
    'Who waits for a spinning lock spins, and a read section holds up every writer that waits for its end: whoever sleeps there may stop the system. In TypeScript nobody waits: whoever takes the lock while its holder is suspended fails.',
  ...EVERYWHERE,
};

export interface Sleep {
  readonly api: string;
  /** The lock in the program's words; RCU for a read section. */
  readonly lock: string;
  readonly isRcu: boolean;
  /** The flags that let the call sleep, if it allocates. */
  readonly flags: string | null;
  /** The lock that the call itself drops before it sleeps. */
  readonly drops: string | null;
  /** It is that one, which was taken with interrupts held off: they stay so. */
  readonly masked: boolean;
}

export function sleepMessage({ api, lock, isRcu, flags, drops, masked }: Sleep): string {
  const by = flags === null ? '' : ` to allocate (${flags})`;
  const does = drops === null ? `${api}() may sleep${by}` : `${api}() drops ${drops} and may sleep${by}`;
  const held = isRcu
    ? 'but an RCU read section is open, which must not sleep'
    : `but ${lock} is held, which spins`;
  if (masked)
    return `${does}, but interrupts stay off, which ${lock} was taken with. Take it without, or pass GFP_NOWAIT and be ready for failure.`;
  const before = isRcu
    ? 'before the section, or after it'
    : `before ${lock} is taken, or after it is given back`;
  const remedy =
    flags === null ? `Do it ${before}` : `Allocate ${before}, or pass GFP_NOWAIT and be ready for failure`;
  return `${does}, ${held}. ${remedy}.`;
}

/** The call takes the lock itself, and keeps it while it allocates. */
export function sleepInsideMessage(api: string, lock: string, flags: string): string {
  return `${api}() takes ${lock} and may sleep to allocate (${flags}) while it holds it, which spins. Pass GFP_NOWAIT or GFP_ATOMIC and be ready for failure.`;
}

/** `lock`: null for a read section. */
export function suspendMessage(what: 'await' | 'await using' | 'yield', lock: string | null): string {
  const subject = what === 'await using' ? 'The await at the end of the scope' : what;
  const first = 'Declare it first: what is declared first is disposed of last.';
  if (lock === null) {
    const remedy =
      what === 'await using' ? first : `Leave the section before the ${what}, and look up again after it.`;
    return `${subject} suspends the function while an RCU read section is open: until it goes on, nothing that writers retire is freed, and whatever runs meanwhile passes for being in a section. ${remedy}`;
  }
  const goesOn =
    what === 'yield'
      ? 'it stays held until the caller asks for the next value, or for ever'
      : 'whoever takes it before the function goes on fails';
  const remedy =
    what === 'await using' ? first : `Give it back before the ${what}, and take it again after it.`;
  return `${subject} suspends the function while ${lock} is held: ${goesOn}. ${remedy}`;
}

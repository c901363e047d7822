import type { RuleInfo } from './rule.ts';
import type { HeldInstead, MissingAccess } from './require-write-lock.ts';
import { EVERYWHERE } from './severities.ts';

export const requireReadLock: RuleInfo = {
  id: 'require-read-lock',
  description: "reports an advanced read with neither RCU nor the tree's lock held",
  rationale:
    'Without RCU or the lock a writer may free the nodes that the walk is in, and what the walk finds may be gone before it is used.',
  ...EVERYWHERE,
};

export function missingReadMessage(what: MissingAccess, instead: HeldInstead): string {
  const subject = what.viaHelper
    ? `${what.api}() reads ${what.tree} and leaves the locking to its caller`
    : `${what.api}() reads ${what.tree}`;
  const needed = what.lock ?? `the lock of ${what.tree}`;
  const other = instead.others[0];
  const why =
    instead.released !== null
      ? `${needed} was given back before, and RCU is not held`
      : other !== undefined
        ? `this path holds ${other.name}, needs RCU or ${needed}`
        : `neither RCU nor ${needed} is held`;
  return `${subject}, but ${why}. Put it between rcu_read_lock() and rcu_read_unlock(), or under ${needed}.`;
}

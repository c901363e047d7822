import type { RuleInfo } from './rule.ts';

const both = ['typescript', 'c'] as const;
const error = { typescript: 'error', c: 'error' } as const;

/** Every rule there is, in the order of the documentation. */
export const RULES: readonly RuleInfo[] = [
  {
    id: 'require-write-lock',
    description: "reports an advanced write where the tree's write lock is not held",
    rationale:
      'The advanced API does not lock. A write beside another writer, or beside a reader that holds the lock, corrupts the tree; RCU and a read-held lock keep no writer out.',
    languages: both,
    recommended: error,
    strict: error,
    certainty: 'proved',
  },
  {
    id: 'require-read-lock',
    description: "reports an advanced read with neither RCU nor the tree's lock held",
    rationale:
      'Without RCU or the lock a writer may free the nodes that the walk is in, and what the walk finds may be gone before it is used.',
    languages: both,
    recommended: error,
    strict: error,
    certainty: 'proved',
  },
  {
    id: 'no-external-lock',
    description: 'reports trees that are bound to an external lock',
    rationale:
      'Only the internal lock lets the tree drop it to allocate and move its own nodes. The maintainers want external locks gone (Matthew Wilcox, 22 February 2023).',
    languages: both,
    recommended: { typescript: 'error', c: 'warn' },
    strict: error,
    schema: {
      type: 'object',
      properties: { allow: { type: 'array', items: { type: 'string' }, uniqueItems: true } },
      additionalProperties: false,
    },
    certainty: 'proved',
  },
  {
    id: 'no-relock',
    description:
      'reports taking a lock that is held already, directly or through a call that takes it itself',
    rationale: 'These locks do not nest: the second acquire waits for the first for ever.',
    languages: both,
    recommended: error,
    strict: error,
    certainty: 'proved',
  },
  {
    id: 'require-unlock',
    description:
      'reports a path that leaves a function with a lock that it took, and an unlock of what is not held',
    rationale:
      'A lock that one path forgets blocks every later user; an unlock of what is not held breaks the section of whoever holds it.',
    languages: both,
    recommended: error,
    strict: error,
    certainty: 'proved',
  },
  {
    id: 'no-stale-state',
    description: 'reports a cursor that is used after its lock was dropped, without a pause, reset or set',
    rationale:
      'A cursor remembers a node. Once the lock was dropped that node may be freed or belong to another range.',
    languages: both,
    recommended: error,
    strict: error,
    certainty: 'proved',
  },
];

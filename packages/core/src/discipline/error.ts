import { discipline, warn } from './mode.ts';

/** The rules that are checked at run time, by the ids that the linter has for them. */
export type DisciplineRule =
  | 'require-write-lock'
  | 'require-read-lock'
  | 'no-relock'
  | 'require-unlock'
  | 'no-mixed-locks'
  | 'no-stale-state'
  | 'no-illegal-state'
  | 'no-leaked-prealloc'
  | 'require-rcu-mode';

/** Thrown by a call that breaks the lock discipline; nothing has been changed by that call. */
export class LockDisciplineError extends Error {
  /** The rule that was broken, by its id. */
  readonly rule: DisciplineRule;
  /** The function that was called. */
  readonly function: string;
  /** The name of the tree or the lock that it was called for. */
  readonly tree: string;

  constructor(rule: DisciplineRule, functionName: string, tree: string, message: string) {
    super(`${functionName}() on ${tree}: ${message} (maplelock/${rule})`);
    this.name = 'LockDisciplineError';
    this.rule = rule;
    this.function = functionName;
    this.tree = tree;
  }
}

/** Throws or warns, as the mode has it. */
export function violate(rule: DisciplineRule, functionName: string, tree: string, message: string): void {
  const error = new LockDisciplineError(rule, functionName, tree, message);
  if (discipline.mode === 'throw') throw error;
  warn(error.message);
}

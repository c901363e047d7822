import type { CursorDemand, Demand } from '../contract/disciplines.ts';
import { type MaState, UNBOUND } from '../cursor/ma-state.ts';
import { heldLocks } from '../locks/lock.ts';
import { rcu } from '../rcu/sections.ts';
import { isExternal, type MapleTree } from '../tree/maple-tree.ts';
import { violate } from './error.ts';
import { discipline } from './mode.ts';

/** What the contract asks of the calls of one function, in the form in which it is checked. */
class Rule {
  readonly name: string;
  /** The access that the caller's locks must cover. */
  readonly access: 'read' | 'write';
  /** Whether it goes on from the place that the cursor remembers. */
  readonly usesPlace: boolean;
  /** The states in which it must not be called. */
  readonly illegal: readonly string[];

  constructor(name: string, { needs, cursor }: Demand & Partial<CursorDemand>) {
    this.name = name;
    this.access = needs[0]!.access;
    this.usesPlace = cursor?.uses === 'position';
    this.illegal = cursor?.illegal ?? [];
  }
}

/**
 * The rule of one function. Its callers keep what it answers; a bundler may leave it out where nobody uses that.
 */
/* @__NO_SIDE_EFFECTS__ */
export function ruleOf(name: string, demand: Demand): Rule {
  return new Rule(name, demand);
}

/** Checks a call that is given a cursor. Called only while checks are on. */
export function enforceCursor(rule: Rule, mas: MaState): void {
  const { hold } = mas.tree.guardian;
  // A step within one hold, or the first of a cursor, as most are: nothing else can be wrong with it.
  if (hold !== 0 && (mas.hold === hold || mas.hold === UNBOUND)) {
    if (rule.illegal.length === 0 || mas.status === 'start') return;
  }
  enforceInFull(rule, mas, hold);
}

function enforceInFull(rule: Rule, mas: MaState, hold: number): void {
  const { tree } = mas;
  if (hold === 0) enforceAccess(rule, tree);
  if (rule.usesPlace && mas.hold !== UNBOUND && (hold === 0 || mas.hold !== hold)) enforceFresh(rule, mas);
  if (rule.illegal.includes(mas.status)) {
    const message = `the cursor's state is ${mas.status}, which it cannot go on from; mas_reset() or mas_set() was needed`;
    violate('no-illegal-state', rule.name, tree.name, message);
  }
}

/** Checks a call that is given a tree and leaves the locking to its caller. */
export function enforceTree(rule: Rule, tree: MapleTree): void {
  if (tree.guardian.hold === 0) enforceAccess(rule, tree);
}

/** Checks a call that takes the tree's internal lock itself. */
export function enforceTakes(functionName: string, tree: MapleTree): void {
  if (isExternal(tree.flags)) {
    const message =
      `it takes the internal lock, but the tree is protected by the ${tree.guardian.label}; ` +
      'the advanced API under that lock was needed';
    violate('no-mixed-locks', functionName, tree.name, message);
  } else if (tree.lock.hold !== 0) {
    const message =
      `it takes the internal lock, which is held already, taken by ${tree.lock.takenBy}(); ` +
      'the advanced API, or giving the lock back before, was needed';
    violate('no-relock', functionName, tree.name, message);
  }
}

/** Reports, while checks are on, that a cursor is set anew which has nodes reserved for one store. */
export function requireUnreserved(functionName: string, mas: MaState): void {
  if (discipline.on && !mas.bulk) requireNothingReserved(functionName, mas.tree, mas.reserved);
}

function enforceAccess(rule: Rule, tree: MapleTree): void {
  if (rule.access === 'write') {
    violate(
      'require-write-lock',
      rule.name,
      tree.name,
      `the ${tree.guardian.label} is needed; held: ${heldNow()}`,
    );
  } else if (rcu.oldest === Infinity) {
    const message = `a read section (rcu_read_lock()) or the ${tree.guardian.label} is needed; held: ${heldNow()}`;
    violate('require-read-lock', rule.name, tree.name, message);
  }
}

function enforceFresh(rule: Rule, mas: MaState): void {
  const inSection = rcu.oldest <= mas.section;
  if (rule.access === 'read' && inSection) {
    if (mas.kept || mas.at < 0 || mas.version === mas.tree.version) return;
    const message =
      'the tree was changed, and a read section keeps nothing of a tree without MT_FLAGS_USE_RCU; ' +
      'that flag, or the lock, was needed';
    violate('require-rcu-mode', rule.name, mas.tree.name, message);
    return;
  }
  const message =
    `the cursor's place at ${mas.index}..${mas.last} was found under a hold that is over; held: ${heldNow()}; ` +
    'mas_pause() before the lock was dropped, or mas_reset() or mas_set() after, was needed';
  violate('no-stale-state', rule.name, mas.tree.name, message);
}

function heldNow(): string {
  const sections = rcu.open.length;
  return sections === 0 ? heldLocks() : `${heldLocks()}; ${sections} read section(s), by rcu_read_lock()`;
}

/** Checks that a tree that is destroyed has no nodes reserved for a cursor. */
export function requireNothingReserved(
  functionName: string,
  tree: MapleTree,
  reserved: number = tree.arena.reserved,
): void {
  if (reserved === 0) return;
  const message =
    `${reserved} nodes are still reserved for a cursor by mas_preallocate(); ` +
    'mas_store_prealloc() or mas_destroy() was needed before';
  violate('no-leaked-prealloc', functionName, tree.name, message);
}

import { allowsBlocking } from '../domain/gfp.ts';
import { mergeStates } from '../domain/merge.ts';
import type { State } from '../domain/state.ts';
import { kindSet, type Value, type ValueNode, type ValueTable } from '../domain/values.ts';
import type { Block } from '../ir/ir.ts';
import type { Span } from '../ir/source.ts';
import { assume } from './assume.ts';
import { checkReturned, checkUses } from './entry-effects.ts';
import { haveChosenOtherwise } from './chosen-objects.ts';
import { settleCursors } from './cursor-states.ts';
import { evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { settleReservations } from './reservations.ts';
import { excuseUnchecked, failuresKnown, noteLook } from './results.ts';
import type { Shape } from './shape.ts';
import { retire, transfer } from './transfer.ts';

/** One way out of the function. */
export interface Exit {
  readonly state: State;
  readonly value: Value | null;
  readonly kind: 'return' | 'throw';
  readonly span: Span;
}

export interface Solved {
  readonly exits: readonly Exit[];
  /** False if the budget ran out before the fixpoint. */
  readonly complete: boolean;
}

/** After this many rounds through a loop, number bounds that still move are given up. */
const WIDEN_AFTER = 4;

/** So many rounds of a loop are told apart by the locks that they have taken and given back. */
const UNROLLED = 3;

const PHI = kindSet('phi');
const OLD = kindSet('old');

interface Slot {
  state: State;
  /** The key of the state. */
  key: string;
  /** The same without its cursors, once it was asked for. */
  coarse: string | null;
  dirty: boolean;
  rounds: number;
}

/**
 * `return mas_preallocate(mas, x) === 0`: what the answer says of a cursor is known apart, for callers that ask only the
 * answer.
 */
function answersOf(state: State, table: ValueTable, value: Value | null): State[] {
  const node = value === null ? undefined : table.node(value);
  if (value === null || (node?.kind !== 'binary' && node?.kind !== 'unary')) return [state];
  const tellers = new Set<Value>();
  for (const { tests = [] } of state.cursors.values()) for (const test of tests) tellers.add(test.value);
  for (const r of state.reserved.values()) if (r.kind !== 'ended' && r.result !== null) tellers.add(r.result);
  const parts = node.kind === 'binary' ? [node.left, node.right] : [node.operand];
  const inside = parts.flatMap((part) => {
    const inner = table.node(part);
    return inner.kind === 'binary' ? [part, inner.left, inner.right] : [part];
  });
  if (!inside.some((part) => tellers.has(part))) return [state];
  return [true, false].flatMap((truth) => {
    const answered = state.clone();
    if (!assume(answered, table, value, truth)) return [];
    settleCursors(answered, table);
    settleReservations(answered, table);
    return [answered];
  });
}

const ANSWERING: ReadonlySet<string> = new Set(['!', '==', '!=', '===', '!==', '<', '<=', '>', '>=']);

/** `return spin_trylock(lock) != 0`: what this path knows already decides it. */
function decided(state: State, table: ValueTable, value: Value, isC: boolean): Value {
  const node = table.node(value);
  const isAnswer = (node.kind === 'binary' || node.kind === 'unary') && ANSWERING.has(node.operator);
  if (!isAnswer) return value;
  const mayBe = (truth: boolean): boolean => assume(state.clone(), table, value, truth);
  const [yes, no] = [mayBe(true), mayBe(false)];
  if (yes === no) return value;
  return table.constant(isC ? Number(yes) : yes);
}

/** Runs the function's disjuncts through its blocks until nothing new arrives anywhere. */
export function solve(frame: Frame, shape: Shape, start: State): Solved {
  const { blocks } = frame.fn.ir;
  const { budget, table, observer, program, births } = frame.context;
  const { model } = frame.fn.home;
  const isC = frame.fn.home.language === 'c';
  const namedTrees = new Map<Value, boolean>();
  const slots: Slot[][] = blocks.map(() => []);
  const exits: Exit[] = [];
  const live = shape.liveIn.map((set) => new Set([...set].map((v) => v + frame.fn.home.variableBase)));
  const pending = new Set<number>();
  const fallbacks: { readonly to: number; readonly from: number; readonly state: State }[] = [];
  let visits = 0;

  /**
   * A parameter that was left out, and stands for something made here, is kept apart from one that was given: callers
   * that give it have to do with the one path only.
   */
  function keyOf(state: State): string {
    let key = state.key();
    for (const id of frame.fn.ir.params) {
      const v = frame.fn.home.variableBase + id;
      const value = state.env.get(v);
      if (value === undefined || table.node(value).kind !== 'fresh') continue;
      if (state.facts.get(table.entry(v))?.truthy === false) key += `~${id}`;
    }
    return key + flagsOf(state) + (isC ? '' : treesOf(state));
  }

  /** `hot ? this.#hot : this.#cold`: which of two trees it is was chosen on the path, and so is what may follow. */
  function treesOf(state: State): string {
    const chosen: string[] = [];
    for (const [v, value] of state.env) if (isNamedTree(value)) chosen.push(`~${v}:${value}`);
    return chosen.sort().join('');
  }

  function isNamedTree(value: Value): boolean {
    let known = namedTrees.get(value);
    if (known === undefined) {
      const { kind } = table.node(value);
      const type =
        kind === 'entry' || kind === 'field' ? program.typeOf(table, value, births)?.name : undefined;
      known = type !== undefined && model.containers.some(({ types }) => types.includes(type));
      namedTrees.set(value, known);
    }
    return known;
  }

  /** Variables that hold flags of an allocation which lets sleep, and which hold some that do not, are kept apart too. */
  function flagsOf(state: State): string {
    const flags: string[] = [];
    for (const [v, value] of state.env) {
      if (table.node(value).kind === 'const') continue;
      const blocks = allowsBlocking(table, value);
      if (blocks !== undefined) flags.push(`~${v}${blocks}`);
    }
    return flags.sort().join('');
  }

  function arrive(block: number, state: State, from: number): void {
    const liveHere = live[block] as Set<number>;
    for (const v of state.env.keys()) if (!liveHere.has(v)) state.env.delete(v);
    settleCursors(state, table);
    settleReservations(state, table);
    const number = frame.fn.blockBase + block;
    const here = slots[block] as Slot[];
    if (shape.isLoopHead[block] && (shape.order[from] ?? 0) >= (shape.order[block] ?? 0)) {
      retirePhis(block, state, number, liveHere);
      if (here.length > UNROLLED) forgetFree(state);
    }
    const key = keyOf(state);
    let slot = here.find((s) => s.key === key && !haveChosenOtherwise(frame, s.state, state, liveHere));
    if (slot === undefined && here.length >= budget.disjuncts) {
      const coarse = state.key(false);
      slot = here.find((s) => (s.coarse ??= s.state.key(false)) === coarse);
      if (slot === undefined) {
        slot = here.at(-1) as Slot;
        state.imprecise = true;
      }
    }
    if (slot === undefined) {
      here.push({ state, key, coarse: null, dirty: true, rounds: 0 });
      pending.add(block);
      return;
    }
    const merged = mergeStates(slot.state, state, {
      table,
      block: number,
      live: liveHere,
      widen: slot.rounds > WIDEN_AFTER,
    });
    if (merged === slot.state) return;
    slot.state = merged;
    slot.key = keyOf(merged);
    slot.coarse = null;
    slot.dirty = true;
    slot.rounds++;
    pending.add(block);
  }

  /** What still speaks of a value that a variable had in this round of a loop, and has no more, means an earlier round's. */
  function retirePhis(block: number, state: State, number: number, liveHere: ReadonlySet<number>): void {
    const current = new Set([...state.env.values(), ...state.memory.values()]);
    const isEarlier = (x: Value, node: ValueNode): boolean => {
      if (node.kind !== 'phi') return false;
      const order = shape.order[node.block - frame.fn.blockBase];
      if (order === undefined || order < (shape.order[block] ?? 0)) return false;
      return liveHere.has(node.variable) ? state.env.get(node.variable) !== x : !current.has(x);
    };
    state.rename(table, PHI, (x, node) =>
      isEarlier(x, node) ? table.intern({ kind: 'old', of: x }) : undefined,
    );
    for (const v of liveHere) {
      const next = state.env.get(v);
      if (next === undefined || table.node(next).kind === 'old') continue;
      if (!table.holds(next, OLD)) continue;
      // The next of all earlier ones is the present one: said in their terms, it would be taken for any of them.
      const phi = table.intern({ kind: 'phi', block: number, variable: v });
      state.rename(table, OLD, (x) => (x === next ? phi : undefined));
    }
  }

  /** Each round of a loop may have a lock of its own: that of the node that a chain has led to. */
  function forgetFree(state: State): void {
    for (const [lock, { held, entry }] of state.locks)
      if (!held && entry === 'free') state.locks.delete(lock);
  }

  function run(block: Block, entering: State): void {
    let states = [entering];
    const inLoop = shape.inLoop[block.id] ?? false;
    frame.inLoop = inLoop;
    const site = frame.fn.siteBase + (shape.siteOffset[block.id] ?? 0);
    block.instrs.forEach((instr, k) => {
      const next: State[] = [];
      for (const s of states) observer?.before(frame, s, instr.span);
      for (const s of states)
        for (const after of transfer(frame, s, instr, site + k, inLoop)) next.push(after);
      for (const { state, span } of frame.thrown.splice(0)) {
        exits.push({ state, value: null, kind: 'throw', span });
      }
      // A call that never returns comes before a throw: the throw is where the path leaves the function.
      const gone = next.length === 0 && instr.kind === 'call' && block.end.kind === 'throw';
      if (!gone) states = next.length > budget.disjuncts ? thin(next) : next;
    });
    const last = site + block.instrs.length;
    for (const s of states) leave(block, s, last);
  }

  function thin(states: State[]): State[] {
    const byKey = new Map<string, State>();
    for (const s of states) {
      const key = s.key();
      if (!byKey.has(key)) byKey.set(key, s);
    }
    return [...byKey.values()].slice(0, budget.disjuncts);
  }

  function leave(block: Block, state: State, site: number): void {
    const { end } = block;
    const at = frame.at(site);
    if ('span' in end && !('role' in end)) observer?.before(frame, state, end.span);
    if (end.kind === 'branch') noteLook(state, end.condition, at);
    if (end.kind === 'return' && end.value !== null) noteLook(state, end.value, at);
    switch (end.kind) {
      case 'goto':
        arrive(end.to, state, block.id);
        return;
      case 'branch': {
        // What was not known in an earlier round is not known in this one either.
        if (shape.inLoop[block.id]) retire(state, at);
        checkUses(frame, state, [end.condition], null, end.span, at);
        const condition = evaluate(end.condition, state, at);
        if (end.then === end.else) {
          arrive(end.then, state, block.id);
          return;
        }
        const other = state.clone();
        const failures = failuresKnown(state, table);
        if (end.role === 'fallback') {
          fallbacks.push({ to: end.else, from: block.id, state: other });
          arrive(end.then, state, block.id);
          return;
        }
        if (assume(state, table, condition, true)) {
          excuseUnchecked(state, table, failures);
          if (end.role === undefined) noteBranch(state, end.span, true);
          arrive(end.then, state, block.id);
        }
        if (assume(other, table, condition, false)) {
          excuseUnchecked(other, table, failures);
          if (end.role === undefined) noteBranch(other, end.span, false);
          arrive(end.else, other, block.id);
        }
        return;
      }
      case 'return': {
        settleCursors(state, table);
        if (end.value !== null) checkUses(frame, state, [end.value], null, end.span, at);
        const value = end.value === null ? null : decided(state, table, evaluate(end.value, state, at), isC);
        checkReturned(frame, state, value, end.span);
        for (const s of answersOf(state, table, value))
          exits.push({ state: s, value, kind: 'return', span: end.span });
        return;
      }
      case 'throw':
        exits.push({ state, value: null, kind: 'throw', span: end.span });
        return;
      case 'stop':
        return;
    }
  }

  function noteBranch(state: State, span: Span, truth: boolean): void {
    state.step(frame.step('branch', span, truth ? 'the condition is true' : 'the condition is false'));
  }

  if (blocks.length === 0) return { exits, complete: true };
  /** The innermost of the blocks that nothing has led to, from all that would fall back to it. */
  function fallBack(): void {
    const due = fallbacks.filter(({ to }) => (slots[to] as Slot[]).length === 0);
    const order = Math.max(...due.map(({ from }) => shape.order[from] ?? 0));
    for (const { to, from, state } of due) if (shape.order[from] === order) arrive(to, state, from);
  }

  arrive(0, start, -1);
  for (;;) {
    if (pending.size === 0) fallBack();
    if (pending.size === 0) break;
    let next = -1;
    for (const b of pending) if (next < 0 || (shape.order[b] ?? 0) < (shape.order[next] ?? 0)) next = b;
    pending.delete(next);
    for (const slot of slots[next] as Slot[]) {
      if (!slot.dirty) continue;
      slot.dirty = false;
      if (++visits > budget.visits) return { exits, complete: false };
      run(blocks[next] as Block, slot.state.clone());
    }
  }
  return { exits, complete: true };
}

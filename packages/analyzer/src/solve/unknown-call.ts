import type { Value } from '../domain/values.ts';
import type { LockState, State } from '../domain/state.ts';
import { QUESTIONS } from '../contracts/kernel-sleep.ts';
import type { CallInstr } from './api-call.ts';
import { gathersResults, handOver } from './callbacks.ts';
import { afterEach } from './disjuncts.ts';
import type { CallValues, Frame } from './frame.ts';
import { guardsCaptured } from './guards.ts';
import {
  onlyTakes,
  saysWhetherHeld,
  soundsInitializing,
  soundsLikeLocking,
  soundsTaking,
  soundsUnlocking,
} from './intent.ts';
import { entrustReservations } from './reservations.ts';
import { splitByFlag } from './told-by-flag.ts';
import { noteTaker, pairTaker } from './unseen-takers.ts';
import { publish } from './tree-effects.ts';

/** Names of functions that only ask. */
const PREDICATE =
  /(^|[._>])(is|has|can|should|test)[_A-Z]|_(is|has|test|can|enabled|empty|locked)(_|$)|^Page[A-Z]|^IS_ENABLED$/;

/** Methods of the language's containers, which know of no locks. */
const CONTAINER_METHODS: ReadonlySet<string> = new Set(
  `at concat delete entries every filter find findIndex findLast flat flatMap forEach get has includes indexOf join keys
   map pop push reduce reduceRight reverse set shift slice some sort splice unshift values`.split(/\s+/),
);

/** A call of code that is not in the program. It is taken not to touch the locks. */
export function unknownCall(frame: Frame, state: State, instr: CallInstr, values: CallValues): State[] {
  noteUnseen(frame, state, instr, values);
  const question = QUESTIONS.get(instr.text);
  if (question !== undefined) frame.asked.add(question);
  if (soundsLikeLocking(instr.text, frame.fn.home.language)) {
    state.heardOfLocks = true;
    doubtLocks(frame, state, values, instr.text);
  } else if (values.args.some((a) => isFlagOfLock(frame, a))) doubtLocks(frame, state, values, instr.text);
  if (!soundsInitializing(instr.text))
    for (const arg of values.args) frame.handedOut.add(frame.context.table.root(arg));
  // The promise of a guard hands it to whoever waits for it.
  for (const given of [...values.args, values.receiver])
    if (given !== undefined) entrustGuard(frame, state, given);
  entrustAdopted(frame, state, values);
  if (PREDICATE.test(instr.text)) rememberAnswer(frame, state, instr, values);
  if (frame.fn.home.language === 'c') for (const a of values.args) publish(frame, state, a);
  handCursors(frame, state, values);
  forgetOutArguments(frame, state, values);
  const states = afterEach(handOver(frame, state, instr, values), (after) =>
    splitByFlag(frame, after, instr, values),
  );
  if (gathersResults(instr)) for (const next of states) entrustResult(frame, next, instr);
  return states;
}

/** Code that is not there to be read may do what it likes with the cursors that it is given. */
export function handCursors(frame: Frame, state: State, values: CallValues): void {
  for (const arg of values.args) {
    for (const [cursor, s] of state.cursors) {
      if (contains(frame, arg, cursor) && s.status !== 'entry') {
        state.cursors.set(cursor, { status: 'unknown', protectors: new Set(), at: null });
      }
    }
  }
  entrustReservations(frame, state, values, (a, cursor) => contains(frame, a, cursor));
  for (const cursor of state.unchecked.keys())
    if (values.args.some((a) => contains(frame, a, cursor))) state.unchecked.delete(cursor);
}

/** Guards in an array are given back with it, in a way that is not followed. */
function entrustResult(frame: Frame, state: State, { to }: CallInstr): void {
  const result = state.env.get(frame.fn.home.variableBase + to);
  if (result !== undefined) entrustGuard(frame, state, result);
}

/** Code of the program that is not there to be read has seen what it was called with. */
function noteUnseen(frame: Frame, state: State, { callee, text }: CallInstr, values: CallValues): void {
  const { callees, table } = frame.context;
  const { language } = frame.fn.home;
  const isElsewhere = callee.kind === 'external' && callee.module?.startsWith('.') === true;
  const mayLock = soundsLikeLocking(text, language);
  callees.set(values.site, { kind: isElsewhere ? 'elsewhere' : 'unseen', mayLock });
  if (mayLock) frame.recorder.mayLock = true;
  if (language !== 'typescript') return;
  if (isElsewhere) {
    state.unseen.add(table.intern({ kind: 'import', module: callee.module, name: callee.name }));
    for (const arg of values.args) if (table.node(arg).kind !== 'const') state.unseen.add(arg);
  }
  const isUnseen = isElsewhere || (callee.kind === 'method' && !CONTAINER_METHODS.has(callee.name));
  if (values.receiver !== undefined && isUnseen) state.unseen.add(values.receiver);
}

/** A guard, or a function that unlocks, was given away: when the lock is given back is for its new owner to say. */
export function entrustGuard(frame: Frame, state: State, argument: Value): void {
  const node = frame.context.table.node(argument);
  const given: Value[] = [];
  const guard = state.guards.get(argument);
  if (guard !== undefined) given.push(guard.lock);
  for (const [slot, value] of state.memory) {
    const part = state.guards.get(value);
    if (part !== undefined && frame.context.table.baseOf(slot) === argument) given.push(part.lock);
  }
  if (node.kind === 'function') {
    given.push(...guardsCaptured(frame, state, node.fn).map((g) => g.lock));
    for (const need of frame.context.summary(node.fn)?.held ?? []) given.push(need.lock);
  }
  for (const lock of given) {
    const known = state.locks.get(lock);
    if (known?.held) state.locks.set(lock, { ...known, doubtful: true });
  }
}

/** `stack.adopt(tree, (t) => mtree_unlock(t))`: the function gives back the lock of what it is given with. */
function entrustAdopted(frame: Frame, state: State, { args }: CallValues): void {
  const { context } = frame;
  const { table, program } = context;
  const unlocksItsOwn = args.some((arg) => {
    const node = table.node(arg);
    if (node.kind !== 'function') return false;
    return (context.summary(node.fn)?.held ?? []).some(({ lock }) => {
      const root = table.node(table.root(lock));
      return root.kind === 'entry' && program.ownerOf(root.variable)?.index === node.fn;
    });
  });
  if (!unlocksItsOwn) return;
  for (const [lock, s] of state.locks) {
    for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) {
      if (!s.held || !args.includes(at)) continue;
      state.locks.set(lock, { ...s, doubtful: true });
      break;
    }
  }
}

/** The argument is the cursor, or the object that the cursor is a part of. */
function contains(frame: Frame, argument: Value, cursor: Value): boolean {
  const { table } = frame.context;
  for (let at: Value | null = cursor; at !== null; at = table.baseOf(at)) {
    if (at === argument) return true;
    if (table.node(at).kind !== 'addrField') return false;
  }
  return false;
}

/** `f(mm, &locked)`: by the flag it may say that it gave a lock back. */
function isFlagOfLock(frame: Frame, argument: Value): boolean {
  const node = frame.context.table.node(argument);
  return node.kind === 'addrField' && saysWhetherHeld(node.name);
}

/** A function whose name speaks of locks was given a lock, or what a lock lies in: whether it is held now is open. */
function doubtLocks(frame: Frame, state: State, values: CallValues, name: string): void {
  const { table } = frame.context;
  const given = new Set<Value>();
  for (const arg of [...values.args, values.receiver]) {
    if (arg === undefined || table.node(arg).kind === 'const') continue;
    given.add(arg);
    const inside = table.node(arg);
    if (inside.kind === 'addrVar') given.add(state.env.get(inside.variable) ?? table.entry(inside.variable));
  }
  const args = values.receiver === undefined ? values.args : [values.receiver, ...values.args];
  if (soundsTaking(name, frame.fn.home.language))
    noteTaker(
      frame,
      state,
      name,
      args,
      [...given].map((arg) => table.root(arg)),
    );
  // What it gives back its other half has taken.
  else if (pairTaker(frame, state, name, args)) return;
  const isTaker = onlyTakes(name, frame.fn.home.language);
  // What is held in an object it leaves alone; a lock that it is given by itself it may be there to give back.
  const isOpen = (lock: Value, s: LockState): boolean => !s.held || !isTaker || args.includes(lock);
  // A pointer to a lock may lie in the object: `walk.ptl`.
  for (const [slot, content] of state.memory) {
    const object = table.baseOf(slot);
    if (object !== null && given.has(object) && state.locks.has(content)) given.add(content);
  }
  // What an object points to may lead back to it: unlock(lock->owner).
  const around = new Set<Value>();
  for (const arg of given) {
    const node = table.node(arg);
    if (node.kind === 'field' && soundsUnlocking(name)) around.add(node.base);
  }
  for (const [lock, s] of state.locks) {
    if (!isOpen(lock, s)) continue;
    const object = table.baseOf(lock);
    if (object !== null && around.has(object) && !given.has(object)) {
      state.locks.set(lock, { ...s, doubtful: true });
      continue;
    }
    for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) {
      if (!given.has(at)) continue;
      state.locks.set(lock, { ...s, doubtful: true });
      break;
    }
  }
}

/** Asked again with the same arguments, a predicate is taken to answer the same: `if (is_shared(x)) lock … unlock`. */
function rememberAnswer(frame: Frame, state: State, instr: CallInstr, values: CallValues): void {
  const { table } = frame.context;
  const args = values.receiver === undefined ? values.args : [values.receiver, ...values.args];
  const answer = table.intern({ kind: 'pure', name: instr.text, args });
  state.env.set(frame.fn.home.variableBase + instr.to, answer);
}

/** `f(&x)` may have assigned x. Struct variables keep their fields: no such call is known to rebind a lock. */
export function forgetOutArguments(frame: Frame, state: State, values: CallValues): void {
  const { table } = frame.context;
  values.args.forEach((arg, k) => {
    const node = table.node(arg);
    if (node.kind !== 'addrVar') return;
    const value = table.fresh(values.site, 32 + k);
    state.env.set(node.variable, value);
    frame.context.describer.name(value, node.variable);
  });
}

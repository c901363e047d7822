import type { State } from '../domain/state.ts';
import type { Value, Var } from '../domain/values.ts';
import type { Fn } from '../link/program.ts';
import { NO_SUMMARY, type Summary } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { isPrivateToFile } from './calling-out.ts';
import type { ClosureUse } from './context.ts';
import { UNKNOWN_PART } from './evaluate.ts';
import type { CallValues, Frame } from './frame.ts';
import { dropResultsOf } from './results.ts';
import { callSummary } from './summary-call.ts';
import { testHook } from './test-hooks.ts';

/**
 * Methods of built-in classes that run their callback before they return, with the position of the callback's parameter that
 * is an element of what the method goes over; -1 where none is.
 */
const RUN_NOW: ReadonlyMap<string, number> = new Map([
  ['forEach', 0],
  ['map', 0],
  ['filter', 0],
  ['some', 0],
  ['every', 0],
  ['find', 0],
  ['findIndex', 0],
  ['findLast', 0],
  ['findLastIndex', 0],
  ['flatMap', 0],
  ['from', 0],
  ['reduce', 1],
  ['reduceRight', 1],
  ['sort', -1],
  ['toSorted', -1],
  ['replace', -1],
  ['replaceAll', -1],
  ['apply', -1],
  ['call', -1],
  ['Promise', -1],
]);

/** Functions and methods that do not look at what their callback returns. */
const DROP_RESULTS = new Set([
  'forEach',
  'Promise',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'requestIdleCallback',
  'nextTick',
  'on',
  'once',
  'addListener',
  'addEventListener',
  'subscribe',
]);

/** Those that hand on what their callback returns: it is dropped where theirs is. */
const HAND_ON = new Set(['map', 'flatMap', 'from', 'reduce', 'reduceRight']);

/** Functions and methods that run their callback after the caller has gone on. */
const RUN_LATER = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'requestIdleCallback',
  'nextTick',
  'then',
  'catch',
  'finally',
  'on',
  'once',
  'addListener',
  'addEventListener',
  'subscribe',
]);

function nameOf(call: CallInstr): string {
  switch (call.callee.kind) {
    case 'method': {
      const { name, className } = call.callee;
      return name === 'constructor' && className !== undefined ? className : name;
    }
    // A method of a type that another module declares: `WebSocket.on`.
    case 'external':
      return call.callee.name.slice(call.callee.name.lastIndexOf('.') + 1);
    case 'value':
      if (call.callee.value.op === 'global') return call.callee.value.name;
      return call.callee.value.op === 'field' ? call.callee.value.name : '';
    default:
      return '';
  }
}

/** A method of the same class, given by its name: `this.#put`, bound or an arrow function. */
export function ownReceiver(frame: Frame, fn: Fn): Value | undefined {
  const { ir, home } = frame.fn;
  if (ir.receiver === undefined || ir.className === undefined || fn.ir.className !== ir.className)
    return undefined;
  return frame.context.table.entry(home.variableBase + ir.receiver);
}

/** The object that a method was taken from: an arrow function in a field keeps it. */
function receiverOf(frame: Frame, value: Value | undefined): Value | undefined {
  const node = value === undefined ? undefined : frame.context.table.node(value);
  return node?.kind === 'field' ? node.base : undefined;
}

/** `this.#put` as a value: the method, or the arrow function that the field is made with. */
function methodAt(frame: Frame, value: Value): Fn | undefined {
  const { table, program, births } = frame.context;
  const node = table.node(value);
  if (node.kind !== 'field') return undefined;
  const type = program.typeOf(table, node.base, births);
  return type === undefined ? undefined : program.methodOf(frame.fn.home, type.name, node.name);
}

/** The functions among the arguments of a call. */
export function functionArguments(frame: Frame, values: CallValues): [number, Fn][] {
  const result: [number, Fn][] = [];
  values.args.forEach((arg, k) => {
    const fn = functionAt(frame, arg);
    if (fn !== undefined) result.push([k, fn]);
  });
  return result;
}

/**
 * The functions that variables of a callee, or of the functions that it is given, are known to hold here: its parameters,
 * and parameters of functions around them that they name.
 */
function functionsHeld(
  frame: Frame,
  state: State,
  fn: Fn,
  given: readonly [number, Fn][],
  args: readonly Value[],
): Map<Var, Value> {
  const { program, table } = frame.context;
  const held = new Map<Var, Value>();
  const valueOf = ({ index }: Fn): Value => table.intern({ kind: 'function', fn: index });
  for (const [k, f] of given) {
    const parameter = fn.ir.params[k];
    if (parameter !== undefined) held.set(fn.home.variableBase + parameter, valueOf(f));
  }
  if (fn.home.language === 'c') {
    // The address of a table of operations is as good as the functions in it.
    args.forEach((arg, k) => {
      const parameter = fn.ir.params[k];
      if (parameter !== undefined && program.isTableOfOperations(table, arg))
        held.set(fn.home.variableBase + parameter, arg);
    });
    return held;
  }
  const closures = [fn, ...given.map(([, f]) => f)];
  for (const closure of closures) {
    for (const v of program.capturesOf(closure)) {
      if (held.has(v) || program.variable(v)?.kind !== 'param') continue;
      const value = state.env.get(v);
      const node = value === undefined ? undefined : table.node(value);
      const known = node === undefined ? frame.held.get(v) : node.kind === 'function' ? value : undefined;
      const found = known === undefined ? undefined : table.node(known);
      if (known === undefined || found?.kind !== 'function') continue;
      held.set(v, known);
      const inner = program.functions[found.fn];
      if (inner !== undefined && !closures.includes(inner)) closures.push(inner);
    }
  }
  return held;
}

/** What a function does where the functions are known that it is given, or that its variables hold. */
export function summaryHere(
  frame: Frame,
  state: State,
  call: CallInstr,
  fn: Fn,
  given: readonly [number, Fn][],
  args: readonly Value[] = [],
): Summary {
  const held = functionsHeld(frame, state, fn, given, args);
  if (held.size === 0) return frame.context.summary(fn.index) ?? NO_SUMMARY;
  const origin = frame.origin ?? frame.step('call', call.span, `calls ${call.text}()`);
  return frame.context.specialize(fn, held, frame.depth + 1, origin);
}

/** Functions given to a call whose code is not in the program: run now, later, or who knows. */
export function handOver(frame: Frame, state: State, call: CallInstr, values: CallValues): State[] {
  const functions = functionArguments(frame, values);
  if (functions.length === 0) return [state];
  const name = nameOf(call);
  if (RUN_NOW.has(name)) {
    let states = [state];
    const isDropped = DROP_RESULTS.has(name) || (HAND_ON.has(name) && call.result === 'dropped');
    const asked: CallInstr = { ...call, result: isDropped ? 'dropped' : 'used' };
    for (const [k, fn] of functions) {
      // Not at all, or some times: what a callback takes it gives back, or the second round reports it.
      states = states.flatMap((s) => [s, ...runNow(frame, s.clone(), asked, fn, values.args[k], values)]);
    }
    return dedupe(states);
  }
  for (const [, fn] of functions) {
    if (DROP_RESULTS.has(name)) dropResultsOf(frame, state, call, frame.context.summary(fn.index));
    const hook = testHook(name);
    if (hook !== undefined) noteUse(frame, fn, hook);
    noteUse(frame, fn, RUN_LATER.has(name) ? 'later' : standing(frame, state, fn, call, values));
  }
  return [state];
}

/** What the callbacks of the call return lies in what the call returns: `trees.map((tree) => mtree_lock(tree))`. */
export function gathersResults(call: CallInstr): boolean {
  return HAND_ON.has(nameOf(call));
}

/** The element that a callback is given: which one differs from call to call, as in a loop. */
function elementGiven(
  frame: Frame,
  call: CallInstr,
  values: CallValues,
): { readonly at: number; readonly value: Value } | null {
  const { table } = frame.context;
  const name = nameOf(call);
  const at = RUN_NOW.get(name) ?? -1;
  const base = name === 'from' ? values.args[0] : values.receiver;
  if (at < 0 || base === undefined) return null;
  const index = table.fresh(values.site, UNKNOWN_PART);
  return { at, value: table.intern({ kind: 'index', base, index }) };
}

/** The function runs before the call returns, with what only the call knows as its arguments. */
function runNow(
  frame: Frame,
  state: State,
  call: CallInstr,
  fn: Fn,
  given: Value | undefined,
  values: CallValues,
): State[] {
  noteUse(frame, fn, 'now');
  frame.context.called.add(fn.index);
  const summary = summaryHere(frame, state, call, fn, []);
  const args = fn.ir.params.map((_, k) => frame.context.table.fresh(values.site, 200 + k));
  const element = elementGiven(frame, call, values);
  if (element !== null && element.at < args.length) args[element.at] = element.value;
  const receiver = receiverOf(frame, given) ?? ownReceiver(frame, fn);
  return callSummary(frame, state, call, fn, summary, { ...values, args, receiver }, true);
}

/** A function value that a contract says is run once; what is not known of it does nothing to locks. */
export function runGiven(
  frame: Frame,
  state: State,
  call: CallInstr,
  given: Value,
  values: CallValues,
): State[] {
  const fn = functionAt(frame, given);
  return fn === undefined ? [state] : runNow(frame, state, call, fn, given, values);
}

function functionAt(frame: Frame, value: Value): Fn | undefined {
  const node = frame.context.table.node(value);
  return node.kind === 'function' ? frame.context.program.use(node.fn) : methodAt(frame, value);
}

function dedupe(states: State[]): State[] {
  const seen = new Set<string>();
  return states.filter((s) => {
    const key = s.key();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function noteUse(frame: Frame, fn: Fn, use: ClosureUse): void {
  let uses = frame.context.closureUses.get(fn.index);
  if (uses === undefined) frame.context.closureUses.set(fn.index, (uses = new Set()));
  uses.add(use);
}

/** Whether the needs of a function that is handed over are met here, and if not, whether its receiver could meet them. */
function standing(frame: Frame, state: State, fn: Fn, call: CallInstr, values: CallValues): ClosureUse {
  const { table, program } = frame.context;
  const summary = frame.context.summary(fn.index) ?? NO_SUMMARY;
  const here = (v: Value): Value =>
    table.substitute(v, {
      replace: (value, node) => (node.kind === 'entry' ? (state.env.get(node.variable) ?? value) : undefined),
      load: (slot) => state.memory.get(slot) ?? slot,
    });
  let met = true;
  let reachable = false;
  let isPrivate = false;
  for (const need of summary.access) {
    const tree = frame.context.trees.kinds.carry(need.tree, here(need.tree));
    const { locks, mode } = frame.locksOf(tree, state);
    if (mode === 'private') continue;
    const ok = [...state.locks].some(
      ([lock, s]) =>
        s.held &&
        ((locks.includes(lock) && (need.access === 'read' || s.mode === 'write')) ||
          (need.access === 'read' && table.isRcu(lock))),
    );
    if (ok) continue;
    met = false;
    const root = table.root(tree);
    const node = table.node(root);
    const common =
      node.kind === 'import' ||
      node.kind === 'global' ||
      (node.kind === 'entry' && isInReachOf(frame, call, node.variable));
    const ofFile = node.kind === 'entry' && isPrivateToFile(frame, node.variable);
    const givenOver = [...values.args, values.receiver].some(
      (a) => a !== undefined && (table.root(a) === root || treeOfArgument(frame, state, a, root)),
    );
    const parameter = node.kind === 'entry' && program.ownerOf(node.variable)?.index === fn.index;
    // Code that is not there to be read has made the cursor: for which tree, it knows.
    const made = node.kind === 'fresh' ? frame.context.callees.get(node.site)?.kind : undefined;
    const isOpen = (common && !ofFile) || givenOver || parameter;
    if (isOpen || made === 'elsewhere' || made === 'unseen') reachable = true;
    else if (common) isPrivate = true;
  }
  if (met) return 'met';
  return reachable ? 'reachable' : isPrivate ? 'private' : 'unreachable';
}

/** A variable of the file. Code of other packages does not get at one that the file keeps to itself. */
function isInReachOf(frame: Frame, { callee }: CallInstr, variable: Var): boolean {
  const { program } = frame.context;
  if (program.ownerOf(variable) !== undefined) return false;
  const isForeign =
    (callee.kind === 'external' &&
      callee.module !== undefined &&
      !/^[./#~@]\/|^\.\.?$/.test(callee.module)) ||
    (callee.kind === 'value' && callee.value.op === 'global');
  return !isForeign || program.variable(variable)?.exported === true;
}

/** True if the argument leads to the object: a cursor over it, a guard of it. */
function treeOfArgument(frame: Frame, state: State, argument: Value, root: Value): boolean {
  const slot = frame.context.table.field(argument, frame.context.trees.kinds.of(argument).owner);
  const tree = state.memory.get(slot);
  return tree !== undefined && frame.context.table.root(tree) === root;
}

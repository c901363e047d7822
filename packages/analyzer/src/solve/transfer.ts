import type { FunctionContract } from '@maplelock/core';
import { TRUTHY, VALID } from '../domain/facts.ts';
import { kindSet, type Value } from '../domain/values.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { Expr, Instr } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import { expressionsOf } from '../ir/walk.ts';
import { callApi, type CallInstr } from './api-call.ts';
import { assume, learn } from './assume.ts';
import { copyStruct } from './copies.ts';
import { functionArguments, noteUse, ownReceiver, summaryHere } from './callbacks.ts';
import { noteCallingOut } from './calling-out.ts';
import { afterEach } from './disjuncts.ts';
import { comesBackLocked } from './drops.ts';
import { checkUses, giveEntries } from './entry-effects.ts';
import { type EvaluateAt, evaluate, load, sharedSlot, storeThrough } from './evaluate.ts';
import type { CallValues, Frame } from './frame.ts';
import { disposeOf, guardCalled, guardOf } from './guards.ts';
import { release } from './hold.ts';
import { checkHook, checkOverride } from './hooks.ts';
import { soundsDisposing, soundsLikeLocking } from './intent.ts';
import { checkSuspend } from './sleep.ts';
import { callOneOf, methodsOf } from './methods-among.ts';
import { noteLook, seeTo } from './results.ts';
import { callSummary } from './summary-call.ts';
import { splitByFlag } from './told-by-flag.ts';
import { publish } from './tree-effects.ts';
import { entrustGuard, forgetOutArguments, handCursors, unknownCall } from './unknown-call.ts';

/** Executes one instruction on one disjunct. Returns the disjuncts after it: none if the path ends here. */
export function transfer(frame: Frame, state: State, instr: Instr, site: number, inLoop: boolean): State[] {
  const at = frame.at(site);
  const after = execute(frame, state, instr, at, site, inLoop);
  if (!('to' in instr)) return after;
  const shared = at.shared?.(instr.to);
  if (shared === undefined) return after;
  for (const s of after) {
    const value = s.env.get(at.variableBase + instr.to);
    if (value !== undefined) s.memory.set(sharedSlot(shared, at.table), value);
  }
  return after;
}

function execute(
  frame: Frame,
  state: State,
  instr: Instr,
  at: EvaluateAt,
  site: number,
  inLoop: boolean,
): State[] {
  if (state.entries.size > 0 || state.unchecked.size > 0) noteReads(frame, state, instr, at);
  switch (instr.kind) {
    case 'assign': {
      const value = valueOf(instr.value, state, at, inLoop);
      const variable = at.variableBase + instr.to;
      state.env.set(variable, value);
      frame.context.describer.name(value, variable);
      // A variable of the file: everyone sees the object from here on.
      if (frame.context.program.ownerOf(variable) === undefined) publish(frame, state, value);
      return [state];
    }
    case 'store':
      if (state.results.size > 0) seeTo(state, at.table);
      return store(frame, state, instr, at) ? [state] : [];
    case 'new': {
      const value = born(state, at, inLoop);
      frame.context.births.set(site, instr.className ?? '');
      if (instr.constructed === true) frame.context.constructed.add(site);
      if (frame.fn.home.language === 'typescript') learn(state, at.table, value, TRUTHY);
      state.env.set(at.variableBase + instr.to, value);
      frame.context.describer.name(value, at.variableBase + instr.to);
      return [state];
    }
    case 'call':
      return caught(frame, instr, at, call(frame, state, instr, at, inLoop));
    case 'dispose':
      disposeOf(frame, state, evaluate(instr.value, state, at), {
        span: instr.span,
        api: instr.implicit ? 'the end of the scope' : '[Symbol.dispose]',
        implicit: instr.implicit,
      });
      return [state];
    case 'suspend': {
      const value = evaluate(instr.value, state, at);
      checkSuspend(frame, state, instr);
      if (instr.what === 'await') state.suspended = true;
      state.env.set(at.variableBase + instr.to, instr.what === 'await' ? value : born(state, at, inLoop));
      return [state];
    }
    case 'assume':
      return assume(state, at.table, evaluate(instr.condition, state, at), true) ? [state] : [];
  }
}

/** Where something stands in the way of what a call throws, the path goes on within the function. */
function caught(frame: Frame, instr: CallInstr, at: EvaluateAt, returned: State[]): State[] {
  if (instr.threw === undefined) return returned;
  const variable = at.variableBase + instr.threw;
  for (const state of returned) state.env.set(variable, at.table.constant(false));
  const thrown = frame.thrown.splice(0).map(({ state }) => state);
  for (const state of thrown) state.env.set(variable, at.table.constant(true));
  return [...returned, ...thrown];
}

/** What the instruction reads, for the rules that follow entries and the state of cursors. */
function noteReads(frame: Frame, state: State, instr: Instr, at: EvaluateAt): void {
  const expressions = expressionsOf(instr);
  const through = instr.kind === 'store' ? instr.base : instr.kind === 'call' ? instr.receiver : undefined;
  checkUses(frame, state, expressions, through ?? null, instr.span, at);
  for (const e of expressions) noteLook(state, e, at);
}

function valueOf(expr: Expr, state: State, at: EvaluateAt, inLoop: boolean): Value {
  if (inLoop && mayBeUnknown(expr)) retire(state, at);
  return evaluate(expr, state, at);
}

function mayBeUnknown(expr: Expr): boolean {
  return expr.op === 'unknown' || (expr.op === 'index' && expr.index.op === 'unknown');
}

/** The symbol of what is made at a program point. A loop's former one becomes an old one. */
function born(state: State, at: EvaluateAt, inLoop: boolean): Value {
  if (inLoop) retire(state, at);
  return at.table.fresh(at.site);
}

const FRESH = kindSet('fresh');

/** What this point made in an earlier round of the loop becomes old. */
export function retire(state: State, at: EvaluateAt): void {
  if (!at.table.isBirthplace(at.site)) return;
  state.rename(at.table, FRESH, (value, node) =>
    node.kind === 'fresh' && node.site === at.site ? at.table.intern({ kind: 'old', of: value }) : undefined,
  );
}

/** False where the pointer is known to be an error: no path goes on from there. */
function store(
  frame: Frame,
  state: State,
  instr: Extract<Instr, { kind: 'store' }>,
  at: EvaluateAt,
): boolean {
  const base = evaluate(instr.base, state, at);
  const value = evaluate(instr.value, state, at);
  const isC = frame.fn.home.language === 'c';
  if (isC && POINTERS.has(at.table.node(base).kind)) {
    if (factAbout(state, at.table, base).high < 0) return false;
    learn(state, at.table, base, VALID);
  }
  if (instr.name !== undefined) {
    const slot = at.table.field(base, instr.name);
    frame.recorder.written.add(slot);
    if (!isPointer(frame, instr.value)) frame.recorder.flags.add(slot);
    if (isC) copyStruct(frame, state, at.table.addrField(base, instr.name), value);
    state.memory.set(slot, value);
    if (instr.name === frame.context.trees.kinds.of(base).place)
      state.cursors.set(base, { status: 'unknown', protectors: new Set(), at: null });
  } else if (instr.index !== undefined) {
    const index = evaluate(instr.index, state, at);
    if (isC) copyStruct(frame, state, at.table.intern({ kind: 'addrIndex', base, index }), value);
    state.memory.set(at.table.intern({ kind: 'index', base, index }), value);
  } else {
    if (isC) copyStruct(frame, state, base, value);
    storeThrough(base, value, state, at.table);
  }
  if (at.table.root(base) !== at.table.root(value)) publish(frame, state, value);
  return true;
}

/** By its declaration: a flag is no pointer. */
function isPointer({ fn }: Frame, value: Expr): boolean {
  if (value.op === 'addr-var' || value.op === 'addr-field') return true;
  return value.op === 'var' && (fn.home.unit.variables[value.id]?.type?.pointers ?? 0) > 0;
}

/** Symbols for what a pointer holds, which may be NULL or an error. */
const POINTERS: ReadonlySet<string> = new Set(['const', 'entry', 'fresh', 'phi', 'field', 'pure']);

function call(frame: Frame, state: State, instr: CallInstr, at: EvaluateAt, inLoop: boolean): State[] {
  const { context } = frame;
  const args = instr.args.map((a) => evaluate(a, state, at));
  const receiver = instr.receiver === undefined ? undefined : evaluate(instr.receiver, state, at);
  const calleeValue = instr.callee.kind === 'value' ? evaluate(instr.callee.value, state, at) : undefined;
  const result = born(state, at, inLoop);
  state.env.set(at.variableBase + instr.to, result);
  context.describer.name(result, at.variableBase + instr.to);

  const fn = instr.callee.kind === 'api' ? undefined : target(frame, instr, calleeValue);
  // `const put = this.#put.bind(this)`: a method that is called as a value was taken from this object.
  const ofThis = calleeValue === undefined || fn === undefined ? undefined : ownReceiver(frame, fn);
  const values: CallValues = { args, receiver: receiver ?? ofThis, result, site: at.site };
  for (const hook of context.program.hooksOf(frame.fn, instr)) checkHook(frame, state, instr, hook, values);
  for (const override of context.program.overridesRunBy(frame.fn, instr))
    checkOverride(frame, state, instr, override, values);
  const row = rowOf(frame, instr, fn);
  if (row === undefined && state.results.size > 0) seeTo(state, at.table);
  giveEntries(frame, state, [...args, receiver], {
    text: instr.text,
    span: instr.span,
    acquires: row?.acquires !== undefined,
    isApi: row !== undefined,
    fn,
  });
  if (row !== undefined) {
    if (makesResult(row)) {
      context.births.set(at.site, row.name.replace(/^new /, ''));
      learn(state, at.table, result, TRUTHY);
    }
    const isAllocator = row.sleeps === 'gfp' && row.result.kind === 'value';
    const mayLock = row.acquires !== undefined || soundsLikeLocking(row.name, frame.fn.home.language);
    context.callees.set(at.site, { kind: isAllocator ? 'allocator' : 'known', mayLock });
    forgetOutArguments(frame, state, values);
    const after = callApi(frame, state, instr, row, values);
    if (row.drops === undefined || comesBackLocked(row)) return after;
    return afterEach(after, (s) => splitByFlag(frame, s, instr, values));
  }
  const guard =
    fn === undefined
      ? guardCalled(frame, state, instr, calleeValue, receiver)
      : guardOf(frame, state, fn, receiver);
  if (guard !== undefined) {
    if (state.locks.get(guard.lock)?.held)
      release(frame, state, guard.lock, guard.mode, { span: instr.span, api: instr.text });
    return [state];
  }
  const { callee } = instr;
  if (
    fn === undefined &&
    callee.kind === 'method' &&
    receiver !== undefined &&
    soundsDisposing(callee.name)
  ) {
    const member = load(state, at.table.field(receiver, callee.name));
    disposeOf(frame, state, member, { span: instr.span, api: instr.text });
  }
  const methods = fn === undefined ? methodsOf(frame, callee) : [];
  if (methods.length > 0) {
    const mayLock = methods.some((m) => context.summary(m.index)?.mayLock === true);
    context.callees.set(at.site, { kind: 'known', mayLock });
    if (mayLock) frame.recorder.mayLock = true;
    const states = callOneOf(frame, state, instr, methods, values);
    if (states !== null) return states;
  }
  if (fn === undefined) {
    if (calleeValue !== undefined && handlesLocks(frame, calleeValue)) state.imprecise = true;
    noteCallingOut(frame, state, instr, calleeValue);
    noteBinding(frame, callee, receiver);
    if (callee.kind === 'method' && receiver !== undefined && REORDERING.has(callee.name))
      frame.reorder(result, receiver);
    return unknownCall(frame, state, instr, values);
  }
  context.called.add(fn.index);
  const functions = functionArguments(frame, values);
  const summary = summaryHere(frame, state, instr, fn, functions, args);
  const mayLock = summary.mayLock || !summary.complete || summary.kept.length > 0 || summary.leaks.length > 0;
  context.callees.set(at.site, { kind: 'known', mayLock });
  if (mayLock) frame.recorder.mayLock = true;
  // What a helper does with a function that gives a lock back is not followed.
  for (const arg of args) if (state.guards.has(arg)) entrustGuard(frame, state, arg);
  const ofCallback = instr.callee.kind === 'value';
  const states = callSummary(frame, state, instr, fn, summary, values, ofCallback, functions.length > 0);
  // Of a function that is only declared no more is known than what it says of locks.
  if (fn.ir.declared && fn.ir.annotations.length > 0) for (const s of states) handCursors(frame, s, values);
  // A function that the callee keeps for later is run who knows when.
  for (const [, f] of functions) noteUse(frame, f, 'reachable');
  return states;
}

/** Methods of arrays that give the same elements in another order. */
const REORDERING: ReadonlySet<string> = new Set(['reverse', 'sort', 'toReversed', 'toSorted']);

/** `put.bind(null, tree)`: what is called by that name is the function, with who knows what. */
function noteBinding(frame: Frame, callee: CallInstr['callee'], receiver: Value | undefined): void {
  const node = receiver === undefined ? undefined : frame.context.table.node(receiver);
  const fn = node?.kind === 'function' ? frame.context.program.use(node.fn) : undefined;
  if (fn !== undefined && callee.kind === 'method' && callee.name === 'bind') noteUse(frame, fn, 'reachable');
}

/** The contract's row for what is called; some rows only stand in for functions that are not there to be read. */
function rowOf(frame: Frame, { callee }: CallInstr, fn: Fn | undefined): FunctionContract | undefined {
  const { model } = frame.fn.home;
  if (callee.kind === 'api') return model.function(callee.name, callee.module);
  return callee.kind === 'external' && fn === undefined ? model.standIn(callee.name) : undefined;
}

/** The call returns a new tree, lock or cursor. */
function makesResult(row: FunctionContract): boolean {
  return row.tree?.at === '$result' || row.makesCursor?.at === '$result' || row.name.startsWith('new ');
}

/** The function that is called, as far as the values of this path tell. */
function target(frame: Frame, instr: CallInstr, value: Value | undefined): Fn | undefined {
  const { program, table } = frame.context;
  const direct = program.resolve(frame.fn.home, instr.callee);
  if (direct !== undefined) return direct;
  if (value !== undefined) {
    const node = table.node(value);
    if (node.kind === 'function' && isInReach(frame, node.fn)) return program.use(node.fn);
    if (node.kind === 'field') return program.operationAt(table, node.base, node.name);
  }
  return undefined;
}

/**
 * False for a closure of another function's call, whose captured variables are not those that are known here, if what it
 * does to locks and cursors hangs on them.
 */
function isInReach(frame: Frame, index: number): boolean {
  const { program, table } = frame.context;
  const fn = program.functions[index] as Fn;
  const foreign = new Set<number>();
  for (const v of program.capturesOf(fn)) {
    const owner = program.ownerOf(v);
    if (owner === undefined || owner.index === frame.fn.index || frame.depth > 0) continue;
    if (!program.capturesOf(frame.fn).has(v)) foreign.add(v);
  }
  if (foreign.size === 0) return true;
  const summary = frame.context.summary(index);
  if (summary === undefined || !summary.complete) return false;
  const named = [
    ...[...summary.access, ...summary.lockUses, ...summary.rcuReaders].map((n) => n.tree),
    ...[...summary.held, ...summary.asserted, ...summary.free].map((n) => n.lock),
    ...summary.fresh.map((n) => n.cursor),
    ...[...summary.outcomes, ...summary.throws].flatMap((o) => [
      ...o.locks.map((l) => l.lock),
      ...o.changes.map((change) => change.tree),
      ...o.cursors.map((c) => c.cursor),
      ...o.stored.map((s) => s.slot),
      ...o.assigned.map((a) => table.entry(a.variable)),
    ]),
  ];
  return !named.some((v) => table.mentions(v, (n) => n.kind === 'entry' && foreign.has(n.variable)));
}

/** A closure that is out of reach: which locks it takes or gives back cannot be told. */
function handlesLocks(frame: Frame, value: Value): boolean {
  const node = frame.context.table.node(value);
  const summary = node.kind === 'function' ? frame.context.summary(node.fn) : undefined;
  return summary?.outcomes.some((o) => o.locks.length > 0) ?? false;
}

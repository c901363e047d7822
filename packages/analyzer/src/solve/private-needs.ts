/** Needs about a tree in a `#field`: who calls a method of another class can neither see that tree nor lock it. */
import type { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { FunctionIR } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import type { AccessRequirement } from '../summaries/summary.ts';
import type { CallInstr } from './api-call.ts';
import { reportBareNeed } from './bare-needs.ts';
import { Frame } from './frame.ts';
import { isOpaque } from './unseen-takers.ts';

/**
 * Reports the need at the method that has it, if its class gives its callers no way to meet it. False where they have
 * to, or may have done so.
 */
export function blameMethod(
  frame: Frame,
  state: State,
  call: CallInstr,
  callee: Fn,
  need: AccessRequirement,
  here: (v: Value) => Value,
): boolean {
  if (need.said !== undefined || need.declared || !isOfReceiver(frame, callee, need.tree)) return false;
  if (isOpaque(state) || state.imprecise || isWithinClass(frame.fn, callee)) return false;
  const { mode, locks } = frame.locksOf(here(need.tree), state);
  if (mode === 'private' || locks.length === 0) return false;
  // Who calls through an interface sees nothing of what stands in for it.
  const isOpen = call.callee.kind !== 'method' && locks.some((lock) => !isHidden(frame, lock));
  if (isOpen || locks.some((lock) => state.locks.has(lock))) return false;
  if (!isLeftAlone(frame, callee)) return false;
  const certainty = need.certainty === 'proved' && !need.mayBeHeld ? 'proved' : 'possible';
  reportBareNeed(new Frame(frame.context, callee, frame.recorder, 0), need, certainty);
  return true;
}

function isOfReceiver({ context: { table } }: Frame, { ir, home }: Fn, tree: Value): boolean {
  const root = table.node(table.root(tree));
  return root.kind === 'entry' && root.variable === home.variableBase + (ir.receiver ?? NaN);
}

/** The way to the lock leads over a `#field`. */
function isHidden({ context: { table } }: Frame, lock: Value): boolean {
  return table.mentions(lock, (node) => node.kind === 'field' && node.name.startsWith('#'));
}

/** The caller is a method of the same class, or is written in one. */
function isWithinClass(caller: Fn, callee: Fn): boolean {
  return caller.home === callee.home && membersOf(callee).some((member) => isInside(caller.ir, member));
}

function isInside({ span: inner }: FunctionIR, { span: outer }: FunctionIR): boolean {
  return outer.start <= inner.start && outer.end >= inner.end;
}

function membersOf({ home, ir }: Fn): readonly FunctionIR[] {
  return home.unit.functions.filter((fn) => fn.className === ir.className);
}

/** No method of the class calls this one, under a lock it may be, and none leaves a lock to whoever calls both. */
function isLeftAlone({ context }: Frame, callee: Fn): boolean {
  const { program } = context;
  const { home, ir } = callee;
  const cls = home.unit.classes.get(ir.className ?? '');
  if (cls === undefined || cls.extends !== undefined) return false;
  program.readBody(callee);
  const members = membersOf(callee);
  const callers = home.unit.functions.filter(({ id }) =>
    program.functionIn(home, id).outline.own.includes(ir.id),
  );
  if (callers.some((fn) => members.some((member) => isInside(fn, member)))) return false;
  return !members.some(({ id }) => leavesLock(program.functionIn(home, id)));
}

/** It takes locks, and does not give any back. */
function leavesLock({ ir, home }: Fn): boolean {
  let takes = false;
  for (const { instrs } of ir.blocks) {
    for (const instr of instrs) {
      if (instr.kind === 'dispose') return false;
      if (instr.kind !== 'call' || instr.callee.kind !== 'api') continue;
      const row = home.model.function(instr.callee.name, instr.callee.module);
      if (row?.releases !== undefined) return false;
      takes ||= row?.acquires !== undefined;
    }
  }
  return takes;
}

import { EXTERN_FLAG } from '../contracts/maple-names.ts';
import type { Expr, FunctionIR, Instr } from '../ir/ir.ts';
import type { LinkedUnit } from '../link/program.ts';
import type { RawFinding } from '../solve/recorder.ts';
import { walkExpression } from '../ir/walk.ts';
import { externalLockMessage } from './no-external-lock.ts';

type CallInstr = Extract<Instr, { kind: 'call' }>;

/** Constants made of constants, at most this deep: longer chains are taken for a cycle. */
const DEEPEST_CONSTANT = 8;

/**
 * Finds the calls that bind a tree to an external lock. Unlike the other rules this one asks nothing of the path: the
 * binding is unwanted wherever it stands.
 */
export function findExternalLocks(home: LinkedUnit): RawFinding[] {
  return home.unit.functions.flatMap((fn) => inFunction(home, fn));
}

function inFunction(home: LinkedUnit, fn: FunctionIR): RawFinding[] {
  const calls: { call: CallInstr; binds: boolean }[] = [];
  for (const block of fn.blocks) {
    for (const instr of block.instrs) {
      if (instr.kind !== 'call' || instr.callee.kind !== 'api') continue;
      const effect = home.model.function(instr.callee.name, instr.callee.module)?.tree;
      if (effect === undefined) continue;
      const flagged = effect.flags !== undefined && hasExternFlag(home, argument(instr, effect.flags));
      if (effect.lock === undefined && !flagged) continue;
      calls.push({ call: instr, binds: effect.lock !== undefined });
    }
  }
  return calls.map(({ call, binds }): RawFinding => ({
    rule: 'no-external-lock',
    message: externalLockMessage(binds ? call.text : `${EXTERN_FLAG} in ${call.text}`),
    certainty: 'proved',
    unit: home.index,
    start: call.span.start,
    end: call.span.end,
    functionName: fn.name,
    related: [],
    path: [],
  }));
}

function argument(call: CallInstr, path: string): Expr | undefined {
  return /^\$\d+$/.test(path) ? call.args[Number(path.slice(1))] : undefined;
}

/** Looks through constants of the file: `const FLAGS = MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_EXTERN`. */
function hasExternFlag(home: LinkedUnit, flags: Expr | undefined, depth = 0): boolean {
  let found = false;
  if (flags === undefined || depth > DEEPEST_CONSTANT) return false;
  // Bits that are taken out again, or chosen from, are no promise.
  if (flags.op === 'binary' && flags.operator !== '|' && flags.operator !== '+') return false;
  if (flags.op === 'binary') {
    return hasExternFlag(home, flags.left, depth) || hasExternFlag(home, flags.right, depth);
  }
  walkExpression(flags, (e) => {
    if ((e.op === 'global' || e.op === 'import') && e.name === EXTERN_FLAG) found = true;
    if (e.op === 'var') found ||= hasExternFlag(home, constantOf(home, e.id), depth + 1);
  });
  return found;
}

/** What a constant of the file is initialised with. */
function constantOf(home: LinkedUnit, id: number): Expr | undefined {
  const { unit } = home;
  const variable = unit.variables[id];
  if (variable?.kind !== 'module' || !variable.constant || unit.topLevel === null) return undefined;
  for (const block of unit.functions[unit.topLevel]?.blocks ?? []) {
    for (const instr of block.instrs) if (instr.kind === 'assign' && instr.to === id) return instr.value;
  }
  return undefined;
}

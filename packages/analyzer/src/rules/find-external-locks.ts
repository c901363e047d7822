import type { Expr, FunctionIR, Instr } from '../ir/ir.ts';
import type { LinkedUnit, Program } from '../link/program.ts';
import type { RawFinding } from '../solve/recorder.ts';
import { walkExpression } from '../ir/walk.ts';
import { externalLockMessage } from './no-external-lock.ts';

type CallInstr = Extract<Instr, { kind: 'call' }>;

const EXTERN_FLAG = 'MT_FLAGS_LOCK_EXTERN';

/**
 * Finds the calls that bind a tree to an external lock. Unlike the other rules this one asks nothing of the path: the
 * binding is unwanted wherever it stands.
 */
export function findExternalLocks(program: Program): RawFinding[] {
  return program.units.flatMap((home) => home.unit.functions.flatMap((fn) => inFunction(home, fn)));
}

function inFunction(home: LinkedUnit, fn: FunctionIR): RawFinding[] {
  const calls: { call: CallInstr; binds: boolean }[] = [];
  for (const block of fn.blocks) {
    for (const instr of block.instrs) {
      if (instr.kind !== 'call' || instr.callee.kind !== 'api') continue;
      const effect = home.model.function(instr.callee.name)?.tree;
      if (effect === undefined) continue;
      const flagged = effect.flags !== undefined && hasExternFlag(argument(instr, effect.flags));
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

function hasExternFlag(flags: Expr | undefined): boolean {
  let found = false;
  if (flags !== undefined) {
    walkExpression(flags, (e) => {
      if ((e.op === 'global' || e.op === 'import') && e.name === EXTERN_FLAG) found = true;
    });
  }
  return found;
}

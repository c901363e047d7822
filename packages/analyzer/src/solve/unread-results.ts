import type { Expr, FunctionIR, Instr } from '../ir/ir.ts';
import { expressionsOf, variablesIn, walkExpression } from '../ir/walk.ts';
import { successors } from './shape.ts';

/** Says that a value is looked at without being used: `void ret;`, `(void)ret;`. */
export const DISCARD = 'void';

/**
 * The calls whose result goes into a variable that no path reads any more, but to hand it to another such variable.
 * `kept` are the variables that others can read. Cost: linear in the function, times the depth of its loops.
 */
export function unreadResults(fn: FunctionIR, kept: ReadonlySet<number>): ReadonlySet<Instr> {
  const liveOut = fn.blocks.map(() => new Set<number>());
  const unread = new Set<Instr>();
  const through = (k: number): Set<number> => {
    const block = fn.blocks[k] as FunctionIR['blocks'][number];
    const live = new Set(liveOut[k]);
    const use = (e: Expr): void => variablesIn(e, (v) => live.add(v));
    if (block.end.kind === 'branch') use(block.end.condition);
    if (block.end.kind === 'return' && block.end.value !== null) use(block.end.value);
    for (let n = block.instrs.length - 1; n >= 0; n--) {
      const instr = block.instrs[n] as Instr;
      const isRead = 'to' in instr && (live.has(instr.to) || kept.has(instr.to));
      if (instr.kind === 'call') {
        if (isRead) unread.delete(instr);
        else if (instr.result === 'used') unread.add(instr);
      }
      if ('to' in instr) live.delete(instr.to);
      const passesOn = instr.kind === 'assign' || (instr.kind === 'suspend' && instr.what === 'await');
      if (passesOn && !isRead && !discards(instr.value)) continue;
      for (const e of expressionsOf(instr)) use(e);
    }
    return live;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let k = fn.blocks.length - 1; k >= 0; k--) {
      const out = liveOut[k] as Set<number>;
      const before = out.size;
      for (const to of successors((fn.blocks[k] as FunctionIR['blocks'][number]).end))
        for (const v of through(to)) out.add(v);
      if (out.size !== before) changed = true;
    }
  }
  fn.blocks.forEach((_, k) => through(k));
  return unread;
}

function discards(value: Expr): boolean {
  let found = false;
  walkExpression(value, (e) => {
    if (e.op === 'pure' && e.name === DISCARD) found = true;
  });
  return found;
}

/** Cursors that a function around this one has made: `const mas = MA_STATE(tree, 0, 0); return () => mas_find(mas, max);`. */
import type { State } from '../domain/state.ts';
import type { Var } from '../domain/values.ts';
import type { Expr } from '../ir/ir.ts';
import { walkExpression } from '../ir/walk.ts';
import { evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';

/** Lets the state know which trees captured cursors walk. Cost: linear in the functions around, for those that capture. */
export function knowCapturedCursors(frame: Frame, state: State): void {
  const { program, table } = frame.context;
  for (const v of program.capturesOf(frame.fn)) {
    const made = state.env.has(v) ? null : madeFrom(frame, v);
    if (made === null) continue;
    const tree = evaluate(made.tree, state, frame.at(frame.fn.siteBase));
    state.memory.set(table.field(table.entry(v), made.owner), tree);
  }
}

/** What a constant of another function was made from, if that is a cursor over what does not change either. */
function madeFrom(frame: Frame, v: Var): { readonly tree: Expr; readonly owner: string } | null {
  const { program } = frame.context;
  const { model, variableBase, unit } = frame.fn.home;
  const variable = program.variable(v);
  const maker = program.ownerOf(v);
  if (variable?.kind !== 'local' || !variable.constant || maker === undefined) return null;
  for (const { instrs } of maker.ir.blocks) {
    for (const instr of instrs) {
      if (instr.kind !== 'call' || instr.to !== v - variableBase || instr.callee.kind !== 'api') continue;
      const row = model.function(instr.callee.name, instr.callee.module);
      const [tree] = instr.args;
      if (row?.makesCursor?.at !== '$result' || row.makesCursor.tree !== '$0' || tree === undefined)
        return null;
      let changes = false;
      walkExpression(tree, (e) => {
        changes ||= e.op === 'unknown' || (e.op === 'var' && unit.variables[e.id]?.constant !== true);
      });
      return changes ? null : { tree, owner: model.containerOf(row).owner };
    }
  }
  return null;
}

/** Cursors that a function around this one has made: `const mas = MA_STATE(tree, 0, 0); return () => mas_find(mas, max);`. */
import type { State } from '../domain/state.ts';
import type { Var } from '../domain/values.ts';
import type { Expr, FunctionIR, VarId } from '../ir/ir.ts';
import { walkExpression } from '../ir/walk.ts';
import type { Fn } from '../link/program.ts';
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

interface Made {
  readonly tree: Expr;
  /** The field of the cursor that holds its tree. */
  readonly owner: string;
}

/** What a constant of another function was made from, if that is a cursor over what does not change either. */
function madeFrom(frame: Frame, v: Var): Made | null {
  const { program } = frame.context;
  const { variableBase, unit } = frame.fn.home;
  const variable = program.variable(v);
  const maker = program.ownerOf(v);
  if (variable?.kind !== 'local' || !variable.constant || maker === undefined) return null;
  const made = cursorsMadeBy(maker).get(v - variableBase);
  if (made === undefined) return null;
  let changes = false;
  walkExpression(made.tree, (e) => {
    changes ||= e.op === 'unknown' || (e.op === 'var' && unit.variables[e.id]?.constant !== true);
  });
  return changes ? null : made;
}

/** Many closures capture from one function: it is gone through once. */
const known = new WeakMap<FunctionIR, ReadonlyMap<VarId, Made>>();

/** The cursors that a function makes, by the variable that each is put into. Cost: linear in the function, once. */
function cursorsMadeBy({ ir, home: { model } }: Fn): ReadonlyMap<VarId, Made> {
  const before = known.get(ir);
  if (before !== undefined) return before;
  const made = new Map<VarId, Made>();
  for (const { instrs } of ir.blocks) {
    for (const instr of instrs) {
      if (instr.kind !== 'call' || instr.callee.kind !== 'api') continue;
      const row = model.function(instr.callee.name, instr.callee.module);
      const [tree] = instr.args;
      if (row?.makesCursor?.at === '$result' && row.makesCursor.tree === '$0' && tree !== undefined)
        made.set(instr.to, { tree, owner: model.containerOf(row).owner });
    }
  }
  known.set(ir, made);
  return made;
}

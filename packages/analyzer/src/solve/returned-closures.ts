/** Closures that a helper returns around a function that it was given: who calls them, and what that function then lacks. */
import type { TraceStep } from '../domain/trace.ts';
import type { Expr, FunctionId } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import type { Summary } from '../summaries/summary.ts';
import { reportBareNeed } from './bare-needs.ts';
import type { Context } from './context.ts';
import type { Frame } from './frame.ts';

/**
 * Reports what a closure needs for the function that its maker was given: `timed(() => mas_store(…))` returns one that
 * nobody calls but code that is not in the program. `frame` is the closure's, within the call that made it.
 */
export function reportReturnedClosure(frame: Frame, summary: Summary, origin: TraceStep): void {
  for (const need of summary.access) {
    if (need.declared || need.mayBeHeld || need.given || need.certainty !== 'proved') continue;
    frame.follow(need.steps, true);
    if (!frame.isInCallback) continue;
    const own = need.steps.findIndex((s) => frame.isGiven(s));
    reportBareNeed(frame, { ...need, steps: need.steps.slice(own) }, 'proved');
  }
  const { findings } = frame.recorder;
  if (findings.size === 0) return;
  const names = namesOfResult(frame.context, origin);
  if (names === null) findings.clear();
  else for (const [key, finding] of findings) findings.set(key, { ...finding, calledBy: names });
}

/**
 * The names that the result of a call goes by: of variables, and of the fields that it is put into. Null if the file calls
 * it itself. Cost: linear in the file.
 */
function namesOfResult({ program }: Context, origin: TraceStep): readonly string[] | null {
  const home = program.units[origin.unit];
  const instrs = program.functions.flatMap((fn) => {
    if (fn.home !== home) return [];
    program.readBody(fn);
    return fn.ir.blocks.flatMap((block) => block.instrs);
  });
  const holders = new Set<number>();
  for (const i of instrs)
    if (i.kind === 'call' && i.span.start === origin.start && i.span.end === origin.end) holders.add(i.to);
  const isIt = (e: Expr): boolean => e.op === 'var' && holders.has(e.id);
  const names = new Set<string>();
  for (const i of instrs) {
    if (i.kind === 'assign' && isIt(i.value)) holders.add(i.to);
    if (i.kind === 'store' && isIt(i.value) && i.name !== undefined) names.add(i.name);
  }
  const isCalled = (e: Expr): boolean => isIt(e) || (e.op === 'field' && names.has(e.name));
  if (instrs.some((i) => i.kind === 'call' && i.callee.kind === 'value' && isCalled(i.callee.value)))
    return null;
  for (const id of holders) {
    const variable = home?.unit.variables[id];
    if (variable !== undefined && variable.name !== '') names.add(variable.name);
  }
  return [...names];
}

/** The function returns the closure, by itself or by a variable. */
export function returnsClosure({ ir }: Fn, closure: FunctionId): boolean {
  const isIt = (e: Expr): boolean => e.op === 'function' && e.fn === closure;
  const holders = new Set<number>();
  for (const { instrs } of ir.blocks)
    for (const i of instrs) if (i.kind === 'assign' && isIt(i.value)) holders.add(i.to);
  return ir.blocks.some(({ end }) => {
    if (end.kind !== 'return' || end.value === null) return false;
    return isIt(end.value) || (end.value.op === 'var' && holders.has(end.value.id));
  });
}

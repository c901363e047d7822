/** Needs of a function that nothing is known to meet when it is entered. */
import { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Expr, FunctionId } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import type { Certainty } from '../report/finding.ts';
import type { AccessRequirement, Summary } from '../summaries/summary.ts';
import { reportMissing } from './access.ts';
import type { Context } from './context.ts';
import type { Frame } from './frame.ts';

/** Reports a tree that the function works on, as if its callers held nothing. */
export function reportBareNeed(frame: Frame, need: AccessRequirement, certainty: Certainty): void {
  const first = need.steps[0] as TraceStep;
  reportMissing(
    frame,
    new State(),
    {
      tree: need.tree,
      access: need.access,
      api: need.steps.length > 1 ? calledName(first) : need.api,
      innerApi: need.api,
      given: need.given,
      ofCallback: first.ofCallback ?? false,
      span: first,
      inside: need.steps.slice(1),
      heldInside: need.held,
      freedInside: need.freed,
      certainty: need.certainty,
      ...(need.said && { said: need.said }),
    },
    certainty,
    {
      released: null,
      shared: null,
      others: need.held.map((h) => ({ name: frame.sayPlace(h.lock), at: h.at })),
      ...(need.held.length > 0 ? {} : { entered: enteredBare(frame, need.tree) }),
      underRcu: need.underRcu,
    },
  );
}

/**
 * Reports what a closure needs for the function that its maker was given: `timed(() => mas_store(…))` returns one that
 * nobody calls but code that is not in the program. `frame` is the closure's, within the call that made it.
 */
export function reportReturnedClosure(frame: Frame, summary: Summary, origin: TraceStep): void {
  for (const need of summary.access) {
    if (need.declared || need.mayBeHeld || need.given || need.certainty !== 'proved') continue;
    frame.follow(need.steps, true);
    if (!frame.isInCallback) continue;
    const own = need.steps.findIndex((s) => isWithin(s, origin));
    reportBareNeed(frame, { ...need, steps: need.steps.slice(Math.max(own, 0)) }, 'proved');
  }
  const { findings } = frame.recorder;
  if (findings.size === 0) return;
  const names = namesOfResult(frame.context, origin);
  if (names === null) findings.clear();
  else for (const [key, finding] of findings) findings.set(key, { ...finding, calledBy: names });
}

function isWithin({ unit, start, end }: TraceStep, origin: TraceStep): boolean {
  return unit === origin.unit && start >= origin.start && end <= origin.end;
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

/** The second place of an access that nothing on its path protects: where the path begins. */
function enteredBare(frame: Frame, tree: Value): TraceStep {
  const { ir } = frame.fn;
  const [lock] = frame.locksOf(tree, new State()).locks;
  const what = lock === undefined ? `the lock of ${frame.sayPlace(tree)}` : frame.sayPlace(lock);
  return frame.step('enter', ir.nameSpan, `${ir.name}() is entered without ${what}, as far as can be seen`);
}

/** `calls lock_it()` → `lock_it`. */
export function calledName(step: TraceStep): string {
  return step.message.replace(/^calls /, '').replace(/\(\)$/, '');
}

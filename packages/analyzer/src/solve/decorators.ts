/** Methods whose decorators may take a lock around them. */
import type { Value } from '../domain/values.ts';
import type { Callee } from '../ir/ir.ts';
import type { Fn } from '../link/program.ts';
import type { AccessRequirement } from '../summaries/summary.ts';
import type { Frame } from './frame.ts';
import { soundsLikeLocking } from './intent.ts';
import { lockShape } from './lock-shape.ts';

/** Functions in functions of a decorator are looked into so far. */
const DEEPEST_CLOSURE = 4;

/** A decorator of the program, or of one of its modules that is not there to be read. Those of packages know no trees. */
export function mayBeLockedAround(frame: Frame): boolean {
  const { decorators = [] } = frame.fn.ir;
  return decorators.some((decorator) => {
    const fn = frame.context.program.resolve(frame.fn.home, decorator);
    if (fn !== undefined) return mayLock(frame, fn, 0);
    return decorator.kind !== 'external' || decorator.module?.startsWith('.') === true;
  });
}

/** A decorator of the program takes the lock of such a tree around the method: its callers need not. */
export function isLockedAround(frame: Frame, { tree, access }: AccessRequirement): boolean {
  const { decorators = [] } = frame.fn.ir;
  if (decorators.length === 0) return false;
  const { program, table } = frame.context;
  const shapes = frame.locksOf(tree, frame.entry).locks.map((lock) => lockShape(frame, lock));
  return decorators.some((decorator) => {
    const fn = program.resolve(frame.fn.home, decorator);
    if (fn === undefined) return false;
    return takenWithin(frame, fn, 0).some(
      (lock) => (access === 'read' && table.isRcu(lock)) || shapes.includes(lockShape(frame, lock)),
    );
  });
}

/** The locks that a function, or one that it makes, takes. */
function takenWithin(frame: Frame, fn: Fn, depth: number): Value[] {
  if (depth > DEEPEST_CLOSURE) return [];
  const own = [...(frame.context.summary(fn.index)?.taken ?? [])];
  const inner = fn.outline.own.map((id) => frame.context.program.functionIn(fn.home, id));
  return [...own, ...inner.flatMap((closure) => takenWithin(frame, closure, depth + 1))];
}

function mayLock(frame: Frame, fn: Fn, depth: number): boolean {
  const { program } = frame.context;
  program.readBody(fn);
  const locks = fn.ir.blocks.some(({ instrs }) =>
    instrs.some((instr) => instr.kind === 'call' && takesLock(frame, fn, instr.callee)),
  );
  return (
    locks ||
    (depth < DEEPEST_CLOSURE &&
      fn.outline.own.some((id) => mayLock(frame, program.functionIn(fn.home, id), depth + 1)))
  );
}

function takesLock({ context: { program } }: Frame, { home }: Fn, callee: Callee): boolean {
  if (callee.kind === 'api') return home.model.function(callee.name, callee.module)?.acquires !== undefined;
  const isNamed = callee.kind === 'method' || callee.kind === 'external';
  return (
    isNamed && program.resolve(home, callee) === undefined && soundsLikeLocking(callee.name, home.language)
  );
}

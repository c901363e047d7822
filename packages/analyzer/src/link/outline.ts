import type { ContractModel } from '../contracts/model.ts';
import type { Callee, Expr, FunctionIR, Unit } from '../ir/ir.ts';
import { type Hooks, hooksIn, hooksOf, overridesRunBy } from './hooks.ts';
import { calledOperation, type Operations, operationsOf } from './operations.ts';
import { expressionsOf, walkExpression } from '../ir/walk.ts';

/** What linking needs to know of a function's body. Follows from its file alone. */
export interface FunctionOutline {
  readonly blocks: number;
  /** Its program points. */
  readonly sites: number;
  /** Functions of the file that it calls by name, or makes or names as values. */
  readonly own: readonly number[];
  /** Functions elsewhere that it calls by name. */
  readonly externals: readonly Extract<Callee, { kind: 'external' }>[];
  /** The names of methods that it calls, where the receiver's type is not known. */
  readonly methods: readonly string[];
  /** Makes trees, or says how they are locked. */
  readonly initializes: boolean;
  /** Calls nothing but locks. */
  readonly isWrapper: boolean;
  /** The lock of a tree is among those that it takes or gives back by the API of the tree. */
  readonly locksTrees: boolean;
  /** Changes a field or an element, or chooses between values that it reads: it is there for more than a lock. */
  readonly works: boolean;
}

/** Cost: linear in the unit. */
export function outlineOf(unit: Unit, model: ContractModel): readonly FunctionOutline[] {
  const operations = operationsOf(unit);
  const hooks = hooksIn(unit);
  return unit.functions.map((fn) => outlineOfFunction(fn, unit, model, operations, hooks));
}

function outlineOfFunction(
  fn: FunctionIR,
  unit: Unit,
  model: ContractModel,
  operations: Operations,
  hooks: Hooks,
): FunctionOutline {
  const own = new Set<number>();
  const externals = new Map<string, Extract<Callee, { kind: 'external' }>>();
  const methods = new Set<string>();
  let sites = 0;
  let initializes = false;
  let isWrapper = true;
  let locksTrees = false;
  let stores = false;
  let reads = false;
  let chooses = false;
  const noteClosures = (expr: Expr): void =>
    walkExpression(expr, (x) => {
      if (x.op === 'function') own.add(x.fn);
    });
  for (const block of fn.blocks) {
    if (block.end.kind === 'return' && block.end.value !== null) noteClosures(block.end.value);
    if (block.end.kind === 'branch') chooses = true;
    sites += block.instrs.length + 1;
    for (const instr of block.instrs) {
      expressionsOf(instr).forEach(noteClosures);
      if (instr.kind === 'store' && (instr.name ?? instr.index) !== undefined) stores = true;
      if (instr.kind === 'assign') walkExpression(instr.value, (x) => (reads ||= x.op === 'field'));
      if (instr.kind !== 'call') continue;
      const { callee } = instr;
      const row = callee.kind === 'api' ? model.function(callee.name, callee.module) : undefined;
      if (row?.tree !== undefined || row?.makesCursor?.at === '$result') initializes = true;
      if (row?.group !== 'lock') isWrapper = false;
      const effects = [...(row?.acquires ?? []), ...(row?.releases ?? [])];
      if (effects.some(({ lock }) => lock.of === 'tree' || lock.of === 'internal')) locksTrees = true;
      const called = callee.kind === 'function' ? callee.fn : calledOperation(operations, callee);
      if (called !== undefined) own.add(called);
      for (const hook of hooksOf(fn, instr, unit, hooks)) own.add(hook);
      for (const override of overridesRunBy(fn, instr, unit)) own.add(override);
      for (const known of callee.kind === 'method' ? (callee.among ?? []) : [callee]) {
        if (known.kind === 'function') own.add(known.fn);
        if (known.kind === 'external') externals.set(`${known.module ?? ''}#${known.name}`, known);
      }
      if (callee.kind === 'method') methods.add(callee.name);
    }
  }
  return {
    blocks: fn.blocks.length,
    sites,
    own: [...own],
    externals: [...externals.values()],
    methods: [...methods],
    initializes,
    isWrapper,
    locksTrees,
    works: stores || (reads && chooses),
  };
}

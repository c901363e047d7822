import type { Callee, FunctionId, Unit, VarId } from '../ir/ir.ts';

/** By variable and member: the functions that the initialisers of a file's tables of operations name. */
export type Operations = ReadonlyMap<VarId, ReadonlyMap<string, FunctionId>>;

/** What the initialiser of a file's variable says, which nothing else writes. Cost: linear in the initialisers. */
export function operationsOf({ language, topLevel, functions, variables }: Unit): Operations {
  const tables = new Map<VarId, Map<string, FunctionId>>();
  if (language !== 'c' || topLevel === null) return tables;
  for (const block of functions[topLevel]?.blocks ?? []) {
    for (const i of block.instrs) {
      if (i.kind !== 'store' || i.name === undefined || i.base.op !== 'addr-var') continue;
      if (i.value.op !== 'function' || variables[i.base.id]?.kind !== 'module') continue;
      let operations = tables.get(i.base.id);
      if (operations === undefined) tables.set(i.base.id, (operations = new Map()));
      operations.set(i.name, i.value.fn);
    }
  }
  return tables;
}

/** The operation of a table of the file that is called by its name there: `ops.show(…)`. */
export function calledOperation(operations: Operations, callee: Callee): FunctionId | undefined {
  if (callee.kind !== 'value') return undefined;
  const { value } = callee;
  if (value.op !== 'field' || value.base.op !== 'addr-var') return undefined;
  return operations.get(value.base.id)?.get(value.name);
}

import { ANYTHING, joinFacts } from '../domain/facts.ts';
import type { Value } from '../domain/values.ts';
import {
  type Condition,
  type Field,
  NO_PARTS,
  type Outcome,
  type Parts,
  type TreeChange,
} from '../summaries/summary.ts';

/** Two ways to the same place: made on the one, found there on the other. */
function joinSlots(a: Outcome, b: Outcome): Value | null {
  return a.resultSlot === b.resultSlot ? a.resultSlot : null;
}

export function joinFields(a: readonly Field[], b: readonly Field[]): readonly Field[] {
  const result: Field[] = [];
  for (const x of a) {
    const y = b.find((f) => f.name === x.name);
    if (y === undefined) continue;
    const value = x.value === y.value ? x.value : null;
    result.push({ name: x.name, value, fact: joinFacts(x.fact, y.fact), ...joinParts(x, y) });
  }
  return result;
}

function joinParts(a: Parts, b: Parts): Parts {
  return {
    guard: a.guard?.lock === b.guard?.lock ? a.guard : null,
    fields: joinFields(a.fields, b.fields),
  };
}

export function joinOutcomes(a: Outcome, b: Outcome): Outcome {
  return {
    entry: joinReturned(a, b) ?? joinReturned(b, a),
    when: joinConditions(a.when, b.when),
    result: a.result === b.result ? a.result : null,
    resultSlot: joinSlots(a, b),
    fact: joinFacts(a.fact, b.fact),
    fields: joinFields(a.fields, b.fields),
    guard: a.guard,
    disposed: a.disposed,
    locks: a.locks,
    cursors: a.cursors,
    unchecked: a.unchecked,
    reserved: a.reserved,
    tells: a.tells ?? b.tells,
    changes: [...a.changes, ...b.changes.filter((y) => !a.changes.some((x) => isSameChange(x, y)))],
    trees: a.trees.filter((x) => b.trees.some((y) => x.tree === y.tree && x.state.mode === y.state.mode)),
    assigned: unionAssigned(a.assigned, b.assigned),
    stored: joinStored(a.stored, b.stored),
  };
}

function isSameChange(x: TreeChange, y: TreeChange): boolean {
  return x.tree === y.tree && x.cursor === y.cursor;
}

/** An entry on both ways, or an entry on the one and nothing on the other. */
function joinReturned(a: Outcome, b: Outcome): Outcome['entry'] {
  return a.entry !== null && (b.entry !== null || b.fact.truthy === false) ? a.entry : null;
}

function joinConditions(a: readonly Condition[], b: readonly Condition[]): Condition[] {
  const result: Condition[] = [];
  for (const x of a) {
    const y = b.find((c) => c.value === x.value);
    if (y !== undefined) result.push({ value: x.value, fact: joinFacts(x.fact, y.fact) });
  }
  return result;
}

/** What one of the two did not write, or wrote differently, is without a name. */
function joinStored(a: Outcome['stored'], b: Outcome['stored']): Outcome['stored'] {
  const result = new Map<Value, Outcome['stored'][number]>();
  for (const x of a) {
    const y = b.find((other) => other.slot === x.slot);
    const parts = y === undefined ? NO_PARTS : joinParts(x.parts, y.parts);
    const fact = y === undefined ? ANYTHING : joinFacts(x.fact, y.fact);
    result.set(x.slot, { ...x, value: x.value === y?.value ? x.value : null, parts, fact });
  }
  for (const y of b)
    if (!result.has(y.slot)) result.set(y.slot, { ...y, value: null, parts: NO_PARTS, fact: ANYTHING });
  return [...result.values()];
}

function unionAssigned(a: Outcome['assigned'], b: Outcome['assigned']): Outcome['assigned'] {
  const result = new Map(a.map((x) => [x.variable, x.value]));
  for (const y of b) result.set(y.variable, result.get(y.variable) === y.value ? y.value : null);
  for (const x of a) if (!b.some((y) => y.variable === x.variable)) result.set(x.variable, null);
  return [...result].map(([variable, value]) => ({ variable, value }));
}

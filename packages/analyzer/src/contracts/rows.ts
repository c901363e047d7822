import type { FunctionContract } from '@maplelock/core';

const known = new WeakMap<FunctionContract, FunctionContract>();

/**
 * The same row with a place for all that a row may say. Every call asks a row for all of it: rows of one shape in memory
 * are asked the quicker.
 */
export function ofOneShape(row: FunctionContract): FunctionContract {
  let full = known.get(row);
  if (full === undefined) known.set(row, (full = filled(row)));
  return full;
}

function filled(row: FunctionContract): FunctionContract {
  return {
    name: row.name,
    group: row.group,
    params: row.params,
    summary: row.summary,
    needs: row.needs,
    acquires: row.acquires,
    releases: row.releases,
    takes: row.takes,
    atomic: row.atomic,
    nested: row.nested,
    heedsExternal: row.heedsExternal,
    runs: row.runs,
    drops: row.drops,
    sleeps: row.sleeps,
    sleepsLocked: row.sleepsLocked,
    gfp: row.gfp,
    cursor: row.cursor,
    modifies: row.modifies,
    makesCursor: row.makesCursor,
    tree: row.tree,
    result: row.result,
    entryOf: row.entryOf,
    prealloc: row.prealloc,
    asks: row.asks,
    asksRcu: row.asksRcu,
    steps: row.steps,
    asserts: row.asserts,
    reentrant: row.reentrant,
    deprecated: row.deprecated,
    source: row.source,
  } satisfies Record<keyof FunctionContract, unknown> as FunctionContract;
}

import type { Container } from '../contracts/model.ts';
import type { TypeName } from '../ir/ir.ts';
import type { Value } from '../domain/values.ts';
import type { Context, Called } from './context.ts';

/** What is known of the symbols that the analysis of one group of functions has made. */
export interface SymbolFacts {
  readonly births: ReadonlyMap<number, string>;
  readonly constructed: ReadonlySet<number>;
  readonly callees: ReadonlyMap<number, Called>;
  readonly types: ReadonlyMap<Value, TypeName>;
  readonly names: ReadonlyMap<Value, string>;
  readonly kinds: ReadonlyMap<Value, Container>;
}

type Part = Map<unknown, unknown> | Set<unknown>;

function partsOf({ births, constructed, callees, table, describer, trees }: Context): SymbolFacts {
  return {
    births,
    constructed,
    callees,
    types: table.types,
    names: describer.names,
    kinds: trees.kinds.noted,
  };
}

/** Every group starts without: what it finds must not hang on who was analysed before it. */
export function forgetSymbols(context: Context): void {
  for (const part of Object.values(partsOf(context)) as Part[]) part.clear();
}

export function symbolsOf(context: Context): SymbolFacts {
  const { births, constructed, callees, types, names, kinds } = partsOf(context);
  return {
    births: new Map(births),
    constructed: new Set(constructed),
    callees: new Map(callees),
    types: new Map(types),
    names: new Map(names),
    kinds: new Map(kinds),
  };
}

/** Puts back what was known when a group had been analysed. */
export function recallSymbols(context: Context, facts: SymbolFacts): void {
  forgetSymbols(context);
  for (const [site, name] of facts.births) context.births.set(site, name);
  for (const site of facts.constructed) context.constructed.add(site);
  for (const [site, call] of facts.callees) context.callees.set(site, call);
  for (const [value, type] of facts.types) context.table.types.set(value, type);
  for (const [value, name] of facts.names) context.describer.names.set(value, name);
  for (const [value, kind] of facts.kinds) context.trees.kinds.noted.set(value, kind);
}

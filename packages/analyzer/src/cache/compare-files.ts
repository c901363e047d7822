import type { Variable } from '../ir/ir.ts';
import { functionNames, variableNames } from '../link/names.ts';
import type { Program } from '../link/program.ts';
import type { KeptParts, OldFile } from './kept-file.ts';
import { headOf, type UnitHead } from './stored-unit.ts';
import { isBalanced, note } from './texts.ts';

/** Names for what other files can see of the files that are not as they were, where that is not as it was. */
export function changedByFiles(
  program: Program,
  old: ReadonlyMap<string, OldFile>,
  same: ReadonlySet<string>,
  kept: KeptParts,
): Set<string> {
  const changed = new Set<string>();
  const classes = new Map<string, string>();
  const variables = new Map<string, string>();
  let modules = '';
  let modulesBefore = '';
  for (const { path, head } of old.values()) {
    if (same.has(path)) continue;
    changed.add(`u:${path}`);
    for (const [name, hash] of head.unit.classes) note(classes, `c:${name}`, `-${path} ${hash}`);
    const rest = kept.parsed('rest', path) as { readonly variables: readonly Variable[] };
    for (const [name, text] of variablesOf(path, head.unit.functions, rest.variables))
      note(variables, name, `-${text}`);
    if (head.unit.language === 'typescript') modulesBefore += moduleOf(path, head.unit, rest.variables);
  }
  for (const { unit } of program.units) {
    const { path } = unit;
    if (same.has(path)) continue;
    changed.add(`u:${path}`);
    const head = headOf(unit, [], false);
    for (const [name, hash] of head.classes) note(classes, `c:${name}`, `+${path} ${hash}`);
    for (const [name, text] of variablesOf(path, head.functions, unit.variables))
      note(variables, name, `+${text}`);
    if (unit.language === 'typescript') modules += moduleOf(path, head, unit.variables);
  }
  for (const [name, texts] of [...classes, ...variables]) if (!isBalanced(texts)) changed.add(name);
  if (modules !== modulesBefore) changed.add('imports');
  return changed;
}

/** What a module gives to others. */
function moduleOf(path: string, { links, functions }: UnitHead, variables: readonly Variable[]): string {
  const exported = functions.map(({ name, exportName }) => [name, exportName]);
  const shared = variables.filter((v) => v.exportNames !== undefined).map((v) => [v.name, v.exportNames]);
  return JSON.stringify([path, links, exported, shared]);
}

/** The variables of a unit by the names that `Names` gives them, with what is known of them. */
function variablesOf(
  path: string,
  heads: UnitHead['functions'],
  variables: readonly Variable[],
): [string, string][] {
  const functions = functionNames(heads);
  return variableNames(functions, variables).map((name, k) => {
    const { span: _, owner, ...rest } = variables[k] as Variable;
    return [`v:${path}:${name}`, JSON.stringify([rest, owner === undefined ? null : functions[owner]])];
  });
}

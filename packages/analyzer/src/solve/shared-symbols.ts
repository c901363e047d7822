/** What the callers of a function take over of what is known of its symbols. */
import type { Value } from '../domain/values.ts';
import type { Summary } from '../summaries/summary.ts';
import type { Frame } from './frame.ts';

/** The summary with the kinds and names of the symbols that callers share. `frame`: the function's. */
export function withSharedSymbols(frame: Frame, summary: Summary): Summary {
  return { ...summary, kinds: kindsOf(frame), names: namesOf(frame, summary) };
}

function kindsOf(frame: Frame): Summary['kinds'] {
  const { program, table, trees } = frame.context;
  const isShared = (value: Value): boolean => {
    if (!frame.isExpressible(value)) return false;
    const root = table.node(table.root(value));
    if (root.kind !== 'entry') return true;
    const owner = program.ownerOf(root.variable);
    return owner === undefined || owner === frame.fn || program.capturesOf(frame.fn).has(root.variable);
  };
  return [...trees.kinds.noted].filter(([value]) => isShared(value));
}

function namesOf({ context: { table, describer } }: Frame, { access, free }: Summary): Summary['names'] {
  const names = new Map<Value, string>();
  for (const { held, freed } of [...access, ...free]) {
    for (const { lock } of [...held, ...freed]) {
      const root = table.root(lock);
      const name = describer.names.get(root);
      if (name !== undefined) names.set(root, name);
    }
  }
  return [...names];
}

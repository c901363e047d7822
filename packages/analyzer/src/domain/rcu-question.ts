/** The question whether a tree keeps its nodes for readers under RCU. */
import type { Value, ValueTable } from './values.ts';

/** No function of a program has such a name. */
const NAME = 'is in RCU mode?';

/** The value whose truth is the answer. */
export function rcuQuestion(table: ValueTable, tree: Value): Value {
  return table.intern({ kind: 'pure', name: NAME, args: [tree] });
}

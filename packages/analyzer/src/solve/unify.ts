import type { LockState, State } from '../domain/state.ts';
import { kindSet, type Value, type ValueNode, type ValueTable } from '../domain/values.ts';
import { UNKNOWN_PART } from './evaluate.ts';

/** What can be said by another name: the lower number stays. Addresses are what they are, memory may change. */
const RANKS: Readonly<Partial<Record<ValueNode['kind'], number>>> = {
  addrVar: 0,
  addrGlobal: 0,
  addrField: 0,
  addrIndex: 0,
  entry: 1,
  fresh: 2,
  phi: 2,
  field: 3,
  index: 3,
  deref: 3,
};

/** It starts at what a loop goes over. */
function isPassing(table: ValueTable, value: Value): boolean {
  const root = table.node(table.root(value));
  return root.kind === 'phi' || (root.kind === 'fresh' && root.part === UNKNOWN_PART);
}

/**
 * Two pointers were compared and are one: what was said of either is said of the same object from here on. Only where
 * locks, cursors or trees hang on it. False if that cannot be: locks of both are held, each by its own acquire.
 */
export function unify(state: State, table: ValueTable, a: Value, b: Value): boolean {
  const [x, y] = [RANKS[table.node(a).kind], RANKS[table.node(b).kind]];
  if (a === b || x === undefined || y === undefined || (x === 0 && y === 0)) return true;
  const isSettled = x < y || (x === y && !isPassing(table, a)) || (x === y && isPassing(table, b));
  const [keep, gone] = isSettled ? [a, b] : [b, a];
  const replace = (value: Value): Value | undefined => (value === gone ? keep : undefined);
  const memo = new Map<Value, Value>();
  const renamed = (value: Value): Value => table.substitute(value, { replace }, memo);
  if (renamed(keep) !== keep) return true;
  const isNamed = [state.locks, state.cursors, state.trees, state.reserved].some((map) =>
    [...map.keys()].some((key) => renamed(key) !== key),
  );
  const keepIsNamed = [...state.locks.keys()].some((lock) =>
    table.mentions(lock, (n) => n === table.node(keep)),
  );
  if (!isNamed && !keepIsNamed) return true;
  const joined: [Value, LockState][] = [];
  for (const [lock, s] of state.locks) {
    const other = renamed(lock);
    const known = other === lock ? undefined : state.locks.get(other);
    if (known === undefined) continue;
    if (s.held && known.held && s.mode === 'write') return false;
    // As the caller had it is how it had the one that stays.
    const now = s.held ? s : known;
    joined.push([other, { ...now, entry: known.entry, dropped: s.dropped || known.dropped }]);
  }
  state.rename(table, kindSet(table.node(gone).kind), replace);
  for (const [lock, s] of joined) state.locks.set(lock, s);
  // Pointers to locks that may be one: by which of them it is given back depends on more than can be seen.
  const own = state.locks.get(keep);
  if (own !== undefined) state.locks.set(keep, { ...own, doubtful: true });
  // What holds the pointer without having been written on this path: reading it again gives what stays.
  const node = table.node(gone);
  if (Math.max(x, y) === 3) state.memory.set(gone, keep);
  else if (node.kind === 'entry' && !state.env.has(node.variable)) state.env.set(node.variable, keep);
  return true;
}

import { EXTERN_BITS, EXTERN_FLAG, FLAG_PREFIX, RCU_BIT, RCU_FLAG } from '../contracts/maple-names.ts';
import type { RcuMode, TreeState } from '../domain/state.ts';
import type { Value, ValueTable } from '../domain/values.ts';

/** What the flags given to a tree say of its lock. */
export function modeOfFlags(table: ValueTable, flags: Value): Exclude<TreeState['mode'], 'private'> {
  const isSet = hasFlag(table, flags, EXTERN_FLAG, EXTERN_BITS);
  return isSet === null ? 'unknown' : isSet ? 'external' : 'internal';
}

/** What they say of readers under RCU. */
export function rcuOfFlags(table: ValueTable, flags: Value): RcuMode['mode'] {
  const isSet = hasFlag(table, flags, RCU_FLAG, RCU_BIT);
  return isSet === null ? 'unknown' : isSet ? 'on' : 'off';
}

/** Whether a flag is among others that are joined by `|`; null where that cannot be told. Cost: linear in the value. */
function hasFlag(table: ValueTable, flags: Value, flag: string, bits: number): boolean | null {
  const node = table.node(flags);
  if (node.kind === 'const') return typeof node.value === 'number' && (node.value & bits) === bits;
  let isWhole = true;
  let isFound = false;
  // Bits that are taken out again, or chosen from, are no promise.
  const isMasked = table.mentions(flags, (n) => {
    if (n.kind === 'unary' || (n.kind === 'binary' && n.operator !== '|')) return true;
    const isName = n.kind === 'global' || n.kind === 'import';
    if (isName) isFound ||= n.name === flag;
    isWhole &&= isName ? n.name.startsWith(FLAG_PREFIX) : n.kind === 'binary' || n.kind === 'const';
    return false;
  });
  if (isMasked) return null;
  return isFound || (isWhole ? false : null);
}

import { asksForBlocking, isBlockingFlag, isReclaimFlag } from '../contracts/gfp-flags.ts';
import type { Value, ValueTable } from './values.ts';

/**
 * True if flags of an allocation, or a condition that asks them, let it sleep; undefined where that is not known.
 * Cost: linear in the expression.
 */
export function allowsBlocking(table: ValueTable, value: Value): boolean | undefined {
  const node = table.node(value);
  switch (node.kind) {
    case 'const':
      if (typeof node.value === 'boolean') return node.value;
      return node.value === 0 || node.value === null ? false : undefined;
    case 'global':
      return isBlockingFlag(node.name);
    case 'unary': {
      if (node.operator !== '!') return undefined;
      const inner = allowsBlocking(table, node.operand);
      return inner === undefined ? undefined : !inner;
    }
    case 'pure':
      return asksForBlocking(node.name) && node.args[0] !== undefined
        ? allowsBlocking(table, node.args[0])
        : undefined;
    case 'binary':
      if (node.operator === '|' || node.operator === '+') return either(table, node.left, node.right);
      return node.operator === '&' ? masked(table, node.left, node.right) : undefined;
    default:
      return undefined;
  }
}

function either(table: ValueTable, left: Value, right: Value): boolean | undefined {
  const a = allowsBlocking(table, left);
  const b = allowsBlocking(table, right);
  if (a === true || b === true) return true;
  return a === false && b === false ? false : undefined;
}

/** `gfp & ~__GFP_DIRECT_RECLAIM` takes the bit out, `gfp & __GFP_DIRECT_RECLAIM` asks for it, `gfp & ~__GFP_ZERO` leaves it. */
function masked(table: ValueTable, left: Value, right: Value): boolean | undefined {
  for (const [flags, mask] of [
    [left, right],
    [right, left],
  ] as const) {
    const node = table.node(mask);
    if (node.kind === 'global' && isReclaimFlag(node.name)) return allowsBlocking(table, flags);
    if (node.kind !== 'unary' || node.operator !== '~') continue;
    const names: string[] = [];
    const isPlain = !table.mentions(node.operand, (n) => {
      if (n.kind === 'global') names.push(n.name);
      return n.kind !== 'global' && n.kind !== 'binary' && n.kind !== 'const';
    });
    if (!isPlain) return undefined;
    if (names.some((name) => isReclaimFlag(name))) return false;
    return names.every((name) => isBlockingFlag(name) === false) ? allowsBlocking(table, flags) : undefined;
  }
  return undefined;
}

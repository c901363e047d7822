import { allowsBlocking } from './gfp.ts';
import type { Value, ValueTable } from './values.ts';

/** Names of more than one bit: what they have in common with a flag, their names do not tell. */
const SEVERAL = /MASK|ALL|ANY|BITS|FLAGS/;

/**
 * True for `A & B` and `(A | C) & B` of flags that are known by their names only: flags of different names are different
 * bits. What allocations are given is told apart elsewhere. Cost: linear in the expression.
 */
export function haveNoBitInCommon(table: ValueTable, condition: Value): boolean {
  const node = table.node(condition);
  if (node.kind !== 'binary' || node.operator !== '&') return false;
  const left = flagsOf(table, node.left);
  const right = flagsOf(table, node.right);
  if (left === null || right === null || allowsBlocking(table, condition) !== undefined) return false;
  return !left.some((flag) => right.includes(flag));
}

function flagsOf(table: ValueTable, value: Value): readonly Value[] | null {
  const node = table.node(value);
  if (node.kind === 'binary' && node.operator === '|') {
    const left = flagsOf(table, node.left);
    const right = flagsOf(table, node.right);
    return left && right && [...left, ...right];
  }
  const isOne = node.kind === 'global' && isNamedFlag(table, value) && !SEVERAL.test(node.name);
  return isOne ? [value] : null;
}

/** A constant of C that is known by its name only, and is written like a flag: it is not 0. */
export function isNamedFlag(table: ValueTable, value: Value): boolean {
  const node = table.node(value);
  return (
    node.kind === 'global' &&
    /^[A-Z][A-Z0-9_]*_[A-Z0-9_]+$/.test(node.name) &&
    !node.name.startsWith('CONFIG_') &&
    allowsBlocking(table, value) === undefined
  );
}

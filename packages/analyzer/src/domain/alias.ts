import type { Language } from '../ir/source.ts';
import type { Value, ValueNode, ValueTable } from './values.ts';

/**
 * True if two locks with different symbols may still be one. Two parameters, and what the same field of each of them
 * holds, are taken to be different; a pointer that was loaded from memory may be any pointer that has another history
 * (`vma->vm_mm` and `mm`). Programs in TypeScript hold their trees in fields of their own, and are not so given to that.
 */
export function mayAlias(table: ValueTable, a: Value, b: Value, language: Language): boolean {
  if (a === b) return true;
  const x = table.node(a);
  const y = table.node(b);
  // What is reached through an object is not the object.
  if (isAbove(table, a, b) || isAbove(table, b, a)) return false;
  const chosen = (n: ValueNode): boolean => n.kind === 'phi' || n.kind === 'old';
  if (chosen(table.node(table.root(a))) || chosen(table.node(table.root(b))) || chosen(x) || chosen(y))
    return true;
  if (x.kind === 'addrField' && y.kind === 'addrField') {
    return x.name === y.name && mayAlias(table, x.base, y.base, language);
  }
  if (x.kind === 'field' && y.kind === 'field') {
    if (x.base === y.base) return false;
    if (language !== 'c') return x.name === y.name && mayAlias(table, x.base, y.base, language);
    // Back pointers (`vma->vm_mm`) lead from many objects to one; two parameters are passed to be told apart.
    const apart = table.node(x.base).kind === 'entry' && table.node(y.base).kind === 'entry';
    return !(apart && x.name === y.name);
  }
  if (x.kind === 'index' && y.kind === 'index') {
    // In C both may be a pointer to the same.
    if (language !== 'c' && (areTwo(table, x.index, y.index) || areApart(table, x.index, y.index)))
      return false;
    return mayAlias(table, x.base, y.base, language);
  }
  if (x.kind === 'addrIndex' && y.kind === 'addrIndex') {
    // Elements that lie in the array itself, one here and one there.
    if (x.base === y.base && areApart(table, x.index, y.index)) return false;
    return mayAlias(table, x.base, y.base, language);
  }
  return isLoaded(x, language) || isLoaded(y, language);
}

/** Two parameters are passed to be told apart, as keys too. */
function areTwo(table: ValueTable, a: Value, b: Value): boolean {
  return a !== b && table.node(a).kind === 'entry' && table.node(b).kind === 'entry';
}

/** Two indices that cannot be equal: two constants, or one that is so much more than the other. */
function areApart(table: ValueTable, a: Value, b: Value): boolean {
  const x = table.node(a);
  const y = table.node(b);
  if (x.kind === 'const' && y.kind === 'const') return x.value !== y.value;
  return isMoreThan(table, a, b) || isMoreThan(table, b, a);
}

function isMoreThan(table: ValueTable, more: Value, value: Value): boolean {
  const node = table.node(more);
  if (node.kind !== 'binary' || (node.operator !== '+' && node.operator !== '-') || node.left !== value)
    return false;
  const by = table.node(node.right);
  return by.kind === 'const' && typeof by.value === 'number' && by.value !== 0;
}

function isAbove(table: ValueTable, above: Value, value: Value): boolean {
  for (let at = table.baseOf(value); at !== null; at = table.baseOf(at)) if (at === above) return true;
  return false;
}

function isLoaded(node: ValueNode, language: Language): boolean {
  return language === 'c' && (node.kind === 'field' || node.kind === 'deref' || node.kind === 'index');
}

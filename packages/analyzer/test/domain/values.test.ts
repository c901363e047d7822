import { describe, expect, test } from 'vitest';
import { mayAlias } from '../../src/domain/alias.ts';
import { ValueTable } from '../../src/domain/values.ts';

const table = new ValueTable();
const d = table.entry(1);
const other = table.entry(2);

function lockOf(tree: number): number {
  return table.addrField(tree, 'ma_lock');
}

describe('values', () => {
  test('a condition and its opposite are one symbol and its negation', () => {
    const zero = table.constant(0);
    const less = table.binary('<', d, zero);
    expect(table.binary('>', zero, d)).toBe(less);
    expect(table.binary('>=', d, zero)).toBe(table.unary('!', less));
    expect(table.binary('!=', d, other)).toBe(table.unary('!', table.binary('==', other, d)));
  });

  test('constants are folded', () => {
    expect(table.unary('-', table.constant(12))).toBe(table.constant(-12));
    expect(table.binary('==', table.constant(null), table.constant(0))).toBe(table.true);
    expect(table.binary('|', table.constant(1), table.constant(0x300))).toBe(table.constant(0x301));
  });

  test('substitution reads memory where the base of a field has changed', () => {
    const tree = table.field(d, 'tree');
    const stored = table.addrField(other, 'mt');
    const result = table.substitute(tree, {
      replace: (v) => (v === d ? table.fresh(7) : undefined),
      load: (slot) => (slot === table.field(table.fresh(7), 'tree') ? stored : slot),
    });
    expect(result).toBe(stored);
  });

  test('trees of two parameters are two; what a pointer of C leads to may be either', () => {
    const mine = lockOf(table.addrField(d, 'mt'));
    const theirs = lockOf(table.addrField(other, 'mt'));
    expect(mayAlias(table, mine, theirs, 'c')).toBe(false);
    const mm = table.entry(3);
    const viaPointer = table.addrField(table.field(d, 'vm_mm'), 'mmap_lock');
    expect(mayAlias(table, viaPointer, table.addrField(mm, 'mmap_lock'), 'c')).toBe(true);
    expect(
      mayAlias(table, table.addrField(d, 'lock'), table.addrField(table.field(d, 'parent'), 'lock'), 'c'),
    ).toBe(false);
    expect(mayAlias(table, lockOf(table.field(d, 'a')), lockOf(table.field(d, 'b')), 'typescript')).toBe(
      false,
    );
  });
});

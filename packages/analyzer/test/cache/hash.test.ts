import { expect, test } from 'vitest';
import { hashOf } from '../../src/cache/hash.ts';

test('texts that differ in a little have other hashes', () => {
  const text = 'mtree_lock(tree);\n'.repeat(40);
  const texts = new Set(['', ' ', text]);
  for (let k = 0; k < text.length; k++) {
    texts.add(`${text.slice(0, k)}${text.slice(k + 1)}`);
    texts.add(`${text.slice(0, k)}\u0000${text.slice(k + 1)}`);
    texts.add(`${text.slice(0, k)}é${text.slice(k)}`);
  }
  expect(new Set([...texts].map(hashOf)).size).toBe(texts.size);
});

test('a hash is 32 hexadecimal digits, the same each time', () => {
  expect(hashOf('tree')).toMatch(/^[0-9a-f]{32}$/);
  expect(hashOf('tree')).toBe(hashOf('tree'));
});

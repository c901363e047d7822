import { describe, expect, test } from 'vitest';
import { analyzeWith } from '../../src/analyze.ts';
import type { Observer } from '../../src/solve/observer.ts';

/** How often a state comes to an instruction of the program. */
function steps(text: string): number {
  let count = 0;
  const observer: Observer = { entered() {}, summarized() {}, before: () => count++ };
  const { problems } = analyzeWith({ files: [{ path: 'chain.ts', text }] }, observer);
  expect(problems).toEqual([]);
  return count;
}

const HEAD = `import { type MapleTree, mtree_lock, mtree_unlock } from '@maplelock/core';
interface Node { readonly tree: MapleTree; readonly next: Node | null; readonly first: Node | null }`;

const loop = (from: string, body = ''): string => `
  for (let node: Node | null = ${from}; node !== null; node = node.next) {
    mtree_lock(node.tree);
    mtree_unlock(node.tree);${body}
  }`;

describe('a loop over a chain, each of whose nodes has a lock', () => {
  test('comes to rest after a few rounds', () => {
    expect(steps(`${HEAD}\nexport function f(head: Node | null): void {${loop('head')}\n}`)).toBeLessThan(60);
  });

  test('within another costs no more than its rounds for each of the outer ones', () => {
    const inner = loop('node.first').replaceAll('node', 'child').replace('child.first', 'node.first');
    const text = `${HEAD}\nexport function f(head: Node | null): void {${loop('head', inner)}\n}`;
    expect(steps(text)).toBeLessThan(120);
  });
});

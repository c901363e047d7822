import { describe, expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

/** A manager of locks, exported in one way or another. */
const manager = (head: string, tail = ''): string => `
import { mtree_lock, mtree_unlock, type LockGuard, type MapleTree } from '@maplelock/core';
export interface Locks { guard(tree: MapleTree<string>): LockGuard }
${head} Manager implements Locks {
  #taken = 0;
  guard(tree: MapleTree<string>): LockGuard {
    this.#taken++;
    return mtree_lock(tree);
  }
}
${tail}`;
const text = `import { MA_STATE, MapleTree, type MaState } from '@maplelock/core';
import type { Locks } from './manager.js';
class Base {
  readonly marks = new MapleTree<string>();
  constructor(readonly locks: Locks) {}
}
class Text extends Base {
  open(at: number): MaState<string> { return MA_STATE(this.marks, at, at); }
}
export { Text as Document };
`;
const view = `import { mas_erase, type LockGuard } from '@maplelock/core';
import { Document } from './text.js';
const lockMarks = (of: Document): LockGuard => of.locks.guard(of.marks);
export class View {
  constructor(private readonly source: Document) {}
  drop(at: number): boolean {
    using _guard = lockMarks(this.source);
    return mas_erase(this.source.open(at)) !== null;
  }
  dropBare(at: number): boolean {
    return mas_erase(this.source.open(at)) !== null;
  }
}
`;

describe('a class of another module', () => {
  const wrong = ['s/view.ts:11 require-write-lock'];

  test.each([
    ['by its name', manager('export class')],
    ['as its default', manager('export default class')],
    ['by another name', manager('class', 'export { Manager as Locker };')],
    [
      'through a function that makes one',
      manager('class', 'export const make = (): Locks => new Manager();'),
    ],
  ])('is found where it is exported %s', (_, module) => {
    const files = { 's/manager.ts': module, 's/text.ts': text, 's/view.ts': view };
    expect(proved(analyzed(files))).toEqual(wrong);
  });
});

import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { MemoryCache } from '../cache/memory-cache.ts';
import { saidBy } from '../cache/said-by.ts';
import { analyzed, proved } from '../solve/analyzed.ts';

const sink = `import type { MaState } from '@maplelock/core';
export interface Sink { put(mas: MaState<string>, text: string): boolean }
`;
const implementer = (name: string, put: string, base = ''): string => `import {
  mas_store_gfp, mas_lock, mas_unlock, type MaState
} from '@maplelock/core';
import type { Sink } from './sink.js';
${base && `import { ${base} } from './${base.toLowerCase()}.js';\n`}
export class ${name} ${base && `extends ${base} `}implements Sink {
  ${put}
}
`;
const bare = 'put(mas: MaState<string>, text: string): boolean { return mas_store_gfp(mas, text) === 0; }';
const locked = `put(mas: MaState<string>, text: string): boolean {
    mas_lock(mas);
    const isStored = mas_store_gfp(mas, text) === 0;
    mas_unlock(mas);
    return isStored;
  }`;
const user = `import { MA_STATE, MapleTree, mtree_lock, mtree_unlock } from '@maplelock/core';
import type { Sink } from './sink.js';
export class Log {
  readonly #lines = new MapleTree<string>();
  constructor(private readonly sink: Sink) {}
  add(at: number, text: string): boolean {
    return this.sink.put(MA_STATE(this.#lines, at, at), text);
  }
  addLocked(at: number, text: string): boolean {
    const mas = MA_STATE(this.#lines, at, at);
    mtree_lock(this.#lines);
    const isStored = this.sink.put(mas, text);
    mtree_unlock(this.#lines);
    return isStored;
  }
}
`;

describe('a call through an interface of another module', () => {
  test('is a call of the class that implements it in a third one', () => {
    const files = { 's/sink.ts': sink, 's/plain.ts': implementer('Plain', bare), 's/log.ts': user };
    expect(proved(analyzed(files))).toEqual(['s/log.ts:7 require-write-lock']);
  });

  test('finds what that takes again', () => {
    const files = { 's/sink.ts': sink, 's/plain.ts': implementer('Plain', locked), 's/log.ts': user };
    expect(proved(analyzed(files))).toEqual(['s/log.ts:12 no-relock']);
  });

  test('is of a method that the class inherits', () => {
    const files = {
      's/sink.ts': sink,
      's/plain.ts': implementer('Plain', bare),
      's/named.ts': implementer('Named', "readonly name = 'x';", 'Plain'),
      's/log.ts': user,
    };
    expect(proved(analyzed(files))).toEqual(['s/log.ts:7 require-write-lock']);
  });

  test('is nothing to a class that does not say that it implements it', () => {
    const stranger = implementer('Plain', bare).replace(' implements Sink', '');
    const files = { 's/sink.ts': sink, 's/plain.ts': stranger, 's/log.ts': user };
    expect(proved(analyzed(files))).toEqual([]);
  });

  test('is the same when the files of the interface and of the class come from a cache', () => {
    const cache = new MemoryCache();
    const edited = user.replace('export class', '\nexport class');
    for (const text of [user, edited]) {
      const files = { 's/sink.ts': sink, 's/plain.ts': implementer('Plain', bare), 's/log.ts': text };
      const request = { files: Object.entries(files).map(([path, source]) => ({ path, text: source })) };
      const { findings } = analyze({ ...request, cache });
      expect(findings.filter((f) => f.certainty === 'proved').map((f) => f.file)).toEqual(['s/log.ts']);
    }
  });

  test('is looked at anew when a class comes to implement it', () => {
    const cache = new MemoryCache();
    const none = { 's/sink.ts': sink, 's/log.ts': user };
    for (const files of [none, { ...none, 's/plain.ts': implementer('Plain', bare) }, none]) {
      const request = { files: Object.entries(files).map(([path, text]) => ({ path, text })) };
      expect(saidBy(analyze({ ...request, cache }))).toEqual(saidBy(analyze(request)));
    }
  });
});

test('interfaces and classes that extend each other in a circle lead nowhere', () => {
  const text = `import { MA_STATE, MapleTree, mas_erase } from '@maplelock/core';
interface A extends B { run(): void }
interface B extends A { stop(): void }
class X extends Y implements A { run(): void { void mas_erase(MA_STATE(new MapleTree<string>(), 1, 1)); } stop(): void {} }
class Y extends X {}
export function all(a: A, y: Y): void { a.run(); a.stop(); y.run(); }
`;
  expect(analyzed({ 'a.ts': text }).problems).toEqual([]);
});

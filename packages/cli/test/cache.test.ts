import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheFile } from '../src/cache-file.ts';
import { run, type Outcome } from '../src/run.ts';

const HELPER = `import { MA_STATE, mas_store, type MapleTree } from '@maplelock/core';
export function put(tree: MapleTree<string>): void {
  void mas_store(MA_STATE(tree, 1, 1), 'x');
}
`;
const USER = `import { mtree_lock, mtree_unlock, type MapleTree } from '@maplelock/core';
import { put } from './helper.ts';
export function use(tree: MapleTree<string>): void {
  mtree_lock(tree);
  put(tree);
  mtree_unlock(tree);
}
`;
const DRIVER = `#include <linux/maple_tree.h>
#include "span.h"
void put(struct maple_tree *mt, void *entry)
{
	MA_STATE(mas, mt, 1, 1);

	span_lock(mt);
	mas_store(&mas, entry);
	mtree_unlock(mt);
}
`;
const HEADER = 'static inline void span_lock(struct maple_tree *mt)\n{\n\tmtree_lock(mt);\n}\n';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maplelock-cache-'));
  put('helper.ts', HELPER);
  put('user.ts', USER);
  mkdirSync(join(root, 'c'));
  put('c/driver.c', DRIVER);
  put('c/span.h', HEADER);
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (name: string, text: string | Buffer): void => writeFileSync(join(root, name), text);
const audit = (...argv: string[]): Promise<Outcome> =>
  run(['audit', '--cwd', root, ...argv], { env: {}, stdout: {}, stderr: {} });
const json = async (...argv: string[]): Promise<string> => (await audit('--format=json', ...argv)).stdout;
const closing = (outcome: Outcome): string => outcome.stdout.trimEnd().split('\n').at(-1) ?? '';

describe('maplelock audit --cache', () => {
  it('tells in its last line how many files were parsed in an earlier run', async () => {
    expect(closing(await audit('--cache'))).toContain('4 files, 4 parsed (0 of them in an earlier run);');
    expect(closing(await audit('--cache'))).toContain('4 files, 4 parsed (4 of them in an earlier run);');
    put('user.ts', USER.replace('mtree_lock(tree);', ''));
    const outcome = await audit('--cache');
    expect(closing(outcome)).toContain('4 files, 4 parsed (3 of them in an earlier run);');
    expect(outcome.stdout).toContain('user.ts:5:3 error');
    expect(closing(await audit())).toContain('4 files, 4 parsed;');
  });

  it('prints the same JSON with and without', async () => {
    const plain = await json();
    expect(await json('--cache')).toBe(plain);
    expect(await json('--cache')).toBe(plain);
    put('helper.ts', `\n${HELPER}`);
    put('c/driver.c', DRIVER.replace('\tmtree_unlock(mt);\n', ''));
    expect(await json('--cache')).toBe(await json('--no-cache'));
  });

  it('sees that a header has changed which was not named', async () => {
    await audit('--cache', 'c/driver.c');
    put('c/span.h', HEADER.replace('mtree_lock(mt)', ''));
    const outcome = await audit('--cache', 'c/driver.c');
    expect(outcome.stdout).toContain('maplelock/require-write-lock');
  });

  it('keeps nothing if it is not asked to', async () => {
    await audit();
    await audit('--cache', '--no-cache');
    await audit('--cache-location=elsewhere');
    expect(readdirSync(root).sort()).toEqual(['c', 'helper.ts', 'user.ts']);
  });

  it('keeps one file, in the folder of the audit or where it is told to', async () => {
    await audit('--cache');
    await audit('--cache', '--cache-location', 'build/a/maplelock');
    await audit('--cache', '--cache-location', 'build/');
    await audit('--cache', '--cache-location', 'build/a');
    expect(readdirSync(root).sort()).toEqual(['.maplelockcache', 'build', 'c', 'helper.ts', 'user.ts']);
    expect(readdirSync(join(root, 'build')).sort()).toEqual(['.maplelockcache', 'a']);
    expect(readdirSync(join(root, 'build/a')).sort()).toEqual(['.maplelockcache', 'maplelock']);
  });

  it.each([
    ['no text', Buffer.alloc(0)],
    ['a foreign text', Buffer.from('[{"filePath": 1}]\n')],
    ['bytes', Buffer.from([0xff, 0xfe, 0, 10, 0, 10])],
  ])('takes %s for no cache', async (_, bytes) => {
    const plain = await json();
    put('.maplelockcache', bytes);
    expect(await json('--cache')).toBe(plain);
    expect(closing(await audit('--cache'))).toContain('(4 of them');
  });

  it('takes a cache that was cut off or changed anywhere for none, or for less', async () => {
    await audit('--cache');
    const whole = readFileSync(join(root, '.maplelockcache'));
    put('user.ts', USER.replace('mtree_lock(tree);', ''));
    const plain = await json();
    for (let k = 1; k <= 24; k++) {
      const at = Math.floor((whole.length * k) / 25);
      put('.maplelockcache', whole.subarray(0, at));
      expect(await json('--cache'), `cut at ${at}`).toBe(plain);
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      put('.maplelockcache', changed);
      expect(await json('--cache'), `changed at ${at}`).toBe(plain);
    }
  });

  it('audits where nothing can be kept, and says so', async () => {
    const { exitCode, stderr } = await audit('--cache', '--cache-location', 'helper.ts/cache');
    expect(stderr).toMatch(/^note .*cache: the results could not be kept \(\w+\)/m);
    expect(exitCode).toBe(0);
  });
});

describe('a cache file', () => {
  const open = (): CacheFile => new CacheFile('file', root);

  it('goes on giving its values while another run replaces it', () => {
    const first = open();
    first.set('a', 'old');
    first.save();
    const reader = open();
    const writer = open();
    writer.set('a', 'new');
    writer.delete('b');
    expect(writer.save()).toBeNull();
    expect(reader.get('a')).toBe('old');
    reader.set('b', 'more');
    expect(reader.save()).toBeNull();
    const last = open();
    expect([last.get('a'), last.get('b'), last.get('c')]).toEqual(['old', 'more', undefined]);
    last.save();
    expect(readdirSync(root).filter((name) => name.includes('file'))).toEqual(['file']);
  });

  it('of another build of the engine counts as none', () => {
    const first = open();
    first.set('a', 'old');
    first.save();
    const path = join(root, 'file');
    writeFileSync(path, readFileSync(path, 'utf8').replace(first.build, first.build.replaceAll(/\w/g, '0')));
    expect(open().get('a')).toBeUndefined();
  });
});

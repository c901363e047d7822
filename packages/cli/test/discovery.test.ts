import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { discover, DISK, displayPath } from '../src/discovery.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maplelock-discovery-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(...paths: string[]): void {
  for (const path of paths) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  }
}

const found = (...paths: string[]): string[] =>
  discover(paths, root).files.map((file) => relative(root, file));

it('takes the extensions of TypeScript, JavaScript and C, and no others', () => {
  put('a.ts', 'b.tsx', 'c.mts', 'd.cts', 'e.js', 'f.jsx', 'g.mjs', 'h.cjs', 'i.c', 'j.h');
  put('k.md', 'l.json', 'm.cpp', 'ts', 'o.ts.bak');
  expect(found('.')).toEqual([
    'a.ts',
    'b.tsx',
    'c.mts',
    'd.cts',
    'e.js',
    'f.jsx',
    'g.mjs',
    'h.cjs',
    'i.c',
    'j.h',
  ]);
});

it('searches folders in an order that does not depend on the disk', () => {
  put('b/z.ts', 'a/y.ts', 'B.ts', 'a.ts');
  expect(found('.')).toEqual(['B.ts', 'a.ts', 'a/y.ts', 'b/z.ts']);
  expect(found('b', 'a')).toEqual(['a/y.ts', 'b/z.ts']);
});

it('leaves node_modules and .git out, but not a file that is named in them', () => {
  put('node_modules/x/a.ts', '.git/b.c', 'deep/node_modules/c.ts', 'd.ts');
  expect(found('.')).toEqual(['d.ts']);
  expect(found('.', 'node_modules/x/a.ts')).toEqual(['d.ts', 'node_modules/x/a.ts']);
  expect(found('node_modules')).toEqual(['node_modules/x/a.ts']);
});

it('lists a file once, however often it is named', () => {
  put('a/b.ts');
  expect(found('.', 'a', 'a/b.ts', './a/../a/b.ts')).toEqual(['a/b.ts']);
});

it('does not follow links that it meets, so that loops end, and follows those that are named', () => {
  put('a/b.ts');
  symlinkSync(root, join(root, 'a/loop'));
  symlinkSync(join(root, 'a/b.ts'), join(root, 'link.ts'));
  expect(found('.')).toEqual(['a/b.ts']);
  expect(found('link.ts')).toEqual(['link.ts']);
  expect(found('a/loop/a')).toEqual(['a/loop/a/b.ts']);
});

it('tells of a path that does not exist, and searches the rest', () => {
  put('a.ts');
  const { files, absent } = discover(['missing', 'a.ts', 'a.ts/below'], root);
  expect(files).toHaveLength(1);
  expect(absent).toEqual(['missing', 'a.ts/below']);
});

it('tells of a folder that may not be read, and searches the rest', () => {
  put('closed/a.ts', 'open/b.ts');
  const refuse = (folder: string): never => {
    throw Object.assign(new Error(`EACCES: ${folder}`), { code: 'EACCES' });
  };
  const disk = {
    ...DISK,
    list: (folder: string) => (folder.endsWith('closed') ? refuse(folder) : DISK.list(folder)),
  };
  const { files, problems } = discover(['.'], root, disk);
  expect(files).toEqual([join(root, 'open/b.ts')]);
  expect(problems).toEqual([
    {
      file: 'closed',
      line: 1,
      column: 1,
      kind: 'unreadable',
      message: 'no permission to read it; grant the permission or leave it out',
    },
  ]);
});

it('prints paths relative to the working folder, and others in full', () => {
  expect(displayPath('/a/b/c.ts', '/a')).toBe('b/c.ts');
  expect(displayPath('/a', '/a')).toBe('.');
  expect(displayPath('/x/c.ts', '/a')).toBe('/x/c.ts');
});

import type { Problem } from '@maplelock/analyzer';
import { expect, it } from 'vitest';
import { condense, explainFileError } from '../src/problems.ts';

const problem = (file: string, line: number, functionName?: string): Problem => ({
  file,
  line,
  column: 1,
  kind: 'syntax',
  message: 'expected ;',
  ...(functionName === undefined ? {} : { functionName }),
});

it('leaves one problem of a file', () => {
  expect(condense([problem('a', 3, 'f'), problem('a', 4), problem('a', 5), problem('b', 1)])).toEqual([
    { ...problem('a', 4), message: 'expected ; (and 2 more)' },
    problem('b', 1),
  ]);
});

it('leaves one problem of a function where all lie in functions', () => {
  expect(condense([problem('a', 3, 'f'), problem('a', 4, 'f'), problem('a', 9, 'g')])).toEqual([
    { ...problem('a', 3, 'f'), message: 'expected ; (and 1 more)' },
    problem('a', 9, 'g'),
  ]);
});

it.each(['EACCES', 'EPERM', 'ENOENT', 'ELOOP', 'EMFILE'])('says what to do about %s', (code) => {
  expect(explainFileError(Object.assign(new Error('x'), { code }))).toContain(';');
});

it('names an error that it does not know', () => {
  expect(explainFileError(Object.assign(new Error('x'), { code: 'EIO' }))).toBe('cannot be read (EIO)');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { contractsOf } from '../src/contracts.ts';

const folder = mkdtempSync(join(tmpdir(), 'maplelock-contracts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOCKS = { name: 'locks', module: 'locks', functions: { enter: { acquires: ['$0'] } } };
const of = (contracts: unknown): ReturnType<typeof contractsOf> =>
  contractsOf({ maplelock: { contracts } }, folder);

describe('settings.maplelock.contracts', () => {
  it('may be left out', () => {
    expect(contractsOf({}, folder)).toEqual([]);
    expect(contractsOf({ maplelock: {} }, folder)).toBe(contractsOf({}, folder));
  });

  it('holds descriptions and paths, which give the same', () => {
    writeFileSync(join(folder, 'locks.json'), JSON.stringify(LOCKS));
    expect(of([LOCKS])).toEqual(of(['locks.json']));
    expect(of([LOCKS])[0]?.functions[0]?.acquires).toEqual([
      { lock: { of: 'object', at: '$0' }, mode: 'write' },
    ]);
  });

  it('is read once', () => {
    expect(of([LOCKS])).toBe(of([structuredClone(LOCKS)]));
  });

  it('says what is wrong with it', () => {
    writeFileSync(join(folder, 'broken.json'), '{');
    expect(() => of(LOCKS)).toThrow('settings.maplelock.contracts is no list');
    expect(() => of([LOCKS, null])).toThrow(
      'settings.maplelock.contracts[1]: the contract is null, not an object. Put it between { and }.',
    );
    expect(() => of(['broken.json'])).toThrow(
      /^broken\.json: the contract is no JSON: .*\. Mend it there\.$/,
    );
    expect(() => of(['none.json'])).toThrow(/^none\.json: ENOENT/);
  });
});

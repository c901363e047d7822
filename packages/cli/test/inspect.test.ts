import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, type Outcome } from '../src/run.ts';

const HELPER = `import { mas_lock, type MaState } from '@maplelock/core';

export function begin(mas: MaState<string>): void {
  mas_lock(mas);
}
`;
const USER = `import { MA_STATE, mas_store, mas_unlock, type MapleTree } from '@maplelock/core';
import { begin } from './helper.ts';

export function put(tree: MapleTree<string>): void {
  const mas = MA_STATE(tree, 1, 1);
  begin(mas);
  void mas_store(mas, 'x');
  mas_unlock(mas);
}
`;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maplelock-inspect-'));
  writeFileSync(join(root, 'helper.ts'), HELPER);
  writeFileSync(join(root, 'user.ts'), USER);
});
afterEach(() => rmSync(root, { recursive: true }));

const inspect = (...argv: string[]): Promise<Outcome> =>
  run(['inspect', '--cwd', root, ...argv], { env: {}, stdout: {}, stderr: {} });

describe('maplelock inspect', () => {
  it('prints the locks beside the lines, and links the files that are named', async () => {
    const { stdout, stderr, exitCode } = await inspect('user.ts:7', 'helper.ts');
    expect(stdout).toMatch(/^user\.ts:4 put\(\)\n/);
    expect(stdout).toMatch(/^6 +nothing +begin\(mas\);$/m);
    expect(stdout).toMatch(/^7 +tree\.ma_lock +void mas_store\(mas, 'x'\);$/m);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('does not see into a file that is not named', async () => {
    const { stdout } = await inspect('user.ts:7');
    expect(stdout).toMatch(/^7 +nothing +void mas_store/m);
  });

  it('prints the control flow on request', async () => {
    expect((await inspect('user.ts:7', '--graph')).stdout).toMatch(/^digraph "put" \{\n/);
  });

  it.each([
    [['none.ts'], /none\.ts does not exist/],
    [['user.ts:99'], /there is no function at user\.ts:99/],
    [['user.ts:0'], /there is no line 0/],
    [[], /no file was named/],
  ])('refuses %j with one line and the exit code 2', async (argv, message) => {
    const { exitCode, stdout, stderr } = await inspect(...argv);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('says so where nothing is known of a file', async () => {
    writeFileSync(join(root, 'plain.ts'), 'export const x = 1;\n');
    expect(await inspect('plain.ts')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('uses no API of a contract'),
    });
  });
});

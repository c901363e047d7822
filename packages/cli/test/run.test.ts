import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, type Outcome } from '../src/run.ts';

const WRONG = `import { MA_STATE, mas_store, type MapleTree } from '@maplelock/core';

export function put(tree: MapleTree<string>): void {
  const mas = MA_STATE(tree, 1, 1);
  mas_store(mas, 'x');
}
`;
const WRONG_C = `#include <linux/maple_tree.h>

void put(struct maple_tree *mt, void *entry)
{
	MA_STATE(mas, mt, 1, 1);

	mas_store(&mas, entry);
}
`;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maplelock-run-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (name: string, text: string | Buffer): void => writeFileSync(join(root, name), text);
const maplelock = (...argv: string[]): Promise<Outcome> => run(argv, { env: {}, stdout: {}, stderr: {} });
const audit = (...argv: string[]): Promise<Outcome> => maplelock('audit', '--cwd', root, ...argv);

describe('maplelock audit', () => {
  it('prints findings of both languages and ends with 1', async () => {
    put('wrong.ts', WRONG);
    put('wrong.c', WRONG_C);
    const { exitCode, stdout, stderr } = await audit();
    expect(stdout).toMatch(/^wrong\.c:7:2 error .*mas_store.* {2}maplelock\/require-write-lock$/m);
    expect(stdout).toMatch(/^wrong\.ts:5:3 error .*mas_store.* {2}maplelock\/require-write-lock$/m);
    expect(stdout).toMatch(/^2 findings \(require-write-lock 2\); 2 files, 2 parsed; \d functions;/m);
    expect(stderr).toBe('');
    expect(exitCode).toBe(1);
  });

  describe('--contract', () => {
    const LOCKS = `{
  "name": "locks",
  "module": "locks",
  "functions": { "enter": { "acquires": ["$0"] }, "leave": { "releases": ["$0"] } }
}`;
    const GATES = LOCKS.replaceAll('locks', 'gates');
    const TWICE = (module: string): string =>
      `import { enter } from '${module}';\nexport const f = (x: object) => {\n  enter(x);\n  enter(x);\n};\n`;

    it('reads files, relative to the folder of the audit', async () => {
      put('locks.json', LOCKS);
      put('gates.json', GATES);
      put('a.ts', TWICE('locks'));
      put('b.ts', TWICE('gates'));
      const one = await audit('--contract', 'locks.json');
      expect(one.stdout).toMatch(/^a\.ts:4:3 error .*no-relock$/m);
      expect(one.stdout).not.toContain('b.ts');
      const { stdout } = await audit('--contract=locks.json', '--contract=gates.json');
      expect(stdout).toMatch(/^b\.ts:4:3 error .*no-relock$/m);
    });

    it.each([
      ['is not there', 'none.json', null, 'does not exist; check the path. Name a contract file.'],
      [
        'is no JSON',
        'broken.json',
        '{ "name": }',
        /^the contract is no JSON: .* at line 1, column 11\. Mend it there\.$/,
      ],
      [
        'says what there is not',
        'odd.json',
        LOCKS.replace('"$0"', '"lock"'),
        /^functions\.enter\.acquires\[0\] cannot be 'lock'\. Write a way from the call: .*\.$/,
      ],
    ])('ends with 2 and one line where a file %s', async (_what, name, text, message) => {
      if (text !== null) put(name, text);
      const { exitCode, stdout, stderr } = await audit('--contract', name);
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
      const start = `maplelock: --contract ${name}: `;
      expect(stderr.startsWith(start)).toBe(true);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      const rest = stderr.slice(start.length).trimEnd();
      if (typeof message === 'string') expect(rest).toBe(message);
      else expect(rest).toMatch(message);
    });
  });

  it('ends with 0 where nothing is wrong', async () => {
    put('none.ts', 'export const x = 1;\n');
    const { exitCode, stdout, stderr } = await audit();
    expect(stdout).toMatch(
      /^0 findings; 1 file, 0 parsed; 0 functions; not read whole: 0 files, 0 functions; /,
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('finds nothing to do in an empty folder', async () => {
    expect(await audit()).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('says one thing about each file that it cannot audit, and audits the rest', async () => {
    put('wrong.ts', WRONG);
    put('broken.ts', `${WRONG}\nexport function oops( {{{\n`);
    put('empty.ts', '');
    put('binary.c', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]));
    put('notes.txt', 'mas_store');
    const { exitCode, stdout, stderr } = await audit('.', 'notes.txt', 'missing.c');
    expect(stdout).toContain('wrong.ts:5:3 error');
    const lines = stderr.trimEnd().split('\n');
    const about = (name: string): string[] => lines.filter((line) => line.includes(name));
    expect(about('missing.c')).toEqual(['error missing.c: does not exist; check the path']);
    expect(about('binary.c')).toEqual(['not read whole binary.c: a binary file; rename it or leave it out']);
    expect(about('empty.ts')).toEqual(['note empty.ts: an empty file; nothing to audit']);
    expect(about('notes.txt')).toHaveLength(1);
    expect(about('broken.ts')).toEqual([
      expect.stringMatching(/^not read whole broken\.ts:8:\d+ .* \(and \d more\)$/),
    ]);
    expect(lines).toHaveLength(5);
    expect(exitCode).toBe(2);
  });

  it('tells of a working folder that does not exist', async () => {
    const cwd = join(root, 'none');
    expect(await maplelock('audit', '--cwd', cwd)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `maplelock: --cwd ${cwd} does not exist. Name a folder that does.\n`,
    });
  });

  it('does not wait for what is no file', async () => {
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(root, 'pipe.ts')]);
    expect((await audit('pipe.ts')).stderr).toBe(
      'not read whole pipe.ts: neither a file nor a folder; leave it out\n',
    );
  });

  it('goes by findings where files could not be read', async () => {
    put('binary.c', Buffer.from([0]));
    expect((await audit()).exitCode).toBe(0);
    put('wrong.ts', WRONG);
    expect((await audit()).exitCode).toBe(1);
  });

  it('prints json and nothing else on stdout', async () => {
    put('wrong.ts', WRONG);
    put('binary.c', Buffer.from([0]));
    const { stdout, exitCode } = await audit('--format', 'json', '.', 'missing.c');
    const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string | null }[] }[];
    expect(results.map(({ filePath, messages }) => [filePath, messages.map(({ ruleId }) => ruleId)])).toEqual(
      [
        [join(root, 'wrong.ts'), ['maplelock/require-write-lock']],
        [join(root, 'binary.c'), [null]],
      ],
    );
    expect(exitCode).toBe(2);
  });

  it('turns rules off', async () => {
    put('wrong.ts', WRONG);
    expect(await audit('--rule', 'require-write-lock=off')).toMatchObject({ exitCode: 0 });
    const { stdout, exitCode } = await audit('--rule', 'require-write-lock=warn');
    expect(stdout).toContain('wrong.ts:5:3 warning');
    expect(exitCode).toBe(1);
  });

  it('reads helpers from the headers that a C file includes', async () => {
    mkdirSync(join(root, 'drivers'));
    put('drivers/span.h', 'static inline void span_lock(struct maple_tree *mt)\n{\n\tmtree_lock(mt);\n}\n');
    put(
      'drivers/span.c',
      WRONG_C.replace('\tmas_store', '\tspan_lock(mt);\n\tmas_store')
        .replace('entry);\n}', 'entry);\n\tmtree_unlock(mt);\n}')
        .replace('\n\n', '\n#include "span.h"\n\n'),
    );
    expect((await audit('drivers/span.c')).stdout).toMatch(/^0 findings/);
  });

  it('audits a file twice with the same outcome', async () => {
    put('wrong.ts', WRONG);
    const [first, second] = [await audit('--format=json'), await audit('--format=json')];
    expect(first).toEqual(second);
  });
});

describe('maplelock', () => {
  it('prints help, version and rules', async () => {
    expect((await maplelock('--help')).stdout).toContain('maplelock audit [paths...]');
    expect((await maplelock('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await maplelock('rules')).stdout).toMatch(/^require-write-lock {2,}reports /m);
    expect((await maplelock('explain', 'no-relock')).stdout).toContain('TypeScript: error in recommended');
  });

  it('ends with 2 and one line where it is used wrongly', async () => {
    expect(await maplelock('audit', '--formt')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "maplelock: there is no option '--formt'. Did you mean '--format'?\n",
    });
  });
});

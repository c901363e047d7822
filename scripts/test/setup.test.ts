import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildHash, missingPackage, nodeComplaint } from '../checkout.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('nodeComplaint', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '26.1.0'])('accepts %s', (version) => {
    expect(nodeComplaint(version)).toBeNull();
  });

  it.each(['18.20.4', '20.18.3', '20.9.0'])('refuses %s in one line that says what to do', (version) => {
    const complaint = nodeComplaint(version);
    expect(complaint).toContain(version);
    expect(complaint).toContain('Install');
    expect(complaint).not.toContain('\n');
  });
});

describe('in a made-up checkout', () => {
  let folder = '';
  const lock = (version: string): string =>
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/a': { version },
        'node_modules/b-win32': { version, optional: true },
      },
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'maplelock-setup-'));
    mkdirSync(join(folder, 'node_modules', 'a'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', 'a', 'package.json'), '{}');
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), lock('1.0.0'));
    writeFileSync(join(folder, 'package-lock.json'), lock('1.0.0'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds nothing missing where the lock files agree', () => {
    expect(missingPackage(folder)).toBeNull();
  });

  it('sees another version in the lock file', () => {
    writeFileSync(join(folder, 'package-lock.json'), lock('1.1.0'));
    expect(missingPackage(folder)).toBe('node_modules/a is 1.0.0, the lock file says 1.1.0');
  });

  it('sees a package that was removed', () => {
    rmSync(join(folder, 'node_modules', 'a'), { recursive: true });
    expect(missingPackage(folder)).toBe('node_modules/a is missing');
  });

  it('sees that nothing was installed', () => {
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(missingPackage(folder)).toBe('nothing is installed yet');
  });

  it('hashes names and contents of the sources', () => {
    for (const file of [
      'tsconfig.json',
      'tsconfig.base.json',
      'packages/x/package.json',
      'packages/x/tsconfig.json',
    ]) {
      cpSync(join(folder, 'package-lock.json'), join(folder, file));
    }
    mkdirSync(join(folder, 'packages/x/src/deep'), { recursive: true });
    const source = join(folder, 'packages/x/src/deep/a.ts');
    writeFileSync(source, 'let a;');
    const before = buildHash(folder, ['x']);
    expect(buildHash(folder, ['x'])).toBe(before);
    writeFileSync(source, 'let b;');
    expect(buildHash(folder, ['x'])).not.toBe(before);
  });
});

it('does nothing and says nothing in a checkout that is ready', () => {
  const setup = (): { status: number | null; output: string } => {
    const run = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, encoding: 'utf8' });
    return { status: run.status, output: run.stdout + run.stderr };
  };
  expect(setup().status).toBe(0);
  expect(setup()).toEqual({ status: 0, output: '' });
});

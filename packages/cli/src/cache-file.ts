import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalysisCache } from '@maplelock/analyzer';
import { explainFileError } from './problems.ts';

const MAGIC = 'maplelock cache 1';
/** The file's name in a folder that is named as its place. */
const FILE_NAME = '.maplelockcache';

/**
 * A cache in one file: a line that says what it is, the build of the engine, and a hash of the rest; a line of keys with
 * the lengths of their values; the values. A file that is anything else counts as none.
 */
export class CacheFile implements AnalysisCache {
  readonly build: string;
  readonly #path: string;
  readonly #values: Map<string, Buffer>;
  #changed = false;

  static open(location: string, cwd: string): CacheFile {
    const path = fileAt(resolve(cwd, location), location);
    const build = buildOfEngine();
    return new CacheFile(path, build, read(path, build));
  }

  private constructor(path: string, build: string, values: Map<string, Buffer>) {
    this.#path = path;
    this.build = build;
    this.#values = values;
  }

  get(key: string): string | undefined {
    return this.#values.get(key)?.toString('utf8');
  }

  set(key: string, value: string): void {
    this.#values.set(key, Buffer.from(value));
    this.#changed = true;
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#changed = true;
  }

  /** Replaces the file as a whole, so that another run sees the old one or the new one. Returns what went wrong. */
  save(): string | null {
    if (!this.#changed) return null;
    const temporary = join(dirname(this.#path), `.${basename(this.#path)}.${randomBytes(6).toString('hex')}`);
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(temporary, written(this.build, this.#values), { flag: 'wx' });
      renameSync(temporary, this.#path);
      return null;
    } catch (error) {
      rmSync(temporary, { force: true });
      return `${this.#path}: the results could not be kept: ${explainFileError(error)}`;
    }
  }
}

function fileAt(path: string, asNamed: string): string {
  const isFolder = /[\\/]$/.test(asNamed) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, FILE_NAME) : path;
}

function written(build: string, values: ReadonlyMap<string, Buffer>): Buffer {
  const keys = JSON.stringify([...values].map(([key, value]) => [key, value.length]));
  const rest = Buffer.concat([Buffer.from(`${keys}\n`), ...values.values()]);
  return Buffer.concat([Buffer.from(`${MAGIC} ${build} ${digest(rest)}\n`), rest]);
}

function read(path: string, build: string): Map<string, Buffer> {
  const values = new Map<string, Buffer>();
  try {
    const bytes = readFileSync(path);
    const head = bytes.indexOf(10);
    const rest = bytes.subarray(head + 1);
    if (bytes.toString('utf8', 0, head) !== `${MAGIC} ${build} ${digest(rest)}`) return values;
    let at = rest.indexOf(10) + 1;
    for (const [key, length] of JSON.parse(rest.toString('utf8', 0, at)) as [string, number][]) {
      values.set(key, rest.subarray(at, at + length));
      at += length;
    }
  } catch {
    values.clear();
  }
  return values;
}

function digest(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

/** A hash of the engine's files, the table of the tree's contract and the grammar of C among them. */
function buildOfEngine(): string {
  const hash = createHash('sha1').update(process.version);
  for (const name of ['@maplelock/analyzer', '@maplelock/core']) {
    const folder = dirname(fileURLToPath(import.meta.resolve(name)));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(js|ts)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of [join(folder, '../package.json'), ...grammars(folder), ...files.sort()])
      hash.update(relative(folder, file)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function grammars(folder: string): string[] {
  const grammar = join(folder, '../grammar');
  return statSync(grammar, { throwIfNoEntry: false }) === undefined
    ? []
    : readdirSync(grammar).map((name) => join(grammar, name));
}

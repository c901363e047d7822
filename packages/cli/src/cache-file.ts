import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalysisCache } from '@maplelock/analyzer';

const MAGIC = 'maplelock cache 1';
/** The file's name in a folder that is named as its place. */
const FILE_NAME = '.maplelockcache';
/** Of the first line: what the file is, how long the second one is, and a hash of that. */
const HEAD_BYTES = 256;

/** A value that lies in the file still. */
interface Stored {
  readonly at: number;
  readonly length: number;
  readonly hash: string;
}

/**
 * A cache in one file: a line that says what it is and which build of the engine wrote it; a line of keys with the
 * lengths and hashes of their values; the values, which are read when they are asked for. What is anything else counts
 * as not there. The file stays open: another run that replaces it takes nothing away from this one.
 */
export class CacheFile implements AnalysisCache {
  readonly build: string;
  readonly #path: string;
  readonly #values = new Map<string, Stored | Buffer>();
  #file: number | null = null;
  #isChanged = false;

  constructor(location: string, cwd: string) {
    this.#path = fileAt(resolve(cwd, location), location);
    this.build = buildOfEngine();
    try {
      this.#file = openSync(this.#path, 'r');
      this.#readKeys(this.#file);
    } catch {
      this.#values.clear();
    }
  }

  get(key: string): string | undefined {
    const value = this.#values.get(key);
    return value === undefined ? undefined : this.#read(value)?.toString('utf8');
  }

  set(key: string, value: string): void {
    this.#values.set(key, Buffer.from(value));
    this.#isChanged = true;
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#isChanged = true;
  }

  /** Replaces the file as a whole, if there is anything new, and closes it. Returns what went wrong. */
  save(): string | null {
    const temporary = join(dirname(this.#path), `.${basename(this.#path)}.${randomBytes(6).toString('hex')}`);
    try {
      if (!this.#isChanged) return null;
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#write(temporary);
      renameSync(temporary, this.#path);
      return null;
    } catch (error) {
      discard(temporary);
      const { code, message } = error as Partial<NodeJS.ErrnoException>;
      return `${this.#path}: the results could not be kept (${code ?? String(message)}); see --cache-location`;
    } finally {
      if (this.#file !== null) closeSync(this.#file);
      this.#file = null;
    }
  }

  #readKeys(file: number): void {
    const head = bytesAt(file, 0, Math.min(HEAD_BYTES, fstatSync(file).size)).toString('utf8');
    const line = head.slice(0, head.indexOf('\n'));
    const [length = '', hash = ''] = line.slice(`${MAGIC} ${this.build} `.length).split(' ');
    if (line !== this.#firstLine(Number(length), hash)) return;
    const keys = bytesAt(file, line.length + 1, Number(length));
    if (hashOf(keys) !== hash) return;
    let at = line.length + 1 + keys.length;
    for (const [key, size, sum] of JSON.parse(keys.toString('utf8')) as [string, number, string][]) {
      this.#values.set(key, { at, length: size, hash: sum });
      at += size;
    }
  }

  #read(value: Stored | Buffer): Buffer | undefined {
    if (Buffer.isBuffer(value)) return value;
    try {
      const bytes = bytesAt(this.#file ?? -1, value.at, value.length);
      return hashOf(bytes) === value.hash ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  #write(path: string): void {
    const file = openSync(path, 'wx');
    try {
      const keys: [string, number, string][] = [];
      for (const [key, value] of this.#values)
        keys.push([key, value.length, Buffer.isBuffer(value) ? hashOf(value) : value.hash]);
      const list = Buffer.from(`${JSON.stringify(keys)}\n`);
      writeWhole(file, Buffer.from(`${this.#firstLine(list.length, hashOf(list))}\n`));
      writeWhole(file, list);
      for (const value of this.#values.values()) {
        const bytes = Buffer.isBuffer(value) ? value : bytesAt(this.#file ?? -1, value.at, value.length);
        writeWhole(file, bytes);
      }
    } finally {
      closeSync(file);
    }
  }

  #firstLine(length: number, hash: string): string {
    return `${MAGIC} ${this.build} ${length} ${hash}`;
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

function bytesAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const count = readSync(file, bytes, done, length - done, at + done);
    if (count === 0) throw new Error('the file ends before its time');
    done += count;
  }
  return bytes;
}

function fileAt(path: string, asNamed: string): string {
  return /[\\/]$/.test(asNamed) || isFolder(path) ? join(path, FILE_NAME) : path;
}

/** Takes away what was written in vain, if anything was. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It lies where nothing can lie.
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function hashOf(bytes: Buffer): string {
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
  return isFolder(grammar) ? readdirSync(grammar).map((name) => join(grammar, name)) : [];
}

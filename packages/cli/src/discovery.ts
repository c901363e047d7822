import { readdirSync, statSync, type Dirent } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { languageOf, type Problem } from '@maplelock/analyzer';
import { explainFileError, unreadable } from './problems.ts';

const LEFT_OUT = new Set(['node_modules', '.git']);

/** The files to audit. */
export interface Discovery {
  /** Absolute, without doubles, ordered by path. */
  readonly files: readonly string[];
  /** Folders that could not be listed. */
  readonly problems: readonly Problem[];
  /** Paths that were named and are not there. */
  readonly absent: readonly string[];
}

/** Where discovery looks: the disk, or what a test puts in its place. */
export interface Disk {
  kind(path: string): 'folder' | 'file' | 'neither';
  list(folder: string): readonly Dirent[];
}

export const DISK: Disk = {
  kind(path) {
    const stat = statSync(path);
    if (stat.isDirectory()) return 'folder';
    return stat.isFile() ? 'file' : 'neither';
  },
  list: (folder) => readdirSync(folder, { withFileTypes: true }),
};

/**
 * Finds the files to audit. A file that is named is taken whatever it is called and wherever it lies. Links met on the
 * way are not followed, so that no loop and no file twice can come of them; a link that is named is.
 */
export function discover(paths: readonly string[], cwd: string, disk: Disk = DISK): Discovery {
  const files = new Set<string>();
  const problems: Problem[] = [];
  const absent: string[] = [];

  const search = (folder: string): void => {
    let entries: readonly Dirent[];
    try {
      entries = disk.list(folder);
    } catch (error) {
      problems.push(unreadable(displayPath(folder, cwd), explainFileError(error)));
      return;
    }
    for (const entry of entries) {
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) search(join(folder, entry.name));
      else if (entry.isFile() && languageOf(entry.name) !== null) files.add(join(folder, entry.name));
    }
  };

  for (const path of paths) {
    const absolute = resolve(cwd, path);
    try {
      const kind = disk.kind(absolute);
      if (kind === 'folder') search(absolute);
      else if (kind === 'file') files.add(absolute);
      else problems.push(unreadable(displayPath(absolute, cwd), 'neither a file nor a folder; leave it out'));
    } catch (error) {
      if (isAbsent(error)) absent.push(path);
      else problems.push(unreadable(displayPath(absolute, cwd), explainFileError(error)));
    }
  }
  return { files: [...files].sort(byCodeUnits), problems, absent };
}

/** A path as it is printed: relative to the working folder if it lies in it, with slashes. */
export function displayPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  const shown = short === '' ? '.' : short.startsWith('..') || isAbsolute(short) ? path : short;
  return shown.split(sep).join('/');
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

// The order of localeCompare() differs between machines.
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

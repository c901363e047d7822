/** Which file of the program a module specifier names. */

const EXTENSIONS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '/index.ts',
  '/index.js',
];
/** Programs import what will be emitted: `./pool.js` may stand for `./pool.ts`. */
const EMITTED: readonly [RegExp, string][] = [
  [/\.js$/, '.ts'],
  [/\.js$/, '.tsx'],
  [/\.mjs$/, '.mts'],
  [/\.cjs$/, '.cts'],
];

/** Finds the file that a module of the program names by a relative specifier. */
export type Locate<T> = (from: string, specifier: string) => T | undefined;

export function locator<T>(files: Iterable<readonly [path: string, file: T]>): Locate<T> {
  const byPath = new Map<string, T>();
  for (const [path, file] of files) byPath.set(normalized(path), file);
  return (from, specifier) => {
    // What the linker itself wrote is a path.
    if (!specifier.startsWith('.')) return byPath.get(specifier);
    const base = modulePath(from, specifier);
    for (const extension of EXTENSIONS) {
      const file = byPath.get(base + extension);
      if (file !== undefined) return file;
    }
    for (const [pattern, source] of EMITTED) {
      const file = byPath.get(base.replace(pattern, source));
      if (file !== undefined) return file;
    }
    return undefined;
  };
}

/** One name for a module, whoever imports it: relative specifiers mean another file in another folder. */
export function modulePath(from: string, specifier: string): string {
  return specifier.startsWith('.') ? normalized(`${folderOf(from)}/${specifier}`) : specifier;
}

function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '.' : path.slice(0, cut);
}

/** Resolves `.` and `..` in a path with `/` as separator; back slashes of Windows are read as such. */
export function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

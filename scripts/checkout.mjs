// What a checkout has and lacks. Changes nothing.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NEEDED = [20, 19];

/**
 * One line with the remedy for a Node that is too old, or null.
 * @param {string} version
 * @returns {string | null}
 */
export function nodeComplaint(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = NEEDED;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return null;
  return (
    `Node ${NEEDED.join('.')} or newer is needed, and this is ${version}. ` +
    'Install a newer one (https://nodejs.org, or your version manager) and run the command again.'
  );
}

/**
 * Why `npm ci` is to run: the first difference between package-lock.json and what lies in node_modules; null if there
 * is none. Packages for other platforms are optional and may be absent.
 * @param {string} root
 * @returns {string | null}
 */
export function missingPackage(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return 'nothing is installed yet';
  const wanted = readLock(join(root, 'package-lock.json'));
  const installed = readLock(hidden);
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || entry.optional === true) continue;
    if (!existsSync(join(root, path, 'package.json'))) return `${path} is missing`;
    if (entry.link === true) continue;
    const found = installed[path]?.version;
    if (found !== entry.version)
      return `${path} is ${found ?? 'unknown'}, the lock file says ${entry.version}`;
  }
  return null;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }>}
 */
function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/**
 * A hash over everything that the build reads.
 * @param {string} root
 * @param {readonly string[]} packages
 * @returns {string}
 */
export function buildHash(root, packages) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ file) =>
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json']) add(file);
  for (const name of packages) {
    const folder = join('packages', name);
    add(join(folder, 'package.json'));
    add(join(folder, 'tsconfig.json'));
    const bundler = join(folder, 'scripts', 'bundle.mjs');
    if (existsSync(join(root, bundler))) add(bundler);
    for (const file of sourcesUnder(root, join(folder, 'src'))) add(file);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesUnder(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

// Makes a checkout ready to run: installs, fetches the C grammar out of its package, builds. Says nothing where
// nothing is to be done. Only what Node itself brings, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildHash, missingPackage, nodeComplaint } from './checkout.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = ['core', 'analyzer', 'eslint-plugin', 'cli'];
const STAMP = join(root, 'node_modules', '.maplelock-build');
const GRAMMAR = ['tree-sitter-c.wasm', 'LICENSE'];

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}

/**
 * Runs a program of Node's and shows what it printed only if it failed.
 * @param {readonly string[]} args @param {string} remedy
 */
function node(args, remedy) {
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status === 0) return;
  process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}`);
  fail(remedy);
}

function install() {
  const missing = missingPackage(root);
  if (missing === null) return;
  process.stderr.write(`setup: installing (${missing})\n`);
  const remedy = 'npm ci failed. Check the network and the registry, then run the command again.';
  const npm = process.env['npm_execpath'];
  if (npm !== undefined && /\.[cm]?js$/.test(npm)) return node([npm, 'ci', '--loglevel=error'], remedy);
  const run = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (run.status === 0) return;
  process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? run.error?.message ?? ''}`);
  fail(remedy);
}

function copyGrammar() {
  const to = join(root, 'packages', 'analyzer', 'grammar');
  const from = join(root, 'node_modules', 'tree-sitter-c');
  for (const name of GRAMMAR) {
    const target = join(to, name);
    if (existsSync(target) && statSync(target).size === statSync(join(from, name)).size) continue;
    mkdirSync(to, { recursive: true });
    copyFileSync(join(from, name), target);
  }
}

/** @param {boolean} rebuild */
function build(rebuild) {
  const dists = PACKAGES.map((name) => join(root, 'packages', name, 'dist'));
  const hash = buildHash(root, PACKAGES);
  const built = dists.every((dist) => existsSync(join(dist, 'index.js')));
  if (!rebuild && built && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  if (rebuild) for (const dist of dists) rmSync(dist, { recursive: true, force: true });
  process.stderr.write('setup: building\n');
  node([join('node_modules', 'typescript', 'bin', 'tsc'), '-b'], 'the build failed; the errors stand above.');
  node([join('packages', 'core', 'scripts', 'bundle.mjs')], 'bundling core failed; the errors stand above.');
  writeFileSync(STAMP, hash);
}

const complaint = nodeComplaint(process.versions.node);
if (complaint !== null) fail(complaint);
install();
copyGrammar();
build(process.argv.includes('--rebuild'));

// Runs an example program, written in TypeScript, on any Node that the packages run on: strips the types off its files
// and imports what comes out. The files lie below node_modules so that they find the packages.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const apps = join(root, 'fixtures', 'apps');
const names = readdirSync(apps).filter((name) => existsSync(join(apps, name, 'example.ts')));

const [name = '', ...rest] = process.argv.slice(2);
if (!names.includes(name) || rest.length > 0) {
  const complaint = name === '' ? 'which one?' : `there is no example ${[name, ...rest].join(' ')}.`;
  process.stderr.write(
    `example: ${complaint} Use npm run example <name>, with one of ${names.join(', ')}.\n`,
  );
  process.exit(2);
}

const { default: ts } = await import('typescript');
const from = join(apps, name);
const to = join(root, 'node_modules', '.maplelock-examples', String(process.pid));
/** @type {import('typescript').CompilerOptions} */
const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};
try {
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }\n');
  for (const file of readdirSync(from).filter((file) => file.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(from, file), 'utf8'), {
      compilerOptions,
      fileName: file,
    });
    writeFileSync(join(to, file.replace(/\.ts$/, '.js')), outputText);
  }
  const { default: example } = await import(pathToFileURL(join(to, 'example.js')).href);
  await example((/** @type {string} */ line) => console.log(line));
} finally {
  rmSync(to, { recursive: true, force: true });
}

// Prints what the analysis costs, in milliseconds for a thousand lines, split into its parts.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { analyze, languageOf, mentionsApi } from '../dist/index.js';
import { loadCFrontend } from '../dist/c.js';

const HELP = `Measures @maplelock/analyzer. Build it first (npm run build).

  npm run bench -w @maplelock/analyzer -- [options] [paths...]

  paths             files and folders instead of the fixtures of this repository
  --rounds <n>      runs, of which the median counts (default 5)
  --json            print one JSON object instead of a table
  --help
`;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds ${values.rounds} is no count. Give a number from 1.`);
  process.exit(2);
}

/** The files below a path that mention an API, in order. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) {
    const text = readFileSync(path, 'utf8');
    return mentionsApi(path, text) ? [{ path: relative(root, path), text }] : [];
  }
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== '.git')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter((entry) => entry.isDirectory() || (entry.isFile() && languageOf(entry.name) !== null))
    .flatMap(({ name }) => filesOf(join(path, name)));
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const PARTS = ['parseMs', 'lowerMs', 'solveMs'];

/** The median of each part over the rounds. The first run, in which the code is compiled, is shown by itself. */
function measure(files, c) {
  const runs = Array.from({ length: rounds + 1 }, () => analyze({ files, c }).stats);
  const [cold, ...warm] = runs;
  const parts = PARTS.map((part) => median(warm.map((stats) => stats[part])));
  const first = PARTS.reduce((sum, part) => sum + cold[part], 0);
  return {
    files: cold.parsed,
    lines: cold.lines,
    functions: cold.functions,
    parts,
    first,
    again: measureAgain(files, c),
  };
}

const ms = (run) => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

/** With a cache: a run that fills it, one with nothing changed, and runs with a comment put into one file, each another. */
function measureAgain(files, c) {
  const fill = () => {
    const values = new Map();
    return {
      build: '',
      get: (key) => values.get(key),
      set: (key, value) => values.set(key, value),
      delete: (key) => values.delete(key),
    };
  };
  const cold = median(Array.from({ length: rounds }, () => ms(() => analyze({ files, c, cache: fill() }))));
  const cache = fill();
  analyze({ files, c, cache });
  const unchanged = median(Array.from({ length: rounds }, () => ms(() => analyze({ files, c, cache }))));
  const edits = Array.from({ length: rounds }, (_, k) => {
    const at = Math.floor((files.length * (k + 0.5)) / rounds);
    const edited = files.map((file, n) =>
      n === at ? { ...file, text: `${file.text}\n/* changed */\n` } : file,
    );
    const time = ms(() => analyze({ files: edited, c, cache }));
    analyze({ files, c, cache });
    return time;
  });
  return { cold, unchanged, edited: median(edits) };
}

if (values.help) {
  process.stdout.write(HELP);
} else {
  const c = await loadCFrontend();
  const paths = positionals.length > 0 ? positionals : [join(root, 'fixtures')];
  const all = paths.flatMap(filesOf);
  const result = {};
  for (const language of ['typescript', 'c']) {
    const files = all.filter(({ path }) => languageOf(path) === language);
    if (files.length > 0) result[language] = measure(files, c);
  }
  if (values.json) console.log(JSON.stringify(result));
  else {
    const row = (cells) =>
      console.log(
        cells.map((cell, k) => (k === 0 ? String(cell).padEnd(12) : String(cell).padStart(11))).join(''),
      );
    row(['language', 'files', 'lines', 'functions', 'parse', 'lower', 'solve', 'sum', 'a file', 'first run']);
    for (const [language, { files, lines, functions, parts, first }] of Object.entries(result)) {
      const sum = parts.reduce((a, b) => a + b, 0);
      const each = [...parts, sum].map((ms) => ((ms / lines) * 1000).toFixed(2));
      row([
        language,
        files,
        lines,
        functions,
        ...each,
        (sum / files).toFixed(2),
        ((first / lines) * 1000).toFixed(2),
      ]);
    }
    row(['', 'with a cache:', '', 'cold', 'unchanged', 'one edited']);
    for (const [language, { again }] of Object.entries(result))
      row([
        language,
        '',
        '',
        ...['cold', 'unchanged', 'edited'].map((part) => `${again[part].toFixed(1)} ms`),
      ]);
    console.log(
      'parse, lower, solve, sum and first run: ms for 1000 lines; a file: ms. Parsing C includes masking its macros.',
    );
  }
}

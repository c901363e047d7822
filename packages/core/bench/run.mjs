import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workloads } from './workloads.mjs';

const help = `Measures @maplelock/core against its peers. Build it first (npm run build).

  npm run bench -w @maplelock/core -- [options]

  --size <n>        number of ranges; may be given again (default 1e3, 1e5 and 1e6)
  --only <text>     only workloads whose name holds the text; may be given again
  --subject <text>  only subjects whose name holds the text; may be given again
  --rounds <n>      runs of each, of which the median counts (default 5)
  --json            print one JSON object instead of tables
  --help`;

const { values } = parseArgs({
  options: {
    size: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
    subject: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const ALLOC_RANGE = 1;
const USE_RCU = 2;
/** Beyond `most` ranges a subject takes minutes. */
const subjects = [
  { name: 'maplelock', module: 'maplelock', options: { gapFlags: ALLOC_RANGE } },
  { name: 'maplelock, checked', module: 'maplelock', options: { mode: 'throw', gapFlags: ALLOC_RANGE } },
  { name: 'maplelock, ALLOC_RANGE', module: 'maplelock', options: { flags: ALLOC_RANGE } },
  {
    name: 'maplelock, USE_RCU',
    module: 'maplelock',
    options: { flags: USE_RCU, gapFlags: ALLOC_RANGE | USE_RCU },
  },
  { name: 'sorted-btree', module: 'sorted-btree', options: {} },
  { name: 'js-sdsl OrderedMap', module: 'js-sdsl', options: {} },
  { name: 'functional-red-black-tree', module: 'functional-red-black-tree', options: {}, most: 1e5 },
  { name: '@flatten-js/interval-tree', module: 'flatten-js', options: {}, most: 1e3 },
  { name: 'sorted array', module: 'sorted-array', options: {}, most: 1e5 },
].filter(({ name }) => values.subject === undefined || values.subject.some((text) => name.includes(text)));
const sizes = (values.size ?? ['1e3', '1e5', '1e6']).map(Number);
const names = Object.keys(workloads).filter(
  (name) => values.only?.some((text) => name.includes(text)) ?? true,
);
const rounds = Number(values.rounds);

const childPath = fileURLToPath(new URL('./child.mjs', import.meta.url));

async function start({ module, options }) {
  const child = fork(childPath, [module, JSON.stringify(options)], {
    execArgv: ['--expose-gc', '--max-old-space-size=3000'],
  });
  await once(child, 'message');
  return child;
}

async function ask(child, workload, size) {
  child.send({ workload, size });
  const [{ value, error }] = await once(child, 'message');
  if (error !== undefined) throw new Error(`${workload}, ${size}: ${error}`);
  return value;
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/** Medians in nanoseconds or bytes: workload, then size, then subject. The subjects take turns within each round. */
const results = {};
for (const size of sizes) {
  for (const workload of names) {
    const runs = new Map();
    const taking = subjects.filter(({ most = Infinity }) => size <= most);
    const children = await Promise.all(taking.map(start));
    for (let round = 0; round < (workload.startsWith('bytes') ? 1 : rounds); round++) {
      for (let turn = 0; turn < taking.length; turn++) {
        // Who comes after a subject that has used much memory finds the caches full of it: not always the same one.
        const k = (turn + round) % taking.length;
        const { name } = taking[k];
        if (!runs.has(name)) runs.set(name, []);
        const value = await ask(children[k], workload, size);
        if (value !== null) runs.get(name).push(value);
      }
    }
    for (const child of children) child.kill();
    for (const [name, list] of runs) {
      if (list.length > 0) ((results[workload] ??= {})[size] ??= {})[name] = median(list);
    }
    if (!values.json) printRow(size, workload);
  }
}
if (values.json) console.log(JSON.stringify({ node: process.version, rounds, results }, null, 1));
else printGrowth();

function printRow(size, workload) {
  const row = results[workload]?.[size];
  if (row === undefined) return;
  const unit = workload.startsWith('bytes') ? 'bytes' : 'ns';
  console.log(`\n${workload}, ${size} ranges (${unit}; times as much as maplelock)`);
  for (const [name, value] of Object.entries(row)) {
    const ratio = row.maplelock === undefined ? '' : (value / row.maplelock).toFixed(2);
    console.log(`  ${name.padEnd(28)}${value.toFixed(1).padStart(10)}${ratio.padStart(9)}`);
  }
}

/** A lookup should cost as log n: 1e6 ranges are twice the levels of 1e3. */
function printGrowth() {
  const lookup = results['lookup, hit'];
  const small = lookup?.[1e3];
  const large = lookup?.[1e6];
  if (small === undefined || large === undefined) return;
  console.log('\nlookup, 1e6 ranges against 1e3');
  for (const name of Object.keys(large)) {
    if (small[name] !== undefined)
      console.log(`  ${name.padEnd(28)}${(large[name] / small[name]).toFixed(1).padStart(10)}`);
  }
}

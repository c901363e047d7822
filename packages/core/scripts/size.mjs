import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import * as core from '../dist/index.js';

/** The most that the API may weigh, minified and gzipped. */
const LIMIT = 15_000;

const index = fileURLToPath(new URL('../dist/index.js', import.meta.url));

/** Bytes of what an application gets that uses these exports, minified, and gzipped. */
async function weigh(names) {
  const entry = 'maplelock-size-entry';
  const bundle = await rolldown({
    input: entry,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export { ${names.join(', ')} } from ${JSON.stringify(index)};` : null),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  if (output.length !== 1 || output[0].imports.length > 0) throw new Error('the package imports something');
  const { code } = output[0];
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
}

const all = Object.keys(core);
const api = await weigh(all.filter((name) => name !== 'CONTRACT'));
const withTable = await weigh(all);
const small = await weigh(['MapleTree', 'mtree_load', 'mtree_store_range', 'mtree_erase', 'mt_for_each']);
const show = ({ minified, gzipped }) => `${minified} bytes minified, ${gzipped} gzipped`;
console.log(`every function and class: ${show(api)} (limit ${LIMIT})`);
console.log(`and the contract's table: ${show(withTable)}`);
console.log(`a tree with load, store, erase and iteration: ${show(small)}`);
if (api.gzipped > LIMIT) process.exitCode = 1;

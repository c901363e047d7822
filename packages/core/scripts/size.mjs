import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** The most that the whole package may weigh, minified and gzipped. */
const LIMIT = 15_000;

const input = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const bundle = await rolldown({ input });
const { output } = await bundle.generate({ minify: true });
await bundle.close();
if (output.length !== 1 || output[0].imports.length > 0) throw new Error('the package imports something');
const bytes = gzipSync(output[0].code, { level: 9 }).length;
console.log(`@maplelock/core: ${output[0].code.length} bytes minified, ${bytes} gzipped (limit ${LIMIT})`);
if (bytes > LIMIT) process.exitCode = 1;

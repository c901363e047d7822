// Writes dist/index.js: the whole package as one module. Within a module V8 takes the value of a constant for granted and
// calls a function at its address; each import from another module is looked up again whenever it is used.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

const bundle = await rolldown({
  input: path('src/index.ts'),
  tsconfig: path('tsconfig.json'),
  optimization: { inlineConst: true },
});
await bundle.write({ file: path('dist/index.js'), format: 'esm', sourcemap: true });
await bundle.close();

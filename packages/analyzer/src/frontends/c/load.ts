/** Loads the grammar of C, once for all files. */
import { Language, Parser } from 'web-tree-sitter';
import type { CFrontend } from '../frontend.ts';
import { definitionsIn } from './definitions.ts';
import { lowerFile } from './lower.ts';
import { resolveAddress } from './platform.ts';

/** The grammar's place is the same seen from `src` and from `dist`. */
const GRAMMAR = resolveAddress('../../../grammar/tree-sitter-c.wasm', import.meta);

/**
 * Makes the C front end ready. `grammar`: the bytes of tree-sitter-c.wasm, or its path or address; by default the copy
 * that comes with this package.
 */
export async function loadCFrontend(grammar?: Uint8Array | string): Promise<CFrontend> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await loadGrammar(grammar));
  return { lower: (file, options, times) => lowerFile(parser, file, options, times), definitionsIn };
}

async function loadGrammar(grammar: Uint8Array | string | undefined): Promise<Language> {
  try {
    return await Language.load(grammar ?? (GRAMMAR as Parameters<typeof Language.load>[0]));
  } catch (error) {
    const place = grammar instanceof Uint8Array ? 'the bytes given' : (grammar ?? GRAMMAR.href);
    throw new Error(
      `Cannot load the C grammar from ${place}. Run "npm run setup" in a checkout, or give the path of tree-sitter-c.wasm.`,
      { cause: error },
    );
  }
}

/** Words of C that masking and lowering have to tell apart. */

/** Words that begin or make up a type and cannot stand in an expression. */
export const TYPE_WORDS: ReadonlySet<string> = new Set([
  'void',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
  'bool',
  'size_t',
  'ssize_t',
  'ptrdiff_t',
  'intptr_t',
  'uintptr_t',
  'int8_t',
  'int16_t',
  'int32_t',
  'int64_t',
  'uint8_t',
  'uint16_t',
  'uint32_t',
  'uint64_t',
  'const',
  'volatile',
  'struct',
  'union',
  'enum',
]);

export const STORAGE_WORDS: ReadonlySet<string> = new Set([
  'static',
  'extern',
  'inline',
  '__inline',
  '__inline__',
  'register',
  'typedef',
  'auto',
]);

/** Words before a parenthesis that make it no call. */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set([
  'if',
  'else',
  'while',
  'for',
  'do',
  'switch',
  'case',
  'default',
  'return',
  'break',
  'continue',
  'goto',
]);

export const ALIGNOF_WORDS: ReadonlySet<string> = new Set([
  'alignof',
  '_Alignof',
  '__alignof',
  '__alignof__',
]);

export const OPERATOR_WORDS: ReadonlySet<string> = new Set([
  'sizeof',
  '_Generic',
  'defined',
  ...ALIGNOF_WORDS,
]);

export const TYPEOF_WORDS: ReadonlySet<string> = new Set([
  'typeof',
  '__typeof',
  '__typeof__',
  'typeof_unqual',
  '__unqual_scalar_typeof',
  'typeof_member',
]);

export const ASM_WORDS: ReadonlySet<string> = new Set(['asm', '__asm__', '__asm', 'asm_volatile_goto']);

export function isKeyword(word: string): boolean {
  return (
    TYPE_WORDS.has(word) || STORAGE_WORDS.has(word) || STATEMENT_WORDS.has(word) || OPERATOR_WORDS.has(word)
  );
}

/** A loop macro by the look of its name: `list_for_each_entry`, `for_each_node`, `xas_for_each`. */
export function looksLikeLoop(word: string): boolean {
  return word.includes('for_each') || word.includes('foreach');
}

/** An attribute by the look of its name: `__foo`, `SOME_API`. */
export function looksLikeAttribute(word: string): boolean {
  return word.startsWith('__') || /^[A-Z][A-Z0-9_]*$/.test(word);
}

/** What a header defines for those that include it, besides functions, types and variables. */
import type { Definition } from '../frontend.ts';
import { GUARD_DEFINITIONS } from './cleanup.ts';
import { tokenize, type Tokens } from './tokens.ts';

export function definitionsIn(text: string): Definition[] {
  const tokens = tokenize(text);
  const found: Definition[] = [];
  for (const [name, { params, body }] of tokens.macros)
    found.push({ name, text: `#define ${name}(${params.join(', ')})${body}` });
  for (const [name, { body }] of tokens.aliases) found.push({ name, text: `#define ${name} ${body}` });
  for (const [name, value] of tokens.constants) found.push({ name, text: `#define ${name} ${value}` });
  for (let index = 0; index < tokens.count; index += 1) {
    const guard = guardAt(tokens, index);
    if (guard !== null) found.push(guard);
  }
  return found;
}

/** `DEFINE_GUARD(name, …)` and its kin. */
function guardAt({ text, starts, ends, partners, kinds }: Tokens, index: number): Definition | null {
  const start = starts[index] ?? 0;
  if (kinds[index] !== 'word') return null;
  const word = text.slice(start, ends[index]);
  if (!GUARD_DEFINITIONS.has(word) && !CLASS_DEFINITIONS.has(word)) return null;
  const close = partners[index + 1] ?? -1;
  if (close < index) return null;
  return { name: text.slice(starts[index + 2], ends[index + 2]), text: text.slice(start, ends[close]) };
}

/** Those that say what is to be done at the end of a variable's scope. */
const CLASS_DEFINITIONS: ReadonlySet<string> = new Set(['DEFINE_FREE', 'DEFINE_CLASS']);

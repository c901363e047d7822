/** Macros of the program that are heads of loops, or of other statements that take the one behind them. */
import type { ContractModel } from '../../contracts/model.ts';
import type { MacroDefinition } from './preprocessor.ts';
import { looksLikeLoop } from './words.ts';

const MAX_DEPTH = 6;

/** True if what the macro stands for ends where a statement has to follow. */
export function isStatementHead(
  name: string,
  macros: ReadonlyMap<string, MacroDefinition>,
  model: ContractModel,
  depth = 0,
): boolean {
  if (model.macro(name)?.kind === 'loop') return true;
  const macro = macros.get(name);
  if (macro === undefined) return depth > 0 && looksLikeLoop(name);
  if (depth > MAX_DEPTH) return false;
  let rest = macro.body.replace(/\/\*[^]*?(\*\/|$)|\/\/.*|\\\r?\n/g, ' ').trim();
  for (;;) {
    const head = /^(for|while|if|switch)\s*(?=\()/.exec(rest);
    if (head !== null) {
      rest = behindGroup(rest.slice(head[0].length));
      if (rest === '') return true;
      rest = rest.replace(/^(\{\s*\}|;)?\s*else\b\s*/, '');
      if (rest === '') return true;
      continue;
    }
    const inner = /^(\w+)\s*(?=\()/.exec(rest);
    if (inner === null || behindGroup(rest.slice(inner[0].length)) !== '') return false;
    return isStatementHead(inner[1] ?? '', macros, model, depth + 1);
  }
}

/** What stands behind the parentheses that the text begins with. */
function behindGroup(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && (depth -= 1) === 0) return text.slice(at + 1).trim();
  }
  return ';';
}

import type { FunctionIR, Unit } from '../ir/ir.ts';
import { printBlocks } from '../ir/print.ts';

/** A function's control flow in the language of Graphviz, a box for each block. Cost: linear in the function. */
export function controlFlowDot(unit: Unit, fn: FunctionIR): string {
  const lines = [`digraph ${quoted(fn.name)} {`, '  node [shape=box, fontname=monospace];'];
  printBlocks(unit, fn).forEach((text, id) => {
    lines.push(`  b${id} [label=${quoted([`b${id}:`, ...text].join('\n'))}];`);
  });
  for (const { id, end } of fn.blocks) {
    if (end.kind === 'goto') lines.push(`  b${id} -> b${end.to};`);
    if (end.kind === 'branch') {
      lines.push(`  b${id} -> b${end.then} [label="yes"];`, `  b${id} -> b${end.else} [label="no"];`);
    }
  }
  return `${lines.join('\n')}\n}\n`;
}

/** Lines of a label end in `\l`, which aligns them to the left. */
function quoted(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/["\\]/g, '\\$&'));
  return lines.length === 1 ? `"${lines[0]}"` : `"${lines.map((line) => `${line}\\l`).join('')}"`;
}

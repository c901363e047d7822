import type { InspectedFunction, InspectedLine } from '@maplelock/analyzer';
import type { Inspected } from '../inspect.ts';
import type { Paint } from './style.ts';

/** The widest that the column of locks becomes. */
const WIDEST = 48;

/** Each function: what its callers have to know, then its text with the locks that are held before each line. */
export function inspectionReport({ functions, text }: Inspected, paint: Paint): string {
  const source = text.split(/\r?\n/);
  return `${functions.map((fn) => functionText(fn, source, paint)).join('\n\n')}\n`;
}

function functionText(fn: InspectedFunction, source: readonly string[], paint: Paint): string {
  const known = new Map(fn.lines.map((line) => [line.line, line]));
  const widest = Math.max(...fn.lines.map((line) => stateOf(line).length), 0);
  const width = Math.min(widest, WIDEST);
  const digits = String(fn.endLine).length;
  const lines = [paint('bold', `${fn.file}:${fn.line} ${fn.name}()`)];
  for (const sentence of fn.summary) lines.push(`  ${sentence}`);
  for (let at = fn.line; at <= fn.endLine; at++) {
    const line = known.get(at);
    const state = line === undefined ? '' : stateOf(line);
    const number = String(at).padStart(digits);
    lines.push(`${number}  ${paint('yellow', state.padEnd(width))}  ${source[at - 1] ?? ''}`.trimEnd());
  }
  return lines.join('\n');
}

/** Ways that hold different locks are told apart by a bar. */
function stateOf({ held, cursors }: InspectedLine): string {
  if (held.length === 0) return 'no path leads here';
  const locks = held.join(' | ');
  return cursors.length === 0 ? locks : `${locks}; ${cursors.join(', ')}`;
}

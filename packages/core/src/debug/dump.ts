import { READ_TREE } from '../contract/disciplines.ts';
import { ULONG_MAX } from '../constants.ts';
import { enforceTree, ruleOf } from '../discipline/enforce.ts';
import { discipline } from '../discipline/mode.ts';
import type { MapleTree } from '../tree/maple-tree.ts';
import { NODE_SHIFT, SLOTS } from '../tree/node.ts';

const MT_DUMP_RULE = ruleOf('mt_dump', READ_TREE);

/**
 * Draws the tree as text: a line for each node with its range, and one for each entry and gap. The caller holds the
 * lock or a read section. Objects are written as their class's toString() has it. O(n).
 *
 * @throws LockDisciplineError (require-read-lock).
 * Kernel: lib/maple_tree.c, mt_dump(), 6.12.
 */
export function mt_dump<T>(mt: MapleTree<T>): string {
  if (discipline.on === true) enforceTree(MT_DUMP_RULE, mt);
  const lines = [`${mt.name}: flags 0x${mt.flags.toString(16)}, height ${mt.height}, nodes ${mt.arena.live}`];
  if (mt.height > 0) dumpNode(mt, mt.root, mt.height, 0, 1, lines);
  else lines.push(mt.rootEntry === null ? '  empty' : `  0: ${show(mt.rootEntry)}`);
  return lines.join('\n');
}

function dumpNode(
  tree: MapleTree,
  node: number,
  level: number,
  min: number,
  indent: number,
  lines: string[],
): void {
  const { pivots, slots, counts, gaps } = tree.arena;
  const count = counts[node >> NODE_SHIFT]!;
  const margin = '  '.repeat(indent);
  const kind = level > 1 ? 'node' : 'leaf';
  lines.push(`${margin}${kind} ${node / SLOTS}: ${range(min, pivots[node + count - 1]!)}, ${count} slots`);
  let first = min;
  for (let at = node; at < node + count; at++) {
    const last = pivots[at]!;
    if (level > 1) {
      if (gaps !== null) lines.push(`${margin}  largest gap ${gaps[at]}`);
      dumpNode(tree, slots[at] as number, level - 1, first, indent + 1, lines);
    } else {
      lines.push(`${margin}  ${range(first, last)}: ${slots[at] === null ? '-' : show(slots[at])}`);
    }
    first = last + 1;
  }
}

function range(first: number, last: number): string {
  if (first === last) return String(first);
  return `${first}..${last === ULONG_MAX ? 'max' : last}`;
}

function show(entry: unknown): string {
  if (typeof entry === 'string') return JSON.stringify(entry);
  if (typeof entry !== 'object' && typeof entry !== 'function') return String(entry);
  return hasOwnText(entry) ? entry.toString() : `[${typeof entry}]`;
}

/** True for an object whose class says how it is written as text. */
function hasOwnText(entry: object | null): entry is { toString(): string } {
  if (entry === null || typeof entry === 'function' || Array.isArray(entry)) return false;
  const { toString } = entry as { toString?: unknown };
  return typeof toString === 'function' && toString !== Object.prototype.toString;
}

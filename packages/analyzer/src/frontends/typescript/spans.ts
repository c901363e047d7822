import type ts from 'typescript';
import type { Span } from '../../ir/source.ts';
import type { FileInfo } from './entities.ts';

/** A node's text, without the comments and white space before it. */
export function spanOf(file: FileInfo, node: ts.Node): Span {
  return { start: node.getStart(file.source), end: node.end };
}

/** The last character of a node: the closing brace of a block. */
export function endOf(node: ts.Node): Span {
  return { start: Math.max(node.pos, node.end - 1), end: node.end };
}

/** The first `length` characters of a node: the keyword that a statement starts with. */
export function keywordOf(file: FileInfo, node: ts.Node, length: number): Span {
  const start = node.getStart(file.source);
  return { start, end: Math.min(start + length, node.end) };
}

/** Offsets at which the lines start. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 13 && text.charCodeAt(i + 1) === 10) i++;
    if (unit === 10 || unit === 13 || unit === 0x2028 || unit === 0x2029) starts.push(i + 1);
  }
  return starts;
}

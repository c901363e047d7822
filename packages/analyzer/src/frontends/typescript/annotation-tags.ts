/** Lock annotations as they are written in the comment before a function: `@requiresLock mas.tree`. */
import ts from 'typescript';
import type { Annotation } from '../../ir/ir.ts';
import type { FileInfo } from './entities.ts';

const kinds: Readonly<Record<string, Annotation['kind']>> = {
  requiresLock: 'requires',
  requiresReadLock: 'requires-read',
  acquires: 'acquires',
  releases: 'releases',
  excludes: 'excludes',
};

/** Tells whether a text is worth searching for them. */
export const annotationPattern: RegExp = /@(?:requiresLock|requiresReadLock|acquires|releases|excludes)\b/;

const tagPattern = /@(requiresLock|requiresReadLock|acquires|releases|excludes)\b[ \t]*([^\s*{}]*)/g;

/** The path is not resolved. */
export type Tag = Pick<Annotation, 'kind' | 'path' | 'span'>;

/** The annotations in the comment before a node, in their order. */
export function tagsBefore(file: FileInfo, node: ts.Node): readonly Tag[] {
  const comment = commentsBefore(file.text, node.pos).findLast(({ pos }) => file.text.startsWith('/**', pos));
  if (comment === undefined) return [];
  const tags: Tag[] = [];
  for (const match of file.text.slice(comment.pos, comment.end).matchAll(tagPattern)) {
    const kind = kinds[match[1] ?? ''];
    if (kind === undefined) continue;
    const path = (match[2] ?? '').replace(/[.,;:]+$/, '');
    const start = comment.pos + match.index;
    const end = start + match[0].trimEnd().length;
    tags.push({ kind, path, span: { start, end } });
  }
  return tags;
}

/** A comment that starts on the line of what stands before it counts as trailing to that. */
function commentsBefore(text: string, pos: number): readonly ts.CommentRange[] {
  return [
    ...(ts.getTrailingCommentRanges(text, pos) ?? []),
    ...(ts.getLeadingCommentRanges(text, pos) ?? []),
  ];
}

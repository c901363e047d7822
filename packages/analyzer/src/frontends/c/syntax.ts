/** The syntax tree as plain objects, so that nothing of the parser's memory outlives the reading of a file. */
import type { Tree, TreeCursor } from 'web-tree-sitter';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** The name under which the parent has it. */
  readonly field: string | null;
  /** Named nodes, and unnamed ones that the grammar gives a field. */
  readonly children: SyntaxNode[];
  /** The text here, or somewhere inside, could not be read. */
  broken: boolean;
}

/** Copies the tree, its offsets moved by `offset`; the caller deletes it. */
export function copyTree(tree: Tree, offset: number): SyntaxNode {
  const cursor = tree.walk();
  try {
    return copyNode(cursor, offset);
  } finally {
    cursor.delete();
  }
}

function copyNode(cursor: TreeCursor, offset: number): SyntaxNode {
  const root = nodeAt(cursor, offset);
  const open: SyntaxNode[] = [root];
  let descend = cursor.gotoFirstChild();
  while (descend) {
    const node = nodeAt(cursor, offset);
    const parent = open.at(-1);
    if (node.broken && parent) parent.broken = true;
    if ((cursor.nodeIsNamed || node.field !== null) && node.type !== 'comment') parent?.children.push(node);
    if (cursor.gotoFirstChild()) {
      open.push(node);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      const closed = open.pop();
      const around = open.at(-1);
      if (closed?.broken && around) around.broken = true;
      if (!cursor.gotoParent() || open.length === 0) {
        descend = false;
        break;
      }
    }
  }
  return root;
}

function nodeAt(cursor: TreeCursor, offset: number): SyntaxNode {
  const start = cursor.startIndex + offset;
  const end = cursor.endIndex + offset;
  const type = cursor.nodeType;
  return {
    type,
    start,
    end,
    field: cursor.currentFieldName,
    children: [],
    broken: type === 'ERROR' || (start === end && cursor.nodeIsMissing),
  };
}

export function child(node: SyntaxNode, field: string): SyntaxNode | undefined {
  for (const candidate of node.children) if (candidate.field === field) return candidate;
  return undefined;
}

export function childOfType(node: SyntaxNode, type: string): SyntaxNode | undefined {
  for (const candidate of node.children) if (candidate.type === type) return candidate;
  return undefined;
}

/** The syntax tree as plain objects, so that nothing of the parser's memory outlives the reading of a file. */
import type { Language, Tree, TreeCursor } from 'web-tree-sitter';

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
    return new Copy(tree.language, offset, tree.rootNode.hasError).run(cursor);
  } finally {
    cursor.delete();
  }
}

/** Every question to the cursor is a call into wasm, so as few as possible are asked. */
class Copy {
  private readonly types: readonly string[];
  private readonly fields: readonly (string | null)[];
  private readonly named: readonly boolean[];
  private readonly offset: number;
  /** Only then are the tokens looked at that the tree leaves out. */
  private readonly hasError: boolean;

  constructor(language: Language, offset: number, hasError: boolean) {
    this.types = language.types;
    this.fields = language.fields;
    this.named = namedTypes(language);
    this.offset = offset;
    this.hasError = hasError;
  }

  run(cursor: TreeCursor): SyntaxNode {
    const root = this.nodeAt(cursor, cursor.nodeTypeId, null);
    const open: SyntaxNode[] = [root];
    let more = cursor.gotoFirstChild();
    while (more) {
      if (this.visit(cursor, open)) continue;
      while (!cursor.gotoNextSibling()) {
        const closed = open.pop();
        const around = open.at(-1);
        if (closed?.broken && around) around.broken = true;
        if (!around || !cursor.gotoParent()) {
          more = false;
          break;
        }
      }
    }
    return root;
  }

  /** Adds the cursor's node to the innermost open one. Returns true if the cursor went on to its first child. */
  private visit(cursor: TreeCursor, open: SyntaxNode[]): boolean {
    const parent = open.at(-1);
    const typeId = cursor.nodeTypeId;
    const fieldId = cursor.currentFieldId;
    const isNamed = this.named[typeId] ?? true;
    if (!isNamed && fieldId === 0) {
      if (this.hasError && parent && cursor.nodeIsMissing) parent.broken = true;
      return false;
    }
    const node = this.nodeAt(cursor, typeId, this.fields[fieldId] ?? null);
    if (node.broken && parent) parent.broken = true;
    if (node.type !== 'comment') parent?.children.push(node);
    if (!isNamed || node.type === 'identifier' || !cursor.gotoFirstChild()) return false;
    open.push(node);
    return true;
  }

  private nodeAt(cursor: TreeCursor, typeId: number, field: string | null): SyntaxNode {
    const type = this.types[typeId] ?? 'ERROR';
    return {
      type,
      start: cursor.startIndex + this.offset,
      end: cursor.endIndex + this.offset,
      field,
      children: [],
      broken: type === 'ERROR' || (this.hasError && cursor.nodeIsMissing),
    };
  }
}

const NAMED_TYPES = new WeakMap<Language, readonly boolean[]>();

function namedTypes(language: Language): readonly boolean[] {
  let named = NAMED_TYPES.get(language);
  if (!named) {
    named = language.types.map((_, id) => language.nodeTypeIsNamed(id));
    NAMED_TYPES.set(language, named);
  }
  return named;
}

export function child(node: SyntaxNode, field: string): SyntaxNode | undefined {
  for (const candidate of node.children) if (candidate.field === field) return candidate;
  return undefined;
}

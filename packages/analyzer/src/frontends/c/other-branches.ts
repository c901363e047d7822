import type { FunctionIR } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { isNote } from './annotations.ts';
import type { UnitContext } from './context.ts';
import type { Definition } from './functions.ts';
import { type Mask, mask } from './mask.ts';
import { withScopeEnds } from './scope-ends.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';
import { readDeclarator, readSpecifiers } from './types.ts';

/**
 * Functions of which a part stands in branches that were not read: they are read once more, with those branches in place of
 * the others. Calls by name go to the function that was read first.
 */
export function lowerOtherBranches(
  unit: UnitContext,
  ownEnd: number,
  parsePiece: (text: string, start: number) => SyntaxNode | null,
  lowerDefinition: (unit: UnitContext, definition: Definition, prototypes: readonly Mask[]) => FunctionIR,
): void {
  const { alternatives: variant, unread } = unit.masked;
  if (variant.size === 0) return;
  const masked = withScopeEnds(mask(unit.original, unit.model, { ownEnd, variant }), unit.original);
  const added = without(unread, masked.unread).filter(({ start, end }) =>
    /\S/.test(masked.text.slice(start, end)),
  );
  const touches = (from: number, to: number): boolean =>
    added.some(({ start, end }) => start < to && from < end);
  const other: UnitContext = {
    ...unit,
    masked,
    notes: masked.masks.filter(isNote),
    text: masked.text,
    macroBodies: new Map(),
    maskAt: new Map(masked.masks.map((entry) => [entry.at, entry])),
  };
  const definitions: Definition[] = [];
  let from = 0;
  for (const end of masked.cuts) {
    const piece = touches(from, end) && end <= ownEnd ? parsePiece(masked.text.slice(from, end), from) : null;
    let before = from;
    for (const node of piece?.children ?? []) {
      const behind = before;
      before = node.end;
      if (node.type !== 'function_definition' || !touches(node.start, node.end)) continue;
      const head = child(node, 'declarator');
      const declarator = head && readDeclarator(other, head, readSpecifiers(other, node));
      if (!declarator?.parameters) continue;
      const id = unit.functions.length + definitions.length;
      definitions.push({ id, name: declarator.name, node, declarator, from: behind });
    }
    from = end;
  }
  const firsts = definitions.map(({ name, id }) => {
    const first = unit.functionIds.get(name);
    if (first === undefined) unit.functionIds.set(name, id);
    return first;
  });
  definitions.forEach((definition, k) => {
    const variantOf = firsts[k];
    const { exportName, ...fn } = lowerDefinition(other, definition, []);
    if (variantOf !== undefined) unit.functions.push({ ...fn, variantOf });
    else unit.functions.push({ ...fn, ...(exportName !== undefined && { exportName }) });
  });
}

/** The parts of spans that none of the others cover. Both are in order. */
function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  return spans.flatMap(({ start, end }) => {
    const parts: Span[] = [];
    let from = start;
    for (const o of others) {
      if (o.end <= from || o.start >= end) continue;
      if (o.start > from) parts.push({ start: from, end: o.start });
      from = Math.max(from, o.end);
    }
    if (from < end) parts.push({ start: from, end });
    return parts;
  });
}

/** Initialiser lists as stores to the object that is initialised. */
import type { Expr, TypeName } from '../../ir/ir.ts';
import type { FunctionContext } from './context.ts';
import { constant, spanOf, textOfNode } from './context.ts';
import { lowerExpression } from './expressions.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

/** Stores what the list gives to the fields or elements of the object at `address`. */
export function storeInitializer(
  cx: FunctionContext,
  address: Expr,
  list: SyntaxNode,
  type: TypeName | undefined,
): void {
  // Members without designators go to the fields in their order, where the struct is known.
  const fields = (type && cx.unit.members.get(type.name)) ?? [];
  for (const [position, part] of list.children.entries()) {
    if (part.type === 'initializer_pair') storePair(cx, address, part);
    else storeMember(cx, address, fields[position] ?? position, part);
  }
}

function storePair(cx: FunctionContext, address: Expr, pair: SyntaxNode): void {
  const value = child(pair, 'value');
  if (!value) return;
  let base = address;
  const designators = pair.children.filter((part) => part.field === 'designator');
  for (const [depth, designator] of designators.entries()) {
    const isLast = depth === designators.length - 1;
    const field = designator.type === 'field_identifier' ? designator : designator.children[0];
    if (!field) return;
    const isField = designator.type === 'field_identifier' || designator.type === 'field_designator';
    if (isLast) {
      storeMember(cx, base, isField ? textOfNode(cx.unit, field) : lowerExpression(cx, field), value);
    } else {
      base = isField
        ? { op: 'addr-field', base, name: textOfNode(cx.unit, field) }
        : { op: 'addr-index', base, index: lowerExpression(cx, field) };
    }
  }
}

function storeMember(
  cx: FunctionContext,
  base: Expr,
  member: string | number | Expr,
  value: SyntaxNode,
): void {
  const index = typeof member === 'number' ? constant(member) : member;
  if (value.type === 'initializer_list') {
    const inner: Expr =
      typeof index === 'string' ? { op: 'addr-field', base, name: index } : { op: 'addr-index', base, index };
    storeInitializer(cx, inner, value, undefined);
    return;
  }
  const lowered = lowerExpression(cx, value);
  const span = spanOf(value);
  if (typeof index === 'string') cx.flow.emit({ kind: 'store', base, name: index, value: lowered, span });
  else cx.flow.emit({ kind: 'store', base, index, value: lowered, span });
}

/** Places in memory: what can be assigned to and what has an address. */
import type { Expr, VarId } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { FunctionContext } from './context.ts';
import {
  constant,
  isArrayMember,
  isObjectType,
  lookUp,
  spanOf,
  textOfNode,
  typeOf,
  UNKNOWN,
} from './context.ts';
import { throughAlias, throughBinding } from './expansion.ts';
import { lowerExpression } from './expressions.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

export type Place =
  | { readonly kind: 'var'; readonly id: VarId }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'field'; readonly base: Expr; readonly name: string }
  | { readonly kind: 'index'; readonly base: Expr; readonly index: Expr }
  | { readonly kind: 'deref'; readonly base: Expr }
  /** A value that has no place. */
  | { readonly kind: 'value'; readonly value: Expr };

export function lowerPlace(cx: FunctionContext, node: SyntaxNode): Place {
  switch (node.type) {
    case 'identifier': {
      const name = textOfNode(cx.unit, node);
      const bound = throughBinding(cx, name, (given) => lowerPlace(cx, given));
      if (bound) return bound;
      const id = lookUp(cx, name);
      if (id !== undefined) return { kind: 'var', id };
      if (cx.unit.functionIds.has(name) || cx.unit.constants.has(name)) break;
      return throughAlias(cx, name, (given) => lowerPlace(cx, given)) ?? { kind: 'global', name };
    }
    case 'field_expression': {
      const argument = child(node, 'argument');
      const field = child(node, 'field');
      const operator = child(node, 'operator');
      if (!argument || !field) break;
      const member = textOfNode(cx.unit, field);
      const name = throughBinding(cx, member, (given) => textOfNode(cx.unit, given)) ?? member;
      const base = operator?.type === '.' ? lowerAddress(cx, argument) : lowerExpression(cx, argument);
      return { kind: 'field', base, name };
    }
    case 'subscript_expression': {
      const argument = child(node, 'argument');
      const index = child(node, 'index');
      if (!argument || !index) break;
      return { kind: 'index', base: lowerArray(cx, argument), index: lowerExpression(cx, index) };
    }
    case 'pointer_expression': {
      const argument = child(node, 'argument');
      if (!argument || child(node, 'operator')?.type !== '*') break;
      const base = lowerExpression(cx, argument);
      return placeAt(base);
    }
    case 'parenthesized_expression': {
      const [inner] = node.children;
      if (inner && inner.type !== 'compound_statement' && inner.type !== 'comma_expression') {
        return lowerPlace(cx, inner);
      }
      break;
    }
    case 'cast_expression': {
      const value = child(node, 'value');
      if (value) return lowerPlace(cx, value);
      break;
    }
    case 'extension_expression': {
      const [inner] = node.children;
      if (inner) return lowerPlace(cx, inner);
    }
  }
  return { kind: 'value', value: lowerExpression(cx, node) };
}

/** What is indexed. A member that is an array is told by its name: where its struct is declared may not be seen. */
function lowerArray(cx: FunctionContext, node: SyntaxNode): Expr {
  const value = lowerExpression(cx, node);
  if (value.op !== 'addr-field') return value;
  const { base, name } = value;
  const isObject = isObjectType(cx.unit, typeOf(cx.unit, { op: 'field', base, name }));
  return isObject ? value : { op: 'field', base, name };
}

/** The place that an address points to: `*&x` is `x`. */
export function placeAt(base: Expr): Place {
  switch (base.op) {
    case 'addr-var':
      return { kind: 'var', id: base.id };
    case 'addr-global':
      return { kind: 'global', name: base.name };
    case 'addr-field':
      return { kind: 'field', base: base.base, name: base.name };
    case 'addr-index':
      return { kind: 'index', base: base.base, index: base.index };
    default:
      return { kind: 'deref', base };
  }
}

/** The value stored at the place; an object is denoted by its address. */
export function readPlace(cx: FunctionContext, place: Place): Expr {
  const { unit } = cx;
  switch (place.kind) {
    case 'var':
      return unit.objects.has(place.id) ? { op: 'addr-var', id: place.id } : { op: 'var', id: place.id };
    case 'global':
      return isObjectType(unit, unit.externs.get(place.name))
        ? { op: 'addr-global', name: place.name }
        : { op: 'global', name: place.name };
    case 'field': {
      const read: Expr = { op: 'field', base: place.base, name: place.name };
      const isAddress = isObjectType(unit, typeOf(unit, read)) || isArrayMember(unit, place.base, place.name);
      return isAddress ? addressOf(cx, place) : read;
    }
    case 'index':
      return { op: 'index', base: place.base, index: place.index };
    case 'deref': {
      const type = typeOf(unit, place.base);
      const pointsToObject =
        type !== undefined && isObjectType(unit, { ...type, pointers: type.pointers - 1 });
      return pointsToObject ? place.base : { op: 'deref', base: place.base };
    }
    case 'value':
      return place.value;
  }
}

export function addressOf(cx: FunctionContext, place: Place): Expr {
  switch (place.kind) {
    case 'var': {
      const variable = cx.unit.variables[place.id];
      // What has its address taken may change where no assignment is seen.
      if (variable && !cx.unit.objects.has(place.id)) variable.constant = false;
      return { op: 'addr-var', id: place.id };
    }
    case 'global':
      return { op: 'addr-global', name: place.name };
    case 'field':
      return { op: 'addr-field', base: place.base, name: place.name };
    case 'index':
      return { op: 'addr-index', base: place.base, index: place.index };
    case 'deref':
      return place.base;
    case 'value':
      return place.value;
  }
}

function lowerAddress(cx: FunctionContext, node: SyntaxNode): Expr {
  return addressOf(cx, lowerPlace(cx, node));
}

/** Writes the value to the place; returns what the assignment is worth. */
export function writePlace(cx: FunctionContext, place: Place, value: Expr, span: Span): Expr {
  const { flow, unit } = cx;
  switch (place.kind) {
    case 'var': {
      if (unit.objects.has(place.id)) {
        flow.emit({ kind: 'store', base: { op: 'addr-var', id: place.id }, value, span });
        return { op: 'addr-var', id: place.id };
      }
      const variable = unit.variables[place.id];
      if (variable) variable.constant = false;
      assign(cx, place.id, value, span);
      return { op: 'var', id: place.id };
    }
    case 'global':
      flow.emit({ kind: 'store', base: { op: 'addr-global', name: place.name }, value, span });
      return value;
    case 'field':
      flow.emit({ kind: 'store', base: place.base, name: place.name, value, span });
      return value;
    case 'index':
      flow.emit({ kind: 'store', base: place.base, index: place.index, value, span });
      return value;
    case 'deref':
      flow.emit({ kind: 'store', base: place.base, value, span });
      return value;
    case 'value':
      return value;
  }
}

/** Assigns without a detour: the call that made the value delivers to the variable itself. */
export function assign(cx: FunctionContext, to: VarId, value: Expr, span: Span): void {
  const isTemp = value.op === 'var' && cx.unit.variables[value.id]?.kind === 'temp';
  if (isTemp && cx.flow.retarget(value.id, to)) return;
  cx.flow.emit({ kind: 'assign', to, value, span });
}

/** Adds to or takes from the place, for `++`, `+=` and kin. */
export function updatePlace(
  cx: FunctionContext,
  place: Place,
  operator: string,
  operand: Expr,
  node: SyntaxNode,
): Expr {
  const before = readPlace(cx, place);
  const isArithmetic = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'].includes(operator);
  const value: Expr = isArithmetic
    ? { op: 'binary', operator: operator as '+', left: before, right: operand }
    : UNKNOWN;
  return writePlace(cx, place, value, spanOf(node));
}

export const ONE: Expr = constant(1);

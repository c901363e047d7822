/** Which constants a value can be, by its declared type: a union of literals, an enum, the tag of a union of object types. */
import ts from 'typescript';
import type { ConstValue } from '../../ir/ir.ts';
import type { FileInfo, LazyType, Scope } from './entities.ts';
import { staticOf } from './resolve.ts';
import { lookup, lookupType } from './scopes.ts';
import { memberName, strip } from './syntax.ts';
import { depthLimit, typeOfNode } from './types.ts';

const K = ts.SyntaxKind;

/** A type as it is written, and where. */
interface Written {
  readonly node: ts.TypeNode;
  readonly scope: Scope;
}

/**
 * True if a switch names in its cases all that its value can be, by the type that is declared for it in this file: where
 * none of them fits, nobody goes on. Cost: linear in the cases and the type.
 */
export function isExhaustive(file: FileInfo, node: ts.SwitchStatement, scope: Scope): boolean {
  const possible = new Set<ConstValue>();
  const parts = writtenTypes(file, node.expression, scope);
  if (parts.length === 0 || !parts.every((part) => addLiterals(file, part, possible))) return false;
  for (const { expression } of node.caseBlock.clauses.filter(ts.isCaseClause)) {
    const value = constantOf(file, expression, scope);
    if (value !== undefined) possible.delete(value);
  }
  return possible.size === 0;
}

function constantOf(file: FileInfo, expression: ts.Expression, scope: Scope): ConstValue | undefined {
  if (strip(expression).kind === K.NullKeyword) return null;
  const known = staticOf(file, expression, scope);
  return known?.kind === 'constant' ? known.value : undefined;
}

/** The declared type of a variable, or of what is reached from one by its fields; of several object types, one each. */
function writtenTypes(file: FileInfo, expression: ts.Expression, scope: Scope): readonly Written[] {
  const node = strip(expression);
  if (ts.isIdentifier(node)) return pathTypes(lookup(scope, node.text)?.variable?.lazy);
  const name = memberName(node);
  if (!ts.isPropertyAccessExpression(node) || name === undefined) return [];
  const field = typeOfNode(file, node.expression, scope)?.members?.fields.get(name);
  return field === undefined
    ? allOf(writtenTypes(file, node.expression, scope).map((base) => memberTypes(base, name, 0)))
    : pathTypes(field);
}

/** Of a variable, or a field: of what was taken apart in its declaration (`{ mode }: Options`), the part. */
function pathTypes(lazy: LazyType | undefined): readonly Written[] {
  if (lazy?.annotation === undefined || lazy.isOptional) return [];
  let types: readonly Written[] = [{ node: lazy.annotation, scope: lazy.scope }];
  for (const step of lazy.path ?? [])
    types = typeof step === 'string' ? allOf(types.map((type) => memberTypes(type, step, 0))) : [];
  return types;
}

/** Nothing, if one of them does not tell. */
function allOf(lists: readonly (readonly Written[] | null)[]): readonly Written[] {
  return lists.includes(null) ? [] : lists.flatMap((list) => list ?? []);
}

/** The types of a member, one of each type of a union; null if one of them does not tell. */
function memberTypes({ node, scope }: Written, name: string, depth: number): readonly Written[] | null {
  if (depth > depthLimit) return null;
  if (ts.isParenthesizedTypeNode(node)) return memberTypes({ node: node.type, scope }, name, depth + 1);
  if (ts.isUnionTypeNode(node)) {
    const lists = node.types.map((part) => memberTypes({ node: part, scope }, name, depth + 1));
    return lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
  }
  if (ts.isTypeLiteralNode(node)) {
    const member = node.members.find(
      (m): m is ts.PropertySignature =>
        ts.isPropertySignature(m) && ts.isIdentifier(m.name) && m.name.text === name,
    );
    return member?.type === undefined || member.questionToken !== undefined
      ? null
      : [{ node: member.type, scope }];
  }
  if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName)) return null;
  const binding = lookupType(scope, node.typeName.text);
  if (binding?.kind === 'alias' && binding.node !== undefined)
    return memberTypes({ node: binding.node, scope: binding.scope }, name, depth + 1);
  const field = binding?.kind === 'members' ? binding.members.fields.get(name) : undefined;
  const types = pathTypes(field);
  return types.length === 0 ? null : types;
}

/** Adds the constants of a type to a set. False if it has others too. */
function addLiterals(file: FileInfo, { node, scope }: Written, into: Set<ConstValue>, depth = 0): boolean {
  if (depth > depthLimit) return false;
  const inner = (part: ts.TypeNode): boolean => addLiterals(file, { node: part, scope }, into, depth + 1);
  if (ts.isUnionTypeNode(node)) return node.types.every(inner);
  if (ts.isParenthesizedTypeNode(node)) return inner(node.type);
  if (ts.isLiteralTypeNode(node)) {
    const value = constantOf(file, node.literal as ts.Expression, scope);
    if (value === undefined) return false;
    into.add(value);
    return true;
  }
  if (node.kind === K.BooleanKeyword) {
    into.add(true).add(false);
    return true;
  }
  if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName)) return false;
  const binding = lookupType(scope, node.typeName.text);
  if (binding?.kind === 'alias' && binding.node !== undefined)
    return addLiterals(file, { node: binding.node, scope: binding.scope }, into, depth + 1);
  const known = staticOf(file, node.typeName, scope);
  if (known?.kind !== 'enum' || known.members.size === 0) return false;
  for (const value of known.members.values()) into.add(value);
  return true;
}

/** Reading declarations: specifiers, declarators, structs, enums. */
import type { TypeName } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { constantExpression } from './constant-expressions.ts';
import type { UnitContext } from './context.ts';
import { isObjectType, spanOf, textOfNode } from './context.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

/** Types of the kernel that are structs behind a typedef. */
export const OBJECT_TYPEDEFS: readonly string[] = [
  'spinlock_t',
  'raw_spinlock_t',
  'rwlock_t',
  'seqlock_t',
  'local_lock_t',
  'wait_queue_head_t',
  'atomic_t',
  'atomic_long_t',
  'atomic64_t',
  'refcount_t',
  'nodemask_t',
  'cpumask_t',
];

export interface Declarator {
  readonly name: string;
  readonly nameSpan: Span;
  readonly type?: TypeName;
  readonly isArray: boolean;
  /** The parameter list, if it declares a function (not a pointer to one). */
  readonly parameters?: SyntaxNode;
}

/** The type that the specifiers of a declaration name; undefined for numbers and what has no name. */
export function readSpecifiers(unit: UnitContext, declaration: SyntaxNode): TypeName | undefined {
  const node = child(declaration, 'type');
  if (!node) return undefined;
  const mask = unit.maskAt.get(node.start);
  if (mask?.kind === 'declaration') {
    const macro = unit.model.macro(mask.name);
    if (macro?.kind !== 'declaration' || macro.type === undefined) return undefined;
    unit.objectTypes.add(macro.type);
    return { name: macro.type, pointers: 0 };
  }
  switch (node.type) {
    case 'struct_specifier':
    case 'union_specifier': {
      const body = child(node, 'body');
      const tag = child(node, 'name');
      const name = tag ? textOfNode(unit, tag) : `(anonymous at ${node.start})`;
      if (body) readStruct(unit, name, body);
      unit.objectTypes.add(name);
      return { name, pointers: 0 };
    }
    case 'enum_specifier':
      readEnum(unit, node);
      return undefined;
    case 'type_identifier': {
      const name = textOfNode(unit, node);
      return unit.typedefs.get(name) ?? { name, pointers: 0 };
    }
    default:
      return undefined;
  }
}

function readStruct(unit: UnitContext, name: string, body: SyntaxNode): void {
  const fields = new Map<string, TypeName>();
  const members: string[] = [];
  const arrays = new Set<string>();
  unit.structs.set(name, fields);
  unit.members.set(name, members);
  unit.arrays.set(name, arrays);
  for (const member of body.children) {
    if (member.type !== 'field_declaration') continue;
    const type = readSpecifiers(unit, member);
    const declarators = member.children.filter((part) => part.field === 'declarator');
    if (declarators.length === 0 && type) {
      // The members of an unnamed struct or union are members of this one.
      for (const [inner, innerType] of unit.structs.get(type.name) ?? []) fields.set(inner, innerType);
      for (const inner of unit.arrays.get(type.name) ?? []) arrays.add(inner);
    }
    for (const part of declarators) {
      const declared = readDeclarator(unit, part, type);
      if (declared) members.push(declared.name);
      if (declared?.isArray) arrays.add(declared.name);
      if (declared?.type) fields.set(declared.name, declared.type);
    }
  }
}

function readEnum(unit: UnitContext, node: SyntaxNode): void {
  let next: number | null = 0;
  const all: string[] = [];
  for (const enumerator of child(node, 'body')?.children ?? []) {
    const name = child(enumerator, 'name');
    if (enumerator.type !== 'enumerator' || !name) continue;
    all.push(textOfNode(unit, name));
    unit.enums.set(textOfNode(unit, name), all);
    const value = child(enumerator, 'value');
    if (value) next = constantExpression(textOfNode(unit, value), unit.constants);
    if (next !== null) {
      unit.constants.set(textOfNode(unit, name), next);
      next += 1;
    }
  }
}

/** Reads a declarator: the name and what the asterisks, brackets and parentheses around it make of the type. */
export function readDeclarator(
  unit: UnitContext,
  declarator: SyntaxNode,
  base: TypeName | undefined,
): Declarator | undefined {
  let pointers = base?.pointers ?? 0;
  let isArray = false;
  let parameters: SyntaxNode | undefined;
  let node: SyntaxNode | undefined = declarator;
  while (node) {
    switch (node.type) {
      case 'identifier':
      case 'field_identifier':
      case 'type_identifier': {
        const type = base && { ...base, pointers };
        return {
          name: textOfNode(unit, node),
          nameSpan: spanOf(node),
          isArray,
          ...(type && { type }),
          ...(parameters && { parameters }),
        };
      }
      case 'pointer_declarator':
        // `(*f)(…)` is a pointer to a function, `*f(…)` a function that returns a pointer.
        if (parameters) {
          parameters = undefined;
          base = undefined;
        }
        pointers += 1;
        break;
      case 'array_declarator':
        isArray = true;
        break;
      case 'function_declarator':
        parameters = child(node, 'parameters');
        break;
    }
    node =
      child(node, 'declarator') ??
      node.children.find((part) => part.type.endsWith('declarator') || part.type.endsWith('identifier'));
  }
  return undefined;
}

export function isObject(unit: UnitContext, declared: Declarator): boolean {
  return declared.isArray || isObjectType(unit, declared.type);
}

export function hasStorage(unit: UnitContext, declaration: SyntaxNode, storage: string): boolean {
  return declaration.children.some(
    (part) => part.type === 'storage_class_specifier' && textOfNode(unit, part) === storage,
  );
}

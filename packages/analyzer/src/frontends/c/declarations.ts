/** Lowering of variable declarations, in functions and at the top of the file. */
import type { Expr, TypeName, VarId } from '../../ir/ir.ts';
import { emitNamedCall } from './calls.ts';
import type { FunctionContext, UnitContext } from './context.ts';
import { addVariable, spanOf, textOfNode } from './context.ts';
import { nameThroughBinding, throughBinding } from './expansion.ts';
import { lowerExpression } from './expressions.ts';
import { storeInitializer } from './initializers.ts';
import { assign } from './places.ts';
import { endByAttribute } from './scope-ends.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';
import type { Declarator } from './types.ts';
import { hasStorage, isObject, readDeclarator, readSpecifiers } from './types.ts';

/** The declarators of a declaration with their initialisers. */
function* declaratorsOf(
  unit: UnitContext,
  declaration: SyntaxNode,
  base: TypeName | undefined,
): Generator<{ declared: Declarator; value: SyntaxNode | undefined; node: SyntaxNode }> {
  for (const part of declaration.children) {
    if (part.field !== 'declarator') continue;
    const declared = readDeclarator(unit, part, base);
    const value = part.type === 'init_declarator' ? child(part, 'value') : undefined;
    if (declared) yield { declared, value, node: part };
  }
}

export function lowerLocalDeclaration(cx: FunctionContext, declaration: SyntaxNode): void {
  const { unit } = cx;
  const base = readSpecifiers(unit, declaration);
  const isStatic = hasStorage(unit, declaration, 'static');
  const isExtern = hasStorage(unit, declaration, 'extern');
  for (const { declared, value, node } of declaratorsOf(unit, declaration, base)) {
    if (declared.parameters || isExtern) {
      if (declared.type) unit.externs.set(declared.name, declared.type);
      continue;
    }
    const object = isObject(unit, declared);
    // The value is evaluated where the name still means what it meant before.
    const initial =
      value && !object && value.type !== 'initializer_list' ? lowerExpression(cx, value) : undefined;
    const name = throughBinding(cx, declared.name, (given) => nameThroughBinding(cx, given)) ?? declared.name;
    const id = addVariable(
      unit,
      {
        name,
        // A static variable lives as long as the file's own.
        ...(isStatic
          ? { kind: 'module' as const, exported: false }
          : { kind: 'local' as const, owner: cx.id }),
        ...(declared.type && { type: declared.type }),
        constant: value !== undefined,
        span: cx.flow.site?.span ?? declared.nameSpan,
      },
      object,
    );
    cx.scopes.at(-1)?.set(name, id);
    if (initial && declared.type) typeParameter(unit, initial, declared.type);
    const span = spanOf(node);
    if (object && !isStatic) {
      cx.flow.emit({ kind: 'new', to: id, span, ...(declared.type && { className: declared.type.name }) });
      if (value) initializeObject(cx, id, value, declared.type);
    } else if (object) {
      if (value) initializeObject(cx, id, value, declared.type);
    } else if (initial) {
      if (!isStatic) assign(cx, id, initial, span);
      if (initial.op === 'const' && !initial.value) cx.unset.add(id);
    } else {
      cx.unset.add(id);
    }
    endByAttribute(cx, declared.nameSpan, id, value?.start ?? node.end);
  }
}

/** `struct job *job = data;`: a `void *data` is of the type of the first pointer that it is put into. */
function typeParameter(unit: UnitContext, value: Expr, type: TypeName): void {
  const parameter = value.op === 'var' ? unit.variables[value.id] : undefined;
  if (value.op !== 'var' || parameter?.kind !== 'param' || parameter.type || type.pointers === 0) return;
  unit.variables[value.id] = { ...parameter, type };
}

/** A file-scope variable; its initialiser is lowered into the function `cx`, if there is one to be. */
export function declareModuleVariables(unit: UnitContext, declaration: SyntaxNode): void {
  const base = readSpecifiers(unit, declaration);
  const isExtern = hasStorage(unit, declaration, 'extern');
  const isStatic = hasStorage(unit, declaration, 'static');
  for (const { declared, value } of declaratorsOf(unit, declaration, base)) {
    if (declared.parameters) continue;
    if (isExtern && !value) {
      if (declared.type) unit.externs.set(declared.name, declared.type);
      continue;
    }
    // A tentative definition may come before the one that counts.
    if (unit.moduleNames.has(declared.name) || unit.functionIds.has(declared.name)) continue;
    const id = addVariable(
      unit,
      {
        name: declared.name,
        kind: 'module',
        ...(declared.type && { type: declared.type }),
        constant: true,
        exported: !isStatic,
        span: declared.nameSpan,
      },
      isObject(unit, declared),
    );
    unit.moduleNames.set(declared.name, id);
  }
}

export function lowerModuleInitializers(cx: FunctionContext, declaration: SyntaxNode): void {
  const { unit } = cx;
  const base = readSpecifiers(unit, declaration);
  for (const { declared, value, node } of declaratorsOf(unit, declaration, base)) {
    const id = unit.moduleNames.get(declared.name);
    if (declared.parameters || id === undefined) continue;
    if (!value) setUpByMacro(cx, declaration, id);
    else if (unit.objects.has(id)) initializeObject(cx, id, value, declared.type);
    else if (value.type !== 'initializer_list') assign(cx, id, lowerExpression(cx, value), spanOf(node));
  }
}

/** `static DEFINE_MTREE(name);`: the macro sets up what it declares. */
function setUpByMacro(cx: FunctionContext, declaration: SyntaxNode, id: VarId): void {
  const { unit } = cx;
  const type = child(declaration, 'type');
  const mask = type && unit.maskAt.get(type.start);
  const macro = mask?.kind === 'declaration' ? unit.model.macro(mask.name) : undefined;
  if (!mask || macro?.kind !== 'declaration' || macro.init === undefined) return;
  const span = { start: mask.at, end: mask.end };
  const nameSpan = { start: mask.at, end: mask.at + mask.name.length };
  const result = emitNamedCall(cx, macro.init, [{ op: 'addr-var', id }], { span, nameSpan, text: mask.name });
  if (result.op === 'var') cx.flow.markResult(result.id, 'discarded');
}

/** `struct x y = { … }`, `= INIT(y, …)`, `= *other`. */
function initializeObject(
  cx: FunctionContext,
  id: VarId,
  value: SyntaxNode,
  type: TypeName | undefined,
): void {
  const address: Expr = { op: 'addr-var', id };
  if (value.type === 'initializer_list') {
    storeInitializer(cx, address, value, type);
    return;
  }
  const callee = value.type === 'call_expression' ? child(value, 'function') : undefined;
  const name = callee?.type === 'identifier' ? textOfNode(cx.unit, callee) : undefined;
  const row = name === undefined || cx.unit.functionIds.has(name) ? undefined : cx.unit.model.function(name);
  if (callee && name !== undefined && row?.tree?.at === '$0') {
    // MTREE_INIT_EXT(name, flags, lock) names the variable that it is the value of.
    const args = (child(value, 'arguments')?.children ?? []).map((argument) => lowerExpression(cx, argument));
    args[0] = address;
    const result = emitNamedCall(cx, name, args, { span: spanOf(value), nameSpan: spanOf(callee) });
    if (result.op === 'var') cx.flow.markResult(result.id, 'discarded');
    return;
  }
  const initial = lowerExpression(cx, value);
  cx.flow.emit({ kind: 'store', base: address, value: initial, span: spanOf(value) });
}

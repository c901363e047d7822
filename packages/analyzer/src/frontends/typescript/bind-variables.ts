/** Declares variables: of statements, loops, catch clauses, and the patterns of all of them. */
import ts from 'typescript';
import { noteAssigned } from './bind-expressions.ts';
import { noteRequest } from './bind-modules.ts';
import { bindNamed, visit, type Binder, type Hint } from './bind.ts';
import type { Path, Scope, VarInfo } from './entities.ts';
import { declare, functionScope, newLocal, newScope } from './scopes.ts';
import { hasModifier, propertyName } from './syntax.ts';

const K = ts.SyntaxKind;

export function withScope(b: Binder, node: ts.Node, walk: () => void): void {
  const outer = b.scope;
  b.scope = newScope(outer, b.fn, false);
  b.file.scopes.set(node, b.scope);
  walk();
  b.scope = outer;
}

export function bindBlock(b: Binder, node: ts.Node): void {
  withScope(b, node, () => ts.forEachChild(node, b.each));
}

/** Where the value of a declared name comes from. */
interface Source {
  readonly annotation: ts.TypeNode | undefined;
  readonly expr: ts.Expression | undefined;
  readonly path: Path;
  /** False if the value is a default only: it tells the type but not what the name stands for. */
  readonly isValue: boolean;
}

export function bindPattern(b: Binder, name: ts.BindingName, target: Scope, source: Source): void {
  if (name.kind === K.Identifier) {
    declareVariable(b, name, target, source);
    return;
  }
  let index = 0;
  for (const element of name.elements) {
    if (element.kind === K.OmittedExpression) {
      index++;
      continue;
    }
    const { propertyName: key, name: inner, initializer, dotDotDotToken } = element as ts.BindingElement;
    const step = name.kind === K.ArrayBindingPattern ? index++ : propertyName(key ?? inner);
    if (key?.kind === K.ComputedPropertyName) visit(b, key);
    const known = step !== undefined && dotDotDotToken === undefined;
    const { annotation, expr, path, isValue } = source;
    bindPattern(b, inner, target, {
      annotation: known ? annotation : undefined,
      expr: known ? expr : undefined,
      path: known ? [...path, step] : [],
      isValue,
    });
    if (initializer !== undefined) bindNamed(b, initializer, hintOf(inner, element));
  }
}

function hintOf(name: ts.BindingName, doc: ts.Node): Hint {
  const isName = name.kind === K.Identifier;
  return { name: isName ? name.text : '', doc, nameNode: isName ? name : undefined };
}

function declareVariable(b: Binder, name: ts.Identifier, target: Scope, source: Source): VarInfo {
  const { annotation, expr, path, isValue } = source;
  const existing = target.values?.get(name.text);
  if (existing?.variable !== undefined) {
    if (expr !== undefined) existing.variable.assigned = true;
    return existing.variable;
  }
  const lazy =
    annotation === undefined && expr === undefined ? undefined : { scope: b.scope, annotation, expr, path };
  const variable = newLocal(b.file, target, name, name.text, lazy);
  if (existing?.value?.kind === 'function') variable.assigned = expr !== undefined;
  declare(target, name.text, {
    variable,
    ...(isValue && expr !== undefined ? { init: { expr, path, scope: b.scope } } : { value: null }),
  });
  return variable;
}

function bindDeclarations(
  b: Binder,
  list: ts.VariableDeclarationList,
  doc: ts.Node,
  element?: ts.Expression,
): void {
  const target = (list.flags & ts.NodeFlags.BlockScoped) === 0 ? functionScope(b.scope) : b.scope;
  for (const declaration of list.declarations) {
    const { name, type, initializer } = declaration;
    const at = list.declarations.length === 1 ? doc : declaration;
    bindPattern(b, name, target, {
      annotation: type ?? jsDocType(at),
      expr: initializer ?? element,
      path: initializer === undefined && element !== undefined ? [null] : [],
      isValue: initializer !== undefined || element !== undefined,
    });
    if (initializer !== undefined) noteRequest(b, name, initializer);
    if (initializer !== undefined) bindNamed(b, initializer, hintOf(name, at));
  }
}

/** The `@type` of a JavaScript declaration. */
export function jsDocType(node: ts.Node): ts.TypeNode | undefined {
  const { jsDoc } = node as { jsDoc?: readonly ts.JSDoc[] };
  for (const tag of jsDoc?.at(-1)?.tags ?? []) {
    if (tag.kind === K.JSDocTypeTag) return (tag as ts.JSDocTypeTag).typeExpression.type;
  }
  return undefined;
}

export function bindVariableStatement(b: Binder, node: ts.VariableStatement): void {
  bindDeclarations(b, node.declarationList, node);
  if (hasModifier(node, K.ExportKeyword)) {
    for (const { name } of node.declarationList.declarations) exportNames(b, name);
  }
}

function exportNames(b: Binder, name: ts.BindingName): void {
  if (name.kind === K.Identifier) b.exports.push({ local: name.text, name: name.text, scope: b.scope });
  else {
    for (const element of name.elements) {
      if (element.kind === K.BindingElement) exportNames(b, (element as ts.BindingElement).name);
    }
  }
}

export function bindFor(b: Binder, node: ts.ForStatement): void {
  withScope(b, node, () => {
    const { initializer, condition, incrementor, statement } = node;
    if (initializer?.kind === K.VariableDeclarationList) {
      bindDeclarations(b, initializer as ts.VariableDeclarationList, initializer);
    } else if (initializer !== undefined) visit(b, initializer);
    if (condition !== undefined) visit(b, condition);
    if (incrementor !== undefined) visit(b, incrementor);
    visit(b, statement);
  });
}

export function bindForEach(b: Binder, node: ts.ForInStatement | ts.ForOfStatement): void {
  withScope(b, node, () => {
    const { initializer, expression, statement } = node;
    if (initializer.kind === K.VariableDeclarationList) {
      const element = node.kind === K.ForOfStatement ? expression : undefined;
      bindDeclarations(b, initializer as ts.VariableDeclarationList, initializer, element);
    } else {
      noteAssigned(b, initializer as ts.Expression);
      visit(b, initializer);
    }
    visit(b, expression);
    visit(b, statement);
  });
}

export function bindCatch(b: Binder, node: ts.CatchClause): void {
  withScope(b, node, () => {
    if (node.variableDeclaration !== undefined) {
      const { name, type: annotation } = node.variableDeclaration;
      bindPattern(b, name, b.scope, { annotation, expr: undefined, path: [], isValue: false });
    }
    visit(b, node.block);
  });
}

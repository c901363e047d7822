/** Imports and exports, of ES modules and of CommonJS. */
import ts from 'typescript';
import type { Binder } from './bind.ts';
import { bindNamed } from './bind.ts';
import type { ClassInfo, FunctionInfo, Static, VarInfo } from './entities.ts';
import { bindingStatic, staticOf } from './resolve.ts';
import { declare, declareType, lookup } from './scopes.ts';
import { hasModifier, literalText, memberName, propertyName, requestedModule, strip } from './syntax.ts';

const K = ts.SyntaxKind;

function bindName(b: Binder, node: ts.Identifier, module: string, name: string): void {
  const local = node.text;
  const meant = b.file.barrels?.find(b.file.path, module, name) ?? { module, name };
  declare(b.scope, local, { value: { kind: 'import', ...meant } });
  declareType(b.scope, local, { kind: 'import', ...meant });
  b.file.links.push({ module, name, local, reexport: false });
}

export function bindImport(b: Binder, node: ts.ImportDeclaration | ts.ImportEqualsDeclaration): void {
  if (node.kind === K.ImportEqualsDeclaration) {
    bindImportEquals(b, node as ts.ImportEqualsDeclaration);
    return;
  }
  const { importClause, moduleSpecifier } = node as ts.ImportDeclaration;
  const module = literalText(moduleSpecifier);
  if (module === undefined || importClause === undefined) return;
  const { name, namedBindings } = importClause;
  if (name !== undefined) bindName(b, name, module, 'default');
  if (namedBindings?.kind === K.NamespaceImport) bindName(b, namedBindings.name, module, '*');
  else if (namedBindings !== undefined) {
    for (const element of namedBindings.elements) {
      bindName(b, element.name, module, (element.propertyName ?? element.name).text);
    }
  }
}

function bindImportEquals(b: Binder, node: ts.ImportEqualsDeclaration): void {
  const { moduleReference, name } = node;
  if (moduleReference.kind === K.ExternalModuleReference) {
    const module = literalText(moduleReference.expression);
    if (module === undefined) return;
    bindName(b, name, module, '*');
    if (hasModifier(node, K.ExportKeyword))
      b.exports.push({ local: name.text, name: name.text, scope: b.scope });
    return;
  }
  // `import store = core.mas_store`: an entity name reads like the member access that it is.
  const expr = moduleReference as ts.Node as ts.Expression;
  declare(b.scope, name.text, { init: { expr, path: [], scope: b.scope } });
}

export function bindExportDeclaration(b: Binder, node: ts.ExportDeclaration): void {
  const { exportClause, moduleSpecifier } = node;
  const module = literalText(moduleSpecifier);
  const { links } = b.file;
  if (exportClause === undefined) {
    if (module !== undefined) links.push({ module, name: '*', local: '*', reexport: true });
  } else if (exportClause.kind === K.NamespaceExport) {
    if (module !== undefined)
      links.push({ module, name: '*', local: exportClause.name.text, reexport: true });
  } else {
    for (const { name, propertyName: key } of exportClause.elements) {
      const local = (key ?? name).text;
      if (module === undefined) b.exports.push({ local, name: name.text, scope: b.scope });
      else links.push({ module, name: local, local: name.text, reexport: true });
    }
  }
}

/** `export default e` and `export = e`. */
export function bindExport(b: Binder, node: ts.ExportAssignment): void {
  b.exportedValues.push({ expr: node.expression, name: 'default', scope: b.scope });
  bindNamed(b, node.expression, { name: 'default', doc: node, nameNode: undefined });
}

/** The name under which `exports.f = …` or `module.exports.f = …` exports; `default` for `module.exports = …`. */
export function commonExportName(node: ts.Expression): string | undefined {
  const target = strip(node);
  const name = memberName(target);
  if (name === undefined) return undefined;
  const base = strip((target as ts.PropertyAccessExpression).expression);
  if (base.kind === K.Identifier) {
    const { text } = base as ts.Identifier;
    if (text === 'exports') return name;
    return text === 'module' && name === 'exports' ? 'default' : undefined;
  }
  return commonExportName(base) === 'default' && memberName(base) === 'exports' ? name : undefined;
}

export function noteCommonExport(b: Binder, left: ts.Expression, right: ts.Expression): void {
  if (b.fn.outer !== null) return;
  const name = commonExportName(left);
  if (name !== undefined && name !== '__esModule')
    b.exportedValues.push({ expr: right, name, scope: b.scope });
}

/** `const { a: b } = require('m')` and `const m = await import('m')` import like statements do. */
export function noteRequest(b: Binder, name: ts.BindingName, initializer: ts.Expression): void {
  let value = strip(initializer);
  if (value.kind === K.AwaitExpression) value = strip((value as ts.AwaitExpression).expression);
  const module = requestedModule(value);
  if (module === undefined) return;
  const { links } = b.file;
  if (name.kind === K.Identifier) links.push({ module, name: '*', local: name.text, reexport: false });
  else if (name.kind === K.ObjectBindingPattern) {
    for (const { propertyName: key, name: local } of name.elements) {
      const imported = propertyName(key ?? local);
      if (imported === undefined || local.kind !== K.Identifier) continue;
      links.push({ module, name: imported, local: local.text, reexport: false });
    }
  }
}

export function applyExports(b: Binder): void {
  const { file } = b;
  for (const cls of file.classes) if (cls.exportName !== undefined) exportClass(cls, cls.exportName);
  for (const { local, name, scope } of b.exports) {
    const binding = lookup(scope, local);
    if (binding === undefined) continue;
    const value = bindingStatic(file, binding);
    if (binding.variable !== undefined) exportVariable(binding.variable, name);
    if (binding.variable !== undefined && value?.kind === 'constant') binding.variable.value = value.value;
    exportStatic(b, value, name);
  }
  for (const { expr, name, scope } of b.exportedValues) {
    if (lookup(scope, 'exports') !== undefined || lookup(scope, 'module') !== undefined) continue;
    const node = strip(expr);
    const object = name === 'default' ? file.objectOf.get(node) : undefined;
    const value = staticOf(file, node, scope);
    if (object !== undefined) exportMembers(b, { kind: 'object', object }, '');
    else exportStatic(b, value, name);
    if (node.kind === K.Identifier) {
      const variable = lookup(scope, (node as ts.Identifier).text)?.variable;
      if (variable !== undefined) exportVariable(variable, name);
    }
  }
}

function exportVariable(variable: VarInfo, name: string): void {
  variable.exported = true;
  (variable.exportNames ??= []).push(name);
}

function exportFunction(fn: FunctionInfo, name: string): void {
  fn.linkage = 'exported';
  fn.exportName ??= name;
}

function exportClass(cls: ClassInfo, name: string): void {
  cls.exportName = name;
  if (cls.construct !== undefined) exportFunction(cls.construct, `${name}.constructor`);
  for (const members of [cls.instance, cls.statics]) {
    for (const table of [members.methods, members.getters, members.setters]) {
      for (const [key, fn] of table) {
        if (key.startsWith('#') || hasModifier(fn.doc, K.PrivateKeyword)) continue;
        const word = table === members.getters ? 'get ' : table === members.setters ? 'set ' : '';
        exportFunction(fn, `${name}.${word}${key}`);
      }
    }
  }
}

function exportStatic(b: Binder, value: Static | null, name: string): void {
  switch (value?.kind) {
    case 'function':
      exportFunction(value.fn, name);
      break;
    case 'class':
      exportClass(value.cls, name);
      break;
    case 'import':
      b.file.links.push({ module: value.module, name: value.name, local: name, reexport: true });
      break;
    case 'object':
      exportMembers(b, value, `${name}.`);
  }
}

/** `module.exports = { f, g: h }` exports f and g; the functions of an exported object are reached through it. */
function exportMembers(b: Binder, { object }: Static & { kind: 'object' }, prefix: string): void {
  for (const [key, member] of object.members) {
    if (!('kind' in member)) exportFunction(member, prefix + key);
    else exportStatic(b, staticOf(b.file, member, object.scope), prefix + key);
  }
}

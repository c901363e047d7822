/** Numbers functions, and declares their parameters. */
import ts from 'typescript';
import type { FunctionIR } from '../../ir/ir.ts';
import { tagsBefore } from './annotation-tags.ts';
import { visit, type Binder, type Hint } from './bind.ts';
import { jsDocType, bindPattern } from './bind-variables.ts';
import type { ClassInfo, FileInfo, FunctionInfo, FunctionNode, LazyType, Scope, Self } from './entities.ts';
import { declare, declareType, newScope, newVariable, receiverOf } from './scopes.ts';
import { hasModifier, isFunctionExpression } from './syntax.ts';

const K = ts.SyntaxKind;

interface FunctionStart {
  readonly name: string;
  readonly doc: ts.Node;
  readonly nameNode: ts.Node | undefined;
  readonly outer: FunctionInfo | null;
  readonly cls: ClassInfo | undefined;
  readonly self: Self;
  /** The scope around it. */
  readonly scope: Scope | null;
  readonly linkage: FunctionIR['linkage'];
}

/** Only the number; parameters and body are another step. */
export function newFunction(file: FileInfo, node: FunctionNode, start: FunctionStart): FunctionInfo {
  const fn: Omit<FunctionInfo, 'scope'> & { scope?: Scope } = {
    id: file.functions.length,
    name: start.name,
    node,
    doc: start.doc,
    nameNode: start.nameNode,
    outer: start.outer,
    cls: start.cls,
    self: start.self,
    linkage: start.linkage,
    escapes: false,
    params: [],
    returnType: undefined,
    returnsNever: false,
    asserts: undefined,
  };
  const info = fn as FunctionInfo;
  info.scope = newScope(start.scope, info, true);
  file.functions.push(info);
  return info;
}

/** How a function stands to its surroundings: nested in them, or a thing of the module or a class. */
function linkageOf(b: Binder, hint: Hint | undefined, cls: ClassInfo | undefined): FunctionIR['linkage'] {
  return cls !== undefined || (b.fn.outer === null && hint !== undefined) ? 'local' : 'nested';
}

function anonymousName(b: Binder, node: ts.Node): string {
  const line = b.file.source.getLineAndCharacterOfPosition(node.getStart(b.file.source)).line + 1;
  return node.kind === K.ArrowFunction ? `(arrow) at line ${line}` : `(function) at line ${line}`;
}

/** A function with a body, declared and walked, or an abstract method that says something of locks; else undefined. */
export function bindFunction(
  b: Binder,
  node: ts.FunctionLikeDeclaration,
  hint?: Hint,
): FunctionInfo | undefined {
  const fn = declareFunction(b, node, hint);
  if (fn !== undefined) walkFunction(b, fn, node);
  return fn;
}

/** Numbers a function and declares its parameters, without going into it. */
export function declareFunction(
  b: Binder,
  node: ts.FunctionLikeDeclaration,
  hint?: Hint,
  member?: { readonly cls: ClassInfo; readonly side: Self['side'] },
): FunctionInfo | undefined {
  const { file } = b;
  if (node.body === undefined && !isAnnotatedAbstract(file, node)) return undefined;
  const ownName = isFunctionExpression(node) ? node.name : undefined;
  const name = hint?.name || ownName?.text || anonymousName(b, node);
  const self: Self =
    node.kind === K.ArrowFunction && member === undefined
      ? b.self
      : member === undefined
        ? { side: 'instance' }
        : member.side === 'static'
          ? member.cls.self
          : { cls: member.cls, side: 'instance' };
  const fn = newFunction(file, node, {
    name,
    doc: hint?.doc ?? node,
    nameNode: hint?.nameNode ?? ownName,
    outer: b.fn,
    cls: member?.cls,
    self,
    scope: b.scope,
    linkage: linkageOf(b, hint, member?.cls),
  });
  if (self !== b.self && self !== member?.cls.self) (self as { fn?: FunctionInfo }).fn = fn;
  file.functionOf.set(node, fn);
  if (ownName !== undefined) declare(fn.scope, ownName.text, { value: { kind: 'function', fn } });
  describe(fn, node, fn.scope, fn.doc);
  return fn;
}

/** What it says its callers hold, they hold for all that stand for it. What such a method does to locks is not read. */
function isAnnotatedAbstract(file: FileInfo, node: ts.FunctionLikeDeclaration): boolean {
  if (!file.hasAnnotations || node.kind !== K.MethodDeclaration || !hasModifier(node, K.AbstractKeyword))
    return false;
  const tags = tagsBefore(file, node);
  return tags.length > 0 && tags.every(({ kind }) => kind !== 'acquires' && kind !== 'releases');
}

/** What the signature says of the result. */
export function describe(
  fn: Pick<FunctionInfo, 'returnType' | 'returnsNever' | 'asserts'>,
  node: ts.FunctionLikeDeclaration,
  scope: Scope,
  doc: ts.Node,
): void {
  const type = node.type ?? jsDocReturn(doc);
  if (type === undefined) {
    const expr = returnedExpression(node);
    if (expr !== undefined) fn.returnType = { scope, expr, path: [] };
    return;
  }
  if (type.kind === K.NeverKeyword) fn.returnsNever = true;
  else if (type.kind === K.TypePredicate)
    fn.asserts = assertedParam(type as ts.TypePredicateNode, node.parameters);
  else fn.returnType = { scope, annotation: type };
}

/** What a function without a declared result returns at its end. */
function returnedExpression(node: ts.FunctionLikeDeclaration): ts.Expression | undefined {
  const { body, asteriskToken } = node;
  if (body === undefined || asteriskToken !== undefined) return undefined;
  if (body.kind !== K.Block) return body as ts.Expression;
  const last = (body as ts.Block).statements.at(-1);
  return last?.kind === K.ReturnStatement ? (last as ts.ReturnStatement).expression : undefined;
}

/** Which parameter a signature `asserts x` asserts to be truthy. `asserts x is T` says nothing of use. */
function assertedParam(
  type: ts.TypePredicateNode,
  parameters: readonly ts.ParameterDeclaration[],
): number | undefined {
  const { assertsModifier, parameterName } = type;
  if (assertsModifier === undefined || type.type !== undefined || parameterName.kind !== K.Identifier)
    return undefined;
  const index = withoutThis(parameters).findIndex(
    ({ name }) => name.kind === K.Identifier && name.text === parameterName.text,
  );
  return index < 0 ? undefined : index;
}

/** The parameters that take arguments. */
export function withoutThis(
  parameters: readonly ts.ParameterDeclaration[],
): readonly ts.ParameterDeclaration[] {
  return isThis(parameters[0]) ? parameters.slice(1) : parameters;
}

function isThis(parameter: ts.ParameterDeclaration | undefined): boolean {
  return parameter?.name.kind === K.Identifier && parameter.name.text === 'this';
}

function jsDocTags(node: ts.Node): readonly ts.JSDocTag[] {
  return (node as { jsDoc?: readonly ts.JSDoc[] }).jsDoc?.at(-1)?.tags ?? [];
}

function jsDocReturn(doc: ts.Node): ts.TypeNode | undefined {
  const tag = jsDocTags(doc).find(({ kind }) => kind === K.JSDocReturnTag) as ts.JSDocReturnTag | undefined;
  return tag?.typeExpression?.type;
}

function jsDocParam(doc: ts.Node, name: string): ts.TypeNode | undefined {
  for (const tag of jsDocTags(doc)) {
    if (tag.kind !== K.JSDocParameterTag) continue;
    const { name: of, typeExpression } = tag as ts.JSDocParameterTag;
    if (of.kind === K.Identifier && of.text === name) return typeExpression?.type;
  }
  return undefined;
}

export function declareTypeParameters(
  scope: Scope,
  parameters: readonly ts.TypeParameterDeclaration[] | undefined,
): void {
  for (const parameter of parameters ?? []) {
    declareType(scope, parameter.name.text, { kind: 'alias', node: parameter.constraint, scope });
  }
}

/** Declares the parameters, and walks everything inside. */
export function walkFunction(b: Binder, fn: FunctionInfo, node: ts.FunctionLikeDeclaration): void {
  const { scope, fn: outerFn, self } = b;
  b.scope = fn.scope;
  b.fn = fn;
  b.self = fn.self;
  declareTypeParameters(fn.scope, node.typeParameters);
  if (isThis(node.parameters[0]) && fn.self.fn === fn) {
    const receiver = receiverOf(b.file, fn.self);
    if (receiver !== undefined) receiver.lazy = { scope: fn.scope, annotation: node.parameters[0]?.type };
  }
  for (const parameter of withoutThis(node.parameters)) declareParameter(b, fn, parameter);
  const { body } = node as { body?: ts.ConciseBody };
  if (body?.kind === K.Block) for (const statement of (body as ts.Block).statements) visit(b, statement);
  else if (body !== undefined) visit(b, body);
  b.scope = scope;
  b.fn = outerFn;
  b.self = self;
}

function declareParameter(b: Binder, fn: FunctionInfo, parameter: ts.ParameterDeclaration): void {
  const { name, type, initializer } = parameter;
  const isName = name.kind === K.Identifier;
  const annotation = type ?? jsDocType(parameter) ?? (isName ? jsDocParam(fn.doc, name.text) : undefined);
  const lazy: LazyType | undefined =
    annotation === undefined && initializer === undefined
      ? undefined
      : {
          scope: fn.scope,
          annotation,
          expr: initializer,
          path: [],
          ...(parameter.questionToken && { isOptional: true }),
        };
  const variable = newVariable(
    b.file,
    isName ? name.text : `(parameter ${fn.params.length + 1})`,
    'param',
    fn,
    name,
    lazy,
  );
  fn.params.push(variable);
  if (isName) declare(fn.scope, name.text, { variable, value: null });
  else bindPattern(b, name, fn.scope, { annotation, expr: initializer, path: [], isValue: false });
  if (initializer !== undefined) visit(b, initializer);
}

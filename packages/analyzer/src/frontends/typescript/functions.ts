/** One function as IR. */
import ts from 'typescript';
import type { Callee, FunctionIR } from '../../ir/ir.ts';
import { annotationsOf } from './annotations.ts';
import { bindValue, withDefault } from './assignments.ts';
import { withoutThis } from './bind-functions.ts';
import { initializeFields, lowerMadeUpConstructor } from './classes.ts';
import { isEmptyObject, leaveOutOthers } from './default-options.ts';
import type { FileInfo, FunctionInfo, VarInfo } from './entities.ts';
import { lowerReturn } from './exits.ts';
import { lowerExpr, lowerTo } from './expressions.ts';
import { assign, emit, finishBlocks, leave, newFlow, unknown, variableExpr, type Flow } from './flow.ts';
import { staticOf } from './resolve.ts';
import { endOf, spanOf } from './spans.ts';
import { lowerList } from './statements.ts';
import { hasModifier, strip } from './syntax.ts';

const K = ts.SyntaxKind;

/** `escapes` is filled in by `lower.ts`, once all functions have been seen. */
type LoweredFunction = Omit<FunctionIR, 'escapes'> & { escapes: boolean };

export function lowerFunction(file: FileInfo, fn: FunctionInfo): LoweredFunction {
  const f = newFlow(file, fn);
  const problems = file.problems.length;
  try {
    lowerBody(f);
  } catch (error) {
    failed(file, fn, error, problems);
    return describeFunction(file, fn, [{ id: 0, instrs: [], end: { kind: 'stop' } }], false, false);
  }
  return describeFunction(file, fn, finishBlocks(f), f.whole, f.awaits);
}

function failed(file: FileInfo, fn: FunctionInfo, error: unknown, problems: number): void {
  file.problems.length = problems;
  const reason = error instanceof RangeError ? 'it is nested too deeply' : `internal error: ${String(error)}`;
  file.problems.push({
    message: `Could not read ${fn.name}: ${reason}`,
    span: nameSpanOf(file, fn),
    functionName: fn.name,
  });
}

function nameSpanOf(file: FileInfo, fn: FunctionInfo): FunctionIR['nameSpan'] {
  if (fn.nameNode !== undefined) return spanOf(file, fn.nameNode);
  if (fn.node.kind === K.SourceFile) return { start: 0, end: 0 };
  const { start, end } = spanOf(file, fn.node);
  if (fn.node.kind === K.ArrowFunction) {
    const { equalsGreaterThanToken } = fn.node as ts.ArrowFunction;
    return spanOf(file, equalsGreaterThanToken);
  }
  return { start, end: Math.min(end, start + 'function'.length) };
}

function describeFunction(
  file: FileInfo,
  fn: FunctionInfo,
  blocks: FunctionIR['blocks'],
  whole: boolean,
  awaits: boolean,
): LoweredFunction {
  const { node } = fn;
  const annotations = annotationsOf(file, fn);
  const receiver = fn.self.fn === fn ? fn.self.variable : undefined;
  const parameters = parametersOf(fn);
  const decorators = decoratorsOf(file, fn);
  return {
    id: fn.id,
    name: fn.name,
    ...(fn.exportName === undefined ? undefined : { exportName: fn.exportName }),
    ...(isPrototype(node) && { declared: true as const }),
    linkage: fn.linkage,
    ...(decorators.length > 0 && { decorators }),
    escapes: false,
    // A rest parameter is not given an argument but makes an array of many.
    params: fn.params.filter((_, i) => parameters[i]?.dotDotDotToken === undefined).map(({ id }) => id),
    ...(receiver === undefined ? undefined : { receiver: receiver.id }),
    ...(fn.cls === undefined ? undefined : { className: fn.cls.name }),
    blocks,
    isAsync: awaits || hasModifier(node, K.AsyncKeyword),
    isGenerator: (node as { asteriskToken?: ts.Node }).asteriskToken !== undefined,
    isInit: fn.cls?.construct === fn,
    annotations,
    whole,
    span: node.kind === K.SourceFile ? { start: 0, end: file.text.length } : spanOf(file, node),
    nameSpan: nameSpanOf(file, fn),
  };
}

function decoratorsOf(file: FileInfo, { doc, cls }: FunctionInfo): Callee[] {
  const { modifiers = [] } = doc as { modifiers?: readonly ts.ModifierLike[] };
  if (cls === undefined || doc === cls.node) return [];
  return modifiers.filter(ts.isDecorator).map(({ expression }): Callee => {
    const made = strip(expression);
    const named = ts.isCallExpression(made) ? made.expression : made;
    const value = staticOf(file, named, cls.scope);
    if (value?.kind === 'function') return { kind: 'function', fn: value.fn.id };
    if (value?.kind === 'import') return { kind: 'external', name: value.name, module: value.module };
    return { kind: 'value', value: unknown };
  });
}

function parametersOf(fn: FunctionInfo): readonly ts.ParameterDeclaration[] {
  return withoutThis((fn.node as { parameters?: readonly ts.ParameterDeclaration[] }).parameters ?? []);
}

function lowerBody(f: Flow): void {
  const { file, fn } = f;
  const { node } = fn;
  // Functions that are assigned are variables too; they have their value from the start.
  for (const { fn: inner, variable } of file.reassigned) {
    if (inner.outer !== fn) continue;
    const span = spanOf(file, inner.nameNode ?? inner.node);
    assign(f, variable, { op: 'function', fn: inner.id }, span);
  }
  if (node.kind === K.SourceFile) {
    lowerList(f, (node as ts.SourceFile).statements, node);
    lowerReturn(f, null, endOf(node));
    return;
  }
  const { cls } = fn;
  if (cls !== undefined && node === cls.node) {
    lowerMadeUpConstructor(f, cls);
    lowerReturn(f, null, endOf(node));
    return;
  }
  parametersOf(fn).forEach((parameter, i) => {
    const variable = fn.params[i];
    if (variable !== undefined) lowerParameter(f, parameter, variable);
  });
  if (cls?.construct === fn && cls.instance.heritage === undefined) initializeFields(f, cls, fn);
  const { body } = node as { body?: ts.ConciseBody };
  if (body?.kind === K.Block) {
    lowerList(f, (body as ts.Block).statements, body);
    lowerReturn(f, null, endOf(body));
  } else if (body !== undefined) lowerReturn(f, lowerExpr(f, body as ts.Expression), spanOf(file, body));
  else if (isPrototype(node)) leave(f, { kind: 'return', value: unknown, span: spanOf(file, node) });
}

/** An abstract method: of what stands for it, no more is known than it says itself. */
function isPrototype(node: ts.Node): boolean {
  return node.kind === K.MethodDeclaration && (node as ts.MethodDeclaration).body === undefined;
}

function lowerParameter(f: Flow, parameter: ts.ParameterDeclaration, variable: VarInfo): void {
  const { name, initializer, dotDotDotToken } = parameter;
  const value = variableExpr(variable);
  if (dotDotDotToken !== undefined)
    emit(f, { kind: 'new', to: variable.id, span: spanOf(f.file, parameter) });
  // No options are options of which each is left out: callers that give some keep their values apart.
  const isNoOptions = initializer !== undefined && isEmptyObject(initializer);
  if (initializer !== undefined && !isNoOptions) {
    withDefault(f, value, spanOf(f.file, parameter), () => {
      lowerTo(f, initializer, variable);
      if (name.kind === K.Identifier) leaveOutOthers(f, parameter, initializer, variable);
    });
  }
  if (name.kind !== K.Identifier) bindValue(f, name, value);
}

import ts from 'typescript';
import { assignVariable, bindValue } from './assignments.ts';
import { forkConditional, lowerCondition } from './conditions.ts';
import { emitDispose, lowerJump, lowerReturn, lowerThrow, lowerTry } from './exits.ts';
import { lowerEffect, lowerExpr, lowerOwner, lowerTo } from './expressions.ts';
import type { VarInfo } from './entities.ts';
import {
  assign,
  branch,
  enter,
  jump,
  leave,
  newBlock,
  pin,
  undefinedValue,
  variableExpr,
  type Flow,
  type Frame,
} from './flow.ts';
import { isExhaustive } from './literal-types.ts';
import { keepGenerator } from './kept-generators.ts';
import {
  keepFromCallback,
  keepIterable,
  keptIterable,
  lowerDo,
  lowerFor,
  lowerForIn,
  lowerForOf,
  lowerWhile,
} from './loops.ts';
import { defineClass } from './classes.ts';
import { keepStack } from './disposable-stacks.ts';
import { bindingStatic } from './resolve.ts';
import { lookup } from './scopes.ts';
import { endOf, keywordOf, spanOf } from './spans.ts';
import { hasModifier, strip } from './syntax.ts';

const K = ts.SyntaxKind;

export function lowerStatement(f: Flow, node: ts.Statement): void {
  statements[node.kind]?.(f, node as never);
}

export function lowerBlock(f: Flow, node: ts.Block): void {
  const { scope } = f;
  f.scope = f.file.scopes.get(node) ?? scope;
  lowerList(f, node.statements, node);
  f.scope = scope;
}

/** Statements of one scope, with the end of its `using` variables. */
export function lowerList(f: Flow, list: readonly ts.Statement[], block: ts.Node): void {
  const { frames } = f;
  for (const statement of list) lowerStatement(f, statement);
  closeScope(f, frames, block);
}

/** Ends the scope that began at `frames`, where control reaches its end. */
export function closeScope(f: Flow, frames: Frame | null, block: ts.Node): void {
  if (f.frames === frames) return;
  const span = endOf(block);
  for (let frame = f.frames; frame !== frames && frame !== null; frame = frame.outer) {
    if (frame.kind === 'dispose') emitDispose(f, frame, span);
  }
  f.frames = frames;
}

export function lowerDeclarations(f: Flow, list: ts.VariableDeclarationList): void {
  const block = list.flags & ts.NodeFlags.BlockScoped;
  for (const declaration of list.declarations) {
    lowerDeclaration(f, declaration, block !== 0);
    // AwaitUsing is Const | Using.
    if ((block & ts.NodeFlags.Using) !== 0)
      pushDispose(f, declaration.name, block === ts.NodeFlags.AwaitUsing);
  }
}

export function pushDispose(f: Flow, name: ts.BindingName, isAsync: boolean): void {
  const variable = name.kind === K.Identifier ? lookup(f.scope, name.text)?.variable : undefined;
  if (variable === undefined) return;
  const stack = f.stacks.get(variable.id);
  f.frames = {
    kind: 'dispose',
    outer: f.frames,
    value: variableExpr(variable),
    isAsync,
    declaration: spanOf(f.file, name),
    stack,
  };
}

function lowerDeclaration(f: Flow, node: ts.VariableDeclaration, isBlockScoped: boolean): void {
  const { name, initializer } = node;
  if (initializer === undefined) {
    // `var x;` leaves x as it is.
    if (name.kind === K.Identifier && isBlockScoped) assignVariable(f, name, undefinedValue, node);
    return;
  }
  if (name.kind === K.Identifier) {
    const binding = lookup(f.scope, name.text);
    // Where the name is known to stand for an import or a function it is never read as a variable.
    const value = binding && bindingStatic(f.file, binding);
    if (value?.kind === 'function') return;
    if (value?.kind === 'import' && strip(initializer).kind !== K.AwaitExpression) return;
    const variable = binding?.variable;
    if (value?.kind === 'oneOf' && variable !== undefined && keepEntry(f, variable, initializer)) return;
    if (variable !== undefined && keepIterable(f, variable, initializer)) return;
    if (variable !== undefined && keepGenerator(f, variable, initializer)) return;
    if (variable !== undefined && keepStack(f, variable, initializer)) return;
    // A `var` that is declared again may be mentioned in its own initialiser.
    if (variable !== undefined && (isBlockScoped || !variable.assigned)) {
      lowerTo(f, initializer, variable);
      keepFromCallback(f, variable, initializer);
    } else assignVariable(f, name, lowerExpr(f, initializer), node);
  } else bindPattern(f, name, initializer);
}

/** `const [first, second] = a.id < b.id ? [a, b] : [b, a]`: each arm gives the names their values. */
function bindPattern(f: Flow, name: ts.BindingPattern, initializer: ts.Expression): void {
  const node = strip(initializer);
  if (ts.isConditionalExpression(node)) forkConditional(f, node, (arm) => bindPattern(f, name, arm));
  else bindValue(f, name, lowerExpr(f, initializer));
}

/** `const run = TABLE[key]`: the table does not get out by it. */
function keepEntry(f: Flow, variable: VarInfo, initializer: ts.Expression): boolean {
  const node = strip(initializer);
  if (variable.exported || !ts.isElementAccessExpression(node)) return false;
  const base = lowerOwner(f, node, node.expression);
  const index = lowerExpr(f, node.argumentExpression);
  assign(f, variable, { op: 'index', base, index }, spanOf(f.file, node));
  return true;
}

function lowerIf(f: Flow, node: ts.IfStatement): void {
  const then = newBlock(f);
  const after = newBlock(f);
  const orElse = node.elseStatement === undefined ? after : newBlock(f);
  lowerCondition(f, node.expression, then, orElse);
  f.at = then;
  lowerStatement(f, node.thenStatement);
  jump(f, after);
  if (node.elseStatement !== undefined) {
    f.at = orElse;
    lowerStatement(f, node.elseStatement);
    jump(f, after);
  }
  f.at = after;
}

function lowerSwitch(f: Flow, node: ts.SwitchStatement): void {
  const isTrue = strip(node.expression).kind === K.TrueKeyword;
  const value = isTrue
    ? undefinedValue
    : pin(f, lowerExpr(f, node.expression), spanOf(f.file, node.expression));
  const { scope, frames } = f;
  f.scope = f.file.scopes.get(node.caseBlock) ?? scope;
  const after = newBlock(f);
  const target: Frame = {
    kind: 'target',
    outer: frames,
    labels: takeLabels(f),
    breakTo: after,
    continueTo: null,
  };
  f.frames = target;
  const { clauses } = node.caseBlock;
  const bodies = clauses.map(() => newBlock(f));
  let fallback = after;
  clauses.forEach((clause, i) => {
    const body = bodies[i] as typeof after;
    if (clause.kind === K.DefaultClause) {
      fallback = body;
      return;
    }
    const next = newBlock(f);
    const { expression } = clause as ts.CaseClause;
    if (isTrue) lowerCondition(f, expression, body, next);
    else {
      const right = lowerExpr(f, expression);
      const condition = { op: 'binary', operator: '===', left: value, right } as const;
      branch(f, condition, body, next, spanOf(f.file, expression));
    }
    f.at = next;
  });
  if (fallback === after && !isTrue && isExhaustive(f.file, node, scope)) leave(f, { kind: 'stop' });
  else jump(f, fallback);
  clauses.forEach((clause, i) => {
    enter(f, bodies[i] as typeof after);
    for (const statement of clause.statements) lowerStatement(f, statement);
  });
  closeScope(f, target, node.caseBlock);
  enter(f, after);
  f.frames = frames;
  f.scope = scope;
}

/** Labels that stand before the statement that is lowered next. */
const pendingLabels = new WeakMap<Flow, string[]>();

export function takeLabels(f: Flow): readonly string[] {
  const labels = pendingLabels.get(f) ?? [];
  pendingLabels.delete(f);
  return labels;
}

const takesLabels: ReadonlySet<ts.SyntaxKind> = new Set([
  K.LabeledStatement,
  K.WhileStatement,
  K.DoStatement,
  K.ForStatement,
  K.ForInStatement,
  K.ForOfStatement,
  K.SwitchStatement,
]);

function lowerLabeled(f: Flow, node: ts.LabeledStatement): void {
  const labels = [...takeLabels(f), node.label.text];
  if (takesLabels.has(node.statement.kind)) {
    pendingLabels.set(f, labels);
    lowerStatement(f, node.statement);
    return;
  }
  const after = newBlock(f);
  const { frames } = f;
  f.frames = { kind: 'target', outer: frames, labels: ['{', ...labels], breakTo: after, continueTo: null };
  lowerStatement(f, node.statement);
  f.frames = frames;
  enter(f, after);
}

function lowerReturnStatement(f: Flow, node: ts.ReturnStatement): void {
  const { expression } = node;
  const value = expression === undefined ? null : (keptIterable(f, expression) ?? lowerExpr(f, expression));
  lowerReturn(f, value, spanOf(f.file, node));
}

function lowerThrowStatement(f: Flow, node: ts.ThrowStatement): void {
  lowerExpr(f, node.expression);
  lowerThrow(f, spanOf(f.file, node));
}

function lowerWith(f: Flow, node: ts.WithStatement): void {
  // Names inside may be fields of the object; nothing about them is sure.
  f.whole = false;
  lowerExpr(f, node.expression);
  lowerStatement(f, node.statement);
}

function lowerNamespace(f: Flow, node: ts.ModuleDeclaration): void {
  const { body } = node;
  if (body === undefined || hasModifier(node, K.DeclareKeyword)) return;
  const { scope } = f;
  f.scope = f.file.scopes.get(node) ?? scope;
  if (body.kind === K.ModuleBlock) lowerList(f, body.statements, body);
  else if (body.kind === K.ModuleDeclaration) lowerNamespace(f, body as ts.ModuleDeclaration);
  f.scope = scope;
}

function lowerExport(f: Flow, node: ts.ExportAssignment): void {
  const value = strip(node.expression);
  // An exported name is not a use of its value, as far as its callers are concerned: they are those of an export.
  if (value.kind !== K.Identifier && !f.file.functionOf.has(value)) lowerExpr(f, node.expression);
}

type Handler = (f: Flow, node: never) => void;
const statements: Partial<Record<ts.SyntaxKind, Handler>> = {
  [K.Block]: lowerBlock,
  [K.VariableStatement]: (f: Flow, node: ts.VariableStatement) => {
    if (!hasModifier(node, K.DeclareKeyword)) lowerDeclarations(f, node.declarationList);
  },
  [K.ExpressionStatement]: (f: Flow, node: ts.ExpressionStatement) => lowerEffect(f, node.expression),
  [K.IfStatement]: lowerIf,
  [K.WhileStatement]: lowerWhile,
  [K.DoStatement]: lowerDo,
  [K.ForStatement]: lowerFor,
  [K.ForInStatement]: lowerForIn,
  [K.ForOfStatement]: lowerForOf,
  [K.SwitchStatement]: lowerSwitch,
  [K.LabeledStatement]: lowerLabeled,
  [K.TryStatement]: lowerTry,
  [K.ReturnStatement]: lowerReturnStatement,
  [K.ThrowStatement]: lowerThrowStatement,
  [K.BreakStatement]: (f: Flow, node: ts.BreakStatement) =>
    lowerJump(f, 'break', node.label?.text, keywordOf(f.file, node, 5)),
  [K.ContinueStatement]: (f: Flow, node: ts.ContinueStatement) =>
    lowerJump(f, 'continue', node.label?.text, keywordOf(f.file, node, 8)),
  [K.WithStatement]: lowerWith,
  [K.ClassDeclaration]: (f: Flow, node: ts.ClassDeclaration) => void defineClass(f, node),
  [K.ModuleDeclaration]: lowerNamespace,
  [K.ExportAssignment]: lowerExport,
};

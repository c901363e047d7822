import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { FunctionContract } from '@maplelock/core';
import { assignTarget, bindValue } from './assignments.ts';
import { lowerArguments, nameSpanOf } from './calls.ts';
import { lowerCondition } from './conditions.ts';
import { mayThrow } from './exits.ts';
import { lowerEffect, lowerExpr } from './expressions.ts';
import {
  branch,
  emit,
  enter,
  jump,
  newBlock,
  nullValue,
  temp,
  unknown,
  variableExpr,
  type Flow,
  type OpenBlock,
} from './flow.ts';
import { contractOf, staticOf } from './resolve.ts';
import { lookup } from './scopes.ts';
import { keywordOf, spanOf } from './spans.ts';
import { closeScope, lowerDeclarations, lowerStatement, pushDispose, takeLabels } from './statements.ts';
import { strip } from './syntax.ts';
import { typeOfExpr } from './types.ts';

const K = ts.SyntaxKind;

/** A loop's body, with the places that `break` and `continue` go to. */
function lowerBody(
  f: Flow,
  node: ts.Statement,
  labels: readonly string[],
  breakTo: OpenBlock,
  continueTo: OpenBlock,
): void {
  const { frames } = f;
  f.frames = { kind: 'target', outer: frames, labels, breakTo, continueTo };
  lowerStatement(f, node);
  f.frames = frames;
}

export function lowerWhile(f: Flow, node: ts.WhileStatement): void {
  const labels = takeLabels(f);
  const head = newBlock(f);
  const body = newBlock(f);
  const after = newBlock(f);
  enter(f, head);
  lowerCondition(f, node.expression, body, after);
  f.at = body;
  lowerBody(f, node.statement, labels, after, head);
  jump(f, head);
  f.at = after;
}

export function lowerDo(f: Flow, node: ts.DoStatement): void {
  const labels = takeLabels(f);
  const body = newBlock(f);
  const test = newBlock(f);
  const after = newBlock(f);
  enter(f, body);
  lowerBody(f, node.statement, labels, after, test);
  enter(f, test);
  lowerCondition(f, node.expression, body, after);
  f.at = after;
}

export function lowerFor(f: Flow, node: ts.ForStatement): void {
  const labels = takeLabels(f);
  const { scope, frames } = f;
  f.scope = f.file.scopes.get(node) ?? scope;
  const { initializer, condition, incrementor, statement } = node;
  if (initializer?.kind === K.VariableDeclarationList) {
    lowerDeclarations(f, initializer as ts.VariableDeclarationList);
  } else if (initializer !== undefined) lowerEffect(f, initializer as ts.Expression);
  const head = newBlock(f);
  const body = newBlock(f);
  const step = newBlock(f);
  const after = newBlock(f);
  enter(f, head);
  if (condition === undefined) jump(f, body);
  else lowerCondition(f, condition, body, after);
  f.at = body;
  lowerBody(f, statement, labels, after, step);
  enter(f, step);
  if (incrementor !== undefined) lowerEffect(f, incrementor);
  jump(f, head);
  f.at = after;
  closeScope(f, frames, node);
  f.scope = scope;
}

/** Gives a round's value to the loop's variable, or to whatever else stands before `of`. */
function assignRound(f: Flow, node: ts.ForInStatement | ts.ForOfStatement, value: Expr): void {
  const { initializer } = node;
  if (initializer.kind !== K.VariableDeclarationList) {
    assignTarget(f, initializer as ts.Expression, value);
    return;
  }
  const list = initializer as ts.VariableDeclarationList;
  const name = list.declarations[0]?.name;
  if (name === undefined) return;
  bindValue(f, name, value);
  const block = list.flags & ts.NodeFlags.BlockScoped;
  if ((block & ts.NodeFlags.Using) !== 0) pushDispose(f, name, block === ts.NodeFlags.AwaitUsing);
}

/** The rounds of `for … in` and `for … of`: `value` gives each round's value, `next` decides whether there is one. */
function lowerRounds(
  f: Flow,
  node: ts.ForInStatement | ts.ForOfStatement,
  next: (body: OpenBlock, after: OpenBlock) => void,
  value: () => Expr,
): void {
  const labels = takeLabels(f);
  const { scope } = f;
  const head = newBlock(f);
  const body = newBlock(f);
  const after = newBlock(f);
  enter(f, head);
  f.scope = f.file.scopes.get(node) ?? scope;
  next(body, after);
  f.at = body;
  const { frames } = f;
  // The variable's scope is one round, so that `using` ends within what `continue` goes to.
  f.frames = { kind: 'target', outer: frames, labels, breakTo: after, continueTo: head };
  const round = f.frames;
  assignRound(f, node, value());
  lowerStatement(f, node.statement);
  closeScope(f, round, node);
  f.frames = frames;
  f.scope = scope;
  jump(f, head);
  f.at = after;
}

export function lowerForIn(f: Flow, node: ts.ForInStatement): void {
  lowerExpr(f, node.expression);
  const span = keywordOf(f.file, node, 3);
  lowerRounds(
    f,
    node,
    (body, after) => branch(f, unknown, body, after, span),
    () => unknown,
  );
}

export function lowerForOf(f: Flow, node: ts.ForOfStatement): void {
  const steps = stepsOf(f, node.expression);
  if (steps !== undefined) {
    lowerSteps(f, node, steps.call, steps.row);
    return;
  }
  const list = lowerExpr(f, node.expression);
  const span = keywordOf(f.file, node, 3);
  lowerRounds(
    f,
    node,
    (body, after) => branch(f, unknown, body, after, span),
    () => {
      const element: Expr = { op: 'index', base: list, index: unknown };
      if (node.awaitModifier === undefined) return element;
      const type = typeOfExpr(f.file, element);
      const to = temp(f, span, type && { scope: f.scope, type });
      mayThrow(f, span);
      f.awaits = true;
      emit(f, { kind: 'suspend', what: 'await', to: to.id, value: element, span });
      return variableExpr(to);
    },
  );
}

interface Steps {
  readonly call: ts.CallExpression;
  readonly row: FunctionContract & { readonly steps: string };
}

/** The call of a contract's iterable, if that is what is iterated over, be it by way of a constant. */
function stepsOf(f: Flow, expression: ts.Expression): Steps | undefined {
  const node = strip(expression);
  if (node.kind === K.CallExpression) {
    const call = node as ts.CallExpression;
    const row = contractOf(f.file, staticOf(f.file, call.expression, f.scope));
    return row?.steps === undefined ? undefined : { call, row: { ...row, steps: row.steps } };
  }
  if (node.kind !== K.Identifier) return undefined;
  const binding = lookup(f.scope, (node as ts.Identifier).text);
  const init = binding?.init;
  if (init === undefined || init.path.length > 0 || binding?.variable?.assigned !== false) return undefined;
  const source = strip(init.expr);
  const isSimple =
    source.kind === K.CallExpression &&
    (source as ts.CallExpression).arguments.every((arg) => isFixed(f, arg));
  return isSimple ? stepsOf(f, source) : undefined;
}

/** A name or a number that means here what it meant where it was written. */
function isFixed(f: Flow, node: ts.Expression): boolean {
  if (node.kind === K.NumericLiteral) return true;
  if (node.kind !== K.Identifier) return false;
  const binding = lookup(f.scope, (node as ts.Identifier).text);
  return binding !== undefined && binding.variable?.assigned !== true;
}

function lowerSteps(f: Flow, node: ts.ForOfStatement, call: ts.CallExpression, row: Steps['row']): void {
  const args = lowerArguments(f, call.arguments);
  const span = spanOf(f.file, call);
  const nameSpan = nameSpanOf(f, call.expression);
  const entry = temp(f, span);
  const value = variableExpr(entry);
  lowerRounds(
    f,
    node,
    (body, after) => {
      mayThrow(f, span);
      emit(f, {
        kind: 'call',
        to: entry.id,
        callee: { kind: 'api', name: row.steps },
        args,
        span,
        nameSpan,
        text: f.file.text.slice(nameSpan.start, nameSpan.end),
        result: 'used',
      });
      branch(f, { op: 'binary', operator: '!==', left: value, right: nullValue }, body, after, span);
    },
    () => value,
  );
}

import ts from 'typescript';
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { FunctionContract } from '@maplelock/core';
import { assignTarget, bindValue } from './assignments.ts';
import { lowerArguments, nameSpanOf } from './calls.ts';
import { lowerCondition } from './conditions.ts';
import type { VarInfo } from './entities.ts';
import { mayThrow } from './exits.ts';
import { lowerEffect, lowerExpr } from './expressions.ts';
import {
  assign,
  branch,
  emit,
  enter,
  jump,
  newBlock,
  nullValue,
  pin,
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
import { findMember, typeOfExpr } from './types.ts';

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
    lowerSteps(f, node, steps);
    return;
  }
  const list = iterated(f, node);
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

/** What is gone through: an object whose class says how is what that method gives. */
function iterated(f: Flow, node: ts.ForOfStatement): Expr {
  const value = lowerExpr(f, node.expression);
  const type = typeOfExpr(f.file, value);
  const isAsync = node.awaitModifier !== undefined;
  const member = type && findMember(f.file, type, isAsync ? '[Symbol.asyncIterator]' : '[Symbol.iterator]');
  if (member?.kind !== 'method') return value;
  const span = spanOf(f.file, node.expression);
  const to = temp(f, span);
  const callee = { kind: 'function', fn: member.fn.id } as const;
  const call = { kind: 'call', to: to.id, callee, receiver: value, args: [], span, nameSpan: span } as const;
  emit(f, { ...call, text: member.fn.name, result: 'used' });
  return variableExpr(to);
}

/** An iterable of a contract: going through it is a call of the row's step each time. */
export interface Steps {
  readonly row: FunctionContract & { readonly steps: string };
  readonly args: readonly Expr[];
  /** What it is called in messages. */
  readonly text: string;
}

/** The contract's row, if an expression makes one of its iterables. */
function iterableRow(f: Flow, node: ts.Expression): Steps['row'] | undefined {
  if (node.kind !== K.CallExpression) return undefined;
  const row = contractOf(f.file, staticOf(f.file, (node as ts.CallExpression).expression, f.scope));
  return row?.steps === undefined ? undefined : { ...row, steps: row.steps };
}

function makeSteps(f: Flow, call: ts.CallExpression, row: Steps['row']): Steps {
  const { start, end } = nameSpanOf(f, call.expression);
  return { row, args: lowerArguments(f, call.arguments), text: f.file.text.slice(start, end) };
}

/** What is gone through step by step: a contract's iterable, made here or kept in a variable. */
function stepsOf(f: Flow, expression: ts.Expression): Steps | undefined {
  const node = strip(expression);
  const row = iterableRow(f, node);
  if (row !== undefined) return makeSteps(f, node as ts.CallExpression, row);
  return node.kind === K.Identifier ? keptSteps(f, node as ts.Identifier) : undefined;
}

function keptSteps(f: Flow, name: ts.Identifier): Steps | undefined {
  const variable = lookup(f.scope, name.text)?.variable;
  return variable && f.iterables.get(variable.id);
}

/** `const all = mas_for_each(mas, max)` walks nothing yet: whoever goes through it does. */
export function keepIterable(f: Flow, variable: VarInfo, initializer: ts.Expression): boolean {
  const node = strip(initializer);
  const row = variable.assigned ? undefined : iterableRow(f, node);
  if (row === undefined) return false;
  const steps = makeSteps(f, node as ts.CallExpression, row);
  const args = steps.args.map((arg) => pin(f, arg, spanOf(f.file, node)));
  f.iterables.set(variable.id, { ...steps, args });
  assign(f, variable, unknown, spanOf(f.file, node));
  return true;
}

/**
 * `const all = locked(() => mas_for_each(mas, max))`: the callback only makes it, and whoever goes through what the helper
 * hands on walks.
 */
export function keepFromCallback(f: Flow, variable: VarInfo, initializer: ts.Expression): void {
  const node = strip(initializer);
  if (variable.assigned || node.kind !== K.CallExpression) return;
  for (const argument of (node as ts.CallExpression).arguments) {
    const made = madeBy(strip(argument));
    const row = made && iterableRow(f, made);
    if (made === undefined || row === undefined) continue;
    const steps = makeSteps(f, made, row);
    const args = steps.args.map((arg) => pin(f, arg, spanOf(f.file, made)));
    f.iterables.set(variable.id, { ...steps, args });
    f.file.stepped.add(made);
  }
}

/** The call that is all of a callback without parameters: `() => make()`, `() => { return make(); }`. */
function madeBy(callback: ts.Expression): ts.CallExpression | undefined {
  if (callback.kind !== K.ArrowFunction) return undefined;
  const { body, parameters, modifiers } = callback as ts.ArrowFunction;
  if (parameters.length > 0 || modifiers !== undefined) return undefined;
  const only = body.kind === K.Block ? (body as ts.Block).statements[0] : undefined;
  const value = only?.kind === K.ReturnStatement ? (only as ts.ReturnStatement).expression : body;
  const made = value === undefined || value.kind === K.Block ? undefined : strip(value as ts.Expression);
  return made?.kind === K.CallExpression ? (made as ts.CallExpression) : undefined;
}

/** A kept iterable that is returned: going through it is left to the callers. */
export function keptIterable(f: Flow, expression: ts.Expression): Expr | undefined {
  const node = strip(expression);
  if (node.kind !== K.Identifier || keptSteps(f, node as ts.Identifier) === undefined) return undefined;
  const variable = lookup(f.scope, (node as ts.Identifier).text)?.variable;
  return variable && variableExpr(variable);
}

/** A kept iterable that is given to whoever goes through it: at least one step. */
export function stepThrough(f: Flow, name: ts.Identifier): void {
  const steps = keptSteps(f, name);
  if (steps === undefined) return;
  const span = spanOf(f.file, name);
  emitStep(f, steps, temp(f, span), span, span);
}

function emitStep(f: Flow, { row, args, text }: Steps, to: VarInfo, span: Span, nameSpan: Span): void {
  mayThrow(f, span);
  const callee = { kind: 'api', name: row.steps } as const;
  emit(f, { kind: 'call', to: to.id, callee, args, span, nameSpan, text, result: 'used' });
}

function lowerSteps(f: Flow, node: ts.ForOfStatement, steps: Steps): void {
  const made = strip(node.expression);
  const span = spanOf(f.file, made);
  const nameSpan =
    made.kind === K.CallExpression ? nameSpanOf(f, (made as ts.CallExpression).expression) : span;
  const entry = temp(f, span);
  const value = variableExpr(entry);
  lowerRounds(
    f,
    node,
    (body, after) => {
      emitStep(f, steps, entry, span, nameSpan);
      branch(f, { op: 'binary', operator: '!==', left: value, right: nullValue }, body, after, span);
    },
    () => {
      if (node.awaitModifier !== undefined) {
        f.awaits = true;
        emit(f, {
          kind: 'suspend',
          what: 'await',
          to: temp(f, span).id,
          value,
          span: keywordOf(f.file, node, 3),
        });
      }
      return value;
    },
  );
}

/** Operators of the language as operators of the IR; what the IR has no word for is unknown. */
import ts from 'typescript';
import type { BinaryOperator, Expr, UnaryOperator } from '../../ir/ir.ts';
import { unknown } from './flow.ts';

const K = ts.SyntaxKind;

export const unaryOperators: Readonly<Record<number, UnaryOperator>> = {
  [K.ExclamationToken]: '!',
  [K.MinusToken]: '-',
  [K.TildeToken]: '~',
  [K.PlusToken]: '+',
};

const binaryOperators: Readonly<Record<number, BinaryOperator>> = {
  [K.EqualsEqualsToken]: '==',
  [K.ExclamationEqualsToken]: '!=',
  [K.EqualsEqualsEqualsToken]: '===',
  [K.ExclamationEqualsEqualsToken]: '!==',
  [K.LessThanToken]: '<',
  [K.LessThanEqualsToken]: '<=',
  [K.GreaterThanToken]: '>',
  [K.GreaterThanEqualsToken]: '>=',
  [K.PlusToken]: '+',
  [K.MinusToken]: '-',
  [K.AsteriskToken]: '*',
  [K.SlashToken]: '/',
  [K.PercentToken]: '%',
  [K.AmpersandToken]: '&',
  [K.BarToken]: '|',
  [K.CaretToken]: '^',
  [K.LessThanLessThanToken]: '<<',
  [K.GreaterThanGreaterThanToken]: '>>',
};

const compoundOperators: Readonly<Record<number, ts.SyntaxKind>> = {
  [K.PlusEqualsToken]: K.PlusToken,
  [K.MinusEqualsToken]: K.MinusToken,
  [K.AsteriskEqualsToken]: K.AsteriskToken,
  [K.SlashEqualsToken]: K.SlashToken,
  [K.PercentEqualsToken]: K.PercentToken,
  [K.AmpersandEqualsToken]: K.AmpersandToken,
  [K.BarEqualsToken]: K.BarToken,
  [K.CaretEqualsToken]: K.CaretToken,
  [K.LessThanLessThanEqualsToken]: K.LessThanLessThanToken,
  [K.GreaterThanGreaterThanEqualsToken]: K.GreaterThanGreaterThanToken,
};

/** The value of `left op= right`. */
export function compoundValue(operator: ts.SyntaxKind, left: Expr, right: Expr): Expr {
  return binaryValue(compoundOperators[operator] ?? K.Unknown, left, right);
}

export function binaryValue(kind: ts.SyntaxKind, left: Expr, right: Expr): Expr {
  const operator = binaryOperators[kind];
  return operator === undefined ? unknown : { op: 'binary', operator, left, right };
}

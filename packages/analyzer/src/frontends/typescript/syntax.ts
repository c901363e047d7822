/** Questions about syntax that several parts ask. */
import ts from 'typescript';

const K = ts.SyntaxKind;

/** The expression inside parentheses, `as`, `satisfies`, `!`, `<T>` and `Object.freeze`, none of which makes another. */
export function strip(node: ts.Expression): ts.Expression {
  for (;;) {
    switch (node.kind) {
      case K.ParenthesizedExpression:
      case K.AsExpression:
      case K.SatisfiesExpression:
      case K.NonNullExpression:
      case K.TypeAssertionExpression:
      case K.PartiallyEmittedExpression:
      case K.ExpressionWithTypeArguments:
        node = (node as ts.ParenthesizedExpression).expression;
        break;
      case K.CallExpression: {
        const frozen = frozenArgument(node as ts.CallExpression);
        if (frozen === undefined) return node;
        node = frozen;
        break;
      }
      default:
        return node;
    }
  }
}

/** `Object.freeze(x)` is x. */
function frozenArgument({ expression, arguments: args }: ts.CallExpression): ts.Expression | undefined {
  if (expression.kind !== K.PropertyAccessExpression || args.length !== 1) return undefined;
  const { expression: owner, name } = expression as ts.PropertyAccessExpression;
  if (name.text !== 'freeze' && name.text !== 'seal') return undefined;
  return owner.kind === K.Identifier && (owner as ts.Identifier).text === 'Object' ? args[0] : undefined;
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  const { modifiers } = node as { modifiers?: readonly ts.ModifierLike[] };
  return modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

/** The name of a property where it is fixed: `a`, `'a'`, `#a`, `1`, `['a']`, `[Symbol.dispose]`. */
export function propertyName(node: ts.PropertyName | ts.Node | undefined): string | undefined {
  switch (node?.kind) {
    case K.Identifier:
    case K.PrivateIdentifier:
    case K.StringLiteral:
    case K.NoSubstitutionTemplateLiteral:
    case K.NumericLiteral:
      return (node as ts.Identifier | ts.StringLiteral).text;
    case K.ComputedPropertyName:
      return keyText((node as ts.ComputedPropertyName).expression);
    default:
      return undefined;
  }
}

/** The property that a key in brackets names: a literal's text, or a symbol of the language as it is written. */
function keyText(key: ts.Expression): string | undefined {
  const node = strip(key);
  if (node.kind !== K.PropertyAccessExpression) return literalText(node);
  const { expression, name } = node as ts.PropertyAccessExpression;
  const isSymbol = expression.kind === K.Identifier && (expression as ts.Identifier).text === 'Symbol';
  return isSymbol ? `[Symbol.${name.text}]` : undefined;
}

export function literalText(node: ts.Node | undefined): string | undefined {
  return node?.kind === K.StringLiteral || node?.kind === K.NoSubstitutionTemplateLiteral
    ? (node as ts.StringLiteral).text
    : undefined;
}

/** `table` of `table` and of `this.table`. */
export function lastName(node: ts.Node): string | undefined {
  const inner = strip(node as ts.Expression);
  return ts.isIdentifier(inner) ? inner.text : memberName(inner);
}

/** The property that a member access names, if it is fixed: `a.b`, `a['b']`. */
export function memberName(node: ts.Node): string | undefined {
  if (node.kind === K.PropertyAccessExpression) return (node as ts.PropertyAccessExpression).name.text;
  return node.kind === K.ElementAccessExpression
    ? keyText((node as ts.ElementAccessExpression).argumentExpression)
    : undefined;
}

export const disposeName: string = '[Symbol.dispose]';
export const asyncDisposeName: string = '[Symbol.asyncDispose]';

export function isFunctionExpression(node: ts.Node): node is ts.FunctionExpression | ts.ArrowFunction {
  return node.kind === K.FunctionExpression || node.kind === K.ArrowFunction;
}

export function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= K.FirstAssignment && kind <= K.LastAssignment;
}

/** The module of `require('m')` and `import('m')`. */
export function requestedModule(node: ts.Expression): string | undefined {
  if (node.kind !== K.CallExpression) return undefined;
  const { expression, arguments: args } = node as ts.CallExpression;
  const isRequest =
    expression.kind === K.ImportKeyword ||
    (expression.kind === K.Identifier && (expression as ts.Identifier).text === 'require');
  return isRequest && args.length > 0 ? literalText(args[0]) : undefined;
}

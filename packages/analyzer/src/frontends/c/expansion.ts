/**
 * Macros with parameters that the file itself defines: their bodies are lowered where they are used, with the
 * parameters bound to what they were given.
 */
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { Binding, FunctionContext, UnitContext } from './context.ts';
import { UNKNOWN } from './context.ts';
import { lowerExpression } from './expressions.ts';
import { lowerStatement } from './statements.ts';
import type { MacroDefinition } from './preprocessor.ts';
import type { SyntaxNode } from './syntax.ts';

const MAX_DEPTH = 6;
/** What leaves the body would leave the function around it; what is pasted is no expression. */
const UNREADABLE = /#|\b(return|goto|break|continue|case|__VA_ARGS__)\b/;

/** Lowers a use of the macro; undefined if it is none, or its body cannot be read. */
export function expandMacro(
  cx: FunctionContext,
  name: string,
  args: readonly SyntaxNode[],
  span: Span,
  nameSpan: Span,
): Expr | undefined {
  const { unit } = cx;
  const macro = unit.masked.macros.get(name);
  if (!macro || macro.params.length !== args.length) return undefined;
  if (cx.expanding.length >= MAX_DEPTH || cx.expanding.includes(name)) return undefined;
  const body = bodyOf(unit, name);
  if (!body) return undefined;
  const { bindings, site } = cx;
  const { text } = unit;
  const bound = new Map<string, Binding>();
  for (const [position, node] of args.entries()) {
    bound.set(macro.params[position] ?? '', { node, text, bindings });
  }
  cx.bindings = bound;
  cx.site = site ?? { span, nameSpan };
  cx.expanding.push(name);
  unit.text = unit.original;
  const value = lowerBody(cx, body);
  unit.text = text;
  cx.expanding.pop();
  cx.bindings = bindings;
  cx.site = site;
  return value;
}

function lowerBody(cx: FunctionContext, body: SyntaxNode): Expr {
  const [expression] = body.children;
  if (body.type === 'expression_statement' && expression) return lowerExpression(cx, expression);
  lowerStatement(cx, body);
  return UNKNOWN;
}

function bodyOf(unit: UnitContext, name: string): SyntaxNode | null {
  let body = unit.macroBodies.get(name);
  if (body === undefined) {
    body = readBody(unit, name);
    unit.macroBodies.set(name, body);
  }
  return body;
}

function readBody(unit: UnitContext, name: string): SyntaxNode | null {
  const macro = unit.masked.macros.get(name);
  if (!macro || UNREADABLE.test(macro.body)) return null;
  const code = macro.body.trimEnd();
  const body = unit.parseStatement(code, macro.start);
  // One statement or expression, and nothing behind it.
  if (!body || body.broken || body.end < macro.start + code.length) return null;
  return body;
}

/** Goes on with what a macro without parameters stands for; undefined if the name is none. */
export function throughAlias<T>(
  cx: FunctionContext,
  name: string,
  use: (node: SyntaxNode) => T,
): T | undefined {
  const { unit } = cx;
  const alias = unit.masked.aliases.get(name);
  if (!alias || cx.expanding.length >= MAX_DEPTH || cx.expanding.includes(name)) return undefined;
  let body = unit.macroBodies.get(name);
  if (body === undefined) unit.macroBodies.set(name, (body = readExpression(unit, alias)));
  if (!body) return undefined;
  const { text } = unit;
  const { bindings } = cx;
  unit.text = unit.original;
  cx.bindings = null;
  cx.expanding.push(name);
  const result = use(body);
  cx.expanding.pop();
  cx.bindings = bindings;
  unit.text = text;
  return result;
}

function readExpression(unit: UnitContext, { body, start }: MacroDefinition): SyntaxNode | null {
  const code = body.replace(/\/\*[^]*?(\*\/|$)|\/\/.*/g, (comment) => ' '.repeat(comment.length)).trimEnd();
  const statement = unit.parseStatement(`${code};`, start);
  if (statement?.type !== 'expression_statement' || statement.broken) return null;
  return statement.children[0] ?? null;
}

/** Goes on with what a parameter of the macro stands for; undefined if the name is no parameter. */
export function throughBinding<T>(
  cx: FunctionContext,
  name: string,
  use: (node: SyntaxNode) => T,
): T | undefined {
  const binding = cx.bindings?.get(name);
  if (!binding) return undefined;
  const { bindings, unit } = cx;
  const { text } = unit;
  cx.bindings = binding.bindings;
  unit.text = binding.text;
  const result = use(binding.node);
  unit.text = text;
  cx.bindings = bindings;
  return result;
}

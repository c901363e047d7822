/**
 * Macros with parameters that the file itself defines, or a header that it includes by `"name"`: their bodies are
 * lowered where they are used, with the parameters bound to what they were given.
 */
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { Binding, FunctionContext, UnitContext } from './context.ts';
import { UNKNOWN } from './context.ts';
import { lowerExpression } from './expressions.ts';
import { lowerStatements } from './statements.ts';
import type { MacroDefinition } from './preprocessor.ts';
import type { SyntaxNode } from './syntax.ts';

const MAX_DEPTH = 6;
/** What is pasted is no expression; a case belongs to a switch that is not seen. */
const UNREADABLE = /##|\b(case|default|__VA_ARGS__)\b/;

/** Lowers a use of the macro; undefined if it is none, or its body cannot be read. */
export function expandMacro(
  cx: FunctionContext,
  name: string,
  args: readonly SyntaxNode[],
  span: Span,
  nameSpan: Span,
): Expr | undefined {
  const body = macroBody(cx, name, args.length, '');
  if (!body) return undefined;
  return withBody(cx, { name, args, body, span, nameSpan }, () => lowerBody(cx, body.nodes));
}

/** What stands for the statement behind a macro that is the head of a loop. */
const BEHIND = '__behind__';

/** Lowers a loop whose head is the macro, over `behind`. Returns false if it is none, or its body cannot be read. */
export function expandLoop(
  cx: FunctionContext,
  name: string,
  args: readonly SyntaxNode[],
  place: { readonly span: Span; readonly nameSpan: Span },
  behind: () => void,
): boolean {
  const body = macroBody(cx, name, args.length, ` ${BEHIND};`);
  if (!body) return false;
  const { unit, flow } = cx;
  const { text } = unit;
  const { bindings, statementBehind } = cx;
  const outer = flow.site;
  cx.statementBehind = (): void => {
    const inside = { text: unit.text, bindings: cx.bindings, site: flow.site, behind: cx.statementBehind };
    unit.text = text;
    cx.bindings = bindings;
    flow.site = outer;
    cx.statementBehind = statementBehind;
    behind();
    unit.text = inside.text;
    cx.bindings = inside.bindings;
    flow.site = inside.site;
    cx.statementBehind = inside.behind;
  };
  withBody(cx, { name, args, body, ...place }, () => lowerBody(cx, body.nodes));
  cx.statementBehind = statementBehind;
  return true;
}

/** True for the name that stands for the statement behind the macro. */
export function isStatementBehind(cx: FunctionContext, name: string): boolean {
  return name === BEHIND && cx.statementBehind !== null;
}

/** A macro's body, parsed, and the text that its nodes are read from. */
export interface MacroBody {
  readonly nodes: readonly SyntaxNode[];
  readonly text: string;
}

interface Use {
  readonly name: string;
  readonly args: readonly SyntaxNode[];
  readonly body: MacroBody;
  readonly span: Span;
  readonly nameSpan: Span;
}

function withBody<T>(cx: FunctionContext, use: Use, lower: () => T): T {
  const { unit, flow } = cx;
  const { bindings } = cx;
  const { site } = flow;
  const { text } = unit;
  const params = unit.masked.macros.get(use.name)?.params ?? [];
  const bound = new Map<string, Binding>();
  for (const [position, node] of use.args.entries()) {
    bound.set(params[position] ?? '', { node, text, bindings });
  }
  cx.bindings = bound;
  flow.site = site ?? { span: use.span, nameSpan: use.nameSpan };
  cx.expanding.push(use.name);
  unit.text = use.body.text;
  const value = lower();
  unit.text = text;
  cx.expanding.pop();
  cx.bindings = bindings;
  flow.site = site;
  return value;
}

function lowerBody(cx: FunctionContext, nodes: readonly SyntaxNode[]): Expr {
  const [first] = nodes;
  const [expression] = first?.children ?? [];
  if (nodes.length === 1 && first?.type === 'expression_statement' && expression)
    return lowerExpression(cx, expression);
  lowerStatements(cx, nodes);
  return UNKNOWN;
}

function macroBody(cx: FunctionContext, name: string, count: number, tail: string): MacroBody | null {
  const { unit } = cx;
  const macro = unit.masked.macros.get(name);
  if (!macro || macro.params.length !== count) return null;
  if (cx.expanding.length >= MAX_DEPTH || cx.expanding.includes(name)) return null;
  let body = unit.macroBodies.get(name + tail);
  if (body === undefined) unit.macroBodies.set(name + tail, (body = readBody(unit, macro, tail)));
  return body;
}

function readBody(unit: UnitContext, { body, start }: MacroDefinition, tail: string): MacroBody | null {
  if (UNREADABLE.test(body)) return null;
  const code = body.trimEnd();
  if (code === '') return null;
  const fragment = unit.parseStatements(withoutStrings(code) + tail, start);
  // Statements or an expression, and nothing behind.
  if (fragment === null || fragment.nodes.some((node) => node.broken)) return null;
  const last = fragment.nodes.at(-1);
  return last === undefined || last.end < start + code.length ? null : fragment;
}

/** `#name` is a string. */
function withoutStrings(code: string): string {
  return code.replace(/#\s*\w+/g, (made) => `"${made.slice(2)}"`);
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
  const [node] = body?.nodes ?? [];
  if (!body || !node) return undefined;
  const { text } = unit;
  const { bindings } = cx;
  unit.text = body.text;
  cx.bindings = null;
  cx.expanding.push(name);
  const result = use(node);
  cx.expanding.pop();
  cx.bindings = bindings;
  unit.text = text;
  return result;
}

function readExpression(unit: UnitContext, { body, start }: MacroDefinition): MacroBody | null {
  const code = body.replace(/\/\*[^]*?(\*\/|$)|\/\/.*/g, (comment) => ' '.repeat(comment.length)).trimEnd();
  const fragment = unit.parseStatements(`${code};`, start);
  const [statement] = fragment?.nodes ?? [];
  if (!fragment || statement?.type !== 'expression_statement' || statement.broken) return null;
  return { nodes: statement.children.slice(0, 1), text: fragment.text };
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

/** The name that stands at the node, or that the macro was given for it. */
export function nameThroughBinding(cx: FunctionContext, node: SyntaxNode): string {
  const written = cx.unit.text.slice(node.start, node.end);
  return throughBinding(cx, written, (given) => nameThroughBinding(cx, given)) ?? written;
}

/**
 * What a file says is to be done with a variable at the end of its scope: DEFINE_CLASS(), DEFINE_FREE(), and functions
 * named by an attribute.
 */
import type { Expr, VarId } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { emitNamedCall } from './calls.ts';
import type { FunctionContext } from './context.ts';
import { expandMacro } from './expansion.ts';
import type { MaskedText } from './mask.ts';
import type { MacroDefinition } from './preprocessor.ts';
import type { SyntaxNode } from './syntax.ts';

/** The names under which a file's definitions are kept among its macros. */
export const classMacros = (name: string): { readonly make: string; readonly end: string } => ({
  make: `class_${name}_constructor`,
  end: `class_${name}_destructor`,
});
const freeMacro = (name: string): string => `__free_${name}`;

/** The variable that the definitions are written over. */
const VARIABLE = '_T';

/** The definitions of a file are macros like its others: text with parameters. */
export function withScopeEnds(masked: MaskedText, text: string): MaskedText {
  const macros = new Map(masked.macros);
  for (const { name, args } of masked.masks) {
    const written = args.map(({ start, end }) => text.slice(start, end));
    const macro = (k: number, params: readonly string[]): MacroDefinition => {
      const body = written[k] ?? '';
      const indent = body.length - body.trimStart().length;
      return { params, body: body.trim(), start: (args[k]?.start ?? 0) + indent };
    };
    const own = written[0]?.trim() ?? '';
    if (name === 'DEFINE_FREE' && args.length === 3) macros.set(freeMacro(own), macro(2, [VARIABLE]));
    if (name !== 'DEFINE_CLASS' || args.length < 4) continue;
    const params = written.slice(4).flatMap((declared) => /(\w+)\s*$/.exec(declared)?.[1] ?? []);
    macros.set(classMacros(own).make, macro(3, params.join() === 'void' ? [] : params));
    macros.set(classMacros(own).end, macro(2, [VARIABLE]));
  }
  return macros.size === masked.macros.size ? masked : { ...masked, macros };
}

const ATTRIBUTE = /\b(?:__free\s*\(\s*(?<free>\w+)|(?:__)?cleanup(?:__)?\s*\(\s*(?<call>\w+))\s*\)/;

/** Heeds `__free(name)` and `__attribute__((cleanup(function)))` in what stands between a name and its value. */
export function endByAttribute(cx: FunctionContext, name: Span, id: VarId, until: number): void {
  const { original, masked } = cx.unit;
  const { free, call } = ATTRIBUTE.exec(original.slice(name.end, until))?.groups ?? {};
  if (call !== undefined) {
    onLeaving(cx, (at) => discard(cx, emitNamedCall(cx, call, [{ op: 'addr-var', id }], implicitAt(at))));
  } else if (free !== undefined && masked.macros.has(freeMacro(free)))
    endByMacro(cx, freeMacro(free), name, id);
}

/** Expands the macro over the variable, which may have no name any more where the scope is left. */
export function endByMacro(cx: FunctionContext, macro: string, name: Span, id: VarId): void {
  const { original } = cx.unit;
  const node: SyntaxNode = { ...name, type: 'identifier', field: null, children: [], broken: false };
  onLeaving(cx, (at) => {
    cx.scopes.push(new Map([[original.slice(name.start, name.end), id]]));
    expandMacro(cx, macro, [node], at, at);
    cx.scopes.pop();
  });
}

export function onLeaving(cx: FunctionContext, leave: (at: Span) => void): void {
  cx.cleanups = { leave, outer: cx.cleanups };
}

export function implicitAt(at: Span): {
  readonly span: Span;
  readonly nameSpan: Span;
  readonly implicit: true;
} {
  return { span: at, nameSpan: at, implicit: true };
}

/** Nobody sees the result of what the compiler calls. */
export function discard(cx: FunctionContext, result: Expr): void {
  if (result.op === 'var') cx.flow.markResult(result.id, 'discarded');
}

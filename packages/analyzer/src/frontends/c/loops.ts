/** Lowering of what the masking made loops: `mas_for_each()`, `list_for_each_entry()`, `scoped_guard()`. */
import type { CMacro } from '../../contracts/model.ts';
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { emitNamedCall, lowerMacroArgument } from './calls.ts';
import { callUnknownClass, emitCleanups, giveBack, lockOf, takeLock } from './cleanup.ts';
import type { FunctionContext } from './context.ts';
import { guardOf, lookUp, NULL, spanOf, textOfNode, UNKNOWN } from './context.ts';
import { expandLoop } from './expansion.ts';
import { lowerExpression, stripParentheses } from './expressions.ts';
import type { OpenBlock } from './flow.ts';
import type { Mask } from './mask.ts';
import { lowerPlace, readPlace, writePlace } from './places.ts';
import { endSpan, inScope, lowerLoopBody, lowerStatement, lowerStatements } from './statements.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';

type LoopMacro = CMacro & { readonly kind: 'loop' };

export function lowerMaskedLoop(cx: FunctionContext, node: SyntaxNode, mask: Mask): void {
  const condition = child(node, 'condition');
  if (mask.kind === 'scoped-guard' || mask.kind === 'scoped-cond-guard') {
    lowerScopedGuard(cx, node, mask, condition ? argumentsOf(condition) : []);
    return;
  }
  const { flow } = cx;
  const statement = child(node, 'body');
  if (cx.unit.model.macro(mask.name) === undefined) {
    const args = mask.args.length > 0 && condition ? argumentsOf(condition) : [];
    const place = { span: { start: mask.at, end: mask.end }, nameSpan: nameOf(mask) };
    const behind = (): void => {
      if (statement) inScope(cx, endSpan(statement), () => lowerStatement(cx, statement));
    };
    if (expandLoop(cx, mask.name, args, place, behind)) return;
  }
  const [head, body, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock()];
  flow.enter(head);
  lowerLoopTest(cx, mask, condition, body, end);
  flow.startAt(body);
  lowerLoopBody(cx, statement, head, end);
  flow.startAt(end);
}

function nameOf({ at, name }: Mask): Span {
  return { start: at, end: at + name.length };
}

/** One round of a loop macro: what it calls, and the choice to go on. */
export function lowerLoopTest(
  cx: FunctionContext,
  mask: Mask,
  condition: SyntaxNode | undefined,
  body: OpenBlock,
  end: OpenBlock,
): void {
  const macro = cx.unit.model.macro(mask.name);
  const loop: LoopMacro = macro?.kind === 'loop' ? macro : { kind: 'loop' };
  const more = lowerStep(cx, mask, loop, condition ? argumentsOf(condition) : []);
  cx.flow.branch(more, body, end, { start: mask.at, end: mask.end });
}

/** The arguments of a macro, which masking left as a comma expression. */
function argumentsOf(condition: SyntaxNode): SyntaxNode[] {
  return flatten(stripParentheses(condition));
}

function flatten(node: SyntaxNode): SyntaxNode[] {
  if (node.type !== 'comma_expression') return [node];
  const left = child(node, 'left');
  const right = child(node, 'right');
  return [...(left ? flatten(left) : []), ...(right ? flatten(right) : [])];
}

/** What one round does before the body; returns the condition to go on. */
function lowerStep(cx: FunctionContext, mask: Mask, loop: LoopMacro, args: readonly SyntaxNode[]): Expr {
  const span = { start: mask.at, end: mask.end };
  const nameSpan = nameOf(mask);
  if (loop.step === undefined) {
    for (const [position, argument] of args.entries()) {
      const sets = setByMacro(cx, mask.name, position) ?? isFreshLocal(cx, argument);
      if (position === loop.into || sets) {
        writePlace(cx, lowerPlace(cx, argument), UNKNOWN, spanOf(argument));
      } else {
        lowerExpression(cx, argument);
      }
    }
    return UNKNOWN;
  }
  // The macro may assign what it is given by name.
  for (const argument of args) {
    const id = argument.type === 'identifier' ? lookUp(cx, textOfNode(cx.unit, argument)) : undefined;
    const variable = id === undefined ? undefined : cx.unit.variables[id];
    if (variable) variable.constant = false;
  }
  const chosen = (loop.args ?? []).flatMap((position) => args[position] ?? []);
  const values = chosen.map((argument) => lowerMacroArgument(cx, argument));
  const result = emitNamedCall(cx, loop.step, values, { span, nameSpan, text: mask.name });
  const into = loop.into === undefined ? undefined : args[loop.into];
  if (!into) return result;
  const place = lowerPlace(cx, into);
  writePlace(cx, place, result, span);
  return { op: 'binary', operator: '!=', left: readPlace(cx, place), right: NULL };
}

/** Whether a loop macro that the file itself defines assigns its argument; undefined for macros of other files. */
function setByMacro(cx: FunctionContext, name: string, position: number): boolean | undefined {
  const macro = cx.unit.masked.macros.get(name);
  const param = macro?.params[position];
  if (macro === undefined || param === undefined) return undefined;
  return new RegExp(`(?:&|\\+\\+|--)\\s*\\(?${param}\\b|\\b${param}\\)?\\s*(?:=(?!=)|\\+\\+|--|[-+]=)`).test(
    macro.body,
  );
}

/** A local variable that was declared without a value, or with NULL or 0: in a loop that no table knows, the loop sets it. */
function isFreshLocal(cx: FunctionContext, node: SyntaxNode): boolean {
  if (node.type !== 'identifier') return false;
  const id = lookUp(cx, textOfNode(cx.unit, node));
  return id !== undefined && cx.unset.has(id);
}

/** `scoped_guard(class, lock) body` and `scoped_cond_guard(class, failure, lock) body`. */
function lowerScopedGuard(
  cx: FunctionContext,
  node: SyntaxNode,
  mask: Mask,
  args: readonly SyntaxNode[],
): void {
  const { flow, unit } = cx;
  const body = child(node, 'body');
  const isConditional = mask.kind === 'scoped-cond-guard';
  const [className, ...rest] = args;
  const span = { start: mask.at, end: mask.end };
  const nameSpan = nameOf(mask);
  const guard = className && guardOf(cx, textOfNode(unit, className));
  const values = (isConditional ? rest.slice(1) : rest).map((argument) => lowerMacroArgument(cx, argument));
  const end = flow.newBlock();
  const outer = cx.cleanups;
  if (guard) {
    const held = takeLock(cx, guard.acquire, lockOf(cx, guard, values, span), span, nameSpan);
    if (guard.conditional || isConditional) {
      const [taken, failed] = [flow.newBlock(), flow.newBlock()];
      flow.branch(held.taken, taken, failed, span);
      flow.startAt(failed);
      if (isConditional) lowerFailure(cx, mask);
      flow.goto(end);
      flow.startAt(taken);
    }
    giveBack(cx, guard.release, held.args);
  } else if (className)
    callUnknownClass(cx, textOfNode(unit, className), 'guard', values, { span, nameSpan });
  // The macro is a loop of one round: break and continue leave it.
  const { breakTo, continueTo } = cx;
  cx.breakTo = { block: end, cleanups: outer };
  cx.continueTo = cx.breakTo;
  if (body) inScope(cx, endSpan(body), () => lowerStatement(cx, body));
  cx.breakTo = breakTo;
  cx.continueTo = continueTo;
  if (!flow.current.end) emitCleanups(cx.cleanups, outer, body ? endSpan(body) : span);
  cx.cleanups = outer;
  flow.enter(end);
}

/** The statement that a scoped_cond_guard() runs when the lock is not taken; masked, so read on its own. */
function lowerFailure(cx: FunctionContext, mask: Mask): void {
  const failure = mask.args[1];
  if (!failure) return;
  const { unit } = cx;
  const written = unit.original.slice(failure.start, failure.end);
  const statement = unit.parseStatements(written, failure.start);
  if (!statement) return;
  const { text } = unit;
  unit.text = statement.text;
  lowerStatements(cx, statement.nodes);
  unit.text = text;
}

/** Lowering of calls, and of macros that look like calls. */
import { HANDING_OVER } from '../../contracts/kernel-macros.ts';
import type { Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { FunctionContext } from './context.ts';
import {
  addVariable,
  calleeOf,
  constant,
  isDeclared,
  newTemp,
  NULL,
  spanOf,
  textOfNode,
  UNKNOWN,
} from './context.ts';
import {
  expandMacro,
  nameThroughBinding,
  throughAlias,
  throughArguments,
  throughBinding,
} from './expansion.ts';
import { isTypeInParentheses, lowerExpression, stripParentheses } from './expressions.ts';
import { emitCleanups, lowerAcquireError, lowerClass, lowerGuard } from './cleanup.ts';
import { addressOf, lowerPlace, placeAt, writePlace } from './places.ts';
import { SINGLE_BIT } from './constant-expressions.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';
import { lowerWait } from './waits.ts';

/** Predicates and conversions without effects. `types`: which arguments name a type or a member. */
const PURE: Readonly<Record<string, { readonly types?: readonly number[] }>> = {
  IS_ERR: {},
  IS_ERR_OR_NULL: {},
  IS_ERR_VALUE: {},
  PTR_ERR: {},
  PTR_ERR_OR_ZERO: {},
  ERR_PTR: {},
  IS_ENABLED: {},
  IS_REACHABLE: {},
  container_of: { types: [1, 2] },
  container_of_const: { types: [1, 2] },
  list_entry: { types: [1, 2] },
  rb_entry: { types: [1, 2] },
  ARRAY_SIZE: {},
  min: {},
  max: {},
  min_t: { types: [0] },
  max_t: { types: [0] },
  clamp: {},
  GENMASK: {},
  ALIGN: {},
  ALIGN_DOWN: {},
  IS_ALIGNED: {},
  PAGE_ALIGN: {},
  round_up: {},
  round_down: {},
  DIV_ROUND_UP: {},
  xa_is_zero: {},
  xa_is_value: {},
  xa_is_err: {},
  xa_mk_value: {},
  xa_to_value: {},
  current_is_kthread: {},
  gfpflags_allow_blocking: {},
};

/** All of these are container_of by another name. */
const CONTAINER_OF: ReadonlySet<string> = new Set([
  'container_of',
  'container_of_const',
  'list_entry',
  'rb_entry',
]);

/** Stores written as calls: to the place named first, or (`true`) to where the first argument points. */
const STORES: ReadonlyMap<string, boolean> = new Map([
  ['WRITE_ONCE', false],
  ['rcu_assign_pointer', false],
  ['RCU_INIT_POINTER', false],
  ['smp_store_mb', false],
  ['smp_store_release', true],
]);

/** Statements that what they are given holds (`true`), or does not. */
const ASSERTIONS: ReadonlyMap<string, boolean> = new Map([
  ['BUG_ON', false],
  ['VM_BUG_ON', false],
  ['VM_BUG_ON_PAGE', false],
  ['VM_BUG_ON_FOLIO', false],
  ['VM_BUG_ON_VMA', false],
  ['VM_BUG_ON_MM', false],
  ['MT_BUG_ON', false],
  ['MAS_BUG_ON', false],
  ['MAS_WR_BUG_ON', false],
  ['assert', true],
  ['lockdep_assert', true],
  ['lockdep_assert_once', true],
]);
/** The assertions whose first argument is not the condition. */
const CONDITION_SECOND: ReadonlySet<string> = new Set(['MT_BUG_ON', 'MAS_BUG_ON', 'MAS_WR_BUG_ON']);

export function lowerCall(cx: FunctionContext, node: SyntaxNode): Expr {
  const callee = child(node, 'function');
  const args = child(node, 'arguments')?.children ?? [];
  if (!callee) return UNKNOWN;
  if (isTypeInParentheses(cx, callee)) {
    const [value] = args;
    return value ? lowerExpression(cx, value) : UNKNOWN;
  }
  const bare = stripParentheses(callee);
  if (bare.type === 'identifier') {
    const written = textOfNode(cx.unit, bare);
    const given = throughBinding(cx, written, (node) => textOfNode(cx.unit, node)) ?? written;
    const name = (isDeclared(cx, given) ? undefined : throughAlias(cx, given, nameAt(cx))) ?? given;
    const expanded = isDeclared(cx, name)
      ? undefined
      : (expandMacro(cx, name, args, spanOf(node), spanOf(bare)) ?? lowerMacro(cx, name, node, args));
    return expanded ?? emitCall(cx, name, args, node, spanOf(bare));
  }
  if (bare.type === 'call_expression') {
    const guarded = lowerGuardCall(cx, bare, args, node);
    if (guarded) return guarded;
  }
  const value = lowerCalleeValue(cx, bare);
  return emit(cx, { kind: 'value', value }, lowerArguments(cx, args), node, spanOf(nameOf(bare)));
}

/** `#define pool_lock mutex_lock`: the function that is meant. */
function nameAt(cx: FunctionContext): (node: SyntaxNode) => string | undefined {
  return (node) => {
    if (node.type !== 'identifier') return undefined;
    const name = textOfNode(cx.unit, node);
    return throughAlias(cx, name, nameAt(cx)) ?? name;
  };
}

/** `guard(class)(lock)` and `CLASS(class, name)(args)`: a call of what a call yields. */
function lowerGuardCall(
  cx: FunctionContext,
  inner: SyntaxNode,
  args: readonly SyntaxNode[],
  node: SyntaxNode,
): Expr | undefined {
  const callee = child(inner, 'function');
  if (callee?.type !== 'identifier') return undefined;
  const macro = cx.unit.model.macro(textOfNode(cx.unit, callee));
  const [className, name] = child(inner, 'arguments')?.children ?? [];
  if (!className) return undefined;
  const span = { start: node.start, end: node.end };
  if (macro?.kind === 'guard') {
    lowerGuard(cx, textOfNode(cx.unit, className), lowerArguments(cx, args), span, spanOf(callee));
    return UNKNOWN;
  }
  if (macro?.kind === 'class' && name) {
    lowerClass(cx, textOfNode(cx.unit, className), name, args, { span, nameSpan: spanOf(callee) });
    return UNKNOWN;
  }
  return undefined;
}

/** The function behind `(*p)(…)`, `p->ops->f(…)`. */
function lowerCalleeValue(cx: FunctionContext, node: SyntaxNode): Expr {
  if (node.type === 'pointer_expression' && child(node, 'operator')?.type === '*') {
    const argument = child(node, 'argument');
    if (argument) return lowerCalleeValue(cx, stripParentheses(argument));
  }
  return lowerExpression(cx, node);
}

function nameOf(node: SyntaxNode): SyntaxNode {
  return child(node, 'field') ?? node;
}

/** The pointer is handed over: its variable is NULL from then on, and the end of its scope finds nothing there. */
function takePointer(cx: FunctionContext, argument: SyntaxNode): Expr {
  const value = lowerExpression(cx, argument);
  if (value.op !== 'var') return value;
  const span = spanOf(argument);
  const taken = newTemp(cx, span);
  cx.flow.emit({ kind: 'assign', to: taken, value, span });
  cx.flow.emit({ kind: 'assign', to: value.id, value: NULL, span });
  return { op: 'var', id: taken };
}

export function lowerArguments(cx: FunctionContext, args: readonly SyntaxNode[]): Expr[] {
  return throughArguments(cx, args, (argument) => lowerExpression(cx, argument));
}

function emitCall(
  cx: FunctionContext,
  name: string,
  args: readonly SyntaxNode[],
  node: SyntaxNode,
  nameSpan: Span,
): Expr {
  const values = lowerArguments(cx, args);
  const result = emit(cx, calleeOf(cx, name), values, node, nameSpan);
  if (cx.unit.noreturn.has(name)) cx.flow.end({ kind: 'stop' });
  return result;
}

function emit(
  cx: FunctionContext,
  callee: ReturnType<typeof calleeOf>,
  args: readonly Expr[],
  node: SyntaxNode,
  written: Span,
): Expr {
  const { span, nameSpan } = cx.flow.site ?? { span: spanOf(node), nameSpan: written };
  const to = newTemp(cx, span);
  const text = cx.unit.original.slice(nameSpan.start, nameSpan.end);
  cx.flow.emit({ kind: 'call', to, callee, args, span, nameSpan, text, result: 'used' });
  return { op: 'var', id: to };
}

/** Emits a call that the source writes as a macro or not at all; returns its result. */
export function emitNamedCall(
  cx: FunctionContext,
  name: string,
  args: readonly Expr[],
  place: {
    readonly span: Span;
    readonly nameSpan: Span;
    readonly implicit?: boolean;
    readonly text?: string;
  },
): Expr {
  const to = newTemp(cx, place.span);
  const { span, nameSpan, implicit } = place;
  cx.flow.emit({
    kind: 'call',
    to,
    callee: calleeOf(cx, name),
    args,
    span,
    nameSpan,
    text: place.text ?? name,
    result: 'used',
    ...(implicit && { implicit }),
  });
  return { op: 'var', id: to };
}

/** A call that the tables know as something else; undefined if it is a call. */
function lowerMacro(
  cx: FunctionContext,
  name: string,
  node: SyntaxNode,
  args: readonly SyntaxNode[],
): Expr | undefined {
  const { unit, flow } = cx;
  const [operand] = args;
  if (SINGLE_BIT.has(name) && operand && !unit.functionIds.has(name))
    return lowerSingleBit(lowerExpression(cx, operand));
  const pure = PURE[name];
  if (pure && Object.hasOwn(PURE, name) && !unit.model.function(name))
    return lowerPure(cx, name, args, pure.types ?? []);
  const holds = ASSERTIONS.get(name);
  if (holds !== undefined) {
    const condition = args[CONDITION_SECOND.has(name) ? 1 : 0];
    if (!condition) return UNKNOWN;
    const value = lowerExpression(cx, condition);
    const asserted: Expr = holds ? value : { op: 'unary', operator: '!', operand: value };
    flow.emit({ kind: 'assume', condition: asserted, span: spanOf(node) });
    return UNKNOWN;
  }
  if (name === 'ACQUIRE_ERR' && args[1]) {
    const held = textOfNode(unit, args[1]).replace(/^\s*&\s*/, '');
    return lowerAcquireError(cx, held, spanOf(node));
  }
  if (HANDING_OVER.get(name) === 'return' && args[0]) {
    const value = takePointer(cx, args[0]);
    emitCleanups(cx.cleanups, null, spanOf(node));
    flow.end({ kind: 'return', value, span: spanOf(node) });
    return UNKNOWN;
  }
  const isPointer = STORES.get(name);
  if (isPointer !== undefined) return lowerStore(cx, args, isPointer, spanOf(node));
  const macro = unit.model.macro(name);
  switch (macro?.kind) {
    case 'identity': {
      const argument = args[macro.arg];
      if (!argument) return constant(true);
      return HANDING_OVER.has(name) ? takePointer(cx, argument) : lowerExpression(cx, argument);
    }
    case 'wait':
      return lowerWait(cx, name, macro, node, args);
    case 'noreturn':
      lowerArguments(cx, args);
      flow.end({ kind: 'stop' });
      return UNKNOWN;
    case 'declare':
      return lowerDeclaringMacro(cx, name, macro, node, args);
    case 'declaration': {
      const declared = macro.name === undefined ? undefined : args[macro.name];
      if (declared?.type === 'identifier') declareObject(cx, declared, macro.type, node);
      return UNKNOWN;
    }
    default:
      return undefined;
  }
}

function lowerStore(cx: FunctionContext, args: readonly SyntaxNode[], isPointer: boolean, span: Span): Expr {
  const [target, source] = args;
  if (!target || !source) return UNKNOWN;
  const value = lowerExpression(cx, source);
  const place = isPointer ? placeAt(lowerExpression(cx, target)) : lowerPlace(cx, target);
  return writePlace(cx, place, value, span);
}

function lowerSingleBit(shift: Expr): Expr {
  const isPlain =
    shift.op === 'const' && typeof shift.value === 'number' && shift.value >= 0 && shift.value < 31;
  return isPlain
    ? constant(2 ** (shift.value as number))
    : { op: 'binary', operator: '<<', left: constant(1), right: shift };
}

function lowerPure(
  cx: FunctionContext,
  name: string,
  args: readonly SyntaxNode[],
  types: readonly number[],
): Expr {
  const lowered = args.map((argument, position) =>
    types.includes(position)
      ? constant(nameThroughBinding(cx, argument).trim())
      : lowerExpression(cx, argument),
  );
  return { op: 'pure', name: CONTAINER_OF.has(name) ? 'container_of' : name, args: lowered };
}

/** `MA_STATE(mas, mt, first, last)`: a struct variable, and the call that sets it up. */
function lowerDeclaringMacro(
  cx: FunctionContext,
  name: string,
  macro: { readonly name: number; readonly type: string; readonly init?: string },
  node: SyntaxNode,
  args: readonly SyntaxNode[],
): Expr {
  const declared = args[macro.name];
  if (declared?.type !== 'identifier') return UNKNOWN;
  const others = lowerArguments(
    cx,
    args.filter((argument) => argument !== declared),
  );
  const object = declareObject(cx, declared, macro.type, node);
  if (macro.init !== undefined) {
    const nameSpan = { start: node.start, end: node.start + name.length };
    const result = emitNamedCall(cx, macro.init, [object, ...others], {
      span: spanOf(node),
      nameSpan,
      text: name,
    });
    if (result.op === 'var') cx.flow.markResult(result.id, 'discarded');
  }
  return UNKNOWN;
}

function declareObject(
  cx: FunctionContext,
  declared: SyntaxNode,
  type: string | undefined,
  node: SyntaxNode,
): Expr {
  const variable = nameThroughBinding(cx, declared);
  const id = addVariable(
    cx.unit,
    {
      name: variable,
      kind: 'local',
      owner: cx.id,
      constant: true,
      span: cx.flow.site?.span ?? spanOf(declared),
      ...(type !== undefined && { type: { name: type, pointers: 0 } }),
    },
    true,
  );
  if (type !== undefined) cx.unit.objectTypes.add(type);
  cx.scopes.at(-1)?.set(variable, id);
  cx.flow.emit({ kind: 'new', to: id, span: spanOf(node), ...(type !== undefined && { className: type }) });
  return { op: 'addr-var', id };
}

/** Arguments of a masked macro, with the object itself where the macro is given a struct by its name. */
export function lowerMacroArgument(cx: FunctionContext, node: SyntaxNode): Expr {
  const place = lowerPlace(cx, node);
  return place.kind === 'deref' ? addressOf(cx, place) : lowerExpression(cx, node);
}

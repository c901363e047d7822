/** Scopes that give locks back when they are left: guard(), scoped_guard(), CLASS(). */
import type { Expr, VarId } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { emitNamedCall, lowerArguments } from './calls.ts';
import { ERRNO } from '../../contracts/errnos.ts';
import type { Cleanup, FileGuard, FunctionContext } from './context.ts';
import {
  addVariable,
  constant,
  guardOf,
  lookUp,
  newMergeTemp,
  newTemp,
  spanOf,
  textOfNode,
  UNKNOWN,
} from './context.ts';
import { expandMacro } from './expansion.ts';
import { lowerExpression } from './expressions.ts';
import type { Mask } from './mask.ts';
import { classMacros, discard, endByMacro, implicitAt, onLeaving } from './scope-ends.ts';
import type { SyntaxNode } from './syntax.ts';

/** Takes the lock of a guard of the class, if it is known, and gives it back at the end of the scope. */
export function lowerGuard(
  cx: FunctionContext,
  className: string,
  args: readonly Expr[],
  span: Span,
  nameSpan: Span,
): void {
  const guard = guardOf(cx, className);
  if (!guard) {
    callUnknownClass(cx, className, 'guard', args, { span, nameSpan });
    return;
  }
  const held = takeLock(cx, guard.acquire, lockOf(cx, guard, args, span), span, nameSpan);
  giveBack(cx, guard.release, held.args, guard.conditional ? held.taken : undefined);
}

/** A class of another file: which lock it takes, if any, its name and what it is given may tell. */
export function callUnknownClass(
  cx: FunctionContext,
  className: string,
  text: string,
  args: readonly Expr[],
  place: { readonly span: Span; readonly nameSpan: Span },
): Expr {
  // Without an object it is the like of guard(preempt)().
  if (args.length === 0) return UNKNOWN;
  // No function of the program: what the class does at its end belongs to it, and is not read.
  return emitNamedCall(cx, `class ${className}`, args, { ...place, text });
}

/** At the end of the scope the lock is given back, if it was taken. */
export function giveBack(cx: FunctionContext, release: string, args: readonly Expr[], taken?: Expr): void {
  const { flow } = cx;
  onLeaving(cx, (at) => {
    const call = (): void => discard(cx, emitNamedCall(cx, release, args, implicitAt(at)));
    if (taken === undefined) {
      call();
      return;
    }
    const [held, end] = [flow.newBlock(), flow.newBlock()];
    flow.branch(taken, held, end, at);
    flow.startAt(held);
    call();
    flow.enter(end);
  });
}

/** `CLASS(class, name)(args)`: like guard(), with a variable that says whether the lock was taken. */
export function lowerClass(
  cx: FunctionContext,
  className: string,
  named: SyntaxNode,
  args: readonly SyntaxNode[],
  place: { readonly span: Span; readonly nameSpan: Span },
): void {
  const { span, nameSpan } = place;
  const name = textOfNode(cx.unit, named);
  const id = addVariable(
    cx.unit,
    { name, kind: 'local', owner: cx.id, constant: true, span: spanOf(named) },
    false,
  );
  const guard = guardOf(cx, className);
  let value: Expr = UNKNOWN;
  if (guard) {
    const lock = lockOf(cx, guard, lowerArguments(cx, args), span);
    const held = takeLock(cx, guard.acquire, lock, span, nameSpan);
    value = guard.conditional ? held.taken : { op: 'const', value: true };
    giveBack(cx, guard.release, held.args, guard.conditional ? { op: 'var', id } : undefined);
  } else {
    const { make, end } = classMacros(className);
    const made = expandMacro(cx, make, args, span, nameSpan);
    value = made ?? callUnknownClass(cx, className, className, lowerArguments(cx, args), { span, nameSpan });
    if (cx.unit.masked.macros.has(end)) endByMacro(cx, end, spanOf(named), id);
  }
  cx.flow.emit({ kind: 'assign', to: id, value, span });
  cx.scopes.at(-1)?.set(name, id);
}

/** What a guard class of the file locks: an expression over `_T`, which is what guard() is given. */
export function lockOf(
  cx: FunctionContext,
  guard: FileGuard,
  args: readonly Expr[],
  span: Span,
): readonly Expr[] {
  if (guard.lock === undefined) return args;
  const { unit } = cx;
  const read = unit.parseStatements(`${guard.lock};`, unit.original.length);
  const [statement] = read?.nodes ?? [];
  const [expression] = statement?.children ?? [];
  if (!read || !expression || statement?.broken) return args;
  const scope = new Map<string, VarId>();
  const [given] = args;
  if (given) {
    const temp = newTemp(cx, span);
    cx.flow.emit({ kind: 'assign', to: temp, value: given, span });
    scope.set('_T', temp);
  }
  const { text } = unit;
  unit.text = read.text;
  cx.scopes.push(scope);
  const lock = lowerExpression(cx, expression);
  cx.scopes.pop();
  unit.text = text;
  return [lock];
}

/** Calls the acquire function; the lock is evaluated once, so that the release names the same. */
export function takeLock(
  cx: FunctionContext,
  acquire: string,
  args: readonly Expr[],
  span: Span,
  nameSpan: Span,
): { readonly args: readonly Expr[]; readonly taken: Expr } {
  const kept = args.map((value): Expr => {
    if (value.op === 'const') return value;
    const temp: VarId = newTemp(cx, span);
    cx.flow.emit({ kind: 'assign', to: temp, value, span });
    return { op: 'var', id: temp };
  });
  const text = cx.unit.original.slice(nameSpan.start, nameSpan.end);
  const result = emitNamedCall(cx, acquire, kept, { span, nameSpan, text });
  const when = cx.unit.model.function(acquire)?.acquires?.[0]?.when ?? 'nonzero';
  return { args: kept, taken: takenWhen(result, when) };
}

function takenWhen(result: Expr, when: 'nonzero' | 'zero' | 'nonnegative'): Expr {
  const zero: Expr = { op: 'const', value: 0 };
  if (when === 'zero') return { op: 'binary', operator: '==', left: result, right: zero };
  if (when === 'nonnegative') return { op: 'binary', operator: '>=', left: result, right: zero };
  return result;
}

/** Emits what leaving all scopes from the innermost up to, not including, `until` does. */
export function emitCleanups(from: Cleanup | null, until: Cleanup | null, at: Span): void {
  for (let cleanup = from; cleanup && cleanup !== until; cleanup = cleanup.outer) {
    cleanup.leave(at);
  }
}

/** The innermost cleanup that both have around them. */
export function commonCleanup(a: Cleanup | null, b: Cleanup | null): Cleanup | null {
  const around = new Set<Cleanup>();
  for (let cleanup = a; cleanup; cleanup = cleanup.outer) around.add(cleanup);
  let found = b;
  while (found && !around.has(found)) found = found.outer;
  return found;
}

/** `DEFINE_GUARD(name, type, lock(_T), unlock(_T))`; DEFINE_LOCK_GUARD_0 has no type. */
export const GUARD_DEFINITIONS: ReadonlyMap<string, GuardDefinition> = new Map([
  ['DEFINE_GUARD', { acquire: 2, release: 3, given: '_T' }],
  ['DEFINE_LOCK_GUARD_1', { acquire: 2, release: 3, given: '_T->lock' }],
  ['DEFINE_LOCK_GUARD_0', { acquire: 1, release: 2, given: '_T' }],
]);

interface GuardDefinition {
  readonly acquire: number;
  readonly release: number;
  /** How the definition spells what guard() is given. */
  readonly given: string;
}

/** The guard classes that a file defines, as far as each is one call to lock and one to unlock. */
export function readGuards(masks: readonly Mask[], text: string): Map<string, FileGuard> {
  const guards = new Map<string, FileGuard>();
  for (const { name, args } of masks) {
    const definition = GUARD_DEFINITIONS.get(name);
    if (!definition) continue;
    const written = args.map(({ start, end }) => text.slice(start, end).trim());
    const call = CALL.exec(written[definition.acquire] ?? '');
    const acquire = call?.[1];
    const release = CALL.exec(written[definition.release] ?? '')?.[1];
    if (acquire === undefined || release === undefined) continue;
    const [first = ''] = (call?.[2] ?? '').split(',');
    const lock = first.replace(definition.given, '_T').trim();
    const isPlain = lock === '' || lock === '_T';
    guards.set(written[0] ?? '', { acquire, release, ...(!isPlain && { lock }) });
  }
  return guards;
}

const CALL = /^(\w+)\s*\(([^()]*)\)$/;

/** `ACQUIRE_ERR(class, &name)`: 0 where the lock was taken, else why it was not. */
export function lowerAcquireError(cx: FunctionContext, name: string, span: Span): Expr {
  const id = lookUp(cx, name);
  if (id === undefined) return UNKNOWN;
  const { flow } = cx;
  const result = newMergeTemp(cx, span);
  const [taken, failed, end] = [flow.newBlock(), flow.newBlock(), flow.newBlock()];
  flow.branch({ op: 'var', id }, taken, failed, span);
  for (const [block, value] of [
    [taken, 0],
    [failed, -EINTR],
  ] as const) {
    flow.startAt(block);
    flow.emit({ kind: 'assign', to: result, value: constant(value), span });
    flow.goto(end);
  }
  flow.startAt(end);
  return { op: 'var', id: result };
}

const EINTR = ERRNO.get('EINTR') ?? 4;

/**
 * Ways out: return, throw, break and continue through `finally` and `using`. Each exit gets its own copy of the
 * `finally` blocks on its way, so that what holds there is not mixed up with what holds on other ways; after a few
 * copies, exits of one kind share one.
 */
import type ts from 'typescript';
import type { Callee, Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { VarInfo } from './entities.ts';
import {
  assign,
  emit,
  enter,
  jump,
  leave,
  newBlock,
  temp,
  undefinedValue,
  unknown,
  variableExpr,
  branch,
  type Flow,
  type Frame,
} from './flow.ts';
import { bindValue } from './assignments.ts';
import { emitStack } from './disposable-stacks.ts';
import { lowerBlock } from './statements.ts';
import { asyncDisposeName, disposeName } from './syntax.ts';
import { findMember, typeOfExpr, type Member } from './types.ts';

const copyLimit = 6;
/** Blocks in a function from which on copies are shared at once: nested `finally` multiplies. */
const sizeLimit = 2000;

/**
 * Leaves all frames up to `until`, then does `finish`. `key` names the kind of exit. A throw ends at the first handler.
 */
function unwind(f: Flow, until: Frame | null, key: string, span: Span, finish: () => void): void {
  const { frames, scope } = f;
  let frame = frames;
  for (; frame !== until && frame !== null && f.at.live; frame = frame.outer) {
    f.frames = frame.outer;
    if (frame.kind === 'dispose') emitDispose(f, frame, span);
    else if (frame.kind === 'catch' && key === 'throw') {
      jump(f, frame.handler);
      break;
    } else if (frame.kind === 'finally') {
      if (frame.copies >= copyLimit || f.size > sizeLimit) {
        const shared = frame.shared.get(key);
        if (shared !== undefined) {
          jump(f, shared);
          break;
        }
        const copy = newBlock(f);
        frame.shared.set(key, copy);
        enter(f, copy);
      }
      frame.copies++;
      f.scope = frame.scope;
      lowerBlock(f, frame.block);
    }
  }
  if (f.at.live) finish();
  f.frames = frames;
  f.scope = scope;
}

export function emitDispose(f: Flow, frame: Frame & { kind: 'dispose' }, span: Span): void {
  const { value, isAsync, declaration, stack } = frame;
  if (stack !== undefined) emitStack(f, stack, span, (guard) => void disposeValue(f, guard, isAsync, span));
  const ended = stack === undefined ? disposeValue(f, value, isAsync, span) : unknown;
  if (isAsync) {
    f.awaits = true;
    const to = temp(f, span).id;
    emit(f, { kind: 'suspend', what: 'await', to, value: ended, span, declaration });
  }
}

/** The end of a `using` variable: a call of the method of its class, or left to what the value is a guard of. */
function disposeValue(f: Flow, value: Expr, isAsync: boolean, span: Span): Expr {
  const type = typeOfExpr(f.file, value);
  const find = (name: string): Member | undefined => type && findMember(f.file, type, name);
  const own = isAsync ? find(asyncDisposeName) : undefined;
  const member = own?.kind === 'method' ? own : find(disposeName);
  const foreign = member?.kind === 'foreign' ? member.type : undefined;
  const module = foreign?.module;
  const name = `${foreign?.name}.${disposeName}`;
  const callee: Callee | undefined =
    member?.kind === 'method'
      ? { kind: 'function', fn: member.fn.id }
      : module?.startsWith('.')
        ? { kind: 'external', name, module }
        : undefined;
  if (callee === undefined) {
    emit(f, { kind: 'dispose', value, span, implicit: true });
    return unknown;
  }
  const to = temp(f, span);
  const call = { kind: 'call', to: to.id, callee, receiver: value, args: [], span, nameSpan: span } as const;
  emit(f, {
    ...call,
    text: member?.kind === 'method' ? member.fn.name : name,
    result: 'used',
    implicit: true,
  });
  return variableExpr(to);
}

function hasFrame(f: Flow, kind: Frame['kind']): boolean {
  for (let frame = f.frames; frame !== null; frame = frame.outer) if (frame.kind === kind) return true;
  return false;
}

export function lowerReturn(f: Flow, value: Expr | null, span: Span): void {
  let kept = value;
  const runsFinally = hasFrame(f, 'finally');
  // What runs on the way out must not change what was evaluated before.
  if (value !== null && value.op !== 'const' && (runsFinally || hasFrame(f, 'dispose'))) {
    const to = runsFinally ? (f.returned ??= temp(f, span)) : temp(f, span);
    assign(f, to, value, span);
    kept = variableExpr(to);
  } else if (runsFinally) {
    assign(f, (f.returned ??= temp(f, span)), value ?? undefinedValue, span);
    kept = variableExpr(f.returned);
  }
  unwind(f, null, 'return', span, () => leave(f, { kind: 'return', value: kept, span }));
}

/** Whoever steps a generator may leave it at a `yield` (`break` in `for … of`): from there it returns, by way of `finally`. */
export function mayEndHere(f: Flow, span: Span): void {
  if (!f.at.live || !(hasFrame(f, 'finally') || hasFrame(f, 'dispose'))) return;
  const end = newBlock(f);
  const next = newBlock(f);
  branch(f, unknown, end, next, span);
  f.at = end;
  lowerReturn(f, null, span);
  f.at = next;
}

export function lowerThrow(f: Flow, span: Span): void {
  unwind(f, null, 'throw', span, () => leave(f, { kind: 'throw', span }));
}

export function lowerJump(f: Flow, kind: 'break' | 'continue', label: string | undefined, span: Span): void {
  for (let frame = f.frames; frame !== null; frame = frame.outer) {
    if (frame.kind !== 'target') continue;
    const to = kind === 'break' ? frame.breakTo : frame.continueTo;
    const fits =
      label === undefined
        ? to !== null && (kind === 'continue' || !isLabelOnly(frame))
        : frame.labels.includes(label);
    if (!fits || to === null) continue;
    const target = frame;
    unwind(f, target, `${kind} ${depthOf(target)}`, span, () => jump(f, to));
    return;
  }
  // Syntactically wrong: there is nothing to leave.
  leave(f, { kind: 'stop' });
}

/** A labelled block is left by its label only. */
function isLabelOnly(frame: Frame & { kind: 'target' }): boolean {
  return frame.labels.includes('{');
}

function depthOf(frame: Frame): number {
  let depth = 0;
  for (let at = frame.outer; at !== null; at = at.outer) depth++;
  return depth;
}

/** With implicit throws: an edge from here to wherever an exception goes. */
export function mayThrow(f: Flow, span: Span): void {
  if (!f.file.implicitThrows || !f.at.live) return;
  let entry = f.throwEntries.get(f.frames);
  const next = newBlock(f);
  if (entry !== undefined) {
    branch(f, unknown, entry, next, span);
    f.at = next;
    return;
  }
  entry = newBlock(f);
  f.throwEntries.set(f.frames, entry);
  branch(f, unknown, entry, next, span);
  f.at = entry;
  lowerThrow(f, span);
  f.at = next;
}

/** What is thrown here meets a handler, a `finally` or a `using` before it leaves the function. */
export function isGuarded(f: Flow): boolean {
  for (let frame = f.frames; frame !== null; frame = frame.outer) if (frame.kind !== 'target') return true;
  return false;
}

/** Where what a helper throws goes on, if it does throw. Copies of a `finally` block are shared by its calls. */
export function throwsOn(f: Flow, threw: VarInfo, span: Span): void {
  if (!f.at.live) return;
  const shared = hasFrame(f, 'finally') ? f.throwEntries.get(f.frames) : undefined;
  const entry = shared ?? newBlock(f);
  const next = newBlock(f);
  branch(f, variableExpr(threw), entry, next, span, 'threw');
  if (shared === undefined) {
    f.throwEntries.set(f.frames, entry);
    f.at = entry;
    lowerThrow(f, span);
  }
  f.at = next;
}

export function lowerTry(f: Flow, node: ts.TryStatement): void {
  const { tryBlock, catchClause, finallyBlock } = node;
  const outer = f.frames;
  const after = newBlock(f);
  const { scope } = f;
  if (finallyBlock !== undefined) {
    f.frames = { kind: 'finally', outer, block: finallyBlock, scope, copies: 0, shared: new Map() };
  }
  const guarded = f.frames;
  const complete = (): void => {
    if (!f.at.live) return;
    f.frames = outer;
    if (finallyBlock !== undefined) lowerBlock(f, finallyBlock);
    jump(f, after);
    f.frames = guarded;
  };
  if (catchClause === undefined) {
    lowerBlock(f, tryBlock);
    complete();
  } else {
    const handler = newBlock(f);
    const start = newBlock(f);
    const body = newBlock(f);
    enter(f, start);
    f.at = body;
    body.live = start.live;
    f.frames = { kind: 'catch', outer: guarded, handler };
    lowerBlock(f, tryBlock);
    f.frames = guarded;
    complete();
    connectHandler(f, node, start, body, handler);
    f.at = handler;
    lowerCatch(f, catchClause);
    complete();
  }
  f.frames = outer;
  f.at = after;
}

/**
 * Calls do throw in reality, so a handler that no `throw` reaches, the helpers' included, is still analysed, as if the
 * exception came before anything in the block was done.
 */
function connectHandler(
  f: Flow,
  node: ts.TryStatement,
  start: Flow['at'],
  body: Flow['at'],
  handler: Flow['at'],
): void {
  f.at = start;
  const at = node.getStart(f.file.source);
  branch(f, unknown, body, handler, { start: at, end: at + 3 }, 'fallback');
}

function lowerCatch(f: Flow, clause: ts.CatchClause): void {
  const { scope } = f;
  f.scope = f.file.scopes.get(clause) ?? scope;
  if (clause.variableDeclaration !== undefined) {
    bindValue(f, clause.variableDeclaration.name, unknown);
  }
  lowerBlock(f, clause.block);
  f.scope = scope;
}

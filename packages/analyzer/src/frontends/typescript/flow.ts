/** The function under construction: open blocks, and where the lowering stands in them. */
import type ts from 'typescript';
import type { Block, BranchRole, Expr, Instr, Terminator, VarId } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { FileInfo, FunctionInfo, LazyType, Scope, Self, VarInfo } from './entities.ts';
import type { KeptGenerator } from './kept-generators.ts';
import type { Steps } from './loops.ts';

type Jump =
  | { readonly kind: 'goto'; to: OpenBlock }
  | {
      readonly kind: 'branch';
      readonly condition: Expr;
      then: OpenBlock;
      else: OpenBlock;
      readonly span: Span;
      readonly role?: BranchRole;
    };
type Leave = Extract<Terminator, { kind: 'return' | 'throw' | 'stop' }>;

export interface OpenBlock {
  instrs: Instr[];
  end: Jump | Leave | null;
  /** True once something that can be reached leads here. What is lowered into other blocks is thrown away. */
  live: boolean;
  id: number;
  entries: number;
}

export interface DisposableStack {
  /** Where it was made. */
  readonly block: OpenBlock;
  readonly at: number;
  readonly frames: Frame | null;
  /** What the code read so far puts on it: guards, and functions to call. */
  readonly entries: ({ readonly guard: VarInfo } | { readonly call: VarInfo; readonly args: VarInfo[] })[];
}

/** What stands between a place and the end of its function, innermost first. */
export type Frame =
  | {
      readonly kind: 'target';
      readonly outer: Frame | null;
      labels: readonly string[];
      readonly breakTo: OpenBlock;
      readonly continueTo: OpenBlock | null;
    }
  | { readonly kind: 'catch'; readonly outer: Frame | null; readonly handler: OpenBlock }
  | {
      readonly kind: 'dispose';
      readonly outer: Frame | null;
      readonly value: Expr;
      readonly isAsync: boolean;
      readonly declaration: Span;
      /** The variable is a stack of what is to be ended. */
      readonly stack?: DisposableStack | undefined;
    }
  | {
      readonly kind: 'finally';
      readonly outer: Frame | null;
      readonly block: ts.Block;
      readonly scope: Scope;
      copies: number;
      readonly shared: Map<string, OpenBlock>;
    };

export interface Flow {
  readonly file: FileInfo;
  readonly fn: FunctionInfo;
  readonly entry: OpenBlock;
  at: OpenBlock;
  scope: Scope;
  self: Self;
  frames: Frame | null;
  /** Where an optional chain goes when it meets null. */
  chainExit: OpenBlock | null;
  /** Holds what is returned while `finally` blocks run. */
  returned: VarInfo | undefined;
  /** Entries to the unwinding of implicit throws, by the frames they start from. */
  readonly throwEntries: Map<Frame | null, OpenBlock>;
  /** Variables that hold an iterable of a contract. */
  readonly iterables: Map<VarId, Steps>;
  /** Variables that hold what a generator of the program gave. */
  readonly generators: Map<VarId, KeptGenerator>;
  /** Variables that hold a stack of what is to be ended. */
  readonly stacks: Map<VarId, DisposableStack>;
  /** Blocks made so far: the brake on copies of `finally`. */
  size: number;
  whole: boolean;
  /** True once it awaits: a module that does is asynchronous. */
  awaits: boolean;
}

export function newFlow(file: FileInfo, fn: FunctionInfo): Flow {
  const entry: OpenBlock = { instrs: [], end: null, live: true, id: -1, entries: 0 };
  return {
    file,
    fn,
    entry,
    at: entry,
    scope: fn.scope,
    self: fn.self,
    frames: null,
    chainExit: null,
    returned: undefined,
    throwEntries: new Map(),
    iterables: new Map(),
    generators: new Map(),
    stacks: new Map(),
    size: 1,
    whole: true,
    awaits: false,
  };
}

export function newBlock(f: Flow): OpenBlock {
  f.size++;
  return { instrs: [], end: null, live: false, id: -1, entries: 0 };
}

export function emit(f: Flow, instr: Instr): void {
  if (f.at.live) f.at.instrs.push(instr);
}

export function temp(f: Flow, span: Span, lazy?: LazyType): VarInfo {
  const { variables } = f.file;
  const variable: VarInfo = {
    id: variables.length,
    name: '',
    kind: 'temp',
    owner: f.fn.id,
    span,
    lazy,
    assigned: true,
    exported: false,
  };
  variables.push(variable);
  return variable;
}

export const unknown: Expr = { op: 'unknown' };
export const undefinedValue: Expr = { op: 'const', value: undefined };
export const nullValue: Expr = { op: 'const', value: null };

export function variableExpr(variable: VarInfo): Expr {
  return { op: 'var', id: variable.id };
}

export function assign(f: Flow, to: VarInfo, value: Expr, span: Span): void {
  if (value.op === 'var' && value.id === to.id) return;
  emit(f, { kind: 'assign', to: to.id, value, span });
}

/** A value that may be mentioned again, as the same value. */
export function pin(f: Flow, value: Expr, span: Span): Expr {
  if (value.op === 'var' || value.op === 'const' || value.op === 'import' || value.op === 'function')
    return value;
  const to = temp(f, span);
  assign(f, to, value, span);
  return variableExpr(to);
}

/** Goes on in `block`. What was left open leads there. */
export function enter(f: Flow, block: OpenBlock): void {
  if (f.at.end === null) jump(f, block);
  f.at = block;
}

/** Ends the block here; what follows is unreachable until the next `enter`. */
function close(f: Flow, end: Jump | Leave): void {
  f.at.end ??= end;
  f.at = newBlock(f);
  f.at.end = { kind: 'stop' };
}

export function jump(f: Flow, to: OpenBlock): void {
  if (f.at.live) to.live = true;
  close(f, { kind: 'goto', to });
}

export function branch(
  f: Flow,
  condition: Expr,
  then: OpenBlock,
  orElse: OpenBlock,
  span: Span,
  role?: BranchRole,
): void {
  if (condition.op === 'const') {
    jump(f, condition.value ? then : orElse);
    return;
  }
  if (f.at.live) {
    then.live = true;
    orElse.live = true;
  }
  close(f, { kind: 'branch', condition, then, else: orElse, span, ...(role && { role }) });
}

export function leave(f: Flow, end: Leave): void {
  close(f, end);
}

/** The block that a jump to `block` really reaches. */
function landing(block: OpenBlock): OpenBlock {
  let at = block;
  for (let steps = 0; steps < 1000; steps++) {
    if (at.instrs.length > 0 || at.end?.kind !== 'goto' || at.end.to === at) break;
    at = at.end.to;
  }
  return at;
}

function successors(block: OpenBlock): readonly OpenBlock[] {
  const { end } = block;
  if (end?.kind === 'goto') return [end.to];
  return end?.kind === 'branch' ? [end.else, end.then] : [];
}

/** Skips empty blocks, joins what has one way in, and numbers in reverse postorder. */
export function finishBlocks(f: Flow): Block[] {
  thread(f.entry);
  const order = joinAndOrder(f.entry);
  order.forEach((block, id) => (block.id = id));
  return order.map((block) => ({ id: block.id, instrs: block.instrs, end: closedEnd(block) }));
}

function thread(entry: OpenBlock): void {
  const stack = [entry];
  entry.entries = 1;
  while (stack.length > 0) {
    const { end } = stack.pop() as OpenBlock;
    if (end?.kind === 'goto') end.to = landing(end.to);
    else if (end?.kind === 'branch') {
      end.then = landing(end.then);
      end.else = landing(end.else);
    } else continue;
    for (const next of end.kind === 'goto' ? [end.to] : [end.then, end.else]) {
      if (next.entries++ === 0) stack.push(next);
    }
  }
}

function joinAndOrder(entry: OpenBlock): OpenBlock[] {
  const postorder: OpenBlock[] = [];
  const seen = new Set<OpenBlock>([entry]);
  const stack: { readonly block: OpenBlock; readonly next: readonly OpenBlock[]; at: number }[] = [];
  const open = (block: OpenBlock): void => {
    while (block.end?.kind === 'goto' && block.end.to.entries === 1 && block.end.to !== block) {
      const { to } = block.end;
      for (const instr of to.instrs) block.instrs.push(instr);
      block.end = to.end;
    }
    if (block.end?.kind === 'branch' && block.end.then === block.end.else) {
      block.end = { kind: 'goto', to: block.end.then };
    }
    stack.push({ block, next: successors(block), at: 0 });
  };
  open(entry);
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as (typeof stack)[number];
    const next = top.next[top.at++];
    if (next === undefined) {
      postorder.push(top.block);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      open(next);
    }
  }
  return postorder.reverse();
}

function closedEnd({ end }: OpenBlock): Terminator {
  if (end === null) return { kind: 'stop' };
  if (end.kind === 'goto') return { kind: 'goto', to: end.to.id };
  if (end.kind !== 'branch') return end;
  return { ...end, then: end.then.id, else: end.else.id };
}

import type { Block, Expr, FunctionIR, Terminator, Unit } from '../ir/ir.ts';
import { expressionsOf, variablesIn, variablesOf, walkExpression } from '../ir/walk.ts';

/** Facts about a function's control flow that its analysis needs, computed once. */
export interface Shape {
  /** Position of each block in reverse postorder; -1 if it is not reachable. */
  readonly order: readonly number[];
  readonly isLoopHead: readonly boolean[];
  readonly inLoop: readonly boolean[];
  /** Variables (unit numbering) whose value is needed at the start of each block. */
  readonly liveIn: readonly ReadonlySet<number>[];
  /** Offset of each block's first instruction among the function's program points. */
  readonly siteOffset: readonly number[];
  /** Variables that others can read or write: captured ones, those of the file, those with their address taken. */
  readonly kept: ReadonlySet<number>;
}

export function successors(end: Terminator): readonly number[] {
  switch (end.kind) {
    case 'goto':
      return [end.to];
    case 'branch':
      return [end.then, end.else];
    default:
      return [];
  }
}

/** Cost: linear in the function, but for liveness, which takes a few rounds over it. */
export function shapeOf(fn: FunctionIR, kept: ReadonlySet<number>): Shape {
  const count = fn.blocks.length;
  const order = new Array<number>(count).fill(-1);
  const isLoopHead = new Array<boolean>(count).fill(false);
  const own = mentionedIn(fn, kept);
  const postorder: number[] = [];
  const state = new Uint8Array(count);
  const stack: { block: number; next: number }[] = [];
  if (count > 0) {
    stack.push({ block: 0, next: 0 });
    state[0] = 1;
  }
  while (stack.length > 0) {
    const top = stack.at(-1) as { block: number; next: number };
    const out = successors((fn.blocks[top.block] as Block).end);
    const to = out[top.next++];
    if (to === undefined) {
      state[top.block] = 2;
      postorder.push(top.block);
      stack.pop();
    } else if (state[to] === 0) {
      state[to] = 1;
      stack.push({ block: to, next: 0 });
    } else if (state[to] === 1) isLoopHead[to] = true;
  }
  postorder.reverse().forEach((b, k) => (order[b] = k));
  const siteOffset: number[] = [];
  let sites = 0;
  for (const block of fn.blocks) {
    siteOffset.push(sites);
    sites += block.instrs.length + 1;
  }
  return {
    order,
    isLoopHead,
    inLoop: loops(fn, order),
    liveIn: liveness(fn, postorder, own),
    siteOffset,
    kept: own,
  };
}

/** A block is in a loop if it lies in a cycle: Tarjan's components of more than one block, or with an edge to itself. */
function loops(fn: FunctionIR, order: readonly number[]): boolean[] {
  const result = new Array<boolean>(fn.blocks.length).fill(false);
  for (const component of components(fn.blocks.length, (b) => successors((fn.blocks[b] as Block).end))) {
    const only = component[0] as number;
    const cyclic = component.length > 1 || successors((fn.blocks[only] as Block).end).includes(only);
    if (cyclic) for (const b of component) result[b] = (order[b] ?? -1) >= 0;
  }
  return result;
}

/** Strongly connected components, callees before callers. Iterative: call chains can be deep. */
export function components(count: number, next: (n: number) => readonly number[]): number[][] {
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  const result: number[][] = [];
  let counter = 0;
  const work: { node: number; out: readonly number[]; at: number }[] = [];
  const enter = (node: number): void => {
    index[node] = low[node] = counter++;
    stack.push(node);
    onStack[node] = 1;
    work.push({ node, out: next(node), at: 0 });
  };
  for (let start = 0; start < count; start++) {
    if (index[start] !== -1) continue;
    enter(start);
    while (work.length > 0) {
      const top = work.at(-1) as { node: number; out: readonly number[]; at: number };
      const to = top.out[top.at++];
      if (to !== undefined) {
        if (index[to] === -1) enter(to);
        else if (onStack[to]) low[top.node] = Math.min(low[top.node] as number, index[to] as number);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined)
        low[parent.node] = Math.min(low[parent.node] as number, low[top.node] as number);
      if (low[top.node] !== index[top.node]) continue;
      const component: number[] = [];
      for (;;) {
        const node = stack.pop() as number;
        onStack[node] = 0;
        component.push(node);
        if (node === top.node) break;
      }
      result.push(component);
    }
  }
  return result;
}

function liveness(fn: FunctionIR, order: readonly number[], kept: ReadonlySet<number>): Set<number>[] {
  const liveIn = fn.blocks.map(() => new Set<number>(kept));
  const uses = fn.blocks.map((b) => blockUses(b));
  for (let changed = true; changed;) {
    changed = false;
    for (let k = order.length - 1; k >= 0; k--) {
      const b = order[k] as number;
      const live = liveIn[b] as Set<number>;
      const before = live.size;
      const { used, assigned } = uses[b] as BlockUses;
      for (const v of used) live.add(v);
      for (const to of successors((fn.blocks[b] as Block).end)) {
        for (const v of liveIn[to] as Set<number>) if (!assigned.has(v)) live.add(v);
      }
      if (live.size !== before) changed = true;
    }
  }
  return liveIn;
}

/** Those of the variables that the function itself mentions. */
function mentionedIn(fn: FunctionIR, variables: ReadonlySet<number>): Set<number> {
  return new Set([...variablesOf(fn)].filter((v) => variables.has(v)));
}

interface BlockUses {
  /** Read before any assignment in the block. */
  readonly used: ReadonlySet<number>;
  readonly assigned: ReadonlySet<number>;
}

function blockUses(block: Block): BlockUses {
  const used = new Set<number>();
  const assigned = new Set<number>();
  const read = (v: number): void => {
    if (!assigned.has(v)) used.add(v);
  };
  for (const instr of block.instrs) {
    for (const e of expressionsOf(instr)) variablesIn(e, read);
    if ('to' in instr) assigned.add(instr.to);
    if (instr.kind === 'call' && instr.threw !== undefined) assigned.add(instr.threw);
  }
  if (block.end.kind === 'branch') variablesIn(block.end.condition, read);
  if (block.end.kind === 'return' && block.end.value !== null) variablesIn(block.end.value, read);
  return { used, assigned };
}

/** Variables that outlive a block's own use of them: captured by a nested function, or with their address taken. */
export function keptVariables(unit: Unit): ReadonlySet<number> {
  const kept = new Set<number>();
  for (const fn of unit.functions) {
    const note = (e: Expr): void => {
      if (e.op === 'addr-var') kept.add(e.id);
      if (e.op === 'var' && unit.variables[e.id]?.owner !== fn.id) kept.add(e.id);
    };
    for (const block of fn.blocks) {
      for (const instr of block.instrs) {
        for (const e of expressionsOf(instr)) walkExpression(e, note);
        if ('to' in instr && unit.variables[instr.to]?.owner !== fn.id) kept.add(instr.to);
      }
      if (block.end.kind === 'branch') walkExpression(block.end.condition, note);
      if (block.end.kind === 'return' && block.end.value !== null) walkExpression(block.end.value, note);
    }
  }
  return kept;
}

/** Building a function's blocks. */
import type { Block, BlockId, Expr, Instr, Terminator, VarId } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';

export interface OpenBlock {
  readonly id: BlockId;
  readonly instrs: Instr[];
  end: Terminator | null;
}

/** Instructions go to `current`. After a terminator they go to a block that nothing leads to, unless a label does. */
export class Flow {
  readonly blocks: OpenBlock[] = [];
  current: OpenBlock;
  /** In a macro's body: where the macro is used. What the body does happens there. */
  site: { readonly span: Span; readonly nameSpan: Span } | null = null;

  constructor() {
    this.current = this.newBlock();
  }

  newBlock(): OpenBlock {
    const block: OpenBlock = { id: this.blocks.length, instrs: [], end: null };
    this.blocks.push(block);
    return block;
  }

  emit(instr: Instr): void {
    if (this.current.end) this.current = this.newBlock();
    const { site } = this;
    if (site === null) this.current.instrs.push(instr);
    else if (instr.kind === 'call') this.current.instrs.push({ ...instr, ...site });
    else this.current.instrs.push({ ...instr, span: site.span });
  }

  end(terminator: Terminator): void {
    if (this.current.end) this.current = this.newBlock();
    const { site } = this;
    const hasPlace = terminator.kind === 'return' || terminator.kind === 'branch';
    this.current.end = site !== null && hasPlace ? { ...terminator, span: site.span } : terminator;
  }

  goto(to: OpenBlock): void {
    if (!this.current.end) this.current.end = { kind: 'goto', to: to.id };
  }

  branch(condition: Expr, then: OpenBlock, otherwise: OpenBlock, span: Span): void {
    if (condition.op === 'const') {
      this.end({ kind: 'goto', to: (condition.value ? then : otherwise).id });
    } else {
      this.end({ kind: 'branch', condition, then: then.id, else: otherwise.id, span });
    }
  }

  /** Goes on in `block`; what came before falls into it. */
  enter(block: OpenBlock): void {
    this.goto(block);
    this.current = block;
  }

  /** Goes on in `block` without a way from what came before. */
  startAt(block: OpenBlock): void {
    this.current = block;
  }

  /** Turns `to = call; x = to` into `x = call`, if the last instruction is that call. Returns true if it did. */
  retarget(from: VarId, to: VarId): boolean {
    const last = this.current.instrs.at(-1);
    if (this.current.end || last?.kind !== 'call' || last.to !== from) return false;
    this.current.instrs[this.current.instrs.length - 1] = { ...last, to };
    return true;
  }

  /** Says that the result of the last call, into `to`, is not used. */
  markResult(to: VarId, result: 'dropped' | 'discarded'): void {
    const last = this.current.instrs.at(-1);
    if (this.current.end || last?.kind !== 'call' || last.to !== to) return;
    this.current.instrs[this.current.instrs.length - 1] = { ...last, result };
  }

  /** Lets jumps to blocks that only jump on go where those lead. */
  private skipEmptyBlocks(): void {
    const target = (id: BlockId): BlockId => {
      const seen = new Set<BlockId>();
      let at = id;
      for (;;) {
        const block = this.blocks[at];
        if (!block || block.instrs.length > 0 || block.end?.kind !== 'goto' || seen.has(at)) return at;
        seen.add(at);
        at = block.end.to;
      }
    };
    for (const block of this.blocks) if (block.end) block.end = renumber(block.end, target);
  }

  /** The blocks that can be reached, numbered anew; what runs off the end returns. */
  finish(span: Span): Block[] {
    const returns: Terminator = { kind: 'return', value: null, span };
    this.skipEmptyBlocks();
    const numbers = new Map<BlockId, BlockId>();
    const order: OpenBlock[] = [];
    const pending: BlockId[] = [0];
    while (pending.length > 0) {
      const id = pending.pop() ?? 0;
      const block = this.blocks[id];
      if (!block || numbers.has(id)) continue;
      numbers.set(id, order.length);
      order.push(block);
      pending.push(...successors(block.end).reverse());
    }
    const numberOf = (id: BlockId): BlockId => numbers.get(id) ?? 0;
    return order.map((block, id) => ({
      id,
      instrs: block.instrs,
      end: renumber(block.end ?? returns, numberOf),
    }));
  }
}

function successors(end: Terminator | null): BlockId[] {
  if (end?.kind === 'goto') return [end.to];
  if (end?.kind === 'branch') return [end.then, end.else];
  return [];
}

function renumber(end: Terminator, numberOf: (id: BlockId) => BlockId): Terminator {
  if (end.kind === 'goto') return { kind: 'goto', to: numberOf(end.to) };
  if (end.kind === 'branch') return { ...end, then: numberOf(end.then), else: numberOf(end.else) };
  return end;
}

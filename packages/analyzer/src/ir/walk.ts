/** What an instruction, an expression or a function mentions. */
import type { Expr, FunctionIR, Instr } from './ir.ts';

export function expressionsOf(instr: Instr): readonly Expr[] {
  switch (instr.kind) {
    case 'assign':
    case 'dispose':
    case 'suspend':
      return [instr.value];
    case 'store':
      return instr.index === undefined ? [instr.base, instr.value] : [instr.base, instr.index, instr.value];
    case 'call': {
      const list = [...instr.args];
      if (instr.receiver !== undefined) list.push(instr.receiver);
      if (instr.callee.kind === 'value') list.push(instr.callee.value);
      return list;
    }
    case 'assume':
      return [instr.condition];
    case 'new':
      return [];
  }
}

export function variablesIn(expr: Expr, visit: (v: number) => void): void {
  walkExpression(expr, (e) => {
    if (e.op === 'var' || e.op === 'addr-var') visit(e.id);
  });
}

export function walkExpression(expr: Expr, visit: (e: Expr) => void): void {
  visit(expr);
  switch (expr.op) {
    case 'field':
    case 'deref':
    case 'addr-field':
      walkExpression(expr.base, visit);
      break;
    case 'index':
    case 'addr-index':
      walkExpression(expr.base, visit);
      walkExpression(expr.index, visit);
      break;
    case 'unary':
      walkExpression(expr.operand, visit);
      break;
    case 'binary':
      walkExpression(expr.left, visit);
      walkExpression(expr.right, visit);
      break;
    case 'pure':
      for (const a of expr.args) walkExpression(a, visit);
      break;
    default:
      break;
  }
}

/** True if a function mentions an expression of a kind. */
export function mentionsIn(fn: FunctionIR, test: (e: Expr) => boolean): boolean {
  let found = false;
  const look = (expr: Expr): void =>
    walkExpression(expr, (e) => {
      found ||= test(e);
    });
  for (const { instrs, end } of fn.blocks) {
    for (const instr of instrs) expressionsOf(instr).forEach(look);
    if (end.kind === 'branch') look(end.condition);
    if (end.kind === 'return' && end.value !== null) look(end.value);
    if (found) return true;
  }
  return false;
}

/** All variables that a function names. */
export function variablesOf(fn: FunctionIR): Set<number> {
  const found = new Set<number>();
  const note = (v: number): void => {
    found.add(v);
  };
  for (const block of fn.blocks) {
    for (const instr of block.instrs) {
      for (const e of expressionsOf(instr)) variablesIn(e, note);
      if ('to' in instr) note(instr.to);
    }
    if (block.end.kind === 'branch') variablesIn(block.end.condition, note);
    if (block.end.kind === 'return' && block.end.value !== null) variablesIn(block.end.value, note);
  }
  return found;
}

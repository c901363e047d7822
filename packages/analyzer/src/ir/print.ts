/**
 * The IR as text, for tests and for looking at what a front end made of a program. One line per instruction:
 *
 *     exported fn put(mas, entry)
 *     b0:
 *       %0 = api mas_store(mas, entry) dropped
 *       branch %0 === null b1 b2
 *
 * Temporaries are numbered per function in the order in which they appear, so that the text does not change with
 * what stands elsewhere in the file. Variables of one name in one function's text are told apart by `'2`, `'3`… in
 * the same order.
 */
import type { Annotation, Block, Callee, Expr, FunctionIR, Instr, Terminator, Unit, VarId } from './ir.ts';

type Name = (id: VarId) => string;

const precedence: Readonly<Record<string, number>> = {
  '*': 9,
  '/': 9,
  '%': 9,
  '+': 8,
  '-': 8,
  '<<': 7,
  '>>': 7,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '==': 5,
  '!=': 5,
  '===': 5,
  '!==': 5,
  '&': 4,
  '^': 3,
  '|': 2,
};

/** Names in one function's text. */
function namer(unit: Unit): Name {
  const names = new Map<VarId, string>();
  const uses = new Map<string, number>();
  return (id) => {
    let name = names.get(id);
    if (name === undefined) {
      const variable = unit.variables[id];
      const plain = variable === undefined || variable.kind === 'temp' ? '%' : variable.name;
      const nth = uses.get(plain) ?? 0;
      uses.set(plain, nth + 1);
      name = plain === '%' ? `%${nth}` : nth === 0 ? plain : `${plain}'${nth + 1}`;
      names.set(id, name);
    }
    return name;
  };
}

function functionName(unit: Unit, id: number): string {
  return unit.functions[id]?.name ?? `#${id}`;
}

function printExprWith(unit: Unit, expr: Expr, name: Name, outer: number): string {
  const sub = (e: Expr, level = 11): string => printExprWith(unit, e, name, level);
  switch (expr.op) {
    case 'const':
      return typeof expr.value === 'string' ? JSON.stringify(expr.value) : String(expr.value);
    case 'var':
      return name(expr.id);
    case 'global':
      return `global ${expr.name}`;
    case 'import':
      return `import(${expr.module}).${expr.name}`;
    case 'field':
      return `${sub(expr.base)}.${expr.name}`;
    case 'index':
      return `${sub(expr.base)}[${sub(expr.index, 0)}]`;
    case 'deref':
      return `*${sub(expr.base)}`;
    case 'addr-var':
      return `&${name(expr.id)}`;
    case 'addr-global':
      return `&global ${expr.name}`;
    case 'addr-field':
      return `(&${sub(expr.base)}.${expr.name})`;
    case 'addr-index':
      return `(&${sub(expr.base)}[${sub(expr.index, 0)}])`;
    case 'unary':
      return expr.operator === 'typeof' ? `typeof ${sub(expr.operand)}` : expr.operator + sub(expr.operand);
    case 'binary': {
      const level = precedence[expr.operator] ?? 1;
      const text = `${sub(expr.left, level)} ${expr.operator} ${sub(expr.right, level + 1)}`;
      return level < outer ? `(${text})` : text;
    }
    case 'pure':
      return `pure ${expr.name}(${expr.args.map((arg) => sub(arg, 0)).join(', ')})`;
    case 'function':
      return `fn ${functionName(unit, expr.fn)}`;
    case 'unknown':
      return '?';
  }
}

function printCallee(unit: Unit, callee: Callee, name: Name): string {
  switch (callee.kind) {
    case 'api':
      return `api ${callee.name}`;
    case 'function':
      return `call ${functionName(unit, callee.fn)}`;
    case 'external':
      return `external ${callee.module === undefined ? '' : `${callee.module}:`}${callee.name}`;
    case 'method':
      return `method ${callee.className === undefined ? '' : `${callee.className}.`}${callee.name}`;
    case 'value':
      return `value ${printExprWith(unit, callee.value, name, 11)}`;
  }
}

function printInstr(unit: Unit, instr: Instr, name: Name): string {
  const text = (e: Expr): string => printExprWith(unit, e, name, 0);
  const place = (e: Expr): string => printExprWith(unit, e, name, 11);
  switch (instr.kind) {
    case 'assign':
      return `${name(instr.to)} = ${text(instr.value)}`;
    case 'store': {
      const field = instr.name === undefined ? '' : `.${instr.name}`;
      const index = instr.index === undefined ? '' : `[${text(instr.index)}]`;
      const star = field === '' && index === '' ? '*' : '';
      return `${star}${place(instr.base)}${field}${index} = ${text(instr.value)}`;
    }
    case 'new':
      return `${name(instr.to)} = new ${instr.className ?? '{}'}`;
    case 'call': {
      const receiver = instr.receiver === undefined ? '' : ` on ${place(instr.receiver)}`;
      const result = instr.result === 'used' ? '' : ` ${instr.result}`;
      const implicit = instr.implicit === true ? ' implicit' : '';
      const threw = instr.threw === undefined ? '' : ` threw ${name(instr.threw)}`;
      const args = instr.args.map(text).join(', ');
      return `${name(instr.to)} = ${printCallee(unit, instr.callee, name)}(${args})${receiver}${result}${threw}${implicit}`;
    }
    case 'dispose':
      return `dispose ${text(instr.value)}${instr.implicit ? '' : ' explicit'}`;
    case 'suspend':
      return `${name(instr.to)} = ${instr.what} ${text(instr.value)}`;
    case 'assume':
      return `assume ${text(instr.condition)}`;
  }
}

function printTerminator(unit: Unit, end: Terminator, name: Name): string {
  switch (end.kind) {
    case 'goto':
      return `goto b${end.to}`;
    case 'branch':
      return `branch ${printExprWith(unit, end.condition, name, 0)} b${end.then} b${end.else}`;
    case 'return':
      return end.value === null ? 'return' : `return ${printExprWith(unit, end.value, name, 0)}`;
    case 'throw':
    case 'stop':
      return end.kind;
  }
}

function printAnnotation(unit: Unit, annotation: Annotation, name: Name): string {
  const value = annotation.value === null ? 'nothing' : printExprWith(unit, annotation.value, name, 0);
  const when = annotation.when === undefined ? '' : ` when ${annotation.when}`;
  return `@${annotation.kind} ${annotation.path} -> ${value}${when}`;
}

/** An expression in the words of `printFunction`. */
export function printExpr(unit: Unit, expr: Expr): string {
  return printExprWith(unit, expr, namer(unit), 0);
}

/** The lines of each block of a function, without its number. */
export function printBlocks(unit: Unit, fn: FunctionIR): string[][] {
  const name = namer(unit);
  for (const id of fn.params) name(id);
  return fn.blocks.map((block) => blockLines(unit, block, name));
}

function blockLines(unit: Unit, block: Block, name: Name): string[] {
  const lines = block.instrs.map((instr) => printInstr(unit, instr, name));
  return [...lines, printTerminator(unit, block.end, name)];
}

/** One function as text, without a newline at the end. */
export function printFunction(unit: Unit, fn: FunctionIR): string {
  const name = namer(unit);
  const marks = [
    fn.linkage === 'local' ? '' : fn.linkage,
    fn.escapes ? 'escaping' : '',
    fn.isInit ? 'init' : '',
    fn.isAsync ? 'async' : '',
    fn.whole ? '' : 'partial',
    fn.isGenerator ? 'fn*' : 'fn',
  ].filter((mark) => mark !== '');
  const receiver = fn.receiver === undefined ? '' : ` on ${name(fn.receiver)}`;
  const lines = [`${marks.join(' ')} ${fn.name}(${fn.params.map(name).join(', ')})${receiver}`];
  for (const annotation of fn.annotations) lines.push(printAnnotation(unit, annotation, name));
  for (const block of fn.blocks) {
    lines.push(`b${block.id}:`);
    for (const line of blockLines(unit, block, name)) lines.push(`  ${line}`);
  }
  return lines.join('\n');
}

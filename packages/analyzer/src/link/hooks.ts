import type { FunctionId, FunctionIR, Instr, Unit } from '../ir/ir.ts';

type CallInstr = Extract<Instr, { kind: 'call' }>;

/** The methods of a file that may run where a method of a class that they extend is called: by class and name. */
export type Hooks = (className: string, name: string) => readonly FunctionId[];

const NONE: readonly FunctionId[] = [];

/** Cost: linear in the classes of the file and the chains of what they extend. */
export function hooksIn(unit: Unit): Hooks {
  const byMethod = new Map<string, FunctionId[]>();
  for (const cls of unit.classes.values()) {
    let above = unit.classes.get(cls.extends ?? '');
    // A class that extends itself is none.
    for (let depth = 0; above !== undefined && depth < 16; depth++) {
      for (const [name, fn] of cls.methods) {
        const key = `${above.name}.${name}`;
        const list = byMethod.get(key);
        if (list === undefined) byMethod.set(key, [fn]);
        else list.push(fn);
      }
      above = unit.classes.get(above.extends ?? '');
    }
  }
  return (className, name) => byMethod.get(`${className}.${name}`) ?? NONE;
}

/** What a call of a method of its own object may run besides the method that it names. */
export function hooksOf(fn: FunctionIR, call: CallInstr, unit: Unit, hooks: Hooks): readonly FunctionId[] {
  const { receiver, callee } = call;
  if (fn.className === undefined || receiver?.op !== 'var' || receiver.id !== fn.receiver) return NONE;
  const named = callee.kind === 'function' ? unit.functions[callee.fn]?.name : undefined;
  const name = callee.kind === 'method' ? callee.name : named?.slice(named.lastIndexOf('.') + 1);
  return name === undefined || name.startsWith('#') || name === 'constructor'
    ? NONE
    : hooks(fn.className, name);
}

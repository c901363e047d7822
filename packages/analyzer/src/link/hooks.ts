import type { ClassIR, FunctionId, FunctionIR, Instr, Unit } from '../ir/ir.ts';

type CallInstr = Extract<Instr, { kind: 'call' }>;

/** A method that stands for one of a class above, and the classes from its own up to that one, without it. */
interface Hook {
  readonly fn: FunctionId;
  readonly below: readonly ClassIR[];
}

/** The methods of a file that may run where a method of a class that they extend is called: by class and name. */
export type Hooks = ReadonlyMap<string, readonly Hook[]>;

/** No chain of classes is followed further. */
export const DEEPEST_CLASS = 16;

/** Cost: linear in the classes of the file and the chains of what they extend. */
export function hooksIn(unit: Unit): Hooks {
  const hooks = new Map<string, Hook[]>();
  for (const cls of unit.classes.values()) {
    const below = [cls];
    let above = unit.classes.get(cls.extends ?? '');
    // A class that extends itself is none.
    while (above !== undefined && below.length < DEEPEST_CLASS) {
      const between = [...below];
      for (const [name, fn] of cls.methods) {
        const key = `${above.name}.${name}`;
        const list = hooks.get(key);
        const hook = { fn, below: between };
        if (list === undefined) hooks.set(key, [hook]);
        else list.push(hook);
      }
      below.push(above);
      above = unit.classes.get(above.extends ?? '');
    }
  }
  return hooks;
}

/**
 * What a call of a method of its own object may run besides the method that it names: methods of classes that do not stand
 * in for the caller as well.
 */
export function hooksOf(fn: FunctionIR, call: CallInstr, unit: Unit, hooks: Hooks): readonly FunctionId[] {
  const { receiver, callee } = call;
  if (fn.className === undefined || receiver?.op !== 'var' || receiver.id !== fn.receiver) return [];
  const named = callee.kind === 'function' ? unit.functions[callee.fn]?.name : undefined;
  const name = callee.kind === 'method' ? callee.name : named && memberOf(named);
  if (name === undefined || name.startsWith('#') || name === 'constructor') return [];
  const caller = memberOf(fn.name);
  return (hooks.get(`${fn.className}.${name}`) ?? []).flatMap((hook) =>
    hook.below.some((cls) => cls.methods.has(caller)) ? [] : [hook.fn],
  );
}

/** `Pool.lockAll` → `lockAll`. */
function memberOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

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

/**
 * What an inherited method calls on its own object, where the caller's class stands in for that: `this.zero()` runs
 * `Volume.zero`, which calls `map()`, and here that is this class's. Cost: linear in the inherited method.
 */
export function overridesRunBy(fn: FunctionIR, call: CallInstr, unit: Unit): readonly FunctionId[] {
  const { receiver, callee } = call;
  if (fn.className === undefined || callee.kind !== 'function') return [];
  if (receiver?.op !== 'var' || receiver.id !== fn.receiver) return [];
  const inherited = unit.functions[callee.fn];
  if (inherited?.className === undefined || inherited.className === fn.className) return [];
  const overrides = new Set<FunctionId>();
  for (const { instrs } of inherited.blocks) {
    for (const instr of instrs) {
      const name = instr.kind === 'call' ? ownMethodCalled(inherited, instr, unit) : undefined;
      const override =
        name === undefined ? undefined : overrideOf(name, fn.className, inherited.className, unit);
      if (override !== undefined) overrides.add(override);
    }
  }
  return [...overrides];
}

function ownMethodCalled(fn: FunctionIR, { receiver, callee }: CallInstr, unit: Unit): string | undefined {
  if (receiver?.op !== 'var' || receiver.id !== fn.receiver) return undefined;
  if (callee.kind === 'method') return callee.name;
  const named = callee.kind === 'function' ? unit.functions[callee.fn]?.name : undefined;
  return named && memberOf(named);
}

/** The method of this name in a class, or in one between it and the class above that it inherits from. */
function overrideOf(name: string, className: string, above: string, unit: Unit): FunctionId | undefined {
  let cls = unit.classes.get(className);
  for (let depth = 0; cls !== undefined && cls.name !== above && depth < DEEPEST_CLASS; depth++) {
    const own = cls.methods.get(name);
    if (own !== undefined) return own;
    cls = unit.classes.get(cls.extends ?? '');
  }
  return undefined;
}

/** `Pool.lockAll` → `lockAll`. */
function memberOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

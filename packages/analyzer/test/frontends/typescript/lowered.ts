/** Short ways to lower a program in a test, and to look at what came of it. */
import type { FunctionIR, Unit } from '../../../src/ir/ir.ts';
import { printFunction } from '../../../src/ir/print.ts';
import { lowerTypeScript } from '../../../src/frontends/typescript/lower.ts';
import { testModel } from '../model.ts';

export interface TestOptions {
  readonly path?: string;
  readonly implicitThrows?: boolean;
}

export function lower(text: string, options: TestOptions = {}): Unit {
  const file = { path: options.path ?? 'test.ts', text };
  const { implicitThrows = false } = options;
  return lowerTypeScript(file, { model: testModel, implicitThrows }, { parseMs: 0, lowerMs: 0 });
}

export function functionNamed(unit: Unit, name: string): FunctionIR {
  const found = unit.functions.find((fn) => fn.name === name);
  if (found === undefined)
    throw new Error(`no ${name} among ${unit.functions.map((fn) => fn.name).join(', ')}`);
  return found;
}

const header =
  "import * as core from '@maplelock/core';\nimport { MapleTree, Mutex, MA_STATE, mtree_lock, mtree_unlock, mtree_trylock, mtree_load, mas_lock, mas_unlock, mas_find, mas_store, mas_erase, mas_for_each, rcu_read_lock, rcu_read_unlock } from '@maplelock/core';\n";

/** The text of the function `f` of a program that has imported everything. */
export function printed(text: string, options: TestOptions = {}, name = 'f'): string {
  const unit = lower(header + text, options);
  return printFunction(unit, functionNamed(unit, name));
}

/** The same without the first line. */
export function body(text: string, options: TestOptions = {}, name = 'f'): string {
  return printed(text, options, name).split('\n').slice(1).join('\n');
}

/** What the calls of a function call, as printed. */
export function callees(text: string, name = 'f', options: TestOptions = {}): string[] {
  const unit = lower(text, options);
  return functionNamed(unit, name).blocks.flatMap(({ instrs }) =>
    instrs.flatMap((instr) => {
      if (instr.kind !== 'call') return [];
      const { callee } = instr;
      switch (callee.kind) {
        case 'function':
          return [`fn ${unit.functions[callee.fn]?.name}`];
        case 'external':
          return [`external ${callee.module}:${callee.name}`];
        case 'value':
          return ['value'];
        default:
          return [
            `${callee.kind} ${callee.kind === 'method' && callee.className ? `${callee.className}.` : ''}${callee.name}`,
          ];
      }
    }),
  );
}

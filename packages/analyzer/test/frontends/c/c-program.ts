/** Lowers C given as text, with the built-in contracts. */
import { buildModel } from '../../../src/contracts/build.ts';
import type { ContractModel } from '../../../src/contracts/model.ts';
import { loadCFrontend } from '../../../src/frontends/c/load.ts';
import type { FunctionIR, Unit } from '../../../src/ir/ir.ts';
import { printFunction } from '../../../src/ir/print.ts';

export const model: ContractModel = buildModel('c');

const frontend = await loadCFrontend();

export function lowerC(text: string, path = 'test.c'): Unit {
  return frontend.lower({ path, text }, { model }, { parseMs: 0, lowerMs: 0 });
}

export function functionOf(unit: Unit, name: string): FunctionIR {
  const found = unit.functions.find((fn) => fn.name === name);
  if (!found) throw new Error(`no function ${name} among ${unit.functions.map((fn) => fn.name).join(', ')}`);
  return found;
}

/** The IR of the function as text; fails where something could not be read. */
export function printC(text: string, name = 'f'): string {
  const unit = lowerC(text);
  if (unit.problems.length > 0) throw new Error(JSON.stringify(unit.problems));
  return `\n${printFunction(unit, functionOf(unit, name)).trimEnd()}\n`;
}

/** The IR of a function with this body. */
export function printBody(body: string): string {
  return printC(`void f(struct dev *d, int n)\n{\n${body}\n}\n`);
}

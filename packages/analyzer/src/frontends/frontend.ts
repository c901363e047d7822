import type { ContractModel } from '../contracts/model.ts';
import type { SourceFile } from '../ir/source.ts';
import type { Unit } from '../ir/ir.ts';
import type { Barrels } from '../link/barrels.ts';

export interface LowerOptions {
  readonly model: ContractModel;
  /** TypeScript: the export of a contract's module that a file gets from another module of the program. */
  readonly barrels?: Barrels | null;
  /** C: what included headers define and the file uses, as text. */
  readonly definitions?: string;
  /** Every call may throw (TypeScript only). */
  readonly implicitThrows?: boolean;
}

/** Milliseconds that a front end spent on one file. */
export interface LowerTimes {
  parseMs: number;
  lowerMs: number;
}

/** Reads one file. Never throws on any text: what cannot be read becomes a problem of the unit. */
export type Lower = (file: SourceFile, options: LowerOptions, times: LowerTimes) => Unit;

/** A macro or a guard class, by the name that its uses have. */
export interface Definition {
  readonly name: string;
  readonly text: string;
}

/** The front end for C, ready to use once its grammar is loaded. */
export interface CFrontend {
  readonly lower: Lower;
  /** What a header defines besides functions, types and variables. */
  readonly definitionsIn: (text: string) => readonly Definition[];
}

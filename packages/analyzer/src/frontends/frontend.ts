import type { ContractModel } from '../contracts/model.ts';
import type { SourceFile } from '../ir/source.ts';
import type { Unit } from '../ir/ir.ts';

export interface LowerOptions {
  readonly model: ContractModel;
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

/** The front end for C, ready to use once its grammar is loaded. */
export interface CFrontend {
  readonly lower: Lower;
}

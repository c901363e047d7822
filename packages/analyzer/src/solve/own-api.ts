import type { Fn } from '../link/program.ts';

/** The API's own functions are written to leave the locking to their callers: their contract says how. */
export function isApi(fn: Fn): boolean {
  return fn.ir.exportName !== undefined && fn.home.model.function(fn.ir.exportName) !== undefined;
}

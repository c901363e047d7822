/** Code that is not in the program, called under locks which only the functions of one file can take. */
import type { State } from '../domain/state.ts';
import type { Value, Var } from '../domain/values.ts';
import type { CallInstr } from './api-call.ts';
import type { Context } from './context.ts';
import type { Frame } from './frame.ts';

/** Names of methods that run what was registered with their object before. */
const RUNNING =
  /^(emit|dispatch|fire|trigger|notify|publish|run|call|exec|execute|handle|invoke|next|flush|tick)/;

/** A variable of a module that does not export it. */
export function isPrivateToFile({ context, fn }: Frame, variable: Var): boolean {
  const { program } = context;
  const known = program.variable(variable);
  return fn.home.language === 'typescript' && known?.kind === 'module' && known.exported !== true;
}

/**
 * Notes a call under locks that lie in such variables: what was handed out as a callback may run under them. What a
 * function that nobody else calls is given is seen where it is called.
 */
export function noteCallingOut(
  frame: Frame,
  state: State,
  { callee }: CallInstr,
  called: Value | undefined,
): void {
  const { table, program, evidence } = frame.context;
  const node = called === undefined ? undefined : table.node(called);
  const owner = node?.kind === 'entry' ? program.ownerOf(node.variable) : undefined;
  const isGiven = owner !== undefined && owner.ir.linkage !== 'exported';
  const runs = callee.kind === 'method' || callee.kind === 'external' ? RUNNING.test(callee.name) : !isGiven;
  if (!runs || (callee.kind === 'value' && callee.value.op === 'global')) return;
  for (const [lock, s] of state.locks) {
    const root = table.node(table.root(lock));
    if (s.held && root.kind === 'entry' && isPrivateToFile(frame, root.variable))
      evidence.add(calledOutUnder(frame.context, root.variable));
  }
}

/** The fact that code which is not in the program is called under a lock in the variable. */
export function calledOutUnder({ program }: Context, variable: Var): string {
  return `called out under ${program.names.variable(variable)}`;
}

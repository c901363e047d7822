/** Containers of which a function locks elements: which of them it has locked is not known. */
import type { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import type { Frame } from './frame.ts';
import { containerOf } from './lock-shape.ts';

/** Notes that some element of a container is locked: which one is not known, it may be any that lies there. */
export function noteElement(frame: Frame, state: State, lock: Value): void {
  const container = containerOf(frame, lock);
  if (container === null) return;
  frame.lockedElements.add(container);
  const source = frame.sourceOf(container);
  for (const [slot, content] of state.memory)
    if (frame.context.table.baseOf(slot) === source) frame.lockedContents.add(content);
}

/** One element of a container of which this function locks others, all of them perhaps. */
export function isSomeElement(frame: Frame, tree: Value): boolean {
  const container = containerOf(frame, tree);
  if (container !== null && frame.lockedElements.has(container)) return true;
  if (frame.lockedContents.size === 0) return false;
  for (let at: Value | null = tree; at !== null; at = frame.context.table.baseOf(at))
    if (frame.lockedContents.has(at)) return true;
  return false;
}

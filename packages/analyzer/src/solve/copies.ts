import type { State } from '../domain/state.ts';
import type { Value } from '../domain/values.ts';
import { load } from './evaluate.ts';
import type { Frame } from './frame.ts';

/**
 * `a = b` of structures of C: the members that are known are those of the other, and so are the object that a cursor walks
 * and its place. A structure is named by its address.
 */
export function copyStruct(frame: Frame, state: State, to: Value, from: Value): void {
  const { table, program, births } = frame.context;
  if (from === to || table.node(from).kind === 'const') return;
  const type = program.typeOf(table, to, births);
  // What lies at a pointer, or in a variable; an array of pointers takes over no structure.
  const isStruct = table.node(to).kind === 'entry' ? type?.pointers === 1 : type?.pointers === 0;
  if (type === undefined || !isStruct) return;
  for (const [slot, content] of [...state.memory]) {
    const node = table.node(slot);
    if (node.kind === 'field' && node.base === from) state.memory.set(table.field(to, node.name), content);
  }
  copyPlace(state, to, from);
  copyWalked(frame, state, type.name, to, from);
}

/** What a cursor walks is named by the original's field, as long as nothing was written there. */
function copyWalked(frame: Frame, state: State, type: string, to: Value, from: Value): void {
  const { table } = frame.context;
  for (const { cursors, owner } of frame.fn.home.model.containers) {
    const way = owner === '' ? undefined : cursors[type];
    if (way === undefined) continue;
    const cursorIn = (object: Value): Value => (way === '' ? object : table.addrField(object, way.slice(1)));
    const there = cursorIn(to);
    const here = cursorIn(from);
    state.memory.set(table.field(there, owner), load(state, table.field(here, owner)));
    copyPlace(state, there, here);
  }
}

function copyPlace(state: State, to: Value, from: Value): void {
  const cursor = state.cursors.get(from);
  if (cursor !== undefined) state.cursors.set(to, cursor);
}

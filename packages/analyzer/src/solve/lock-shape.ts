/** What a lock is told by where it lies: in an element of a container, in an object of several, in a field of some name. */
import { kindSet, type Value, type ValueTable } from '../domain/values.ts';
import { UNKNOWN_PART } from './evaluate.ts';
import type { Frame } from './frame.ts';

/** The container that a lock is in an element of, where which element is not known. */
export function containerOf(frame: Frame, lock: Value): Value | null {
  const { table } = frame.context;
  for (let at: Value | null = lock; at !== null; at = table.baseOf(at)) {
    const node = table.node(at);
    if ((node.kind === 'index' || node.kind === 'addrIndex') && table.node(node.index).kind === 'fresh') {
      return node.base;
    }
  }
  return null;
}

/** The lock lies in what a loop goes over. */
export function isElement(frame: Frame, lock: Value): boolean {
  const { table } = frame.context;
  const root = table.node(table.root(lock));
  return containerOf(frame, lock) !== null || (root.kind === 'fresh' && root.part === UNKNOWN_PART);
}

const VAGUE = kindSet('phi', 'old');

/** True for a lock whose object is one of several: which one depends on the path or the round of a loop. */
export function isVague(frame: Frame, lock: Value): boolean {
  return frame.context.table.holds(lock, VAGUE);
}

/** The fields at the end of a lock's path: what it looks like from any object of its kind. */
export function lockShape(frame: Frame, lock: Value): string {
  return namesOf(frame, lock, Infinity).join('<');
}

/** The same for a lock that is reached from a variable of a function around this one: of that variable alone. */
export function capturedShape(frame: Frame, lock: Value): string | null {
  const { table, program } = frame.context;
  const root = table.node(table.root(lock));
  const owner = root.kind === 'entry' ? program.ownerOf(root.variable) : undefined;
  if (root.kind !== 'entry' || owner === undefined || owner === frame.fn) return null;
  return `${lockShape(frame, lock)}<captured ${program.names.variable(root.variable)}`;
}

/** The narrower of the two: by the captured variable where the lock is reached from one. */
export function narrowShape(frame: Frame, lock: Value): string {
  return capturedShape(frame, lock) ?? lockShape(frame, lock);
}

/** The names on the way from a lock to where it lies, so many of them. */
function namesOf(frame: Frame, lock: Value, most: number): string[] {
  const { table, program } = frame.context;
  const names: string[] = [];
  for (let at = lock; names.length < most;) {
    const node = table.node(at);
    if (node.kind === 'addrField' || node.kind === 'field') {
      names.push(node.name);
      at = node.base;
    } else if (node.kind === 'old') at = node.of;
    else {
      // A lock that lies in a variable of the file, or in a global, is that one and no other.
      if (node.kind === 'global' || node.kind === 'addrGlobal') names.push(node.name);
      else if (
        (node.kind === 'entry' || node.kind === 'addrVar') &&
        program.ownerOf(node.variable) === undefined
      ) {
        names.push(`variable ${program.names.variable(node.variable)}`);
      } else if (node.kind === 'token') names.push(node.name);
      return names;
    }
  }
  return names;
}

/** Two places in one object, each in a part of its own: no pointer leads from one to the other. */
export function arePartsOfOne(table: ValueTable, one: Value, other: Value): boolean {
  return one !== other && objectAround(table, one) === objectAround(table, other);
}

/** The object that a place is a part of. */
export function objectAround(table: ValueTable, place: Value): Value {
  let at = place;
  for (let node = table.node(at); node.kind === 'addrField'; node = table.node(at)) at = node.base;
  return at;
}

/** The field that a lock lies in, whatever object that is in; empty for a lock by its pointer. */
export function lockKind(frame: Frame, lock: Value): string {
  return namesOf(frame, lock, 1)[0] ?? '';
}

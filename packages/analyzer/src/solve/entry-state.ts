import { State } from '../domain/state.ts';
import type { Value, Var } from '../domain/values.ts';
import type { Annotation } from '../ir/ir.ts';
import { isAtomic } from './atomic.ts';
import { assertOfCaller } from './asserted.ts';
import { knowCapturedCursors } from './captured-cursors.ts';
import { evaluate, follow } from './evaluate.ts';
import type { Frame } from './frame.ts';

/** What a function may rely on when it is entered: its annotations, and that its cursors are as the caller left them. */
export function entryState(frame: Frame, given: ReadonlyMap<Var, Value>): State {
  const state = new State();
  const { table } = frame.context;
  const { ir, home } = frame.fn;
  for (const [variable, value] of given) state.env.set(variable, value);
  ir.params.forEach((id) => {
    const type = home.unit.variables[id]?.type;
    const container = home.model.containers.find((c) => type !== undefined && type.name in c.cursors);
    const path = type === undefined ? undefined : container?.cursors[type.name];
    if (container === undefined || path === undefined) return;
    const fields = path === '' ? [] : path.split('.');
    const cursor = follow(table.entry(home.variableBase + id), fields, state, table);
    frame.context.trees.kinds.note(cursor, container);
    state.cursors.set(cursor, { status: 'entry', protectors: new Set(['caller']), at: null });
  });
  if (ir.receiver !== undefined && ir.className !== undefined && !ir.isInit) {
    const self = table.entry(home.variableBase + ir.receiver);
    for (const [place, same] of frame.context.trees.partsOf(self, ir.className))
      state.memory.set(place, same);
  }
  knowCapturedCursors(frame, state);
  for (const annotation of ir.annotations) assumeAnnotation(frame, state, annotation);
  return state;
}

/** The caller must not hold the locks: it is told where it does. */
function excludeLocks(frame: Frame, state: State, annotation: Annotation): void {
  const { ir } = frame.fn;
  const place =
    annotation.value === null ? null : evaluate(annotation.value, state, frame.at(frame.fn.siteBase));
  const text = `${ir.name}() says that its caller does not hold ${annotation.path}`;
  for (const lock of annotatedLocks(frame, state, annotation.path, place)) {
    frame.recorder.need(frame.recorder.free, `excluded ${lock}`, {
      lock,
      mode: 'write',
      inside: false,
      afterAwait: false,
      declared: true,
      held: [],
      freed: [],
      when: [],
      steps: [frame.step('note', annotation.span, text)],
      certainty: 'proved',
      api: ir.name,
    });
  }
}

function assumeAnnotation(frame: Frame, state: State, annotation: Annotation): void {
  if (annotation.kind === 'excludes') excludeLocks(frame, state, annotation);
  const shared = annotation.kind === 'requires-read';
  if (!shared && annotation.kind !== 'requires' && annotation.kind !== 'releases') return;
  const { ir } = frame.fn;
  const place =
    annotation.value === null ? null : evaluate(annotation.value, state, frame.at(frame.fn.siteBase));
  const locks = annotatedLocks(frame, state, annotation.path, place);
  const mode = shared ? 'read' : 'write';
  for (const lock of locks) {
    const at = frame.step(
      'note',
      annotation.span,
      `${ir.name}() says that its caller holds ${annotation.path}`,
    );
    // A path to a lock says nothing of a lock in it.
    const isMeant = place === null || lock === place || isTree(frame, place, place);
    const atomic = isMeant && isAtomic(frame, lock);
    state.locks.set(lock, { held: true, mode, depth: 1, entry: 'asserted', dropped: false, atomic, at });
  }
  if (annotation.kind === 'releases') return;
  const section = locks.find((lock) => frame.context.table.isRcu(lock));
  const asked = section ?? place;
  if (asked === null) return;
  if (section !== undefined || !isTree(frame, treeOfLock(frame, asked), asked)) {
    const text = `${ir.name}() says that its caller holds ${annotation.path}`;
    const step = frame.step('note', annotation.span, text);
    assertOfCaller(frame, new State(), asked, mode, { api: ir.name, step, certainty: 'proved' });
    return;
  }
  frame.recorder.need(frame.recorder.access, `annotated ${asked}${mode}`, {
    access: mode,
    tree: treeOfLock(frame, asked),
    held: [],
    freed: [],
    underRcu: false,
    afterAwait: false,
    when: [],
    steps: [
      frame.step('note', annotation.span, `${ir.name}() says that its caller holds ${annotation.path}`),
    ],
    certainty: 'proved',
    api: ir.name,
    declared: true,
    given: false,
    mayBeHeld: false,
  });
}

/** What the path ends at is a tree, as far as its type or its being a tree's lock tells. */
function isTree(frame: Frame, tree: Value, place: Value): boolean {
  if (tree !== place) return true;
  const { program, table, births } = frame.context;
  const type = program.typeOf(table, place, births);
  const { containers } = frame.fn.home.model;
  if (type !== undefined) return containers.some((c) => c.types.includes(type.name));
  const node = table.node(place);
  if (frame.fn.home.language === 'c')
    return node.kind === 'field' && containers.some((c) => c.owner === node.name);
  return node.kind === 'field' || node.kind === 'entry';
}

/** `mas->tree->ma_lock` speaks of the tree's lock: the tree is what the need is about. */
function treeOfLock(frame: Frame, place: Value): Value {
  return frame.ownerOf(place) ?? place;
}

/** The locks that an annotation's path may mean: a path to a tree means the tree's lock, one to a lock the lock itself. */
export function annotatedLocks(frame: Frame, state: State, path: string, place: Value | null): Value[] {
  const { table } = frame.context;
  if (/^rcu$/i.test(path)) return [table.token('rcu')];
  if (place === null) return [];
  if (frame.ownerOf(place) !== null) return [place];
  return [place, ...frame.locksOf(place, state).locks];
}

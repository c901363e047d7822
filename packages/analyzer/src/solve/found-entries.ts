/** Entries that a reader, or a helper, has found: what keeps them from here on. */
import type { EntryState } from '../domain/entries.ts';
import type { State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import {
  callersLockOf,
  holdsLock,
  isInOwnSection,
  isOfCallers,
  isTakenHere,
  type Keeper,
  onlyLockOf,
  ownLockOf,
} from './entry-keepers.ts';
import type { Frame } from './frame.ts';
import { lockKind } from './lock-shape.ts';

interface FoundEntry {
  readonly api: string;
  readonly found: TraceStep;
  /** The reader needs no protection, and leaves none behind. */
  readonly isLent: boolean;
  readonly keeper: Keeper;
  readonly tree: Value | null;
}

/** A reader of a tree has returned an entry. */
export function findEntry(
  frame: Frame,
  state: State,
  entry: Value,
  { api, found, isLent, keeper, tree }: FoundEntry,
): void {
  const { table } = frame.context;
  const source = tree === null ? undefined : sourceOf(frame, tree);
  const known = { api, found, ended: null, doubtful: false, ...(source && { source }) };
  const born = table.node(entry);
  if (source !== undefined && born.kind === 'fresh') frame.context.found.set(born.site, source);
  const note = (rest: Pick<EntryState, 'status'> & Partial<EntryState>): void =>
    void state.entries.set(entry, { ...known, ...rest });
  if (typeof keeper === 'number') {
    note({ status: 'guarded', keeper });
    return;
  }
  const rcu = state.locks.get(table.token('rcu'));
  const isC = frame.fn.home.language === 'c';
  const callers =
    tree === null || !isC || keeper === 'counted' ? undefined : callersLockOf(frame, state, tree);
  const hangsOnFreed = keeper === null ? ({ hangsOn: 'freed' } as const) : {};
  if (holdsLock(frame, state)) {
    if (tree === null || !isC) return;
    const own = ownLockOf(frame, state, tree);
    if (own !== undefined) note({ status: 'guarded', keeper: own, hangsOn: 'freed' });
    else if (callers !== undefined && state.locks.has(callers))
      note({ status: 'callers', keeper: callers, ...hangsOnFreed });
    else noteUnderOther(frame, state, note);
  } else if (isInOwnSection(frame, state)) {
    note({ status: 'guarded', doubtful: rcu?.doubtful ?? false });
  } else if (!isLent || rcu?.held === true) {
    note({ status: 'callers', ...(callers !== undefined && { keeper: callers, ...hangsOnFreed }) });
  } else if (isC) {
    const hangsOn = keeper === 'counted' && source !== undefined ? ({ hangsOn: 'pinned' } as const) : {};
    note({ status: 'loose', doubtful: keeper !== null, ...hangsOn });
  }
}

/** A reader that asks for no lock, under one that is not the tree's: it may be the one that entries are freed under. */
function noteUnderOther(
  frame: Frame,
  state: State,
  note: (rest: Pick<EntryState, 'status'> & Partial<EntryState>) => void,
): void {
  const other = onlyLockOf(frame, state);
  // A read section of SRCU keeps what is found in it as one of RCU does, and no longer.
  if (other !== undefined && other === frame.context.table.token('srcu')) {
    note({ status: 'guarded', keeper: other });
    return;
  }
  const under = other === undefined ? '' : lockKind(frame, other);
  if (other !== undefined && under !== '')
    note({ status: 'guarded', keeper: other, hangsOn: 'freed', under });
}

/** A helper has found an entry under the lock that alone keeps it. True if that is this function's, or its callers'. */
export function receiveEntry(
  frame: Frame,
  state: State,
  entry: Value,
  helper: string,
  found: TraceStep,
  { keeper, hangsOn, source }: EntryState & { readonly keeper: Value },
): boolean {
  const isOurs = isTakenHere(state, keeper);
  // Where nothing but a lock is known to keep it, a section does as well.
  if (!isOurs && hangsOn === 'freed' && isInOwnSection(frame, state)) return false;
  if (!isOurs && !isOfCallers(frame, state, keeper)) return false;
  state.entries.set(entry, {
    api: helper,
    found,
    ended: null,
    doubtful: false,
    status: isOurs ? 'guarded' : 'callers',
    keeper,
    ...(hangsOn && { hangsOn }),
    ...(source !== undefined && { source }),
  });
  return true;
}

/** A helper has found an entry in a way that needs no section, and its caller has none either. */
export function lendEntry(
  frame: Frame,
  state: State,
  entry: Value,
  helper: string,
  found: TraceStep,
  { api }: EntryState,
): void {
  const source = sourceBy(frame, helper);
  state.entries.set(entry, {
    api,
    found,
    source,
    ended: null,
    status: 'loose',
    doubtful: true,
    hangsOn: 'lent',
  });
}

/** Entries of one source: those of trees that lie in one field, or variable, as functions of one file see them. */
export function sourceOf(frame: Frame, tree: Value): string | undefined {
  const kind = lockKind(frame, tree);
  return kind === '' ? undefined : `${frame.fn.home.unit.path} ${kind}`;
}

/** What a helper finds is told by the helper. */
export function sourceBy(frame: Frame, helper: string): string {
  return `${frame.fn.home.unit.path} ${helper}()`;
}

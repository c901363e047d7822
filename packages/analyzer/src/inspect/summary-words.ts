import type { Fact } from '../domain/facts.ts';
import { factAbout, type State } from '../domain/state.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { Frame } from '../solve/frame.ts';
import type { Outcome, Summary } from '../summaries/summary.ts';
import { lineAndColumn } from '../report/places.ts';

/** What a summary says, in sentences. Each is said once, in the order in which the function was found to need it. */
export function summaryWords(frame: Frame, summary: Summary): string[] {
  const name = (value: number): string => frame.sayPlace(value, frame.entry);
  const words: string[] = [];
  for (const need of summary.access) {
    const lock = need.access === 'write' ? 'the write lock' : 'RCU or the lock';
    const who = need.declared ? 'it says so' : placed(frame, `${need.api}()`, need.steps.at(-1));
    words.push(`needs ${lock} of ${name(need.tree)} from its caller: ${who}`);
  }
  for (const need of summary.held) {
    words.push(
      `gives back ${name(need.lock)}, which its caller holds: ${placed(frame, need.api, need.steps.at(-1))}`,
    );
  }
  for (const need of summary.free) {
    const who = placed(frame, `${need.api}()`, need.steps.at(-1));
    words.push(`must not be called with ${name(need.lock)} held: ${who}`);
  }
  for (const need of summary.fresh)
    words.push(`goes on from the place of ${name(need.cursor)}, which must be good: ${need.api}()`);
  for (const outcome of summary.outcomes) words.push(...outcomeWords(frame, 'returns', outcome));
  for (const outcome of summary.throws) words.push(...outcomeWords(frame, 'throws', outcome));
  if (summary.complete && summary.outcomes.length === 0) words.push('never returns');
  if (!summary.complete) words.push('was not analysed to its end');
  return [...new Set(words)];
}

function outcomeWords(frame: Frame, how: string, outcome: Outcome): string[] {
  const effects = outcome.locks.map(
    (l) => `${l.change} ${frame.sayPlace(l.lock, frame.entry)}${l.mode === 'read' ? ' (read)' : ''}`,
  );
  for (const { cursor, state } of outcome.cursors) {
    if (state.status !== 'entry' && state.status !== 'unknown')
      effects.push(`leaves ${frame.sayPlace(cursor, frame.entry)} ${CURSOR_WORDS[state.status]}`);
  }
  if (outcome.entry !== null) effects.push('hands out an entry that the caller has to keep');
  if (effects.length === 0) return [];
  const what = how === 'returns' ? factWords(outcome.fact) : '';
  return [`${how}${what} with: ${effects.join(', ')}`];
}

const CURSOR_WORDS = {
  start: 'at its start',
  node: 'on a node',
  pause: 'paused',
  stale: 'stale',
} as const;

/** What is known of a result: ` 0`, ` a negative number`. */
function factWords(fact: Fact): string {
  if (fact.only !== undefined && fact.only.length <= 3) return ` ${fact.only.join(' or ')}`;
  if (fact.high < 0) return ' a negative number';
  if (fact.low === 0 && fact.high === 0) return ' 0';
  if (fact.truthy === true) return ' something';
  return '';
}

function placed(frame: Frame, text: string, step: TraceStep | undefined): string {
  const unit = step === undefined ? undefined : frame.context.program.units[step.unit]?.unit;
  if (step === undefined || unit === undefined) return text;
  const { line, column } = lineAndColumn(unit.lineStarts, step.start);
  return `${text} at ${unit.path}:${line}:${column}`;
}

/** The locks that a path holds, in the order in which they were taken. */
export function heldWords(frame: Frame, state: State): string {
  const held: string[] = [];
  for (const [lock, s] of state.locks) {
    if (!s.held) continue;
    const notes = [
      ...(s.mode === 'read' ? ['read'] : []),
      ...(s.depth > 1 ? [`${s.depth} times`] : []),
      ...(s.entry === 'asserted' ? ['as said'] : []),
      ...(s.doubtful ? ['doubtful'] : []),
    ];
    held.push(`${frame.sayPlace(lock, state)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`);
  }
  return held.length === 0 ? 'nothing' : held.join(', ');
}

/** The cursors of which something is known. */
export function cursorWords(frame: Frame, state: State): string[] {
  const words: string[] = [];
  for (const [cursor, { status }] of state.cursors) {
    if (status === 'entry' || status === 'unknown' || status === 'start') continue;
    if (factAbout(state, frame.context.table, cursor).truthy === false) continue;
    words.push(`${frame.sayPlace(cursor, state)} ${CURSOR_WORDS[status]}`);
  }
  return words;
}

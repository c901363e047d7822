import type { State } from '../domain/state.ts';
import type { Span } from '../ir/source.ts';
import type { Summary } from '../summaries/summary.ts';
import type { Frame } from './frame.ts';

/** Looks on while functions are analysed. Must not change what it is shown. */
export interface Observer {
  /** A function is analysed, or is so again: what was seen of it before was of less knowledge. */
  entered(frame: Frame): void;
  /** A path is about to do what stands at a place. Rounds of a loop and merged paths come here again. */
  before(frame: Frame, state: State, span: Span): void;
  /** A function has been analysed. */
  summarized(frame: Frame, summary: Summary): void;
}

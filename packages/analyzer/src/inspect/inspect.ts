import { analyzeWith } from '../analyze.ts';
import type { AnalyzeOptions } from '../analyze-options.ts';
import type { State } from '../domain/state.ts';
import type { Span } from '../ir/source.ts';
import type { Fn } from '../link/program.ts';
import { lineAndColumn } from '../report/places.ts';
import type { Frame } from '../solve/frame.ts';
import type { Observer } from '../solve/observer.ts';
import type { Summary } from '../summaries/summary.ts';
import { controlFlowDot } from './dot.ts';
import type { InspectedFunction, InspectedLine } from './inspection.ts';
import { cursorWords, heldWords, summaryWords } from './summary-words.ts';

export interface InspectOptions extends AnalyzeOptions {
  /** The path of one of the files. */
  readonly file: string;
  /** A line of it, from 1: the innermost function around it is shown. Absent: all functions of the file. */
  readonly line?: number;
}

/** What is known before each line of a function, what its callers have to know, and its control flow. */
export function inspect(options: InspectOptions): InspectedFunction[] {
  const notes = new Notes(options.file);
  analyzeWith(options, notes);
  const all = notes.functions();
  const { line } = options;
  if (line === undefined) return all;
  const around = all.filter((f) => f.line <= line && line <= f.endLine);
  const size = (f: InspectedFunction): number => f.endLine - f.line;
  const [first, ...others] = around;
  return first === undefined ? [] : [others.reduce((a, b) => (size(b) <= size(a) ? b : a), first)];
}

interface Seen {
  readonly fn: Fn;
  readonly held: Map<number, Set<string>>;
  readonly cursors: Map<number, Set<string>>;
  summary: readonly string[];
}

/** Writes down what passes through the functions of one file. */
class Notes implements Observer {
  readonly #file: string;
  readonly #seen = new Map<number, Seen>();

  constructor(file: string) {
    this.#file = file;
  }

  entered(frame: Frame): void {
    if (frame.depth === 0) this.#seen.delete(frame.fn.index);
  }

  before(frame: Frame, state: State, span: Span): void {
    const { fn } = frame;
    if (fn.home.unit.path !== this.#file || frame.depth > 0) return;
    const seen = this.#of(fn);
    const { line } = lineAndColumn(fn.home.unit.lineStarts, span.start);
    add(seen.held, line, heldWords(frame, state));
    for (const text of cursorWords(frame, state)) add(seen.cursors, line, text);
  }

  summarized(frame: Frame, summary: Summary): void {
    if (frame.fn.home.unit.path === this.#file && frame.depth === 0)
      this.#of(frame.fn).summary = summaryWords(frame, summary);
  }

  #of(fn: Fn): Seen {
    let seen = this.#seen.get(fn.index);
    if (seen === undefined) {
      seen = { fn, held: new Map(), cursors: new Map(), summary: [] };
      this.#seen.set(fn.index, seen);
    }
    return seen;
  }

  functions(): InspectedFunction[] {
    const shown = [...this.#seen.values()].map(({ fn, held, cursors, summary }): InspectedFunction => {
      const { unit } = fn.home;
      const from = lineAndColumn(unit.lineStarts, fn.ir.span.start).line;
      const to = lineAndColumn(unit.lineStarts, fn.ir.span.end).line;
      const lines = codeLines(fn).map((line): InspectedLine => ({
        line,
        held: [...(held.get(line) ?? [])].sort(),
        cursors: [...(cursors.get(line) ?? [])].sort(),
      }));
      const graph = controlFlowDot(unit, fn.ir);
      return { file: unit.path, name: fn.ir.name, line: from, endLine: to, summary, lines, graph };
    });
    return shown.sort((a, b) => a.line - b.line || b.endLine - a.endLine);
  }
}

/** The lines on which the function does something, in order. */
function codeLines({ home: { unit }, ir }: Fn): number[] {
  const lines = new Set<number>();
  const note = ({ start }: Span): void => void lines.add(lineAndColumn(unit.lineStarts, start).line);
  for (const block of ir.blocks) {
    for (const instr of block.instrs) note(instr.span);
    if ('span' in block.end) note(block.end.span);
  }
  return [...lines].sort((a, b) => a - b);
}

function add(map: Map<number, Set<string>>, line: number, text: string): void {
  const known = map.get(line);
  if (known === undefined) map.set(line, new Set([text]));
  else known.add(text);
}

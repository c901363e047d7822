import type { TraceStep } from '../domain/trace.ts';
import type { Program } from '../link/program.ts';
import type { RawFinding } from '../solve/recorder.ts';
import type { Finding, Place, Step } from './finding.ts';

/** Line and column of an offset, both from 1. Cost: logarithmic in the lines of the file. */
export function lineAndColumn(
  lineStarts: readonly number[],
  offset: number,
): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

function placeOf(program: Program, unit: number, start: number, end: number): Place {
  const { path, lineStarts } = (
    program.units[unit] as { unit: { path: string; lineStarts: readonly number[] } }
  ).unit;
  const from = lineAndColumn(lineStarts, start);
  const to = lineAndColumn(lineStarts, end);
  return { file: path, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

function stepOf(program: Program, { unit, start, end, kind, message }: TraceStep): Step {
  const { file, line, column, endLine, endColumn } = placeOf(program, unit, start, end);
  return { file, line, column, endLine, endColumn, kind, message };
}

/** Steps that stand for a call are followed by what happened inside it. */
function unfolded(steps: readonly TraceStep[]): TraceStep[] {
  const result: TraceStep[] = [];
  for (const step of steps) {
    for (let s: TraceStep | undefined = step; s !== undefined; s = s.inside) result.push(s);
  }
  return result;
}

/** Two ways to a finding may share a place: it is shown once. */
function distinct(steps: readonly TraceStep[]): TraceStep[] {
  const seen = new Set<string>();
  return steps.filter((s) => {
    const key = `${s.unit}:${s.start}:${s.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Findings with their places, in the order of files, lines, columns and rules. */
export function placeFindings(program: Program, findings: readonly RawFinding[]): Finding[] {
  const placed = findings.map((f): Finding => {
    const { file, line, column, endLine, endColumn } = placeOf(program, f.unit, f.start, f.end);
    const { rule, message, certainty, functionName } = f;
    const related = distinct(unfolded(f.related)).map((s) => stepOf(program, s));
    const path = f.path.map((s) => stepOf(program, s));
    return {
      file,
      line,
      column,
      endLine,
      endColumn,
      rule,
      message,
      certainty,
      functionName,
      related,
      path,
    };
  });
  return placed.sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

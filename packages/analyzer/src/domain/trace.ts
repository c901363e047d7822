import type { Step } from '../report/finding.ts';

/** A step of a path, with its place found out when it is printed. */
export interface TraceStep {
  readonly kind: Step['kind'];
  /** Index of the unit in the analysis. */
  readonly unit: number;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** What happened inside the call that this step is: where a helper took the lock. */
  readonly inside?: TraceStep;
  /** The call is of a function that was given as an argument: what follows is in the text of whoever gave it. */
  readonly ofCallback?: boolean;
}

/** The path so far, newest step first. Shared between the states that forked from it. */
export interface Trace {
  readonly step: TraceStep;
  readonly before: Trace | null;
  readonly length: number;
}

/** Oldest first; long paths keep their beginning and their end. */
export function stepsOf(trace: Trace | null, limit = 40): TraceStep[] {
  const steps: TraceStep[] = [];
  for (let t = trace; t !== null; t = t.before) steps.push(t.step);
  steps.reverse();
  if (steps.length <= limit) return steps;
  const half = limit / 2;
  return [...steps.slice(0, half), ...steps.slice(-half)];
}

/** Where, at the end of the calls that a step leads through, it comes about. */
export function innermost(step: TraceStep): TraceStep {
  return step.inside === undefined ? step : innermost(step.inside);
}

/** The step without what it leads through. */
export function outer({ kind, unit, start, end, message }: TraceStep): TraceStep {
  return { kind, unit, start, end, message };
}

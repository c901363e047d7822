import type { LockMode } from '@maplelock/core';
import { SharedMap, SharedSet } from '../domain/shared-collections.ts';
import type { TraceStep } from '../domain/trace.ts';
import { stepsOf, type Trace } from '../domain/trace.ts';
import type { Value } from '../domain/values.ts';
import type { Certainty } from '../report/finding.ts';
import type { Acquired, AcquiredPair, OrderEdge } from './lock-order.ts';
import type {
  AccessRequirement,
  AssertedRequirement,
  FreeRequirement,
  FreshCursorRequirement,
  HeldRequirement,
  LockUseRequirement,
  SleepRequirement,
  RcuReader,
  TreeChange,
  LoneRelease,
} from '../summaries/summary.ts';

/** A finding before its places are turned into lines and columns. */
export interface RawFinding {
  readonly rule: string;
  readonly message: string;
  readonly certainty: Certainty;
  readonly unit: number;
  readonly start: number;
  readonly end: number;
  readonly functionName: string;
  readonly related: readonly TraceStep[];
  readonly path: readonly TraceStep[];
  /** What proves it, if a function of the program shows it; and whether else it is said as possible. */
  readonly provedBy?: Evidence;
  /** What leaves it possible only, if a function of the program shows it. */
  readonly doubtedBy?: string;
  /** Names that the closure goes by which it is in: if the program calls one of them, nothing is said. */
  readonly calledBy?: readonly string[];
}

/** Findings by their keys. */
export type Found = ReadonlyMap<string, RawFinding>;

export const NOTHING_FOUND: Found = new Map();

export interface Evidence {
  readonly fact: string;
  readonly isSaidElse: boolean;
}

/** One place breaks one rule once. */
export function keyOf(finding: Pick<RawFinding, 'rule' | 'unit' | 'start' | 'end'>): string {
  return `${finding.rule}@${finding.unit}:${finding.start}-${finding.end}`;
}

/** Requirements beyond this many are one too many to follow; the first ones stand for the rest. */
const MOST_REQUIREMENTS = 48;

/** Collects what one function's analysis finds and needs. The same thing seen on two paths is kept once. */
export class Recorder {
  readonly findings: SharedMap<string, RawFinding> = new SharedMap();
  readonly access: SharedMap<string, AccessRequirement> = new SharedMap();
  /** Sources of entries that the function takes entries out of. */
  readonly erases: SharedSet<string> = new SharedSet();
  /** How the function uses trees, under whatever lock: for reading, or for writing too. */
  readonly uses: SharedMap<Value, LockMode> = new SharedMap();
  readonly held: SharedMap<string, HeldRequirement> = new SharedMap();
  readonly asserted: SharedMap<string, AssertedRequirement> = new SharedMap();
  readonly free: SharedMap<string, FreeRequirement> = new SharedMap();
  readonly fresh: SharedMap<string, FreshCursorRequirement> = new SharedMap();
  readonly lockUses: SharedMap<string, LockUseRequirement> = new SharedMap();
  readonly sleeps: SharedMap<string, SleepRequirement> = new SharedMap();
  readonly acquired: SharedMap<string, Acquired> = new SharedMap();
  readonly pairs: SharedMap<string, AcquiredPair> = new SharedMap();
  /** The order in which locks of known kinds are nested. */
  readonly edges: SharedMap<string, OrderEdge> = new SharedMap();
  /** Functions that it calls, with the kinds of locks that are held around every call. */
  readonly calls: SharedMap<number, Set<string>> = new SharedMap();
  readonly rcuReaders: SharedMap<string, RcuReader> = new SharedMap();
  readonly changes: SharedMap<string, TreeChange> = new SharedMap();
  /** Findings about an element of a container, by key: its siblings may turn out to be locked. */
  readonly elements: SharedMap<string, Value> = new SharedMap();
  /** Findings about locks that a helper needs for writing and that are held for reading, by key. */
  readonly shared: SharedMap<string, Value> = new SharedMap();
  /** Locks that the function takes for writing somewhere. */
  readonly takenToWrite: SharedSet<Value> = new SharedSet();
  /** Findings about entries that a lock of a caller may keep, by key. */
  readonly escapes: SharedSet<string> = new SharedSet();
  /** Cursors of which it asks, or a helper for it, whether their last call failed. */
  readonly asks: SharedSet<Value> = new SharedSet();
  /** Fields that the function writes. */
  readonly written: SharedSet<Value> = new SharedSet();
  /** Those of them that may be flags. */
  readonly flags: SharedSet<Value> = new SharedSet();
  /** Locks that the function takes somewhere. */
  readonly taken: SharedSet<Value> = new SharedSet();
  /** Kinds of locks that the function takes, by itself or through a helper. */
  readonly takenKinds: SharedSet<string> = new SharedSet();
  /** Those of them that it takes itself, or that a helper takes for it. */
  readonly ownTakenKinds: SharedSet<string> = new SharedSet();
  /** Locks of elements that a loop gives back in the round in which it took them. */
  readonly releasedInRound: SharedSet<Value> = new SharedSet();
  /** Unlocks of what a known function looked up here and nobody took on the way, by place. */
  readonly loneReleases: SharedMap<string, LoneRelease> = new SharedMap();
  /** It, or what it calls, calls code that is not in the program and sounds like locking. */
  mayLock = false;
  /** Kinds of locks that the function gives back somewhere. */
  readonly releasedKinds: SharedSet<string> = new SharedSet();
  /** Unlocks of what nobody has locked, by key, with the kind of the lock. */
  readonly unmatched: SharedMap<string, string> = new SharedMap();
  /** Those that stand in a loop. */
  readonly unmatchedInRound: SharedSet<string> = new SharedSet();
  /** Locks that a call may have dropped and not taken again. */
  readonly doubts: SharedSet<Value> = new SharedSet();

  report(finding: Omit<RawFinding, 'path'>, trace: Trace | null, path?: readonly TraceStep[]): void {
    const key = keyOf(finding);
    const known = this.findings.get(key);
    // A proof outranks a suspicion of the same place.
    if (known !== undefined && (known.certainty === 'proved' || finding.certainty === 'possible')) return;
    this.findings.set(key, { ...finding, path: path ?? stepsOf(trace) });
  }

  /** What is only possible is proved where a function of the program shows this. */
  proveBy(key: string, evidence: Evidence): void {
    const finding = this.findings.get(key);
    if (finding?.certainty === 'possible') this.findings.set(key, { ...finding, provedBy: evidence });
  }

  /** What is proved is only possible where a function of the program shows this. */
  doubtBy(key: string, fact: string): void {
    const finding = this.findings.get(key);
    if (finding !== undefined) this.findings.set(key, { ...finding, doubtedBy: fact });
  }

  /** Takes back the proof of unlocks where the function locks elsewhere: in another loop, by another way to it. */
  doubtRounds(): void {
    for (const [key, kind] of this.unmatched) {
      const finding = this.findings.get(key);
      const taken = this.unmatchedInRound.has(key) ? this.takenKinds : this.ownTakenKinds;
      if (finding !== undefined && taken.has(kind)) {
        this.findings.set(key, { ...finding, certainty: 'possible' });
      }
    }
  }

  /** Takes back the proof where the function chooses the mode, and the helper may need the lock as it was chosen. */
  doubtChosenModes(): void {
    for (const [key, lock] of this.shared) {
      const finding = this.findings.get(key);
      if (finding !== undefined && this.takenToWrite.has(lock))
        this.findings.set(key, { ...finding, certainty: 'possible' });
    }
  }

  /** Takes back the proof of findings about elements of these containers. */
  doubtElements(containers: ReadonlySet<Value>): void {
    for (const [key, container] of this.elements) {
      const finding = this.findings.get(key);
      if (finding !== undefined && containers.has(container)) {
        this.findings.set(key, { ...finding, certainty: 'possible' });
      }
    }
  }

  need<N extends { readonly when: readonly { value: number }[]; readonly steps: readonly TraceStep[] }>(
    kind: SharedMap<string, N>,
    key: string,
    need: N,
  ): void {
    const last = need.steps.at(-1);
    const place = `${last?.unit}:${last?.start}`;
    const full = `${key}@${place}?${need.when.map((c) => `${c.value}`).join()}`;
    if (kind.has(full) || kind.size >= MOST_REQUIREMENTS) return;
    kind.set(full, need);
  }
}

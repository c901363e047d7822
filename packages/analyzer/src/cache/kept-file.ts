import type { RawFinding } from '../solve/recorder.ts';
import type { Phase } from '../solve/group.ts';
import type { GroupHead } from './stored-group.ts';
import type { UnitHead } from './stored-unit.ts';

export type ExternalLock = Omit<RawFinding, 'unit'>;

/** What is kept of a file and looked at in every run. */
export interface FileHead {
  readonly hash: string;
  readonly unit: UnitHead;
  readonly externalLocks: readonly ExternalLock[];
  /** What the functions are called that it calls by name and that lie elsewhere. */
  readonly answers: readonly (readonly [callee: string, fn: string])[];
  readonly groups: readonly (GroupHead & { readonly phase: Phase })[];
  /** Of how many functions something was found, or looked for, when all was known. */
  readonly ends: number;
}

/** What each group of a file has asked for, by numbers of its texts. */
export interface FileReads {
  readonly texts: readonly string[];
  readonly groups: readonly (readonly number[])[];
}

/** What is kept of a run as a whole. */
export interface Index {
  readonly settings: string;
  readonly files: readonly string[];
  /** A hash of what the modules see of each other. */
  readonly surfaces: string;
  /** The groups in the order in which they were analysed: number of the file, number in the file. */
  readonly order: readonly (readonly [number, number])[];
}

/** What was found in functions when all was known, and what each has asked for, by numbers of its texts. */
export interface FileEnds {
  readonly texts: readonly string[];
  readonly functions: Readonly<Record<string, readonly [reads: readonly number[], findings: string]>>;
}

/** The parts of what is kept of a file, each under a key of its own. */
export const PARTS = ['head', 'rest', 'lines', 'groups', 'reads', 'ends'] as const;
export type Part = (typeof PARTS)[number];

export function keyFor(part: Part, path: string): string {
  return `${part} ${path}`;
}

/** What is kept of files. @throws Error where it is not there. */
export interface KeptParts {
  text(part: Part, path: string): string;
  parsed(part: Part, path: string): unknown;
}

/** A file of the earlier run. */
export interface OldFile {
  readonly path: string;
  readonly head: FileHead;
  bodies: readonly string[] | null;
  reads: FileReads | null;
  ends: FileEnds | null;
}

export interface OldGroup {
  readonly key: string;
  readonly file: OldFile;
  readonly at: number;
  readonly head: GroupHead & { readonly phase: Phase };
  /** When it was analysed. */
  turn: number;
}

export function bodyOf({ file, at }: OldGroup, kept: KeptParts): string {
  file.bodies ??= kept.text('groups', file.path).split('\n');
  const body = file.bodies[at];
  if (body === undefined) throw new Error(`no group ${at} of ${file.path} in the cache`);
  return body;
}

export function readsIn(file: OldFile, kept: KeptParts): FileReads {
  return (file.reads ??= kept.parsed('reads', file.path) as FileReads);
}

export function readsOf({ file, at }: OldGroup, kept: KeptParts): readonly string[] {
  const { texts, groups } = readsIn(file, kept);
  return (groups[at] ?? []).map((n) => texts[n] ?? '');
}

/** A place in a source file. Offsets count UTF-16 units from 0; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Language = 'typescript' | 'c';

/** A file as it is given to the engine. */
export interface SourceFile {
  /** As it is to be printed in findings. */
  readonly path: string;
  readonly text: string;
}

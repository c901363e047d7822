/** The masked text while it is being made, and what is known at the token that is being looked at. */
import type { ContractModel } from '../../contracts/model.ts';
import type { Span } from '../../ir/source.ts';
import type { MacroDefinition } from './preprocessor.ts';
import type { Tokens } from './tokens.ts';

/** Something that the masked text does not say any more. */
export interface Mask {
  readonly kind:
    | 'annotation'
    | 'case-range'
    | 'declaration'
    | 'define-function'
    | 'erase'
    | 'loop'
    | 'scoped-cond-guard'
    | 'scoped-guard'
    | 'type';
  /** The macro. */
  readonly name: string;
  /** Where its name stands; in the masked text, where the construct that replaces it starts. */
  readonly at: number;
  /** The end of its arguments, or of its name. */
  readonly end: number;
  readonly args: readonly Span[];
}

/** What the tokens stand in. `file`: at the top. `values`: an initialiser or the arguments of one. */
export type Surrounding = 'file' | 'struct' | 'enum' | 'values' | 'block' | 'paren';

export interface MaskState {
  readonly tokens: Tokens;
  readonly model: ContractModel;
  /** Macros with parameters of the program. */
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  /** UTF-16 units of the masked text. */
  readonly out: Uint16Array;
  readonly masks: Mask[];
  /** Names in erased text, so that a function named there counts as used. */
  readonly mentioned: Set<string>;
  /** The last token that was kept; -1 before the first. */
  previous: number;
  /** The open brackets around the current token. */
  readonly surroundings: Surrounding[];
  /** How many of them are blocks or initialisers: inside, a word before a parenthesis is a call. */
  bodies: number;
  /** Tokens that are masked already. */
  readonly settled: Set<number>;
  /** Closing parentheses that got a semicolon. */
  readonly terminated: Set<number>;
  /** What the last closing brace closed. */
  closed: Surrounding;
  /** The ends of the blocks at the top of the file. */
  readonly cuts: number[];
}

const SPACE = 32;
const NEWLINE = 10;
const ZERO = 48;
const NUMBER = /^(0[xX][\da-fA-F]+|0[bB][01]+|[\d.]+([eE][-+]?\d+)?)[uUlLfF]*$/;

export function createMaskState(
  tokens: Tokens,
  model: ContractModel,
  macros: ReadonlyMap<string, MacroDefinition>,
): MaskState {
  const { text } = tokens;
  const out = new Uint16Array(text.length).fill(SPACE);
  for (const start of tokens.lineStarts) if (start > 0) out[start - 1] = NEWLINE;
  const state: MaskState = {
    tokens,
    model,
    macros,
    out,
    masks: [],
    mentioned: new Set(),
    previous: -1,
    surroundings: ['file'],
    bodies: 0,
    settled: new Set(),
    terminated: new Set(),
    closed: 'file',
    cuts: [],
  };
  for (let index = 0; index < tokens.count; index += 1) {
    const start = tokens.starts[index] ?? 0;
    const end = tokens.ends[index] ?? 0;
    const kind = tokens.kinds[index];
    // `20c` is pasted to a name by some macro.
    if (kind === 'number' && !NUMBER.test(text.slice(start, end))) {
      out[start] = ZERO;
      continue;
    }
    // What a literal says does not matter, and the grammar does not know every escape.
    const quoted = kind === 'string' || (kind === 'char' && end - start > 3);
    if (!quoted) {
      for (let at = start; at < end; at += 1) out[at] = text.charCodeAt(at);
    } else if (kind === 'string') {
      const first = text.charCodeAt(start);
      out[start] = first;
      out[end - 1] = first;
    } else {
      writeAt(state, start, "'0'");
    }
  }
  return state;
}

export function textOf(state: MaskState): string {
  const parts: string[] = [];
  for (let at = 0; at < state.out.length; at += 8192) {
    parts.push(String.fromCharCode(...state.out.subarray(at, at + 8192)));
  }
  return parts.join('');
}

/** The token's text; '' past the end. */
export function wordAt(state: MaskState, index: number): string {
  const { tokens } = state;
  if (index < 0 || index >= tokens.count) return '';
  return tokens.text.slice(tokens.starts[index], tokens.ends[index]);
}

export function isWordAt(state: MaskState, index: number): boolean {
  return state.tokens.kinds[index] === 'word';
}

export function startOf(state: MaskState, index: number): number {
  return state.tokens.starts[index] ?? state.tokens.text.length;
}

export function endOf(state: MaskState, index: number): number {
  return state.tokens.ends[index] ?? state.tokens.text.length;
}

/** The index of the bracket that closes the one at `index`; -1 if it is none or has none. */
export function closerOf(state: MaskState, index: number, open: '(' | '[' | '{'): number {
  if (wordAt(state, index) !== open) return -1;
  const partner = state.tokens.partners[index] ?? -1;
  return partner > index ? partner : -1;
}

export function surrounding(state: MaskState): Surrounding {
  return state.surroundings.at(-1) ?? 'file';
}

/** Blanks the text, keeping line ends. */
export function blank(state: MaskState, start: number, end: number): void {
  for (let at = start; at < end; at += 1) if (state.out[at] !== NEWLINE) state.out[at] = SPACE;
}

export function writeAt(state: MaskState, at: number, text: string): void {
  for (let offset = 0; offset < text.length; offset += 1) state.out[at + offset] = text.charCodeAt(offset);
}

/** Blanks the tokens and remembers the names in them. */
export function eraseTokens(state: MaskState, first: number, last: number): void {
  blank(state, startOf(state, first), endOf(state, last));
  for (let index = first; index <= last; index += 1) {
    if (isWordAt(state, index)) state.mentioned.add(wordAt(state, index));
  }
}

/** The tokens between two brackets, split at the commas of the outermost level: first and last token of each. */
export function argumentsBetween(state: MaskState, open: number, close: number): [number, number][] {
  const found: [number, number][] = [];
  if (close <= open + 1) return found;
  let first = open + 1;
  for (let index = open + 1; index < close; index += 1) {
    const partner = state.tokens.partners[index] ?? -1;
    if (partner > index) index = partner;
    else if (wordAt(state, index) === ',') {
      found.push([first, index - 1]);
      first = index + 1;
    }
  }
  found.push([first, close - 1]);
  return found;
}

function spansOf(state: MaskState, pieces: readonly [number, number][]): Span[] {
  return pieces.map(([first, last]) => ({
    start: startOf(state, first),
    end: last >= first ? endOf(state, last) : startOf(state, first),
  }));
}

/** Records what stood at the macro named at token `name`; `close` ends its arguments, -1 if it has none. */
export function record(state: MaskState, kind: Mask['kind'], name: number, close: number): void {
  state.masks.push({
    kind,
    name: wordAt(state, name),
    at: startOf(state, name),
    end: endOf(state, close < 0 ? name : close),
    args: close < 0 ? [] : spansOf(state, argumentsBetween(state, name + 1, close)),
  });
}

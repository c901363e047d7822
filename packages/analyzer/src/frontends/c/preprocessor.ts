/**
 * One variant of a file is read at a time. Of each conditional it is the first branch, unless that is known to be off in
 * the kernel (`#if 0`, `#ifdef __cplusplus`); the other variant reads the next one, wherever there is one.
 */

import { constantExpression } from './constant-expressions.ts';

/** What the other variant answers: by the name of a macro, whether it is defined; by the text of another condition, no. */
export type Alternatives = ReadonlyMap<string, boolean>;

const NEVER_DEFINED: ReadonlySet<string> = new Set([
  '__cplusplus',
  '__ASSEMBLY__',
  '__ASSEMBLER__',
  '__CHECKER__',
  '__GENKSYMS__',
  'BUILD_VDSO',
  'BUILD_VDSO32',
  'STATIC_CALL_SITE',
  'CONFIG_PREEMPT_RT',
]);
const ALWAYS_DEFINED: ReadonlySet<string> = new Set(['__KERNEL__', '__GNUC__', '__linux__']);

interface Conditional {
  /** What the other variant would answer; null where the answer is known. */
  readonly other: readonly [string, boolean] | null;
  /** A branch of this conditional has been read. */
  taken: boolean;
  /** The text around the conditional is read. */
  readonly outer: boolean;
}

/** A macro with parameters. */
export interface MacroDefinition {
  readonly params: readonly string[];
  readonly body: string;
  /** Where the body begins in the file. */
  readonly start: number;
}

interface Preprocessor {
  /** True where the text is read. */
  readonly active: boolean;
  /** For the branches that this variant leaves out. */
  readonly alternatives: Map<string, boolean>;
  /** Takes one directive: its logical line, continuation lines joined, comments included. */
  directive(line: string, start: number): void;
  /** Integer constants of `#define NAME 1`. */
  readonly constants: Map<string, number>;
  /** The macros with parameters that the file defines. */
  readonly macros: Map<string, MacroDefinition>;
  /** Its macros without parameters that stand for other names: flags, a lock, another function. */
  readonly aliases: Map<string, MacroDefinition>;
}

/** `ownEnd`: what is defined behind it gives way to what is defined before. */
export function createPreprocessor(ownEnd: number, variant: Alternatives): Preprocessor {
  const alternatives = new Map<string, boolean>();
  const stack: Conditional[] = [];
  const constants = new Map<string, number>();
  const macros = new Map<string, MacroDefinition>();
  const aliases = new Map<string, MacroDefinition>();
  let active = true;

  function noteOther({ other, outer, taken }: Conditional): void {
    if (other !== null && outer && taken && !alternatives.has(other[0])) alternatives.set(...other);
  }

  function branch(open: Conditional, holds: boolean): void {
    active = open.outer && !open.taken && holds;
    if (active) open.taken = true;
  }

  function isKnown(definition: string): boolean {
    const name = /^\w+/.exec(definition)?.[0] ?? '';
    return macros.has(name) || aliases.has(name) || constants.has(name);
  }

  return {
    get active() {
      return active;
    },
    alternatives,
    constants,
    macros,
    aliases,
    directive(line, start) {
      const match = /^#\s*([a-z]+)\s*([^]*)$/.exec(line);
      if (!match) return;
      const name = match[1] ?? '';
      const rest = (match[2] ?? '').replace(/\/\*[^]*?(\*\/|$)|\/\/.*|\\\r?\n/g, ' ').trim();
      const top = stack.at(-1);
      switch (name) {
        case 'if':
        case 'ifdef':
        case 'ifndef': {
          const { holds, other } =
            name === 'if' ? condition(rest, variant) : ofMacro(rest, name === 'ifdef', variant);
          const open = { other, taken: false, outer: active };
          stack.push(open);
          branch(open, holds);
          break;
        }
        case 'elif':
        case 'else':
          if (top) {
            noteOther(top);
            branch(top, name === 'else' || condition(rest, variant).holds);
          }
          break;
        case 'endif':
          if (top) {
            active = top.outer;
            stack.pop();
          }
          break;
        case 'define':
          if (start >= ownEnd && isKnown(rest)) break;
          if (active && !defineMacro(line, start, macros)) {
            define(rest, constants);
            defineAlias(line, start, aliases);
          }
          break;
      }
    },
  };
}

interface Answer {
  readonly holds: boolean;
  readonly other: Conditional['other'];
}

/** Whether a macro is defined, or is not: what is not known is so in the first variant. */
function ofMacro(name: string, defined: boolean, variant: Alternatives): Answer {
  if (NEVER_DEFINED.has(name)) return { holds: !defined, other: null };
  if (ALWAYS_DEFINED.has(name)) return { holds: defined, other: null };
  const told = variant.get(name);
  return { holds: told === undefined || told === defined, other: [name, !defined] };
}

/** Unknown conditions hold: the first branch is the one that is read. */
function condition(text: string, variant: Alternatives): Answer {
  if (/^\(?\s*0\s*\)?(\s*&&|$)/.test(text)) return { holds: false, other: null };
  const single = /^(!?)\s*(?:defined|IS_ENABLED|IS_BUILTIN|IS_REACHABLE)\s*\(?\s*(\w+)\s*\)?$/.exec(text);
  if (single?.[2] !== undefined) return ofMacro(single[2], single[1] === '', variant);
  return { holds: variant.get(text) ?? true, other: [text, false] };
}

/** `#define NAME(a, b) body`. Returns false if it has no parameters. */
function defineMacro(line: string, start: number, macros: Map<string, MacroDefinition>): boolean {
  const head = /^#\s*define\s+([A-Za-z_]\w*)\(([^)]*)\)/.exec(line);
  const name = head?.[1];
  if (!head || name === undefined) return false;
  const params = (head[2] ?? '').replace(/\\\r?\n/g, ' ').split(',');
  macros.set(name, {
    params: params.map((param) => param.trim()).filter((param) => param !== ''),
    body: line.slice(head[0].length),
    start: start + head[0].length,
  });
  return true;
}

function define(rest: string, constants: Map<string, number>): void {
  const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
  if (name === undefined) return;
  const value = constantExpression(rest.slice(name.length), constants);
  if (value !== null) constants.set(name, value);
}

/**
 * `#define NAME other | names`. A body with calls is none: what it gives may be another thing at each use, where the
 * name stays the same.
 */
function defineAlias(line: string, start: number, aliases: Map<string, MacroDefinition>): void {
  const head = /^#\s*define\s+([A-Za-z_]\w*)\s+/.exec(line);
  const name = head?.[1];
  if (!head || name === undefined) return;
  const body = line.slice(head[0].length);
  const code = body.replace(/\/\*[^]*?(\*\/|$)|\/\/.*/g, ' ');
  if (!/[A-Za-z_]/.test(code) || /["'#{};,=]|\w\s*\(|\)\s*[\w(]/.test(code)) return;
  aliases.set(name, { params: [], body, start: start + head[0].length });
}

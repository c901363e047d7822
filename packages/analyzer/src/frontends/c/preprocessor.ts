/**
 * One variant of a file is read: of each conditional the first branch, unless it is known to be off in the kernel
 * (`#if 0`, `#ifdef __cplusplus`).
 */

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
export function createPreprocessor(ownEnd: number): Preprocessor {
  const stack: Conditional[] = [];
  const constants = new Map<string, number>();
  const macros = new Map<string, MacroDefinition>();
  const aliases = new Map<string, MacroDefinition>();
  let active = true;

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
          const open = { taken: false, outer: active };
          stack.push(open);
          branch(open, name === 'if' ? holds(rest) : name === 'ifdef' ? isDefined(rest) : !isUndefined(rest));
          break;
        }
        case 'elif':
          if (top) branch(top, holds(rest));
          break;
        case 'else':
          if (top) branch(top, true);
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

function isDefined(name: string): boolean {
  return !NEVER_DEFINED.has(name);
}

function isUndefined(name: string): boolean {
  return ALWAYS_DEFINED.has(name);
}

/** Unknown conditions hold: the first branch is the one that is read. */
function holds(condition: string): boolean {
  if (/^\(?\s*0\s*\)?(\s*&&|$)/.test(condition)) return false;
  const single = /^(!?)\s*defined\s*\(?\s*(\w+)\s*\)?$/.exec(condition);
  const name = single?.[2];
  if (name === undefined) return true;
  return single?.[1] === '!' ? !isUndefined(name) : isDefined(name);
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
  const value = /^\(*\s*(-?)\s*(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\s*\)*$/.exec(rest.slice(name.length).trim());
  if (value?.[2] === undefined) return;
  const digits = value[2];
  const magnitude = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  constants.set(name, value[1] === '-' ? -magnitude : magnitude);
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

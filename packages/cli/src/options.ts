import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { RULES, type Severity } from '@maplelock/analyzer';
import { closest } from './closest.ts';
import { UsageError } from './usage-error.ts';

const FORMATS = ['text', 'json'] as const;
const COLORS = ['auto', 'always', 'never'] as const;
const SEVERITIES: readonly Severity[] = ['off', 'warn', 'error'];
const DEFAULT_CACHE = '.maplelockcache';
const COMMANDS = ['audit', 'inspect', 'rules', 'explain'];

const FLAGS = {
  format: { type: 'string', default: 'text' },
  strict: { type: 'boolean', default: false },
  contract: { type: 'string', multiple: true, default: [] },
  rule: { type: 'string', multiple: true, default: [] },
  color: { type: 'string', default: 'auto' },
  quiet: { type: 'boolean', default: false },
  cwd: { type: 'string', default: '.' },
  graph: { type: 'boolean', default: false },
  cache: { type: 'boolean', default: false },
  'cache-location': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} satisfies ParseArgsConfig['options'];

export interface AuditOptions {
  readonly command: 'audit';
  readonly paths: readonly string[];
  readonly format: (typeof FORMATS)[number];
  /** The strict severities, and what is only possible too. */
  readonly strict: boolean;
  /** Contract files, as named. */
  readonly contracts: readonly string[];
  /** Severities that the user set, by rule id. */
  readonly severities: ReadonlyMap<string, Severity>;
  readonly color: (typeof COLORS)[number];
  /** Errors only. */
  readonly quiet: boolean;
  /** Where results are kept for the next run, as named; null if they are not. */
  readonly cache: string | null;
  /** Absolute. Paths are read and printed relative to it. */
  readonly cwd: string;
}

export interface InspectOptions {
  readonly command: 'inspect';
  /** As given, without the line. */
  readonly file: string;
  /** A line in the function that is meant, from 1; null for all functions of the file. */
  readonly line: number | null;
  /** Files and folders that are linked with it. */
  readonly paths: readonly string[];
  /** The control flow, and nothing else. */
  readonly graph: boolean;
  readonly color: (typeof COLORS)[number];
  /** Absolute. */
  readonly cwd: string;
  /** Files of contracts besides the built-in ones. */
  readonly contracts: readonly string[];
}

export type Options =
  | AuditOptions
  | InspectOptions
  | { readonly command: 'help' | 'version' | 'rules' }
  | { readonly command: 'explain'; readonly rule: string };

/** Reads the command line, without the two words that stand before it. Throws `UsageError`. */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse(argv);
  if (values.help) return { command: 'help' };
  if (values.version) return { command: 'version' };
  const [command, ...rest] = positionals;
  switch (command) {
    case undefined:
      return { command: 'help' };
    case 'audit':
      return {
        command,
        paths: rest.length === 0 ? ['.'] : rest,
        format: oneOf('--format', values.format, FORMATS),
        strict: values.strict,
        contracts: values.contract,
        severities: new Map(values.rule.map(severityOf)),
        color: oneOf('--color', values.color, COLORS),
        quiet: values.quiet,
        cache: values.cache ? (values['cache-location'] ?? DEFAULT_CACHE) : null,
        cwd: resolve(values.cwd),
      };
    case 'inspect':
      return {
        command,
        ...placeToInspect(rest[0]),
        paths: rest.slice(1),
        graph: values.graph,
        contracts: values.contract,
        color: oneOf('--color', values.color, COLORS),
        cwd: resolve(values.cwd),
      };
    case 'rules':
      return { command };
    case 'explain':
      return { command, rule: ruleId(rest[0] ?? '') };
    default:
      throw new UsageError(
        `there is no command '${command}'`,
        didYouMean(command, COMMANDS) ?? `The commands are ${list(COMMANDS)}; paths follow 'audit'.`,
      );
  }
}

/** `src/pool.ts:12`, or without a line. */
function placeToInspect(text: string | undefined): Pick<InspectOptions, 'file' | 'line'> {
  if (text === undefined)
    throw new UsageError('no file was named', "Write 'maplelock inspect FILE', or FILE:LINE.");
  const [, file = text, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(text) ?? [];
  if (line !== undefined && Number(line) < 1)
    throw new UsageError(`there is no line ${line}`, 'Lines count from 1.');
  return { file, line: line === undefined ? null : Number(line) };
}

function parse(argv: readonly string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(argv);
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    if (code === undefined || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      throw new UsageError(firstSentence(message), "See 'maplelock --help'.");
    }
    const flag = /'(-[^' ]+)/.exec(message)?.[1] ?? '';
    const flags = Object.keys(FLAGS).map((name) => `--${name}`);
    throw new UsageError(
      `there is no option '${flag}'`,
      didYouMean(flag, flags) ?? "See 'maplelock --help' for the options there are.",
    );
  }
}

// The type of the values follows from FLAGS, so it is left to inference.
function parseStrictly(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true, allowNegative: true });
}

function severityOf(text: string): readonly [string, Severity] {
  const [id = '', severity = ''] = text.split('=', 2);
  if (!text.includes('='))
    throw new UsageError(`--rule ${text} sets no severity`, `Write --rule ${text}=off.`);
  return [ruleId(id), oneOf(`--rule ${id}`, severity, SEVERITIES)];
}

function ruleId(text: string): string {
  const id = text.replace(/^maplelock\//, '');
  const ids = RULES.map((rule) => rule.id);
  if (ids.includes(id)) return id;
  throw new UsageError(
    id === '' ? 'no rule was named' : `there is no rule '${text}'`,
    didYouMean(id, ids) ?? "See 'maplelock rules' for the rules there are.",
  );
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new UsageError(`${flag} cannot be '${value}'`, `It is one of ${list(allowed)}.`);
}

function didYouMean(word: string, candidates: readonly string[]): string | null {
  const near = closest(word, candidates);
  return near === null ? null : `Did you mean '${near}'?`;
}

function list(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}

function firstSentence(text: string): string {
  const sentence = text.split(/\.\s/, 1)[0] ?? text;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

import { buildModel } from './contracts/build.ts';
import type { AnalyzerContract, ContractModel } from './contracts/model.ts';
import type { CFrontend, LowerTimes } from './frontends/frontend.ts';
import { lowerTypeScript } from './frontends/typescript/lower.ts';
import type { Unit } from './ir/ir.ts';
import type { Language, SourceFile } from './ir/source.ts';
import { includeHelpers } from './link/includes.ts';
import { Program } from './link/program.ts';
import { reachedModules } from './link/reach.ts';
import { linkReceivers } from './link/receivers.ts';
import type { Analysis, Problem } from './report/finding.ts';
import { lineAndColumn, placeFindings } from './report/places.ts';
import { findExternalLocks } from './rules/find-external-locks.ts';
import { DEFAULT_BUDGET } from './solve/context.ts';
import type { Observer } from './solve/observer.ts';
import { solveProgram } from './solve/solver.ts';

export interface AnalyzeOptions {
  /** The program. TypeScript and JavaScript by extension (.ts .tsx .mts .cts .js .jsx .mjs .cjs), C by .c and .h. */
  readonly files: readonly SourceFile[];
  /** Contracts besides the built-in ones, of `defineContract()` or `parseContract()`. Give the same list again: it is indexed once. */
  readonly contracts?: readonly AnalyzerContract[];
  /** Reads C. Made by `loadCFrontend()` of `@maplelock/analyzer/c`; without it C files are reported as not read. */
  readonly c?: CFrontend;
  /** Finds what a C file includes by `#include "name"`, for helpers that a header defines; null if there is none. */
  readonly resolveInclude?: (from: string, name: string) => SourceFile | null;
  /** Every call may throw, not only `throw` and calls that never return. */
  readonly implicitThrows?: boolean;
}

/** The language of a file by its extension; null for files that are not audited. */
export function languageOf(path: string): Language | null {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  if (extension === 'c' || extension === 'h') return 'c';
  return extension !== undefined && /^([mc]?[jt]s|[jt]sx)$/.test(extension) ? 'typescript' : null;
}

/** Indexed once for each list of contracts: it is asked for again for every file. */
const MODELS = new WeakMap<readonly AnalyzerContract[], Map<Language, ContractModel>>();
const NONE: readonly AnalyzerContract[] = [];

function modelFor(language: Language, extra: readonly AnalyzerContract[]): ContractModel {
  let models = MODELS.get(extra);
  if (models === undefined) MODELS.set(extra, (models = new Map()));
  let model = models.get(language);
  if (model === undefined) models.set(language, (model = buildModel(language, extra)));
  return model;
}

/** True if a file is worth reading: its text mentions an API that a contract describes. Cost: one scan of the text. */
export function mentionsApi(
  path: string,
  text: string,
  contracts: readonly AnalyzerContract[] = NONE,
): boolean {
  const language = languageOf(path);
  return language !== null && modelFor(language, contracts).isMentionedIn(text);
}

/** Analyses a program as a whole. Runs none of it; throws on none of it. */
export function analyze(options: AnalyzeOptions): Analysis {
  return analyzeWith(options, null);
}

/** `analyze()` with someone who looks on. */
export function analyzeWith(options: AnalyzeOptions, observer: Observer | null): Analysis {
  const problems: Problem[] = [];
  const times: LowerTimes = { parseMs: 0, lowerMs: 0 };
  const extra = options.contracts ?? NONE;
  const units: { unit: Unit; model: ContractModel }[] = [];
  let lines = 0;

  function read(file: SourceFile, language: Language): void {
    const model = modelFor(language, extra);
    const lower = language === 'c' ? options.c?.lower : lowerTypeScript;
    if (lower === undefined) {
      problems.push(
        problemOf(
          file.path,
          'unreadable',
          'C is not read here: give analyze() a C front end (loadCFrontend)',
        ),
      );
      return;
    }
    try {
      const unit = lower(file, { model, implicitThrows: options.implicitThrows ?? false }, times);
      units.push({ unit, model });
      lines += unit.lineStarts.length;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      problems.push(problemOf(file.path, 'internal', `the file could not be read: ${text}`));
    }
  }

  const modules: SourceFile[] = [];
  const known = new Set<string>();
  for (const file of options.files) {
    const language = languageOf(file.path);
    if (language === null) continue;
    if (language === 'typescript') modules.push(file);
    if (!modelFor(language, extra).isMentionedIn(file.text)) continue;
    known.add(file.path);
    read(file, language);
  }
  const users = new Set(units.filter(({ unit }) => callsApi(unit)).map(({ unit }) => unit.path));
  for (const file of reachedModules(modules, users)) if (!known.has(file.path)) read(file, 'typescript');
  const parsed = units.length;
  if (options.resolveInclude !== undefined && options.c !== undefined) {
    const sources = new Map(options.files.map((f) => [f.path, f.text]));
    for (const header of includeHelpers(
      units.map((u) => u.unit),
      sources,
      options.resolveInclude,
    ))
      read(header, 'c');
  }

  const started = now();
  const program = new Program(linkReceivers(units));
  const result = solveProgram(program, DEFAULT_BUDGET, observer);
  const findings = placeFindings(program, [...result.findings, ...findExternalLocks(program)]);
  const solveMs = now() - started;

  for (const { unit } of units) {
    for (const p of unit.problems) {
      const at = lineAndColumn(unit.lineStarts, p.span.start);
      const named = p.functionName === undefined ? {} : { functionName: p.functionName };
      problems.push({ file: unit.path, ...at, kind: 'syntax', message: p.message, ...named });
    }
  }
  for (const p of result.problems) {
    const { unit } = p.fn.home;
    const at = lineAndColumn(unit.lineStarts, p.fn.ir.nameSpan.start);
    problems.push({ file: unit.path, ...at, kind: p.kind, message: p.message, functionName: p.fn.ir.name });
  }
  // The code outside of functions is analysed as one function, and is none.
  const functions = program.functions.length - units.filter(({ unit }) => unit.topLevel !== null).length;
  return {
    findings,
    problems,
    stats: {
      files: options.files.length,
      parsed,
      functions,
      lines,
      ...times,
      solveMs,
    },
  };
}

function callsApi(unit: Unit): boolean {
  return unit.functions.some((fn) =>
    fn.blocks.some((block) => block.instrs.some((i) => i.kind === 'call' && i.callee.kind === 'api')),
  );
}

function problemOf(file: string, kind: Problem['kind'], message: string): Problem {
  return { file, line: 1, column: 1, kind, message };
}

/** Milliseconds. Node and browsers have `performance`; the compiler is told of neither. */
const { performance } = globalThis as unknown as { performance: { now(): number } };

function now(): number {
  return performance.now();
}

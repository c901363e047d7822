import type { AnalyzeOptions } from './analyze-options.ts';
import { INDEX, Memory } from './cache/memory.ts';
import { IncludeLog, keepRun, recallRun, settingsOf } from './cache/whole-run.ts';
import { buildModel } from './contracts/build.ts';
import type { AnalyzerContract, ContractModel } from './contracts/model.ts';
import type { CFrontend, LowerTimes } from './frontends/frontend.ts';
import { lowerTypeScript } from './frontends/typescript/lower.ts';
import type { Unit } from './ir/ir.ts';
import type { Language, SourceFile } from './ir/source.ts';
import { type Barrels, barrelsOf } from './link/barrels.ts';
import { HeaderDefinitions } from './link/header-definitions.ts';
import { includeHelpers } from './link/includes.ts';
import { type FunctionOutline, outlineOf } from './link/outline.ts';
import { Program, type ProgramPart } from './link/program.ts';
import { normalized } from './link/locate.ts';
import { reachedModules, reachedSources } from './link/reach.ts';
import { receiverLinker } from './link/receivers.ts';
import type { Analysis, Problem } from './report/finding.ts';
import { lineAndColumn, placeFindings } from './report/places.ts';
import { findExternalLocks } from './rules/find-external-locks.ts';
import { DEFAULT_BUDGET } from './solve/context.ts';
import type { Observer } from './solve/observer.ts';
import { solveProgram } from './solve/solver.ts';

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
  const { cache } = options;
  if (cache === undefined) return analyzeWith(options, null);
  const known = analyzeUnchanged(options);
  if (known !== null) return known;
  const { resolveInclude } = options;
  const settings = settingsOf(options, cache);
  const barrels = barrelsFor(options);
  const run = (memory: Memory | null): Analysis => {
    const includes = new IncludeLog();
    const watched = resolveInclude && { resolveInclude: includes.watch(resolveInclude) };
    const analysis = analyzeWith({ ...options, ...watched }, null, memory, barrels);
    if (memory?.isBroken !== true) keepRun(options, cache, includes.seen, analysis);
    return { ...analysis, stats: { ...analysis.stats, reused: analysis.stats.reused ?? 0 } };
  };
  if (!isRememberable(options)) return run(null);
  // What a module hands on changes how those that import from it are read.
  const memory = new Memory(cache, settings + (barrels?.key ?? ''));
  try {
    const analysis = run(memory);
    const isFailed = analysis.problems.some((p) => p.kind === 'internal');
    if (isFailed) cache.delete(INDEX);
    // An error of the engine may be one of the cache.
    if (!memory.isBroken && (!isFailed || memory.isEmpty)) return analysis;
  } catch {
    // Without what was kept, it is thrown again if it is no error of the cache.
  }
  // What was kept is not what it says it is: as if there had been nothing.
  cache.delete(INDEX);
  return run(null);
}

/** Files are known by their paths, and read again where they must be. */
function isRememberable({ files, c }: AnalyzeOptions): boolean {
  const paths = new Set(files.map((file) => file.path));
  return paths.size === files.length && (c !== undefined || !files.some((f) => languageOf(f.path) === 'c'));
}

/** What `analyze()` would say, if that follows from the cache alone: C needs no front end then. Null if it does not. */
export function analyzeUnchanged(options: AnalyzeOptions): Analysis | null {
  if (options.cache === undefined) return null;
  const started = now();
  const known = recallRun(options, options.cache);
  if (known === null) return null;
  const stats = {
    ...known.stats,
    parseMs: 0,
    lowerMs: 0,
    solveMs: now() - started,
    reused: known.stats.parsed,
  };
  return { ...known, stats };
}

/** The modules that hand on what a contract describes. */
function barrelsFor({ files, contracts = NONE }: AnalyzeOptions): Barrels | null {
  const modules = files.filter((file) => languageOf(file.path) === 'typescript');
  return modules.length < 2 ? null : barrelsOf(modules, modelFor('typescript', contracts));
}

/** A file of the program, as it is linked. */
interface Part extends ProgramPart {
  readonly outline: readonly FunctionOutline[];
  readonly lines: number;
  readonly usesApi: boolean;
  /** An earlier run has read it. */
  readonly isStored: boolean;
}

/** The functions of each header that call nothing but locks, those of trees among them, by the path of the header. */
function wrappersIn(parts: readonly Part[]): Map<string, readonly string[]> {
  const wrappers = new Map<string, readonly string[]>();
  for (const { unit, outline } of parts) {
    if (!unit.path.endsWith('.h')) continue;
    const isWrapper = (id: number): boolean =>
      outline[id]?.isWrapper === true && outline[id].locksTrees && id !== unit.topLevel;
    const own = unit.functions.filter(({ id }) => isWrapper(id)).map(({ name }) => name);
    if (own.length > 0) wrappers.set(normalized(unit.path), own);
  }
  return wrappers;
}

/** `analyze()` with someone who looks on. */
export function analyzeWith(
  options: AnalyzeOptions,
  observer: Observer | null,
  memory: Memory | null = null,
  barrels: Barrels | null = barrelsFor(options),
): Analysis {
  const problems: Problem[] = [];
  const times: LowerTimes = { parseMs: 0, lowerMs: 0 };
  const extra = options.contracts ?? NONE;
  const parts: Part[] = [];
  let link: ReturnType<typeof receiverLinker> = (unit) => unit;

  const lowererOf = (language: Language): CFrontend['lower'] | undefined =>
    language === 'c' ? options.c?.lower : lowerTypeScript;
  const lowerOptions = (model: ContractModel, definitions: string): Parameters<CFrontend['lower']>[1] => ({
    model,
    definitions,
    implicitThrows: options.implicitThrows ?? false,
    barrels,
  });
  const headers =
    options.resolveInclude && options.c
      ? new HeaderDefinitions(options.resolveInclude, options.c.definitionsIn)
      : null;
  const definitionsFor = (file: SourceFile, language: Language, model: ContractModel): string =>
    (language === 'c' && headers?.usedBy(file, model)) || '';

  /** As an earlier run has read it. */
  function recalled(file: SourceFile, language: Language): Part | null {
    const model = modelFor(language, extra);
    const lower = lowererOf(language);
    if (memory === null || lower === undefined) return null;
    const definitions = definitionsFor(file, language, model);
    const unit = memory.unit(file, definitions, () =>
      link(lower(file, lowerOptions(model, definitions), times), model),
    );
    return unit && { unit, model, ...memory.outlineOf(file.path), isStored: true };
  }

  function read(file: SourceFile, language: Language): Part | null {
    const model = modelFor(language, extra);
    const lower = lowererOf(language);
    if (lower === undefined) {
      problems.push(
        problemOf(
          file.path,
          'unreadable',
          'C is not read here: give analyze() a C front end (loadCFrontend)',
        ),
      );
      return null;
    }
    try {
      const unit = lower(file, lowerOptions(model, definitionsFor(file, language, model)), times);
      const outline = outlineOf(unit, model);
      const usesApi = callsApi(unit);
      const [variables, lines] = [unit.variables.length, unit.lineStarts.length];
      return { unit, model, outline, variables, lines, usesApi, isStored: false };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      problems.push(problemOf(file.path, 'internal', `the file could not be read: ${text}`));
      return null;
    }
  }

  function add(file: SourceFile, language: Language): void {
    const part = recalled(file, language) ?? read(file, language);
    if (part !== null) parts.push(part);
  }

  const modules: SourceFile[] = [];
  const unread: SourceFile[] = [];
  const known = new Set<string>();
  for (const file of options.files) {
    const language = languageOf(file.path);
    if (language === null) continue;
    if (language === 'typescript') modules.push(file);
    const isMentioned = modelFor(language, extra).isMentionedIn(file.text);
    if (!isMentioned && !(language === 'typescript' && barrels?.isUsedBy(file))) {
      if (language === 'c') unread.push(file);
      continue;
    }
    known.add(file.path);
    add(file, language);
  }
  const users = new Set(parts.filter((part) => part.usesApi).map(({ unit }) => unit.path));
  for (const file of reachedModules(modules, users)) if (!known.has(file.path)) add(file, 'typescript');
  for (const file of reachedSources(unread, wrappersIn(parts))) add(file, 'c');
  const parsed = parts.length;
  if (memory?.isLinkedAsBefore(parts.map(({ unit }) => unit)) === false) {
    const sources = new Map(modules.map((file) => [file.path, file]));
    for (const [k, { unit, isStored }] of parts.entries()) {
      const file = sources.get(unit.path);
      if (!isStored || file === undefined) continue;
      memory.forget(unit.path);
      const part = read(file, 'typescript');
      if (part !== null) parts[k] = part;
    }
  }
  link = receiverLinker(parts.map(({ unit }) => unit));
  for (const [k, part] of parts.entries()) {
    if (part.isStored) continue;
    const unit = link(part.unit, part.model);
    if (unit !== part.unit) parts[k] = { ...part, unit, outline: outlineOf(unit, part.model) };
  }
  const reused = memory?.reused;
  if (options.resolveInclude !== undefined && options.c !== undefined) {
    const sources = new Map(options.files.map((f) => [f.path, f.text]));
    for (const header of includeHelpers(parts, sources, options.resolveInclude)) add(header, 'c');
  }

  const started = now();
  const program = new Program(parts);
  const result = solveProgram(program, {
    budget: DEFAULT_BUDGET,
    observer,
    memory: memory && ((context, graph) => memory.forProgram(context, graph)),
  });
  const external = program.units.map(
    (home) =>
      memory?.externalLocksOf(home.unit.path)?.map((f) => ({ ...f, unit: home.index })) ??
      findExternalLocks(home),
  );
  const findings = placeFindings(program, [...result.findings, ...external.flat()]);
  if (memory?.isBroken === false) memory.keep(program, (home) => external[home.index] ?? []);
  const solveMs = now() - started;

  for (const { unit } of parts) {
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
  const functions =
    program.functions.filter(({ ir }) => !ir.declared).length -
    parts.filter(({ unit }) => unit.topLevel !== null).length;
  return {
    findings,
    problems,
    stats: {
      files: options.files.length,
      parsed,
      functions,
      lines: parts.reduce((sum, part) => sum + part.lines, 0),
      ...(reused !== undefined && { reused }),
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

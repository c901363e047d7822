import { existsSync } from 'node:fs';
import { audit } from './audit.ts';
import { HELP } from './help.ts';
import { inspectFile } from './inspect.ts';
import { parseOptions, type AuditOptions, type InspectOptions } from './options.ts';
import { inspectionReport } from './reporters/inspection.ts';
import { jsonReport } from './reporters/json.ts';
import { paintFor, type Paint } from './reporters/style.ts';
import { problemLines, textReport } from './reporters/text.ts';
import { explainText, rulesText } from './rule-text.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

/** 0: nothing to report, 1: findings, 2: wrong usage, 3: an internal error. */
export type ExitCode = 0 | 1 | 2 | 3;

/** What the command prints, and how it ends. */
export interface Outcome {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** What of the process the command looks at. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { readonly isTTY?: boolean };
  readonly stderr: { readonly isTTY?: boolean };
}

/** Runs a command line (without the two words that stand before it). Prints nothing and throws nothing. */
export async function run(argv: readonly string[], around: Surroundings): Promise<Outcome> {
  try {
    const options = parseOptions(argv);
    switch (options.command) {
      case 'help':
        return print(HELP);
      case 'version':
        return print(`${readVersion()}\n`);
      case 'rules':
        return print(rulesText());
      case 'explain':
        return print(explainText(options.rule));
      case 'audit':
        return await runAudit(options, around);
      case 'inspect':
        return await runInspect(options, around);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      return { exitCode: 2, stdout: '', stderr: `maplelock: ${error.message}. ${error.remedy}\n` };
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { exitCode: 3, stdout: '', stderr: `maplelock: internal error, please report it\n${trace}\n` };
  }
}

function print(stdout: string): Outcome {
  return { exitCode: 0, stdout, stderr: '' };
}

async function runInspect(options: InspectOptions, around: Surroundings): Promise<Outcome> {
  requireFolder(options.cwd);
  const inspected = await inspectFile(options);
  if (options.graph) return print(inspected.functions.map((fn) => fn.graph).join(''));
  return print(inspectionReport(inspected, paintFor(options.color, around.stdout, around.env)));
}

function requireFolder(cwd: string): void {
  if (!existsSync(cwd)) throw new UsageError(`--cwd ${cwd} does not exist`, 'Name a folder that does.');
}

async function runAudit(options: AuditOptions, around: Surroundings): Promise<Outcome> {
  const paint = (stream: 'stdout' | 'stderr'): Paint => paintFor(options.color, around[stream], around.env);
  requireFolder(options.cwd);
  const result = await audit(options);
  const stdout =
    options.format === 'json' ? jsonReport(result, options.cwd) : textReport(result, paint('stdout'));
  return {
    exitCode: exitCode(
      result.problems.some((problem) => problem.kind === 'internal'),
      result.absent.length > 0,
      result.findings.length > 0,
    ),
    stdout,
    stderr: problemLines(result, paint('stderr')),
  };
}

/** What is worst decides. */
function exitCode(internal: boolean, usage: boolean, findings: boolean): ExitCode {
  if (internal) return 3;
  if (usage) return 2;
  return findings ? 1 : 0;
}

import { resolve } from 'node:path';
import type { Certainty, Problem, Step } from '@maplelock/analyzer';
import type { Audit, Reported } from '../audit.ts';

/** What ESLint's json formatter prints for a message, and what only Maplelock knows. */
interface Message {
  readonly ruleId: string | null;
  readonly severity: 1 | 2;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly fatal?: true;
  readonly certainty?: Certainty;
  readonly related?: readonly Step[];
  readonly path?: readonly Step[];
}

/** The array that ESLint's json formatter prints: an element for each file audited. */
export function jsonReport(audit: Audit, cwd: string): string {
  const messages = new Map<string, Message[]>(audit.audited.map((file) => [file, []]));
  const add = (file: string, message: Message): void => {
    const list = messages.get(file);
    if (list === undefined) messages.set(file, [message]);
    else list.push(message);
  };
  for (const problem of audit.problems) add(problem.file, problemMessage(problem));
  for (const finding of audit.findings) add(finding.file, findingMessage(finding));
  const results = [...messages].map(([file, list]) => fileResult(resolve(cwd, file), list));
  return `${JSON.stringify(results)}\n`;
}

function fileResult(filePath: string, messages: readonly Message[]): object {
  const count = (severity: 1 | 2): number =>
    messages.filter((message) => message.severity === severity).length;
  return {
    filePath,
    messages,
    suppressedMessages: [],
    errorCount: count(2),
    fatalErrorCount: messages.filter((message) => message.fatal === true).length,
    warningCount: count(1),
    fixableErrorCount: 0,
    fixableWarningCount: 0,
  };
}

function findingMessage(finding: Reported): Message {
  const { rule, severity, message, line, column, endLine, endColumn, certainty, related, path } = finding;
  return {
    ruleId: `maplelock/${rule}`,
    severity: severity === 'error' ? 2 : 1,
    message,
    line,
    column,
    endLine,
    endColumn,
    certainty,
    related,
    path,
  };
}

/** A file that was not read is a fatal error, as ESLint has it; a function that was not read whole is a warning. */
function problemMessage({ functionName, message, line, column }: Problem): Message {
  if (functionName === undefined) return { ruleId: null, fatal: true, severity: 2, message, line, column };
  return { ruleId: null, severity: 1, message: `${functionName}: ${message}`, line, column };
}

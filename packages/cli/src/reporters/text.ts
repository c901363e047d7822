import type { Problem, Step } from '@maplelock/analyzer';
import type { Audit, Reported } from '../audit.ts';
import type { Paint } from './style.ts';

/** The findings, file by file, and a line that sums up. */
export function textReport(audit: Audit, paint: Paint): string {
  const blocks: string[] = [];
  let file = '';
  for (const finding of audit.findings) {
    if (finding.file !== file && file !== '') blocks.push('');
    file = finding.file;
    blocks.push(findingLine(finding, paint), ...finding.related.map((step) => stepLine(step, paint)));
  }
  if (blocks.length > 0) blocks.push('');
  blocks.push(summary(audit, paint));
  return `${blocks.join('\n')}\n`;
}

/** What could not be read, one line each, for stderr. */
export function problemLines(audit: Audit, paint: Paint): string {
  const lines = [
    ...audit.absent.map((path) => `${paint('red', 'error')} ${path}: does not exist; check the path`),
    ...audit.problems.map((problem) => problemLine(problem, paint)),
    ...audit.empty.map((path) => `${paint('dim', 'note')} ${path}: an empty file; nothing to audit`),
    ...(audit.cacheProblem === null ? [] : [`${paint('dim', 'note')} ${audit.cacheProblem}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function findingLine(finding: Reported, paint: Paint): string {
  const level = finding.severity === 'error' ? paint('red', 'error') : paint('yellow', 'warning');
  const unsure = finding.certainty === 'possible' ? paint('dim', ' (possible)') : '';
  const rule = paint('dim', `maplelock/${finding.rule}`);
  return `${paint('bold', place(finding))} ${level}${unsure} ${finding.message}  ${rule}`;
}

function stepLine(step: Step, paint: Paint): string {
  return `    ${place(step)} ${paint('dim', step.message)}`;
}

function problemLine(problem: Problem, paint: Paint): string {
  const level =
    problem.kind === 'internal' ? paint('red', 'internal error') : paint('yellow', 'not read whole');
  const where = problem.kind === 'unreadable' ? `${problem.file}:` : place(problem);
  const inside = problem.functionName === undefined ? '' : `${problem.functionName}: `;
  return `${level} ${where} ${inside}${problem.message}`;
}

function place(at: { readonly file: string; readonly line: number; readonly column: number }): string {
  return `${at.file}:${at.line}:${at.column}`;
}

function summary(audit: Audit, paint: Paint): string {
  const counts = new Map<string, number>();
  for (const { rule } of audit.findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const byRule = [...counts].map(([rule, count]) => `${rule} ${count}`).join(', ');
  const found = count(audit.findings.length, 'finding');
  const head = counts.size === 0 ? paint('green', found) : paint('red', `${found} (${byRule})`);
  const functions = audit.problems.filter((problem) => problem.functionName !== undefined).length;
  const files = audit.problems.length - functions;
  return [
    head,
    `${count(audit.files, 'file')}, ${audit.stats.parsed} parsed${reused(audit)}`,
    count(audit.stats.functions, 'function'),
    `not read whole: ${count(files, 'file')}, ${count(functions, 'function')}`,
    `${audit.seconds.toFixed(2)} s`,
  ].join('; ');
}

function reused({ stats }: Audit): string {
  return stats.reused === undefined ? '' : ` (${stats.reused} of them in an earlier run)`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

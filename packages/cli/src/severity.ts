import { languageOf, RULES, type Finding, type RuleInfo, type Severity } from '@maplelock/analyzer';
import type { AuditOptions } from './options.ts';

const BY_ID: ReadonlyMap<string, RuleInfo> = new Map(RULES.map((rule) => [rule.id, rule]));

/** How a finding is reported: as the user said, else as the configuration has it for the language of the file. */
export function severityOf(
  finding: Finding,
  options: Pick<AuditOptions, 'strict' | 'quiet' | 'severities'>,
): Severity {
  const rule = BY_ID.get(finding.rule);
  if (rule === undefined) return 'off';
  if (!options.strict && rule.certainty === 'proved' && finding.certainty === 'possible') return 'off';
  const language = languageOf(finding.file) ?? 'typescript';
  const configured = options.strict ? rule.strict[language] : rule.recommended[language];
  const severity = options.severities.get(rule.id) ?? configured;
  return options.quiet && severity === 'warn' ? 'off' : severity;
}

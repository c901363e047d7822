import { RULES, type RuleInfo } from '@maplelock/analyzer';

/** What `maplelock rules` prints. */
export function rulesText(): string {
  const width = Math.max(...RULES.map((rule) => rule.id.length));
  return RULES.map((rule) => `${rule.id.padEnd(width)}  ${rule.description}\n`).join('');
}

/** What `maplelock explain <rule>` prints. */
export function explainText(id: string): string {
  const rule = RULES.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return [
    `maplelock/${rule.id} ${rule.description}.`,
    '',
    rule.rationale,
    '',
    ...rule.languages.map((language) => severityLine(rule, language)),
    '',
  ].join('\n');
}

function severityLine(rule: RuleInfo, language: 'typescript' | 'c'): string {
  const name = { typescript: 'TypeScript', c: 'C' }[language];
  return `${name}: ${rule.recommended[language]} in recommended, ${rule.strict[language]} in strict`;
}

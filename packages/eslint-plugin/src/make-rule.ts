import type { Finding, RuleInfo } from '@maplelock/analyzer';
import type { JSONSchema, TSESLint } from '@typescript-eslint/utils';
import { isAllowed } from './allowed-files.ts';
import { contractsOf } from './contracts.ts';
import { createRule, type RuleDocs } from './create-rule.ts';
import { analysisOf } from './engine.ts';

export interface RuleOptions {
  /** `possible`: report what may fail, too. */
  readonly certainty?: 'proved' | 'possible';
  /** Files in which the rule reports nothing. */
  readonly allow?: readonly string[];
}

export type MaplelockRule = TSESLint.RuleModule<'finding' | 'internal', [RuleOptions?], RuleDocs>;

/** Each file is told once, by whichever rule comes first, that the engine failed on it. */
const told = new WeakSet<TSESLint.SourceCode>();

/** Makes the ESLint rule that reports one rule's findings. */
export function makeRule(rule: RuleInfo): MaplelockRule {
  const defaultOptions: [RuleOptions?] = [{}];
  const meta = {
    type: 'problem' as const,
    docs: { description: rule.description, recommended: rule.recommended.typescript !== 'off' },
    languages: ['js/js'],
    messages: {
      finding: '{{message}}',
      internal: 'Maplelock failed on this file and has not checked it: {{message}}',
    },
    schema: [optionsSchema(rule)],
    defaultOptions,
  };
  return createRule<[RuleOptions?], 'finding' | 'internal'>({
    name: rule.id,
    meta,
    create: (context) => ({
      'Program:exit'(): void {
        const { certainty = rule.certainty, allow = [] } = context.options[0] ?? {};
        const { findings, problems } = analysisOf(
          context.physicalFilename,
          context.sourceCode.text,
          contractsOf(context.settings, context.cwd),
        );
        const internal = problems.find((problem) => problem.kind === 'internal');
        if (internal !== undefined && !told.has(context.sourceCode)) {
          told.add(context.sourceCode);
          const { line, column, message } = internal;
          context.report({ loc: { line, column: column - 1 }, messageId: 'internal', data: { message } });
        }
        if (isAllowed(context.physicalFilename, allow)) return;
        for (const finding of findings) {
          if (finding.rule !== rule.id) continue;
          if (certainty === 'proved' && finding.certainty === 'possible') continue;
          context.report({ loc: location(finding), messageId: 'finding', data: { message: text(finding) } });
        }
      },
    }),
  });
}

/** Lines start at 1 in both; columns at 1 in findings and at 0 in ESLint. */
function location({ line, column, endLine, endColumn }: Finding): TSESLint.AST.SourceLocation {
  return { start: { line, column: column - 1 }, end: { line: endLine, column: endColumn - 1 } };
}

/** ESLint has no second place, so the message names it. */
function text({ message, related }: Finding): string {
  return [message, ...related.map((step) => `(line ${step.line}: ${step.message})`)].join(' ');
}

function optionsSchema(rule: RuleInfo): JSONSchema.JSONSchema4 {
  const own: Record<string, JSONSchema.JSONSchema4> = { ...(rule.schema?.['properties'] ?? {}) };
  const certainty: JSONSchema.JSONSchema4 = { type: 'string', enum: ['proved', 'possible'] };
  return { type: 'object', properties: { certainty, ...own }, additionalProperties: false };
}

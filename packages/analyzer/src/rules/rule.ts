import type { Certainty } from '../report/finding.ts';

export type Severity = 'off' | 'warn' | 'error';

/** What a rule is, as data: the ESLint plugin, the CLI and the docs are made from it. */
export interface RuleInfo {
  readonly id: string;
  /** One sentence, present tense: what it reports. */
  readonly description: string;
  /** Why that is wrong. */
  readonly rationale: string;
  readonly languages: readonly ('typescript' | 'c')[];
  readonly recommended: { readonly typescript: Severity; readonly c: Severity };
  readonly strict: { readonly typescript: Severity; readonly c: Severity };
  /** JSON schema of the options object, if the rule takes one. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Least certainty that `recommended` reports. */
  readonly certainty: Certainty;
}

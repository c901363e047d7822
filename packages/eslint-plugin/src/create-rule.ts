import { ESLintUtils } from '@typescript-eslint/utils';

/** Where a rule is documented: its heading in this package's README. */
export const documentationUrl = (rule: string): string =>
  `https://www.npmjs.com/package/@maplelock/eslint-plugin#${rule}`;

export interface RuleDocs {
  /** The configurations that turn it on. */
  readonly recommended: boolean;
}

export const createRule: ReturnType<typeof ESLintUtils.RuleCreator<RuleDocs>> =
  ESLintUtils.RuleCreator<RuleDocs>(documentationUrl);

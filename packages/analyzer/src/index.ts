export type * from './ir/source.ts';
export type * from './ir/ir.ts';
export type * from './report/finding.ts';
export type * from './rules/rule.ts';
export type * from './contracts/model.ts';
export { RULES } from './rules/rules.ts';
export { analyze, type AnalyzeOptions } from './analyze.ts';

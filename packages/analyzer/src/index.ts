export type * from './ir/source.ts';
export type * from './ir/ir.ts';
export type * from './report/finding.ts';
export type * from './rules/rule.ts';
export type * from './contracts/model.ts';
export { RULES } from './rules/rules.ts';
export { analyze, analyzeUnchanged, languageOf, mentionsApi } from './analyze.ts';
export { includesIn } from './link/header-definitions.ts';
export type { AnalyzeOptions } from './analyze-options.ts';
export type { AnalysisCache } from './cache/analysis-cache.ts';
export { inspect, type InspectOptions } from './inspect/inspect.ts';
export type * from './inspect/inspection.ts';
export { buildModel } from './contracts/build.ts';
export type { CFrontend } from './frontends/frontend.ts';
export {
  CONTRACT_SCHEMA,
  type ContractDescription,
  ContractError,
  defineContract,
  type EffectDescription,
  type FunctionDescription,
  type LockDescription,
  parseContract,
} from './contracts/format/define-contract.ts';

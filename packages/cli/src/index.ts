export { run, type ExitCode, type Outcome, type Surroundings } from './run.ts';
export { audit, type Audit, type Reported } from './audit.ts';
export type { AuditOptions } from './options.ts';

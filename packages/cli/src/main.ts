import { run } from './run.ts';

const { exitCode, stdout, stderr } = await run(process.argv.slice(2), process);
process.stderr.write(stderr);
// The exit code is set, not process.exit() called: what goes into a pipe must be written to its end.
process.stdout.write(stdout);
process.exitCode = exitCode;

import { run } from './run.ts';

// Whoever reads the output may stop reading (`| head`): no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { exitCode, stdout, stderr } = await run(process.argv.slice(2), process);
// The exit code is set, not process.exit() called: what goes into a pipe must be written to its end.
process.exitCode = exitCode;
process.stderr.write(stderr);
process.stdout.write(stdout);

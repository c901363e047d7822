import { workloads } from './workloads.mjs';

/** Holds one subject, so that no code is shared, and measures what the parent asks for. */
const [module, options] = process.argv.slice(2);
const { make } = await import(`./subjects/${module}.mjs`);
const subjects = new Map();
/** What has run once, so that the code for it is compiled. */
const warm = new Set();

process.on('message', ({ workload, size }) => {
  const chosen = JSON.parse(options);
  if (chosen.gapFlags !== undefined && workload.startsWith('gap')) chosen.flags = chosen.gapFlags;
  const key = String(chosen.flags);
  if (!subjects.has(key)) subjects.set(key, make(chosen));
  const subject = subjects.get(key);
  try {
    if (!warm.has(workload) && !workload.startsWith('bytes')) workloads[workload](subject, size);
    warm.add(workload);
    const value = workloads[workload](subject, size);
    subject.clear();
    process.send({ value });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.send({ ready: true });

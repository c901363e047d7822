import type { Problem } from '@maplelock/analyzer';

/** A problem with a file as a whole, found before the engine saw it. */
export function unreadable(file: string, message: string): Problem {
  return { file, line: 1, column: 1, kind: 'unreadable', message };
}

/** What an error of the file system means to a user, with the remedy. */
export function explainFileError(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it; grant the permission or leave it out';
    case 'ENOENT':
      return 'does not exist; check the path';
    case 'ELOOP':
      return 'a symbolic link that leads back to itself; remove the link';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open; raise the limit (ulimit -n)';
    default:
      return `cannot be read (${code ?? String(message)})`;
  }
}

/**
 * One problem for each file that has any, or one for each function where all lie in functions: after the first error a
 * parser finds many. The others are counted in the message.
 */
export function condense(problems: readonly Problem[]): readonly Problem[] {
  const groups = new Map<string, Problem[]>();
  const whole = new Set(problems.filter((one) => one.functionName === undefined).map((one) => one.file));
  for (const problem of problems) {
    const key = whole.has(problem.file) ? problem.file : `${problem.file}\0${problem.functionName ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()].flatMap((group) => {
    const first = group.find((problem) => problem.functionName === undefined) ?? group[0];
    if (first === undefined) return [];
    const more = group.length - 1;
    return [more === 0 ? first : { ...first, message: `${first.message} (and ${more} more)` }];
  });
}

import type { Audit, Reported } from '../src/audit.ts';

const place = (file: string, line: number, column: number) => ({
  file,
  line,
  column,
  endLine: line,
  endColumn: column + 9,
});

/** A finding with a second place, for the reporters' tests. */
export const FINDING: Reported = {
  ...place('src/a.ts', 7, 3),
  rule: 'require-write-lock',
  severity: 'error',
  certainty: 'proved',
  message: "mas_store() needs the write lock of 'tree', which is not held",
  functionName: 'put',
  related: [{ ...place('src/a.ts', 5, 3), kind: 'release', message: 'it was dropped here' }],
  path: [],
};

/** The outcome of an audit that found something of every kind. */
export const AUDIT: Audit = {
  findings: [
    FINDING,
    {
      ...FINDING,
      ...place('src/b.c', 1, 1),
      rule: 'no-external-lock',
      severity: 'warn',
      certainty: 'possible',
      message: 'an external lock',
      related: [],
    },
  ],
  problems: [
    { file: 'src/broken.ts', line: 2, column: 5, kind: 'syntax', message: "';' expected" },
    { file: 'src/b.c', line: 9, column: 1, kind: 'syntax', message: 'a macro', functionName: 'walk' },
    { file: 'closed', line: 1, column: 1, kind: 'unreadable', message: 'no permission' },
  ],
  cacheProblem: null,
  empty: ['src/empty.ts'],
  absent: ['missing.ts'],
  audited: ['src/a.ts', 'src/b.c', 'src/broken.ts', 'src/clean.ts'],
  files: 12,
  stats: { files: 4, parsed: 3, functions: 21, lines: 300, parseMs: 1, lowerMs: 1, solveMs: 1 },
  seconds: 0.25,
};

import { expect, it } from 'vitest';
import { jsonReport } from '../src/reporters/json.ts';
import { paintFor, type Paint } from '../src/reporters/style.ts';
import { problemLines, textReport } from '../src/reporters/text.ts';
import { AUDIT, FINDING } from './made-up-audit.ts';

const plain: Paint = (_style, text) => text;

it('prints findings file by file, the second place below, and a summary', () => {
  expect(textReport(AUDIT, plain)).toBe(
    [
      "src/a.ts:7:3 error mas_store() needs the write lock of 'tree', which is not held  maplelock/require-write-lock",
      '    src/a.ts:5:3 it was dropped here',
      '',
      'src/b.c:1:1 warning (possible) an external lock  maplelock/no-external-lock',
      '',
      '2 findings (require-write-lock 1, no-external-lock 1); 12 files, 3 parsed; 21 functions; not read whole: 2 files, 1 function; 0.25 s',
      '',
    ].join('\n'),
  );
});

it('prints a summary alone where nothing was found', () => {
  expect(textReport({ ...AUDIT, findings: [], problems: [] }, plain)).toBe(
    '0 findings; 12 files, 3 parsed; 21 functions; not read whole: 0 files, 0 functions; 0.25 s\n',
  );
});

it('prints each problem as one line with its place', () => {
  expect(problemLines(AUDIT, plain).split('\n')).toEqual([
    'error missing.ts: does not exist; check the path',
    "not read whole src/broken.ts:2:5 ';' expected",
    'not read whole src/b.c:9:1 walk: a macro',
    'not read whole closed: no permission',
    'note src/empty.ts: an empty file; nothing to audit',
    '',
  ]);
});

it("prints what ESLint's json formatter prints", () => {
  const results = JSON.parse(jsonReport(AUDIT, '/repo')) as Record<string, unknown>[];
  expect(results.map((result) => result['filePath'])).toEqual([
    '/repo/src/a.ts',
    '/repo/src/b.c',
    '/repo/src/broken.ts',
    '/repo/src/clean.ts',
    '/repo/closed',
  ]);
  expect(results[0]).toEqual({
    filePath: '/repo/src/a.ts',
    messages: [
      {
        ruleId: 'maplelock/require-write-lock',
        severity: 2,
        message: FINDING.message,
        line: 7,
        column: 3,
        endLine: 7,
        endColumn: 12,
        certainty: 'proved',
        related: FINDING.related,
        path: [],
      },
    ],
    suppressedMessages: [],
    errorCount: 1,
    fatalErrorCount: 0,
    warningCount: 0,
    fixableErrorCount: 0,
    fixableWarningCount: 0,
  });
  expect(results[1]).toMatchObject({ errorCount: 0, warningCount: 2 });
  expect(results[2]).toMatchObject({
    messages: [{ ruleId: null, fatal: true, severity: 2, line: 2, column: 5, message: "';' expected" }],
    errorCount: 1,
    fatalErrorCount: 1,
  });
  expect(results[3]).toMatchObject({ messages: [], errorCount: 0 });
});

it.each([
  ['always', {}, { NO_COLOR: '1' }, true],
  ['never', { isTTY: true }, { FORCE_COLOR: '1' }, false],
  ['auto', { isTTY: true }, {}, true],
  ['auto', {}, {}, false],
  ['auto', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['auto', { isTTY: true }, { NO_COLOR: '' }, true],
  ['auto', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ['auto', { isTTY: true }, { FORCE_COLOR: '0' }, false],
] as const)('paints %s on %j with %j: %s', (color, stream, env, painted) => {
  expect(paintFor(color, stream, env)('red', 'x') !== 'x').toBe(painted);
});

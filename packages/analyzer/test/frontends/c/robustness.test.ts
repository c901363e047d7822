import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mask } from '../../../src/frontends/c/mask.ts';
import { lowerC, model } from './c-program.ts';

const PROGRAM = `
#define LIMIT 10
struct dev { struct mutex lock; struct maple_tree mt; struct ops *ops; };
static DEFINE_MUTEX(big);
static struct maple_tree tree = MTREE_INIT_EXT(tree, MT_FLAGS_LOCK_EXTERN, big);
int store(struct dev *d, unsigned long i, void *e) __must_hold(&d->lock);
static int walk(struct dev *d, int n)
{
	MA_STATE(mas, &d->mt, 0, 0);
	void *entry;
	guard(mutex)(&d->lock);
	mas_for_each(&mas, entry, ULONG_MAX) {
		switch (n) {
		case 1 ... 3:
			continue;
		default:
			goto out;
		}
		scoped_cond_guard(mutex_intr, return -EINTR, &d->lock)
			d->ops->call(entry ? entry : NULL, n++ && mas.index);
	}
	do { n = ({ int t = n; t - 1; }); } while (n > 0);
out:
	return container_of(d, struct big, dev)->x["a"] = '\\n';
}
SYSCALL_DEFINE2(two, int, a, char __user *, b) { return a; }
`;

function survives(text: string): void {
  expect(mask(text, model).text).toHaveLength(text.length);
  const unit = lowerC(text);
  for (const fn of unit.functions) {
    for (const block of fn.blocks) {
      const targets =
        block.end.kind === 'goto'
          ? [block.end.to]
          : block.end.kind === 'branch'
            ? [block.end.then, block.end.else]
            : [];
      for (const target of targets) expect(fn.blocks[target]?.id).toBe(target);
    }
  }
  expect(unit.problems.filter((problem) => problem.message.startsWith('could not be read:'))).toEqual([]);
}

describe('text that is not C', () => {
  it('survives any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survives), { numRuns: 150 });
  });

  it('survives slices of a program', () => {
    const offset = fc.nat(PROGRAM.length);
    fc.assert(
      fc.property(offset, offset, (a, b) => survives(PROGRAM.slice(Math.min(a, b), Math.max(a, b)))),
      { numRuns: 150 },
    );
  });

  it('survives a program with tokens thrown in', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        ';',
        ',',
        ':',
        '*',
        '&',
        '=',
        '"',
        "'",
        '/*',
        '*/',
        '\n#if 0\n',
        '\n#endif\n',
      ],
      ...[
        ' case ',
        ' if ',
        ' else ',
        ' goto x',
        ' mas_for_each(',
        ' struct ',
        ' typeof(',
        ' ... ',
        ' scoped_guard(',
        '\\',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(PROGRAM.length), token), { maxLength: 6 }), (insertions) => {
        let text = PROGRAM;
        for (const [at, insertion] of insertions) text = text.slice(0, at) + insertion + text.slice(at);
        survives(text);
      }),
      { numRuns: 150 },
    );
  });

  it('says which function it could not read, and reads the others', () => {
    const unit = lowerC(
      'int good(void) { return 1; }\nint bad(void) { return 1 +* ; ] }\nint fine(void) { return 2; }\n',
    );
    expect(unit.functions.map((fn) => [fn.name, fn.whole])).toEqual([
      ['good', true],
      ['bad', false],
      ['fine', true],
      ['(file)', true],
    ]);
    expect(unit.problems.map((problem) => problem.functionName)).toEqual(['bad']);
  });

  it('reads files with a byte order mark and the line ends of others', () => {
    const unit = lowerC(
      '\ufeffint f(int n)\r\n{\r\n\treturn n;\r\n}\r\n#define X \\\r\n 1 +* {\r\nint g(void) { return 1; }\r\n',
    );
    expect(unit.functions.map((fn) => [fn.name, fn.whole])).toEqual([
      ['f', true],
      ['g', true],
      ['(file)', true],
    ]);
  });

  it('gives up on nesting that is too deep, not on the file', () => {
    const deep = `int deep(void) { return ${'('.repeat(20000)}1${')'.repeat(20000)}; }\nint fine(void) { return 2; }\n`;
    const unit = lowerC(deep);
    expect(unit.language).toBe('c');
  });

  it('leaves nothing of the parser behind', () => {
    for (let round = 0; round < 50; round += 1) lowerC(PROGRAM);
    const before = process.memoryUsage().external;
    for (let round = 0; round < 200; round += 1) lowerC(PROGRAM);
    expect(process.memoryUsage().external - before).toBeLessThan(8 * 1024 * 1024);
  });
});

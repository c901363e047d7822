import { describe, expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

const header = `#ifndef ARENA_H
#define ARENA_H
#include "arena-flags.h"
struct arena { struct maple_tree chunks; struct mutex resize; int full; };

#define arena_lock(a)	mtree_lock(&(a)->chunks)
#define arena_unlock(a)	mtree_unlock(&(a)->chunks)
#define ARENA_CURSOR(name, a, at) \\
	MA_STATE(name, &(a)->chunks, at, at)
#define arena_each(mas, chunk) \\
	for ((chunk) = mas_find(mas, ULONG_MAX); (chunk); (chunk) = mas_next(mas, ULONG_MAX))
#define arena_refuse(a, error) do {	\\
	arena_unlock(a);		\\
	return (error);			\\
} while (0)
#define mutex_lock(m)	pthread_mutex_lock(m)

DEFINE_GUARD(arena_resize, struct arena *, mutex_lock(&_T->resize), mutex_unlock(&_T->resize))
#endif
`;
const headers = {
  'arena.h': header,
  'arena-flags.h': '#define ARENA_GFP GFP_ATOMIC\n#define ARENA_MAX 40\n',
};

const user = `#include "arena.h"
bool is_empty(struct arena *a) { return mtree_empty(&a->chunks); }
`;

/** The findings of a function of a file that includes the header. */
function found(body: string): string[] {
  const text = `${user}int f(struct arena *a, void *e)\n{\n${body}\n}\n`;
  return proved(analyzed({ 'f.c': text }, headers));
}

describe('definitions of the headers that a file includes', () => {
  test('take and give back locks', () => {
    expect(
      found(
        '\tARENA_CURSOR(mas, a, 4);\n\tint ret;\n\tarena_lock(a);\n\tret = mas_store_gfp(&mas, e, ARENA_GFP);\n\tarena_unlock(a);\n\treturn ret;',
      ),
    ).toEqual([]);
    expect(found('\tARENA_CURSOR(mas, a, 4);\n\treturn mas_store_gfp(&mas, e, ARENA_GFP);')).toEqual([
      'f.c:6 require-write-lock',
    ]);
    expect(found('\tarena_lock(a);\n\tif (a->full)\n\t\treturn 0;\n\tarena_unlock(a);\n\treturn 0;')).toEqual(
      ['f.c:5 require-unlock'],
    );
  });

  test('leave the function', () => {
    expect(
      found(
        '\tarena_lock(a);\n\tif (a->full)\n\t\tarena_refuse(a, -ENOSPC);\n\tarena_unlock(a);\n\treturn 0;',
      ),
    ).toEqual([]);
    expect(
      found(
        '\tarena_lock(a);\n\tarena_unlock(a);\n\tif (a->full)\n\t\tarena_refuse(a, -ENOSPC);\n\treturn 0;',
      ),
    ).toEqual(['f.c:8 require-unlock']);
  });

  test('are loops', () => {
    const loop = '\tARENA_CURSOR(mas, a, 0);\n\tvoid *c;\n\tint n = 0;\n';
    expect(
      found(`${loop}\tarena_lock(a);\n\tarena_each(&mas, c)\n\t\tn++;\n\tarena_unlock(a);\n\treturn n;`),
    ).toEqual([]);
    expect(found(`${loop}\tarena_each(&mas, c)\n\t\tn++;\n\treturn n;`)).toEqual(['f.c:8 require-read-lock']);
  });

  test('are guards', () => {
    expect(found('\tguard(arena_resize)(a);\n\treturn a->full;')).toEqual([]);
    expect(
      found('\tguard(arena_resize)(a);\n\tmutex_lock(&a->resize);\n\tmutex_unlock(&a->resize);\n\treturn 0;'),
    ).toEqual(['f.c:6 no-relock']);
  });

  test('give way to what the file itself defines, and to contracts', () => {
    const text = `#include "arena.h"
#define arena_lock(a) mutex_lock(&(a)->resize)
void g(struct arena *a)
{
	arena_lock(a);
	a->full = ARENA_MAX;
	mutex_unlock(&a->resize);
}
`;
    expect(proved(analyzed({ 'g.c': text }, headers))).toEqual([]);
  });

  test('change what a file does', () => {
    const text = `${user}void h(struct arena *a)
{
	mtree_lock(&a->chunks);
	arena_lock(a);
	arena_unlock(a);
	mtree_unlock(&a->chunks);
}
`;
    const other = { 'arena.h': header.replaceAll('(&(a)->chunks)', '(&(a)->next->chunks)') };
    expect(proved(analyzed({ 'h.c': text }, headers))).toEqual(['h.c:6 no-relock']);
    expect(proved(analyzed({ 'h.c': text }, other))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import type { AnalyzeOptions } from '../../src/analyze-options.ts';
import { analyze } from '../../src/analyze.ts';
import { loadCFrontend } from '../../src/c.ts';
import { MemoryCache } from './memory-cache.ts';
import { saidBy } from './said-by.ts';

const c = await loadCFrontend();

type Files = Readonly<Record<string, string>>;

function requestOf(files: Files, headers: Files = {}): AnalyzeOptions {
  return {
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    c,
    resolveInclude: (_from, name) =>
      headers[name] === undefined ? null : { path: `lib/${name}`, text: headers[name] },
  };
}

/** Runs one after the other with one cache must each say what they would say without. */
function expectSame(...runs: readonly AnalyzeOptions[]): void {
  const cache = new MemoryCache();
  runs.forEach((run, at) => {
    expect(saidBy(analyze({ ...run, cache })), `run ${at}`).toEqual(saidBy(analyze(run)));
  });
}

const holder = (field: string): string => `#include <linux/maple_tree.h>
struct holder {
	struct ${field} *it;
};
void ${field}_use(struct ${field} *x) { mtree_load(&x->mt, 0); }
`;

const user = `#include <linux/maple_tree.h>
void one_init(struct one *o)
{
	mt_init_flags(&o->mt, MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&o->mt, &o->lock);
}
void use(struct holder *h)
{
	MA_STATE(mas, &h->it->mt, 0, 0);

	mutex_lock(&h->it->lock);
	mas_erase(&mas);
	mutex_unlock(&h->it->lock);
}
`;

describe('with a cache the same is said as without', () => {
  test('when a helper that is given a function calls another by the same name', () => {
    const files = {
      'a.c': `#include <linux/maple_tree.h>
static void erase(struct maple_tree *mt)
{
	MA_STATE(mas, mt, 0, 0);

	mas_erase(&mas);
}

void user(struct maple_tree *mt)
{
	mtree_lock(mt);
	with(mt, erase);
	mtree_unlock(mt);
}

void bare(struct maple_tree *mt)
{
	with(mt, erase);
}
`,
      'with.c': `#include <linux/maple_tree.h>
void with(struct maple_tree *mt, void (*run)(struct maple_tree *))
{
	mtree_load(mt, 0);
	step(mt, run);
}
`,
    };
    const stepping = `#include <linux/maple_tree.h>
void step(struct maple_tree *mt, void (*run)(struct maple_tree *))
{
	run(mt);
}
void none(struct maple_tree *mt) { mtree_load(mt, 0); }
`;
    expectSame(requestOf(files), requestOf({ ...files, 'step.c': stepping }), requestOf(files));
  });

  test('when a file with a class is renamed past another with a class of the same name', () => {
    expectSame(
      requestOf({ 'a.c': holder('one'), 'm.c': holder('two'), 'u.c': user }),
      requestOf({ 'm.c': holder('two'), 'u.c': user, 'z.c': holder('one') }),
    );
  });

  test('when a changed file comes before another now', () => {
    expectSame(
      requestOf({ 'a.c': holder('one'), 'm.c': holder('two'), 'u.c': user }),
      requestOf({ 'm.c': holder('two'), 'u.c': user, 'a.c': `${holder('one')}/* more */\n` }),
    );
  });

  test('when a header that was found by an include is named itself, and the other way round', () => {
    const files = {
      'lib/a.c': `#include <linux/maple_tree.h>
#include "locks.h"
void drop(struct dev *dev)
{
	MA_STATE(mas, &dev->mt, 0, 0);

	take(dev);
	mas_erase(&mas);
	mutex_unlock(&dev->lock);
}
`,
    };
    const headers = {
      'locks.h': 'static inline void take(struct dev *dev)\n{\n\tmutex_lock(&dev->lock);\n}\n',
    };
    const named = { ...files, 'lib/locks.h': headers['locks.h'] };
    expectSame(
      requestOf(files, headers),
      requestOf(named, headers),
      requestOf(named),
      requestOf(files, headers),
    );
  });
});

import { describe, expect, test } from 'vitest';
import type { AnalyzeOptions } from '../../src/analyze-options.ts';
import { analyze } from '../../src/analyze.ts';
import { loadCFrontend } from '../../src/c.ts';
import { defineContract } from '../../src/contracts/format/define-contract.ts';
import { edited, type Files, randomFrom, type Sources } from './edits.ts';
import { C, HEADERS, TYPESCRIPT } from './programs.ts';
import { MemoryCache } from './memory-cache.ts';
import { saidBy } from './said-by.ts';

const c = await loadCFrontend();

function requestOf(files: Files, headers: Files): AnalyzeOptions {
  return {
    files: Object.entries(files)
      .map(([path, text]) => ({ path, text }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    c,
    resolveInclude: (_from, name) =>
      headers[name] === undefined ? null : { path: `lib/${name}`, text: headers[name] },
  };
}

function followed(files: Files, headers: Files, seed: number): void {
  const random = randomFrom(seed);
  const cache = new MemoryCache();
  const original: Sources = { files, headers };
  let now = original;
  for (let step = 0; step < 25; step++) {
    const request = requestOf(now.files, now.headers);
    const label = `seed ${seed}, step ${step}`;
    expect(saidBy(analyze({ ...request, cache })), label).toEqual(saidBy(analyze(request)));
    for (let k = random(2); k >= 0; k--) now = edited(now, original, random);
  }
}

describe('with a cache the same is said as without', () => {
  for (const seed of [1, 2, 3]) {
    test(`whatever is edited in TypeScript (${seed})`, () => {
      followed(TYPESCRIPT, {}, seed);
    });
    test(`whatever is edited in C (${seed})`, () => {
      followed(C, HEADERS, seed);
    });
    test(`whatever is edited in a program of both (${seed})`, () => {
      followed({ ...TYPESCRIPT, ...C }, HEADERS, seed + 100);
    });
  }
});

describe('the cache', () => {
  const request = requestOf({ ...TYPESCRIPT, ...C }, HEADERS);
  const edit = (name: string, change: (text: string) => string): AnalyzeOptions =>
    requestOf({ ...TYPESCRIPT, ...C, [name]: change({ ...TYPESCRIPT, ...C }[name] as string) }, HEADERS);
  const filled = (): MemoryCache => {
    const cache = new MemoryCache();
    analyze({ ...request, cache });
    return cache;
  };

  test('tells how many files were not read again', () => {
    const cache = filled();
    const { parsed } = analyze(request).stats;
    expect(analyze({ ...request, cache }).stats.reused).toBe(parsed);
    const changed = edit('src/use.ts', (text) => `${text}// more\n`);
    const { reused, parseMs } = analyze({ ...changed, cache }).stats;
    expect(reused).toBe(parsed - 1);
    expect(parseMs).toBeGreaterThan(0);
    expect(analyze(request).stats).not.toHaveProperty('reused');
  });

  test('reads nothing and analyses nothing again outside of the file that a comment was put in', () => {
    const cache = filled();
    const changed = edit('lib/dev.c', (text) => `/* a comment */\n${text}`);
    const bodies = cache.writes(
      (key) => key.startsWith('groups '),
      () => {
        analyze({ ...changed, cache });
      },
    );
    expect(bodies).toEqual(['groups lib/dev.c']);
  });

  test('analyses the callers of what has changed', () => {
    const cache = filled();
    const changed = edit('lib/dev.c', (text) => text.replace('mas_unlock(&mas);', ''));
    const bodies = cache.writes(
      (key) => key.startsWith('groups '),
      () => {
        analyze({ ...changed, cache });
      },
    );
    expect(bodies).toEqual(['groups lib/dev.c', 'groups lib/use.c']);
  });

  test('forgets what was said of a function while nobody called it', () => {
    const cache = new MemoryCache();
    const put = `#include <linux/maple_tree.h>
void put(struct ma_state *mas)
{
	mas_erase(mas);
}
`;
    const caller = `#include <linux/maple_tree.h>
void call(struct ma_state *mas)
{
	mas_lock(mas);
	put(mas);
	mas_unlock(mas);
}
`;
    analyze({ ...requestOf({ 'put.c': put }, {}), cache });
    expect(cache.values.get('ends put.c')).toContain('put');
    analyze({ ...requestOf({ 'call.c': caller, 'put.c': put }, {}), cache });
    expect(cache.values.get('ends put.c')).not.toContain('put');
  });

  test('forgets the files that are gone', () => {
    const cache = filled();
    const { 'src/use.ts': _, ...rest } = TYPESCRIPT;
    analyze({ ...requestOf(rest, {}), cache });
    expect(cache.keys().filter((key) => key.endsWith('src/use.ts'))).toEqual([]);
  });

  test('of another build, of other contracts or options, is not used', () => {
    const kept = filled();
    const contract = defineContract({ name: 'none', languages: ['c'], functions: { nothing: {} } });
    const others: Partial<AnalyzeOptions>[] = [
      { cache: new MemoryCache('another build', kept.values) },
      { cache: kept, contracts: [contract] },
      { cache: kept, implicitThrows: true },
    ];
    for (const other of others) {
      const { cache, ...options } = { ...request, cache: kept, ...other };
      const result = analyze({ ...options, cache });
      expect(result.stats.reused).toBe(0);
      expect(saidBy(result)).toEqual(saidBy(analyze(options)));
      analyze({ ...request, cache: kept });
    }
  });

  test('that has lost, cut off or mixed up its values is built anew', () => {
    const changed = edit('lib/use.c', (text) => text.replace('mas_erase(&mas)', 'mas_lock(&mas)'));
    const expected = saidBy(analyze(changed));
    const keys = filled().keys();
    const random = randomFrom(7);
    const damages: ((text: string) => string | undefined)[] = [
      () => undefined,
      () => '',
      () => '{',
      () => 'null',
      (text) => text.slice(0, random(text.length)),
    ];
    for (const key of keys) {
      const cache = filled();
      cache.damage(key, damages[random(damages.length)] as (typeof damages)[number]);
      expect(saidBy(analyze({ ...changed, cache })), key).toEqual(expected);
      expect(saidBy(analyze({ ...changed, cache })), key).toEqual(expected);
    }
  });

  test('does not make a run twice as long where the engine fails anyway', () => {
    let count = 0;
    const failing: AnalyzeOptions = {
      ...request,
      c: {
        definitionsIn: c.definitionsIn,
        lower(file, options, times) {
          count++;
          if (file.path === 'lib/use.c') throw new Error('a test');
          return c.lower(file, options, times);
        },
      },
    };
    const plain = saidBy(analyze(failing));
    const once = count;
    const cache = new MemoryCache();
    for (let k = 0; k < 3; k++) {
      count = 0;
      expect(saidBy(analyze({ ...failing, cache }))).toEqual(plain);
      expect(count).toBe(once);
    }
  });

  test('may be given for files that share a path, which none of them is known by', () => {
    const cache = new MemoryCache();
    const twice = { ...request, files: [...request.files, ...request.files] };
    analyze({ ...twice, cache });
    expect(saidBy(analyze({ ...twice, cache }))).toEqual(saidBy(analyze(twice)));
  });
});

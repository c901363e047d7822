import { describe, expect, test } from 'vitest';
import { analyze, type AnalyzeOptions } from '../../src/analyze.ts';
import { loadCFrontend } from '../../src/c.ts';
import { defineContract } from '../../src/contracts/format/define-contract.ts';
import type { Analysis } from '../../src/report/finding.ts';
import { C, HEADERS, TYPESCRIPT } from './programs.ts';
import { MemoryCache } from './memory-cache.ts';

const c = await loadCFrontend();

type Files = Readonly<Record<string, string>>;

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

/** All that must not depend on the cache. */
function saidBy({ findings, problems, stats }: Analysis): object {
  const { files, parsed, functions, lines } = stats;
  return { findings, problems, stats: { files, parsed, functions, lines } };
}

/** The same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One edit as people make them, and some that they do not. */
function edited(text: string, all: readonly string[], random: (below: number) => number): string {
  const lines = text.split('\n');
  const at = random(lines.length);
  const other = (all[random(all.length)] as string).split('\n');
  switch (random(7)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, lines[at] as string);
      break;
    case 2: {
      const to = random(lines.length);
      [lines[at], lines[to]] = [lines[to] as string, lines[at] as string];
      break;
    }
    case 3:
      lines.unshift('/* a comment */');
      break;
    case 4:
      lines.push('/* a comment */');
      break;
    case 5:
      lines.splice(at, 1 + random(4));
      break;
    default:
      lines.splice(at, 0, ...other.slice(random(other.length)).slice(0, 5));
  }
  return lines.join('\n');
}

function followed(original: Files, headers: Files, seed: number): void {
  const random = randomFrom(seed);
  const cache = new MemoryCache();
  let files: Record<string, string> = { ...original };
  let shared: Record<string, string> = { ...headers };
  for (let step = 0; step < 25; step++) {
    const request = requestOf(files, shared);
    const label = `seed ${seed}, step ${step}`;
    expect(saidBy(analyze({ ...request, cache })), label).toEqual(saidBy(analyze(request)));
    const names = [...Object.keys(original), ...Object.keys(headers)];
    const name = names[random(names.length)] as string;
    const from = name in headers ? shared : files;
    const text = from[name] ?? original[name] ?? headers[name] ?? '';
    const all = [...Object.values(original), ...Object.values(headers)];
    const kind = random(10);
    const { [name]: _, ...rest } = from;
    const next =
      kind === 0
        ? rest
        : {
            ...rest,
            [name]: kind === 1 ? (original[name] ?? headers[name] ?? '') : edited(text, all, random),
          };
    if (name in headers) shared = next;
    else files = next;
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

  test('may be given for files that share a path, which none of them is known by', () => {
    const cache = new MemoryCache();
    const twice = { ...request, files: [...request.files, ...request.files] };
    analyze({ ...twice, cache });
    expect(saidBy(analyze({ ...twice, cache }))).toEqual(saidBy(analyze(twice)));
  });
});

export type Files = Readonly<Record<string, string>>;

/** A program, and what its C files can include. */
export interface Sources {
  readonly files: Files;
  readonly headers: Files;
}

export type Random = (below: number) => number;

/** The same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One edit as people make them, or one that they do not make. */
export function edited(now: Sources, original: Sources, random: Random): Sources {
  const names = [...Object.keys(original.files), ...Object.keys(original.headers)];
  const present = [...Object.keys(now.files), ...Object.keys(now.headers)];
  const name = pick([...new Set([...names, ...present])].sort(), random);
  const first = original.files[name] ?? original.headers[name] ?? '';
  const text = textOf(now, name) ?? first;
  switch (random(14)) {
    case 0:
      return withText(now, name, null);
    case 1:
      return withText(now, name, first);
    case 2:
      return withText(withText(now, name, null), renamed(name, random), text);
    case 3:
      return withText(now, renamed(name, random), text);
    case 4:
    case 5:
      return moved(now, name, random);
    case 6:
      return withWord(now, text, random);
    case 7:
      return withText(
        now,
        name,
        text.includes('\r') ? text.replaceAll('\r', '') : text.replaceAll('\n', '\r\n'),
      );
    case 8:
      return withText(now, name, swapped(text, random));
    default:
      return withText(
        now,
        name,
        withOtherLines(text, Object.values({ ...now.files, ...now.headers }), random),
      );
  }
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T;
}

function textOf({ files, headers }: Sources, name: string): string | undefined {
  return files[name] ?? headers[name];
}

/** Names without a folder are those of headers. */
function withText({ files, headers }: Sources, name: string, text: string | null): Sources {
  const change = (all: Files): Files => {
    const { [name]: _, ...rest } = all;
    return text === null ? rest : { ...rest, [name]: text };
  };
  return name.includes('/') ? { files: change(files), headers } : { files, headers: change(headers) };
}

/** Nobody includes a header by another name: it stays, and nothing of that kind is edited. */
function renamed(name: string, random: Random): string {
  return name.replace(/(?<=\/)/, pick(['a', 'm', 'z'], random));
}

/** Puts a function, or a class, into another place of the program. */
function moved(now: Sources, from: string, random: Random): Sources {
  const lines = (textOf(now, from) ?? '').split('\n');
  const chunks = chunksOf(lines);
  if (chunks.length === 0) return now;
  const [start, end] = pick(chunks, random);
  const chunk = lines.splice(start, end - start);
  const rest = withText(now, from, lines.join('\n'));
  const isC = (name: string): boolean => /\.[ch]$/.test(name);
  const others = [...Object.keys(rest.files), ...Object.keys(rest.headers)].filter(
    (n) => isC(n) === isC(from),
  );
  const to = pick(others, random);
  const target = (textOf(rest, to) ?? '').split('\n');
  const places = [target.length, ...chunksOf(target).flat()];
  target.splice(pick(places, random), 0, ...chunk);
  return withText(rest, to, target.join('\n'));
}

/** Two functions of a file in the other order. */
function swapped(text: string, random: Random): string {
  const lines = text.split('\n');
  const chunks = chunksOf(lines);
  if (chunks.length < 2) return text;
  const k = random(chunks.length - 1);
  const [a, b] = chunks[k] as Chunk;
  const [c, d] = chunks[k + 1] as Chunk;
  const at = (from: number, to?: number): string[] => lines.slice(from, to);
  return [...at(0, a), ...at(c, d), ...at(b, c), ...at(a, b), ...at(d)].join('\n');
}

type Chunk = readonly [start: number, end: number];

/** The functions and classes of a file, from their first line to behind their last. */
function chunksOf(lines: readonly string[]): Chunk[] {
  const chunks: Chunk[] = [];
  let start = -1;
  lines.forEach((line, k) => {
    if (/^\}/.test(line)) {
      if (start >= 0) chunks.push([start, k + 1]);
      start = -1;
    } else if (start < 0 && /^[a-z].*[){]\r?$/.test(line)) start = k;
  });
  return chunks;
}

/** Calls something by another name: here, or wherever it is named. */
function withWord(now: Sources, text: string, random: Random): Sources {
  const words = [...text.matchAll(/\b[a-z_]\w+(?=\()/g)].map(([word]) => word);
  if (words.length === 0) return now;
  const word = pick(words, random);
  const other = random(2) === 0 ? `${word}_too` : pick(words, random);
  const everywhere = random(2) === 0;
  const replaced = (all: Files): Files =>
    Object.fromEntries(
      Object.entries(all).map(([name, old]) => [
        name,
        everywhere || old === text ? old.replace(new RegExp(`\\b${word}\\b`, 'g'), other) : old,
      ]),
    );
  return { files: replaced(now.files), headers: replaced(now.headers) };
}

function withOtherLines(text: string, all: readonly string[], random: Random): string {
  const lines = text.split('\n');
  const at = random(lines.length);
  const other = pick(all, random).split('\n');
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

/** Numbers for texts, in the order in which they come. */
export class Texts {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, known);
    return known;
  }

  get all(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}

/** The names of which two lists do not say the same, in the same order. */
export function differing(
  before: readonly (readonly [string, string])[],
  after: readonly (readonly [string, string])[],
): string[] {
  const said = (list: readonly (readonly [string, string])[]): Map<string, string> => {
    const map = new Map<string, string>();
    for (const [name, text] of list) note(map, name, text);
    return map;
  };
  const x = said(before);
  const y = said(after);
  return [...new Set([...x.keys(), ...y.keys()])].filter((name) => x.get(name) !== y.get(name));
}

export function note(map: Map<string, string>, name: string, text: string): void {
  map.set(name, `${map.get(name) ?? ''}${text}\n`);
}

/** What was there is there again, in the same order. */
export function isBalanced(texts: string): boolean {
  const lines = texts.split('\n').filter((line) => line !== '');
  const of = (sign: string): string =>
    lines
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  return of('-') === of('+');
}

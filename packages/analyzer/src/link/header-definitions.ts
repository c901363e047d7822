/** What the headers that a file includes by `#include "name"` define without a function: macros and guard classes. */
import type { ContractModel } from '../contracts/model.ts';
import type { Definition } from '../frontends/frontend.ts';
import type { SourceFile } from '../ir/source.ts';

interface Header {
  readonly definitions: readonly Definition[];
  readonly includes: readonly string[];
}

type Resolve = (from: string, name: string) => SourceFile | null;

export class HeaderDefinitions {
  readonly #resolve: Resolve;
  readonly #read: (text: string) => readonly Definition[];
  readonly #headers = new Map<string, Header>();

  /** `read`: finds the definitions in the text of a header. */
  constructor(resolve: Resolve, read: (text: string) => readonly Definition[]) {
    this.#resolve = resolve;
    this.#read = read;
  }

  /** The definitions that the file uses, and those that these use, as text. What a contract describes is none of them. */
  usedBy(file: SourceFile, model: ContractModel): string {
    const headers = this.#includedBy(file);
    if (headers.length === 0) return '';
    const known = new Map<string, Definition>();
    for (const { definitions } of headers) {
      for (const definition of definitions) {
        const { name } = definition;
        if (!known.has(name) && !model.function(name) && !model.macro(name)) known.set(name, definition);
      }
    }
    const used = new Set<string>();
    const pending = [file.text];
    for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
      for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) {
        const definition = known.get(word);
        if (definition === undefined || used.has(word)) continue;
        used.add(word);
        pending.push(definition.text);
      }
    }
    return [...known.values()]
      .filter(({ name }) => used.has(name))
      .map(({ text }) => text)
      .join('\n');
  }

  #includedBy(file: SourceFile): Header[] {
    const found: Header[] = [];
    const seen = new Set([file.path]);
    const visit = (from: string, includes: readonly string[]): void => {
      for (const name of includes) {
        const header = this.#resolve(from, name);
        if (header === null || seen.has(header.path)) continue;
        seen.add(header.path);
        const read = this.#headerOf(header);
        visit(header.path, read.includes);
        found.push(read);
      }
    };
    visit(file.path, includesIn(file.text));
    return found;
  }

  #headerOf({ path, text }: SourceFile): Header {
    let header = this.#headers.get(path);
    if (header === undefined) {
      header = { definitions: this.#read(text), includes: includesIn(text) };
      this.#headers.set(path, header);
    }
    return header;
  }
}

/** What a source of C includes by `"name"`, in order. Cost: one scan of the text. */
export function includesIn(text: string): string[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm)].map((match) => match[1] ?? '');
}

import { type FileReads, type KeptParts, type OldFile, type OldGroup, readsIn } from './kept-file.ts';

/** The texts of a file that name something changed, as of when so many names were known. */
interface Hits {
  readonly known: number;
  readonly texts: ReadonlySet<number>;
}

/** Names for what is no longer as the earlier run had it. Names are added as they are found out. */
export class ChangedNames {
  readonly #names = new Set<string>();
  readonly #hits = new Map<OldFile, Hits>();

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * Whether a group has asked for one of them. Cost: linear in the texts of its file once names have been added, then in
   * its own.
   */
  isReadBy(group: OldGroup, kept: KeptParts): boolean {
    if (this.#names.size === 0) return false;
    const reads = readsIn(group.file, kept);
    const { texts } = this.#hitsIn(group.file, reads);
    return texts.size > 0 && (reads.groups[group.at] ?? []).some((text) => texts.has(text));
  }

  #hitsIn(file: OldFile, { texts }: FileReads): Hits {
    const known = this.#hits.get(file);
    if (known?.known === this.#names.size) return known;
    const hit = new Set<number>();
    for (const [k, text] of texts.entries()) if (this.#names.has(text)) hit.add(k);
    const hits = { known: this.#names.size, texts: hit };
    this.#hits.set(file, hits);
    return hits;
  }
}

import { nameOfSummary } from './group-names.ts';
import { type OldGroup, type KeptParts, readsOf } from './kept-file.ts';

/** What other groups ask for that is not said, or not said in the same order, any more; and groups to analyse again. */
interface OrderChanges {
  readonly changed: ReadonlySet<string>;
  readonly moved: ReadonlySet<string>;
}

/**
 * Finds groups that are gone, and groups that come before others now that they came after, or the other way round.
 * `keys` are in the order of now.
 */
export function compareOrder(
  keys: readonly string[],
  old: ReadonlyMap<string, OldGroup>,
  kept: KeptParts,
): OrderChanges {
  const changed = new Set<string>();
  const moved = new Set<string>();
  const turns = new Map(keys.map((key, turn) => [key, turn]));
  const both: OldGroup[] = [];
  for (const group of old.values()) {
    if (turns.has(group.key)) both.push(group);
    else for (const name of writtenBy(group)) changed.add(name);
  }
  both.sort((a, b) => a.turn - b.turn);
  const now = both.map((group) => turns.get(group.key) as number);
  if (now.every((turn, k) => k === 0 || turn > (now[k - 1] as number))) return { changed, moved };
  const writers = new Map<string, OldGroup[]>();
  for (const group of both) {
    for (const name of new Set(writtenBy(group))) {
      const list = writers.get(name);
      if (list === undefined) writers.set(name, [group]);
      else list.push(group);
    }
  }
  const isBefore = (a: OldGroup, b: OldGroup): boolean =>
    (turns.get(a.key) as number) < (turns.get(b.key) as number);
  const swapped = (a: OldGroup, b: OldGroup): boolean => a !== b && a.turn < b.turn !== isBefore(a, b);
  for (const [name, list] of writers)
    if (list.some((a) => list.some((b) => swapped(a, b)))) changed.add(name);
  for (const group of both) {
    const isMoved = readsOf(group, kept).some((name) =>
      writers.get(name)?.some((writer) => swapped(writer, group)),
    );
    if (isMoved) moved.add(group.key);
  }
  return { changed, moved };
}

/** Names for what a group tells others. */
function writtenBy({ head: { phase, members, trees } }: OldGroup): string[] {
  return [...members.map((name) => nameOfSummary(phase, name)), ...trees.map(([name]) => name)];
}

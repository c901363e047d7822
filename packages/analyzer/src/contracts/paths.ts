/** A path of a contract (`$0.tree`), taken apart: the symbol that it starts from, and the members that lead on. */
export interface ContractPath {
  readonly head: string;
  /** The number of the argument that it starts from, if it starts from one. */
  readonly argument: number | null;
  readonly members: readonly string[];
  /** The last of them, and those before it. */
  readonly last: string | undefined;
  readonly before: readonly string[];
}

/** Contracts have a few hundred paths, which every call asks for. */
const known = new Map<string, ContractPath>();

/** Takes a path apart. */
export function contractPath(path: string): ContractPath {
  let parsed = known.get(path);
  if (parsed === undefined) {
    const [head = '', ...members] = path.split('.');
    const argument = /^\$\d+$/.test(head) ? Number(head.slice(1)) : null;
    parsed = { head, argument, members, last: members.at(-1), before: members.slice(0, -1) };
    known.set(path, parsed);
  }
  return parsed;
}

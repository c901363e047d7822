import { MAPLE_TREE } from '../contracts/maple-names.ts';
import type { Container } from '../contracts/model.ts';
import type { Value, ValueTable } from './values.ts';

/** Which kind of container a symbol is, or walks as a cursor: what the functions that it was given to say of it. */
export class Containers {
  readonly noted: Map<Value, Container> = new Map();
  readonly #table: ValueTable;

  constructor(table: ValueTable) {
    this.#table = table;
  }

  /** Only what is no maple tree is noted, so that a program without other containers pays nothing. */
  note(value: Value, container: Container): void {
    if (container !== MAPLE_TREE) this.noted.set(value, container);
  }

  /** What was known of a callee's symbol is known of the caller's. Returns the latter. */
  carry(from: Value, to: Value): Value {
    const known = from === to ? undefined : this.noted.get(from);
    if (known !== undefined) this.noted.set(to, known);
    return to;
  }

  of(value: Value): Container {
    if (this.noted.size === 0) return MAPLE_TREE;
    const known = this.noted.get(value);
    if (known !== undefined) return known;
    const node = this.#table.node(value);
    return node.kind === 'old' ? this.of(node.of) : MAPLE_TREE;
  }

  /** The lock that a container has of its own. */
  lockOf(container: Value): Value {
    const { lock } = this.of(container);
    return lock.startsWith('&')
      ? this.#table.addrField(container, lock.slice(1))
      : this.#table.field(container, lock);
  }

  /** The object whose own lock a symbol is, by the name of its last field; null for other locks. */
  ownerOf(lock: Value, containers: readonly Container[]): Value | null {
    const node = this.#table.node(lock);
    if (node.kind !== 'addrField' && node.kind !== 'field') return null;
    const name = node.kind === 'addrField' ? `&${node.name}` : node.name;
    const container = containers.find((c) => c.lock === name);
    if (container === undefined) return null;
    this.note(node.base, container);
    return node.base;
  }
}

const NO_ENTRIES = new Map<never, never>();
const NO_MEMBERS = new Set<never>();

/** A map that shares its entries with its copies, until one of them is written to. Reads and `copy()` cost O(1). */
export class SharedMap<K, V> implements ReadonlyMap<K, V> {
  #map: Map<K, V>;
  #isShared: boolean;

  /** Takes the map over: nobody else may write to it. */
  constructor(map?: Map<K, V>) {
    this.#map = map ?? NO_ENTRIES;
    this.#isShared = map === undefined;
  }

  get size(): number {
    return this.#map.size;
  }

  copy(): SharedMap<K, V> {
    this.#isShared = true;
    const copy = new SharedMap(this.#map);
    copy.#isShared = true;
    return copy;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): this {
    if (this.#isShared && value !== undefined && this.#map.get(key) === value) return this;
    this.#own().set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.#map.has(key) && this.#own().delete(key);
  }

  clear(): void {
    this.#map = NO_ENTRIES;
    this.#isShared = true;
  }

  keys(): MapIterator<K> {
    return this.#map.keys();
  }

  values(): MapIterator<V> {
    return this.#map.values();
  }

  entries(): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.#map) visit(value, key, this);
  }

  #own(): Map<K, V> {
    if (this.#isShared) {
      this.#map = this.#map.size === 0 ? new Map() : new Map(this.#map);
      this.#isShared = false;
    }
    return this.#map;
  }
}

/** A set that shares its members with its copies, until one of them is written to. Reads and `copy()` cost O(1). */
export class SharedSet<T> implements ReadonlySet<T> {
  #set: Set<T>;
  #isShared: boolean;

  constructor(set?: Set<T>) {
    this.#set = set ?? NO_MEMBERS;
    this.#isShared = set === undefined;
  }

  get size(): number {
    return this.#set.size;
  }

  copy(): SharedSet<T> {
    this.#isShared = true;
    const copy = new SharedSet(this.#set);
    copy.#isShared = true;
    return copy;
  }

  has(member: T): boolean {
    return this.#set.has(member);
  }

  add(member: T): this {
    if (!this.#set.has(member)) this.#own().add(member);
    return this;
  }

  delete(member: T): boolean {
    return this.#set.has(member) && this.#own().delete(member);
  }

  keys(): SetIterator<T> {
    return this.#set.keys();
  }

  values(): SetIterator<T> {
    return this.#set.values();
  }

  entries(): SetIterator<[T, T]> {
    return this.#set.entries();
  }

  [Symbol.iterator](): SetIterator<T> {
    return this.#set.values();
  }

  forEach(visit: (member: T, again: T, set: ReadonlySet<T>) => void): void {
    for (const member of this.#set) visit(member, member, this);
  }

  #own(): Set<T> {
    if (this.#isShared) {
      this.#set = this.#set.size === 0 ? new Set() : new Set(this.#set);
      this.#isShared = false;
    }
    return this.#set;
  }
}

/** The members of both, those of `a` first. Shared with `a` where `b` has no more. */
export function unionOf<T>(a: SharedSet<T>, b: SharedSet<T>): SharedSet<T> {
  const union = a.copy();
  for (const member of b) union.add(member);
  return union;
}

/** The members that both have, in the order of `a`. Shared with `a` where `b` has them all. */
export function intersectionOf<T>(a: SharedSet<T>, b: SharedSet<T>): SharedSet<T> {
  const common = a.copy();
  for (const member of a) if (!b.has(member)) common.delete(member);
  return common;
}

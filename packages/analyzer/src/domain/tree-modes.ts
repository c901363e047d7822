import type { Program } from '../link/program.ts';
import { Containers } from './containers.ts';
import type { RcuMode, State } from './state.ts';
import type { TraceStep } from './trace.ts';
import type { Value, ValueTable } from './values.ts';

/** How the trees in a field, or in a variable, are locked, as their initialisers say. */
interface Learned {
  mode: TreeMode;
  /** The external lock, found from the tree: up so many fields, then down these; or a value that is always the same. */
  lock: { readonly up: number; readonly down: readonly string[] } | { readonly value: Value } | null;
  /** What the flags say by themselves, whatever was bound since; null while no initialiser with flags was seen. */
  flags: TreeMode | null;
  /** Where it was bound to its external lock, or made for one. */
  at: TraceStep | null;
  /** True once an initialiser was seen whose flags are not known. */
  doubtful: boolean;
}

type TreeMode = 'internal' | 'external' | 'unknown';

/** What one initialiser says of a tree. */
export interface TreeInit {
  readonly mode: TreeMode;
  readonly lock: Value | null;
  /** It gives the tree a lock only, and leaves its flags as they are. */
  readonly bindsOnly: boolean;
  readonly at: TraceStep | null;
}

/** Something learned of the trees, or cursors, in one field of a type or one variable. */
export type TreeOp =
  | {
      readonly about: 'lock';
      readonly key: string;
      readonly mode: TreeMode;
      readonly lock: Learned['lock'];
      readonly flags: TreeMode | null;
      readonly at: TraceStep | null;
    }
  | { readonly about: 'rcu'; readonly key: string; readonly rcu: RcuMode; readonly switched: boolean }
  | { readonly about: 'cursor'; readonly key: string; readonly tree: NonNullable<Learned['lock']> }
  | {
      readonly about: 'part';
      readonly key: string;
      readonly field: string;
      readonly part: string;
      readonly same: NonNullable<Learned['lock']>;
    };

/** Whatever has the same name is about the same trees. */
export function nameOfTreeOp({ about, key }: Pick<TreeOp, 'about' | 'key'>): string {
  return `t:${about} ${key}`;
}

const UNKNOWN_RCU: RcuMode = { mode: 'unknown', at: null };

/** The locks of one tree. */
export interface TreeLocks {
  readonly mode: 'internal' | 'external' | 'private' | 'unknown';
  /** Any of these protects it. Empty for an external lock that was not seen. */
  readonly locks: readonly Value[];
  /** For a tree with an external lock, the place that says so. */
  readonly at?: TraceStep | null;
  /** Initialisers whose flags, or whose trees, are not known may say otherwise. */
  readonly doubtful?: boolean;
}

/** What the whole program's initialisers say of its trees, by field of a type and by variable. */
export class TreeModes {
  readonly #learned = new Map<string, Learned>();
  readonly #cursors = new Map<string, NonNullable<Learned['lock']>>();
  /** By type: of the objects that its constructor puts into fields, the fields that are one of its own. */
  readonly #parts = new Map<string, Map<string, Extract<TreeOp, { about: 'part' }> | null>>();
  readonly #rcu = new Map<string, { made?: RcuMode; on?: RcuMode; off?: RcuMode }>();
  /** What was learned, and of each name when it last was something new. */
  readonly #known = new Set<string>();
  readonly #lastChanges = new Map<string, number>();
  #ops: TreeOp[] = [];
  readonly #table: ValueTable;
  readonly #program: Program;
  readonly #births: ReadonlyMap<number, string>;
  readonly kinds: Containers;

  constructor(table: ValueTable, program: Program, births: ReadonlyMap<number, string>) {
    this.#table = table;
    this.#program = program;
    this.#births = births;
    this.kinds = new Containers(table);
  }

  /** Starts a list of what is learned from now on. */
  record(): readonly TreeOp[] {
    return (this.#ops = []);
  }

  /** Notes how the tree that is, or is stored in, `place` is locked. Two initialisers that differ leave it unknown. */
  learn(place: Value, { mode, lock, bindsOnly, at }: TreeInit): void {
    const key = this.#key(place);
    if (key === null) return;
    const relative = lock === null ? null : this.#relative(place, lock);
    this.#note({
      about: 'lock',
      key,
      mode,
      lock: relative,
      flags: bindsOnly ? null : mode,
      at: mode === 'external' ? at : null,
    });
  }

  /** Notes in which RCU mode the tree in `place` is made, or (`switched`) put later. */
  learnRcu(place: Value, rcu: RcuMode, switched: boolean): void {
    const key = this.#key(place);
    if (key !== null) this.#note({ about: 'rcu', key, rcu, switched });
  }

  /** Notes which tree the cursor that is stored in `place` walks. */
  learnCursor(place: Value, tree: Value): void {
    const key = this.#key(place);
    const found = key === null ? null : this.#relative(place, tree);
    if (key !== null && found !== null) this.#note({ about: 'cursor', key, tree: found });
  }

  /** Notes that the `part` of the object in the field `place` is another place: `this.reader.tree` is `this.tree`. */
  learnPart(place: Value, part: string, other: Value): void {
    const node = this.#table.node(place);
    const type =
      node.kind === 'field' ? this.#program.typeOf(this.#table, node.base, this.#births) : undefined;
    const same = type === undefined ? null : this.#relative(place, other);
    if (node.kind === 'field' && type !== undefined && same !== null)
      this.#note({ about: 'part', key: type.name, field: node.name, part, same });
  }

  /** What is known of the parts of an object's fields: places, and what they are. */
  partsOf(object: Value, type: string): [Value, Value][] {
    this.#program.reader?.note(nameOfTreeOp({ about: 'part', key: type }));
    const result: [Value, Value][] = [];
    for (const known of this.#parts.get(type)?.values() ?? []) {
      if (known === null) continue;
      const place = this.#table.field(object, known.field);
      const same = this.#resolve(place, known.same);
      if (same !== null) result.push([this.#table.field(place, known.part), same]);
    }
    return result;
  }

  #note(op: TreeOp): void {
    this.#ops.push(op);
    this.apply(op);
  }

  /** How often something new was learned. */
  get changes(): number {
    return this.#known.size;
  }

  /** True if something was learned of this, by its name, after so many changes. */
  hasChangedSince(changes: number, name: string): boolean {
    return (this.#lastChanges.get(name) ?? 0) > changes;
  }

  /** Learns what somebody has found out. */
  apply(op: TreeOp): void {
    const text = JSON.stringify(op);
    if (this.#known.has(text)) return;
    this.#known.add(text);
    this.#lastChanges.set(nameOfTreeOp(op), this.#known.size);
    switch (op.about) {
      case 'lock':
        this.#applyLock(op);
        break;
      case 'rcu':
        this.#applyRcu(op);
        break;
      case 'cursor':
        if (!this.#cursors.has(op.key)) this.#cursors.set(op.key, op.tree);
        break;
      case 'part':
        this.#applyPart(op);
        break;
    }
  }

  #applyLock({ key, mode, lock, flags, at }: Extract<TreeOp, { about: 'lock' }>): void {
    const known = this.#learned.get(key);
    if (known === undefined) {
      this.#learned.set(key, { mode, lock, flags, at, doubtful: mode === 'unknown' });
      return;
    }
    if (flags !== null) known.flags = known.flags === null || known.flags === flags ? flags : 'unknown';
    if (mode === 'unknown') known.doubtful = true;
    // The place that names the lock tells more than the one that only says that there is one.
    if (at !== null && (known.at === null || (known.lock === null && lock !== null))) known.at = at;
    // mt_init_flags and mt_set_external_lock each tell a part: the flag first, the lock later.
    if (known.mode === 'external' && mode === 'external') known.lock ??= lock;
    else if (known.mode === 'unknown') Object.assign(known, { mode, lock });
    else if (known.mode !== mode && mode !== 'unknown') Object.assign(known, { mode: 'unknown', lock: null });
  }

  #applyPart(op: Extract<TreeOp, { about: 'part' }>): void {
    let parts = this.#parts.get(op.key);
    if (parts === undefined) this.#parts.set(op.key, (parts = new Map()));
    const name = `${op.field}.${op.part}`;
    const known = parts.get(name);
    const differs = known !== undefined && JSON.stringify(known?.same) !== JSON.stringify(op.same);
    parts.set(name, differs ? null : op);
  }

  #applyRcu({ key, rcu, switched }: Extract<TreeOp, { about: 'rcu' }>): void {
    const known = this.#rcu.get(key) ?? {};
    if (switched) this.#rcu.set(key, { ...known, [rcu.mode]: rcu });
    else if (known.made === undefined || known.made.mode === rcu.mode)
      this.#rcu.set(key, { ...known, made: known.made ?? rcu });
    else this.#rcu.set(key, { ...known, made: UNKNOWN_RCU });
  }

  /** Whether a tree is in RCU mode. Unknown where initialisers differ, or where it is switched on and off. */
  rcuOf(tree: Value, state: State): RcuMode {
    const local = state.trees.get(tree)?.rcu;
    if (local !== undefined) return local;
    const { made, on, off } = this.#read(this.#rcu, 'rcu', tree) ?? {};
    if (on !== undefined) return off === undefined ? on : UNKNOWN_RCU;
    if (made?.mode === 'on' && off !== undefined) return UNKNOWN_RCU;
    return made ?? UNKNOWN_RCU;
  }

  /** The tree of a cursor that lies in a field or module variable, if its initialiser was seen. */
  treeOfCursor(cursor: Value): Value | null {
    // Who reads must say what of, even where there is nothing.
    if (this.#cursors.size === 0 && this.#program.reader === null) return null;
    const found = this.#read(this.#cursors, 'cursor', cursor);
    return found === undefined ? null : this.#resolve(cursor, found);
  }

  /** The locks that protect a tree in a state. */
  locksOf(tree: Value, state: State, externalFields: readonly { tree: string; lock: string }[]): TreeLocks {
    const internal = this.kinds.lockOf(tree);
    const local = state.trees.get(tree);
    if (local !== undefined && local.mode !== 'unknown') {
      if (local.unpublished || local.mode === 'private') return { mode: 'private', locks: [] };
      if (local.mode === 'internal') return { mode: 'internal', locks: [internal] };
      return { mode: 'external', locks: local.lock === null ? [] : [local.lock], at: local.at ?? null };
    }
    const node = this.#table.node(tree);
    if (node.kind === 'addrField') {
      const field = externalFields.find((f) => f.tree === node.name);
      if (field !== undefined)
        return { mode: 'external', locks: [this.#table.addrField(node.base, field.lock)] };
    }
    const key = this.#key(tree);
    const learned = this.#read(this.#learned, 'lock', tree);
    if (learned === undefined || learned.mode === 'unknown') {
      const doubtful = learned !== undefined || key === null || key.startsWith('?');
      return { mode: 'unknown', locks: [internal], doubtful };
    }
    if (learned.mode === 'internal') return { mode: 'internal', locks: [internal] };
    const lock = learned.lock === null ? null : this.#resolve(tree, learned.lock);
    const doubtful = learned.doubtful || key?.startsWith('?') === true;
    return { mode: 'external', locks: lock === null ? [] : [lock], at: learned.at, doubtful };
  }

  /** What the flags of a tree say of its lock, where this path or an initialiser elsewhere gave it some. */
  flagsOf(tree: Value, state: State): TreeMode {
    const local = state.trees.get(tree);
    if (local !== undefined) return local.flags ?? 'unknown';
    const key = this.#key(tree);
    const learned = this.#read(this.#learned, 'lock', tree);
    const isSure = learned !== undefined && !learned.doubtful && key?.startsWith('?') !== true;
    return isSure ? (learned.flags ?? 'unknown') : 'unknown';
  }

  #read<T>(from: ReadonlyMap<string, T>, about: TreeOp['about'], place: Value): T | undefined {
    const key = this.#key(place);
    if (key === null) return undefined;
    this.#program.reader?.note(nameOfTreeOp({ about, key }));
    return from.get(key);
  }

  #key(place: Value): string | null {
    const node = this.#table.node(place);
    switch (node.kind) {
      case 'field':
      case 'addrField': {
        const type = this.#program.typeOf(this.#table, node.base, this.#births);
        // Of an object of unknown type: a pointer is not what a part of another object is.
        if (type === undefined) return `?${node.kind}.${node.name}`;
        return `${this.#program.declarerOf(this.#table, node.base, type.name, node.name)}.${node.name}`;
      }
      case 'entry':
      case 'addrVar':
        return this.#program.isLasting(node.variable)
          ? `variable ${this.#program.names.variable(node.variable)}`
          : null;
      case 'addrGlobal':
      case 'global':
        return `global ${node.name}`;
      case 'import':
        return `import ${node.module}#${node.name}`;
      default:
        return null;
    }
  }

  #relative(place: Value, lock: Value): Learned['lock'] {
    const above = this.#ancestors(lock);
    let up = 0;
    for (let at: Value | null = this.#baseOf(place); at !== null; at = this.#baseOf(at)) {
      up++;
      const index = above.findIndex((a) => a.value === at);
      if (index >= 0)
        return {
          up,
          down: above
            .slice(0, index)
            .map((a) => a.segment)
            .reverse(),
        };
    }
    const root = this.#table.node(this.#table.root(lock));
    const lasting =
      root.kind === 'addrGlobal' ||
      root.kind === 'global' ||
      root.kind === 'import' ||
      ((root.kind === 'entry' || root.kind === 'addrVar') && this.#program.isLasting(root.variable));
    return lasting ? { value: lock } : null;
  }

  /** The value and its bases; each with the field that leads from it to the one before. */
  #ancestors(value: Value): { value: Value; segment: string }[] {
    const chain: { value: Value; segment: string }[] = [];
    let at = value;
    for (;;) {
      const node = this.#table.node(at);
      const base = this.#baseOf(at);
      const segment = node.kind === 'field' ? node.name : node.kind === 'addrField' ? `&${node.name}` : '';
      chain.push({ value: at, segment });
      if (base === null) return chain;
      at = base;
    }
  }

  #baseOf(value: Value): Value | null {
    const node = this.#table.node(value);
    return node.kind === 'field' || node.kind === 'addrField' ? node.base : null;
  }

  #resolve(tree: Value, lock: NonNullable<Learned['lock']>): Value | null {
    if ('value' in lock) return lock.value;
    let at: Value | null = tree;
    for (let k = 0; k < lock.up && at !== null; k++) at = this.#baseOf(at);
    if (at === null) return null;
    for (const segment of lock.down) {
      at = segment.startsWith('&')
        ? this.#table.addrField(at, segment.slice(1))
        : this.#table.field(at, segment);
    }
    return at;
  }
}

import type { Fn, Program } from '../link/program.ts';
import type { CallGraph } from './call-graph.ts';
import type { ClosureUse, Context } from './context.ts';
import type { LeftOver } from './group.ts';
import { soundsLikeLocking, wordsOf } from './intent.ts';

/** The halves of a pair: who gives a lock back, or leaves it held, by the shape or the kind of the lock. */
const HALVES = ['releasers', 'acquirers', 'keepers', 'releasersOfKind', 'acquirersOfKind'] as const;
type Half = (typeof HALVES)[number];

/** The function that calls by name go to: itself, but for one of another variant of its file. */
export function firstOf({ index, ir, home }: Fn): number {
  return ir.variantOf === undefined ? index : home.functionBase + ir.variantOf;
}

/** Marks, among the names of what was asked for, a question about the program as a whole, and what the answer was. */
export const QUESTION = 'q:';
export const ANSWER = '\0';

/** What can be asked about the program as a whole when all functions have been analysed. */
export class WholeProgram {
  readonly #context: Context;
  readonly #roots: ReadonlySet<Fn>;
  readonly #callers: CallGraph['callers'];
  readonly #names: ReadonlySet<string>;
  readonly #answers = new Map<string, string>();
  readonly #halves: Readonly<Record<Half, Map<string, Fn[]>>> = {
    releasers: new Map(),
    acquirers: new Map(),
    keepers: new Map(),
    releasersOfKind: new Map(),
    acquirersOfKind: new Map(),
  };

  constructor(
    context: Context,
    roots: ReadonlySet<Fn>,
    callers: CallGraph['callers'],
    leftOver: (fn: Fn) => LeftOver,
  ) {
    this.#context = context;
    this.#roots = roots;
    this.#callers = callers;
    this.#names = opaqueNames(context.program);
    for (const fn of context.program.functions) {
      const { releases, acquires, keeps, releasedKinds, acquiredKinds } = leftOver(fn);
      for (const shape of releases) push(this.#halves.releasers, shape, fn);
      for (const shape of acquires) push(this.#halves.acquirers, shape, fn);
      for (const shape of keeps) push(this.#halves.keepers, shape, fn);
      for (const kind of releasedKinds) push(this.#halves.releasersOfKind, kind, fn);
      for (const kind of acquiredKinds) push(this.#halves.acquirersOfKind, kind, fn);
    }
  }

  /** Whether nobody in the program calls it. */
  isRoot(fn: Fn): boolean {
    this.#note('root', this.#context.program.names.fn(fn.index));
    return this.#roots.has(fn);
  }

  /** The functions of a file that nobody in the program calls. */
  rootsOf(home: Fn['home']): readonly Fn[] {
    const { functions } = this.#context.program;
    const own = home.unit.functions.map((_, k) => functions[home.functionBase + k] as Fn);
    return own.filter((fn) => this.isRoot(fn));
  }

  callersOf(fn: Fn): readonly number[] {
    this.#note('callers', this.#context.program.names.fn(fn.index));
    return this.#callers[firstOf(fn)] ?? [];
  }

  usesOf(fn: Fn): ReadonlySet<ClosureUse> | undefined {
    this.#note('uses', this.#context.program.names.fn(fn.index));
    return this.#context.closureUses.get(fn.index);
  }

  partners(half: Half, about: string): readonly Fn[] {
    this.#note(half, about);
    return this.#halves[half].get(about) ?? [];
  }

  /** Whether a function of such a name may give locks back unseen. */
  hasName(name: string): boolean {
    this.#note('name', name);
    return this.#names.has(name);
  }

  /** Whether some call of a function has held what it gives back without having taken it. */
  isProvided(origin: string): boolean {
    this.#note('provided', origin);
    return this.#context.provided.has(origin);
  }

  /** Whether a function of the program shows this. */
  isShown(fact: string): boolean {
    this.#note('shown', fact);
    return this.#context.evidence.has(fact);
  }

  /** The answer to a question, as a text: as long as it stays the same, so does what follows from it. */
  answer(question: string): string {
    let known = this.#answers.get(question);
    if (known === undefined) this.#answers.set(question, (known = this.#find(question)));
    return known;
  }

  #find(question: string): string {
    const cut = question.indexOf(' ');
    const kind = question.slice(0, cut);
    const about = question.slice(cut + 1);
    const { program, closureUses } = this.#context;
    const named = (fn: Fn): string =>
      `${program.names.fn(fn.index)}${this.#roots.has(fn) ? ' root' : ''}${fn.ir.escapes ? ' escapes' : ''}`;
    if (isHalf(kind)) return (this.#halves[kind].get(about) ?? []).map(named).join('\n');
    if (kind === 'name') return String(this.#names.has(about));
    if (kind === 'provided') return String(this.#context.provided.has(about));
    if (kind === 'shown') return String(this.#context.evidence.has(about));
    const fn = program.functions[program.names.findFn(about) ?? -1];
    if (fn === undefined) return '';
    if (kind === 'callers')
      return (this.#callers[firstOf(fn)] ?? []).map((caller) => program.names.fn(caller)).join('\n');
    if (kind === 'uses') return [...(closureUses.get(fn.index) ?? [])].sort().join();
    return String(this.#roots.has(fn));
  }

  #note(kind: Half | 'name' | 'provided' | 'shown' | 'callers' | 'uses' | 'root', about: string): void {
    const { reader } = this.#context.program;
    if (reader !== null)
      reader.note(`${QUESTION}${kind} ${about}${ANSWER}${this.answer(`${kind} ${about}`)}`);
  }
}

function isHalf(kind: string): kind is Half {
  return HALVES.some((half) => half === kind);
}

/** The words of the functions that may give locks back unseen: those that are not in the program, or call such ones. */
function opaqueNames(program: Program): Set<string> {
  const names = new Set<string>();
  for (const fn of program.functions) {
    let isOpaque = false;
    const note = (name: string): void => {
      names.add(wordsOf(name).join(' '));
      if (soundsLikeLocking(name, fn.home.language)) isOpaque = true;
    };
    for (const name of fn.outline.methods) note(name);
    for (const callee of fn.outline.externals)
      if (program.resolve(fn.home, callee) === undefined) note(callee.name);
    if (isOpaque) names.add(wordsOf(fn.ir.name).join(' '));
  }
  return names;
}

function push(map: Map<string, Fn[]>, key: string, fn: Fn): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [fn]);
  else list.push(fn);
}

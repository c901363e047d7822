/**
 * The contracts that one analysis uses, indexed. Front ends ask it which names are API and how a construct expands;
 * the solver asks it what a call does.
 */
import type { Contract, FunctionContract } from '@maplelock/core';

/** How a macro of C that is no plain call is to be read. */
export type CMacro =
  /** `mas_for_each(mas, entry, max)`: a loop; each round calls `step` with `args`, stores the result in argument `into`, and ends at `until`. */
  | {
      readonly kind: 'loop';
      readonly step?: string;
      readonly args?: readonly number[];
      readonly into?: number;
      readonly until?: 'null';
    }
  /** `MA_STATE(name, mt, first, last)`: declares a variable of the struct `type`, and calls `init` on its address with the other arguments. */
  | { readonly kind: 'declare'; readonly name: number; readonly type: string; readonly init?: string }
  /** `guard(class)(&lock)` and kin: see `Guard`. */
  | { readonly kind: 'guard' | 'scoped-guard' | 'scoped-cond-guard' | 'class' }
  /** Attribute-like text without meaning for the analysis: masked out, arguments included. */
  | { readonly kind: 'erase' }
  /** A function definition's head: `SYSCALL_DEFINE3(name, type, arg, …)`. */
  | { readonly kind: 'define-function' }
  /** Declares something at file scope whose insides do not matter: DEFINE_PER_CPU(…). `type`: declares a variable of that type, e.g. DEFINE_MUTEX(name). `init`: the function that sets it up. */
  | {
      readonly kind: 'declaration';
      readonly name?: number;
      readonly type?: string;
      readonly init?: string;
    }
  /** An expression macro equal to its argument: likely(x), unlikely(x), READ_ONCE(x), rcu_dereference(x), WARN_ON(x). */
  | { readonly kind: 'identity'; readonly arg: number }
  /**
   * `wait_event(queue, condition)`: sleeps until argument `condition` is true. `unless`: its result says that it gave up
   * before, by being an errno or 0.
   */
  | { readonly kind: 'wait'; readonly condition: number; readonly unless?: 'errno' | 'zero' }
  /** Does not return: BUG(), panic(). */
  | { readonly kind: 'noreturn' }
  /** Lock annotation on a function: __must_hold(x), __acquires(x)… */
  | {
      readonly kind: 'annotation';
      readonly meaning: 'requires' | 'requires-read' | 'acquires' | 'releases' | 'excludes';
    };

/** A scope guard class of linux/cleanup.h: what it takes at its start and gives back at its end. */
export interface Guard {
  readonly acquire: string;
  readonly release: string;
  /** For conditional guards (mutex_try, mutex_intr): results of `acquire` that mean taken follow its contract. */
  readonly conditional?: boolean;
}

/** A kind of object that a lock of its own protects (a tree, an array), and the cursors that walk it. */
export interface Container {
  /** The types of such objects: struct tags in C, classes in TypeScript. */
  readonly types: readonly string[];
  /** The way from the object to its lock: `mutex`; with `&` for a lock that is a part of the object: `&xa_lock`. */
  readonly lock: string;
  /** Types that are cursors, or hold one: the way from them to it, empty for cursors themselves. */
  readonly cursors: Readonly<Record<string, string>>;
  /** The field of a cursor that is the object it walks. Empty where there are no cursors. */
  readonly owner: string;
  /** The field of a cursor that remembers the node: a program that writes it moves the cursor by hand. */
  readonly place?: string;
  /** Readers are, as a rule, under RCU that their callers entered: an exported one without it may be called so. */
  readonly readersUnderRcu?: boolean;
  /** The functions that messages recommend. */
  readonly advice: ContainerAdvice;
}

export interface ContainerAdvice {
  /** Takes the lock of an object. */
  readonly take?: string;
  /** Makes a cursor ready for an unlock. */
  readonly pause?: string;
  /** Makes a cursor start anew after an unlock: at its index, at another. */
  readonly reset?: string;
  readonly set?: string;
}

/** The embedded tree `tree` of any struct is protected by its sibling `lock`; the field `back` of its entries leads to the struct. */
export interface ExternalLock {
  readonly tree: string;
  readonly lock: string;
  readonly back?: string;
}

/** Contracts of the analyzer's own form: core's, and what C needs besides. */
export interface AnalyzerContract extends Contract {
  /** Which programs it is for. */
  readonly languages: readonly ('typescript' | 'c')[];
  /** Its rows stand in for functions of C whose bodies are not in the program; where they are, those count. */
  readonly standsIn?: true;
  /** What its functions' needs and cursors are about. Absent: maple trees. */
  readonly container?: Container;
  readonly macros?: Readonly<Record<string, CMacro>>;
  readonly guards?: Readonly<Record<string, Guard>>;
  /** Trees that are known to have an external lock by their name. */
  readonly externalLocks?: readonly ExternalLock[];
  /**
   * Names whose mention in a file makes the file worth reading; a name that ends in `*` is a prefix. Absent: the
   * names of its functions and macros. Lock primitives name none: every file has them.
   */
  readonly mentions?: readonly string[];
}

export interface ContractModel {
  /** The contract row for a name, or undefined; of that module, where names of several modules meet. */
  function(name: string, module?: string): FunctionContract | undefined;
  /** The header of the kernel that declares a function of a contract. */
  headerOf(name: string): string | undefined;
  /** The row that stands in for a function whose body is not in the program. */
  standIn(name: string): FunctionContract | undefined;
  /** What the needs and cursors of a row are about. */
  containerOf(row: FunctionContract): Container;
  /** All of them, the maple tree first. */
  readonly containers: readonly Container[];
  macro(name: string): CMacro | undefined;
  guard(name: string): Guard | undefined;
  /** TypeScript: the contract names that a module exports; undefined for modules that no contract speaks of. */
  module(specifier: string): ReadonlyMap<string, FunctionContract> | undefined;
  /** Trees that have an external lock by their very name (`mm_mt` under `mmap_lock`). */
  readonly externalFields: readonly ExternalLock[];
  /** True if the text mentions a name that makes it worth reading. Cost: one regular-expression scan. */
  isMentionedIn(text: string): boolean;
}

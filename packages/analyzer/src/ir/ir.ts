/**
 * What both front ends lower to: functions of basic blocks that keep the lock discipline's events (calls, assignments,
 * branches, suspensions, exits) and drop the rest.
 *
 * Values and places. A value that is an object or a pointer stands for the object. `field(base, name)` is the value
 * stored in a field of the object that `base` denotes: `a.b` in TypeScript, `a->b` in C. Embedded structs of C are
 * denoted by their address: `&d->mt` is `addr-field(d, 'mt')`, and `d->mt.ma_lock` is `field(addr-field(d,'mt'),
 * 'ma_lock')`. A struct variable `x` of C is denoted by `addr-var(x)`, so that `x.f` is `field(addr-var(x), 'f')`.
 */
import type { Language, Span } from './source.ts';

/** Variables are numbered through the whole unit, so that a nested function names its outer variables directly. */
export type VarId = number;
/** Index into `Unit.functions`. */
export type FunctionId = number;
export type BlockId = number;

export type ConstValue = number | string | boolean | null | undefined;

export type UnaryOperator = '!' | '-' | '~' | '+' | 'typeof';
export type BinaryOperator =
  | '=='
  | '!='
  | '==='
  | '!=='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>';

/** Expressions have no effects: calls, assignments and short-circuits have been lowered to instructions and branches. */
export type Expr =
  | { readonly op: 'const'; readonly value: ConstValue }
  | { readonly op: 'var'; readonly id: VarId }
  /** A name that the unit does not declare: an extern of C, an unresolved global of TypeScript. */
  | { readonly op: 'global'; readonly name: string }
  /** An imported binding that is not a function called here (a shared tree, a lock). */
  | { readonly op: 'import'; readonly module: string; readonly name: string }
  | { readonly op: 'field'; readonly base: Expr; readonly name: string }
  /** An element: `a[i]` in both languages. */
  | { readonly op: 'index'; readonly base: Expr; readonly index: Expr }
  /** `*p` read as a scalar. `(*p).f` is `field(p, 'f')`. */
  | { readonly op: 'deref'; readonly base: Expr }
  | { readonly op: 'addr-var'; readonly id: VarId }
  | { readonly op: 'addr-global'; readonly name: string }
  | { readonly op: 'addr-field'; readonly base: Expr; readonly name: string }
  | { readonly op: 'addr-index'; readonly base: Expr; readonly index: Expr }
  | { readonly op: 'unary'; readonly operator: UnaryOperator; readonly operand: Expr }
  | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr }
  /** A pure predicate or conversion that the engine may know: IS_ERR(p), IS_ERR_OR_NULL(p), PTR_ERR(p). */
  | { readonly op: 'pure'; readonly name: string; readonly args: readonly Expr[] }
  /** A function value: arrow functions, function names used as values. */
  | { readonly op: 'function'; readonly fn: FunctionId }
  /** A value that nothing is known of. Two of them are never equal. */
  | { readonly op: 'unknown' };

/** What a call calls. Resolved as far as one file tells. */
export type Callee =
  /** A function of a contract, by its contract name (`mas_store`, `Mutex.lock`, `new MapleTree`). */
  | {
      readonly kind: 'api';
      readonly name: string;
      /** In TypeScript, the module whose function it is: others may have one of that name. */
      readonly module?: string;
    }
  /** A function of this unit. */
  | { readonly kind: 'function'; readonly fn: FunctionId }
  /** Linked later: in TypeScript an export of another module, in C a function that another file defines. */
  | { readonly kind: 'external'; readonly name: string; readonly module?: string }
  /**
   * A method on a receiver of unknown or foreign type. `className` where the class is known by name; `among` the methods
   * that it may be, where the type is one that classes of the program stand in for.
   */
  | {
      readonly kind: 'method';
      readonly name: string;
      readonly className?: string;
      readonly among?: readonly Extract<Callee, { kind: 'function' | 'external' }>[];
    }
  /** The value of an expression: a parameter, a variable that holds a function, a function pointer in a struct. */
  | { readonly kind: 'value'; readonly value: Expr };

export type Instr =
  | { readonly kind: 'assign'; readonly to: VarId; readonly value: Expr; readonly span: Span }
  /** Write to a field (`name`), an element (`index`), or through a pointer (neither). */
  | {
      readonly kind: 'store';
      readonly base: Expr;
      readonly name?: string;
      readonly index?: Expr;
      readonly value: Expr;
      readonly span: Span;
    }
  /** A fresh object: an object literal, `new LocalClass`, a struct variable coming to life. `className` if known. */
  | {
      readonly kind: 'new';
      readonly to: VarId;
      readonly className?: string;
      /** Code that may not be in the program fills it: a field that nothing is known of may hold anything. */
      readonly constructed?: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'call';
      /** The variable that receives the result; every call has one (a temporary if need be). */
      readonly to: VarId;
      readonly callee: Callee;
      readonly receiver?: Expr;
      readonly args: readonly Expr[];
      /** The whole call expression. */
      readonly span: Span;
      /** The callee's name within it: where findings are shown. */
      readonly nameSpan: Span;
      /** Text of the callee as written, for messages. */
      readonly text: string;
      /** How the result is used: `dropped` (an expression statement), `discarded` (explicitly: `void f()`, `(void)f()`), `used`. */
      readonly result: 'dropped' | 'discarded' | 'used';
      /**
       * A handler, a `finally` or a `using` stands between what the call throws and the function's caller: this says
       * whether it threw, and a branch follows.
       */
      readonly threw?: VarId;
      /** True for the end of a scope (`using`, `guard()`), where the source has no call. */
      readonly implicit?: boolean;
    }
  /** The end of life of a `using` variable, or an explicit `[Symbol.dispose]()`. */
  | { readonly kind: 'dispose'; readonly value: Expr; readonly span: Span; readonly implicit: boolean }
  | {
      readonly kind: 'suspend';
      readonly what: 'await' | 'yield';
      readonly to: VarId;
      readonly value: Expr;
      readonly span: Span;
      /** The declaration at the end of whose scope this is: `await using x = …`. */
      readonly declaration?: Span;
    }
  /** A condition that the program asserts to hold from here on (`assert(x)`, BUG_ON(!x)). */
  | { readonly kind: 'assume'; readonly condition: Expr; readonly span: Span };

/**
 * A branch that the source does not show. `threw`: whether the call before it threw. `fallback`: the `else` is taken
 * only if nothing else leads there.
 */
export type BranchRole = 'threw' | 'fallback';

export type Terminator =
  | { readonly kind: 'goto'; readonly to: BlockId }
  | {
      readonly kind: 'branch';
      readonly condition: Expr;
      readonly then: BlockId;
      readonly else: BlockId;
      readonly span: Span;
      readonly role?: BranchRole;
    }
  | { readonly kind: 'return'; readonly value: Expr | null; readonly span: Span }
  | { readonly kind: 'throw'; readonly span: Span }
  /** Control does not come here or go on from here (after panic(), BUG(), process.exit()). */
  | { readonly kind: 'stop' };

export interface Block {
  readonly id: BlockId;
  readonly instrs: readonly Instr[];
  readonly end: Terminator;
}

/** A type as far as syntax tells: the name of a class, struct, or API type, behind any number of pointers. */
export interface TypeName {
  /** `MapleTree`, `Mutex`, `Pool`; in C the struct tag: `maple_tree`, `mutex`, `span_dev`. */
  readonly name: string;
  /** In TypeScript the module it was imported from, if any. */
  readonly module?: string;
  /** In C: how many `*` stand before it. TypeScript: 0. */
  readonly pointers: number;
}

export interface Variable {
  readonly name: string;
  /** `module`: declared at the top of the file (C: file scope). */
  readonly kind: 'param' | 'receiver' | 'local' | 'temp' | 'module';
  readonly type?: TypeName;
  /** The function that declares it; absent for `module`. */
  readonly owner?: FunctionId;
  /** True if it is never assigned after its declaration. */
  readonly constant: boolean;
  /** In C: visible to other files. In TypeScript: exported. */
  readonly exported?: boolean;
  /** In TypeScript: the names that other modules import it by. */
  readonly exportNames?: readonly string[];
  /** In TypeScript: what an exported constant is, where that is a number, a text or a boolean. */
  readonly value?: ConstValue;
  readonly span: Span;
}

/** The lock annotations of the design, in one form for both languages. */
export interface Annotation {
  readonly kind: 'requires' | 'requires-read' | 'acquires' | 'releases' | 'excludes' | 'acquires-if';
  /** As written: `mas.tree`, `&dev->lock`, `this.tree`, `RCU`. */
  readonly path: string;
  /** The path, resolved to an expression over the function's parameters; null if it names nothing. */
  readonly value: Expr | null;
  /** It ends at a member that the struct does not have. */
  readonly missing?: true;
  /** It stands at the method that this one stands for. */
  readonly inherited?: true;
  /** For acquires-if: the results that mean taken. */
  readonly when?: 'nonzero' | 'zero' | 'nonnegative';
  readonly span: Span;
}

export interface FunctionIR {
  readonly id: FunctionId;
  /** For messages: `put`, `Pool.put`, `(arrow) at line 12`. Unique only within reason. */
  readonly name: string;
  /** In C the linker's name; in TypeScript the exported name, if it is exported (`default` included). */
  readonly exportName?: string;
  /** In C: the same function in another variant of the file, whose callers are its own. */
  readonly variantOf?: FunctionId;
  /** It is defined elsewhere: its blocks say what the annotations on its prototype say. */
  readonly declared?: true;
  /**
   * `local`: visible in the file only (static, not exported, method of a class that is not exported);
   * `exported`: callers may be anywhere; `nested`: a closure.
   */
  readonly linkage: 'local' | 'exported' | 'nested';
  /** The functions that wrap it, by its decorators. */
  readonly decorators?: readonly Callee[];
  /** True where the function is used as a value (in a table of operations, as a callback): it has callers unseen. */
  readonly escapes: boolean;
  readonly params: readonly VarId[];
  /** In C: what it returns. */
  readonly result?: TypeName;
  /** The variable that stands for `this`, if any. */
  readonly receiver?: VarId;
  /** The class it is a method of. */
  readonly className?: string;
  readonly blocks: readonly Block[];
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Runs once, before the system is concurrent (`__init` in C, a class's constructor). */
  readonly isInit: boolean;
  readonly annotations: readonly Annotation[];
  /** False where a part of the function could not be read; findings in it are then only `possible`. */
  readonly whole: boolean;
  readonly span: Span;
  readonly nameSpan: Span;
}

/** A class of TypeScript or a struct of C, for what is known of its fields. */
export interface ClassIR {
  readonly name: string;
  readonly extends?: string;
  readonly fields: ReadonlyMap<string, TypeName>;
  readonly methods: ReadonlyMap<string, FunctionId>;
  readonly exported: boolean;
  /** The interfaces that it says that it implements. */
  readonly implements?: readonly TypeName[];
}

/** An import or re-export, for linking. `local` is the variable's name here, `name` the other module's export (`*`, `default`). */
export interface ModuleLink {
  readonly module: string;
  readonly name: string;
  readonly local: string;
  readonly reexport: boolean;
}

/** Something in a file that could not be read. The rest of the file still was. */
export interface ReadProblem {
  readonly message: string;
  readonly span: Span;
  /** The function it lies in, if it is known. */
  readonly functionName?: string;
}

/** One source file, lowered. */
export interface Unit {
  readonly path: string;
  readonly language: Language;
  /** Start offset of each line, for turning offsets into line and column. */
  readonly lineStarts: readonly number[];
  readonly variables: readonly Variable[];
  readonly functions: readonly FunctionIR[];
  /** Code outside functions (module top level, initialisers of file-scope variables) as a function; null if none. */
  readonly topLevel: FunctionId | null;
  readonly classes: ReadonlyMap<string, ClassIR>;
  readonly links: readonly ModuleLink[];
  readonly problems: readonly ReadProblem[];
}

/**
 * What the front end knows of the things a file declares, before it is IR. Filled by the binder (`bind*.ts`) in one
 * walk over the whole file, read and completed while functions are lowered.
 */
import type ts from 'typescript';
import type { ContractModel } from '../../contracts/model.ts';
import type {
  ConstValue,
  FunctionId,
  FunctionIR,
  ModuleLink,
  ReadProblem,
  TypeName,
  VarId,
  Variable,
} from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { Barrels } from '../../link/barrels.ts';

/** A type with what only this front end needs: where its members are found, and its type arguments. */
export interface Type extends TypeName {
  readonly args?: readonly (Type | undefined)[];
  /** The members of a class, interface or object type of this file. */
  readonly members?: Members;
}

/** A type that is worked out when it is first asked for. `null`: asked, and not known. */
export interface LazyType {
  readonly scope: Scope;
  readonly annotation?: ts.TypeNode | undefined;
  readonly expr?: ts.Expression | undefined;
  /** Where in the value of `annotation` or `expr` the thing is found. */
  readonly path?: Path;
  /** It may be left out: it is undefined then. */
  readonly isOptional?: boolean;
  type?: Type | null;
}

/**
 * Steps from a value to a part of it: a property's name, an index, null for an element of an iteration, or
 * `callbackElement` for what a container gives to a callback, which differs from the former in maps.
 */
export const callbackElement: -1 = -1;
export type Path = readonly (string | number | null)[];

/** The fields and methods of one side (instance or static) of a class, or of an interface or object type. */
export interface Members {
  /** The name in `Unit.classes`; undefined for anonymous object types. */
  readonly name: string | undefined;
  readonly fields: Map<string, LazyType>;
  readonly methods: Map<string, FunctionInfo>;
  readonly getters: Map<string, FunctionInfo>;
  readonly setters: Map<string, FunctionInfo>;
  /** What it extends, unresolved; `base` resolves it. */
  readonly heritage: LazyHeritage | undefined;
  /** True if every member is known: no index signature, nothing unknown to extend. */
  closed: boolean;
}

export interface LazyHeritage {
  readonly scope: Scope;
  readonly node: ts.Expression;
  readonly side: 'instance' | 'static';
}

export interface ClassInfo {
  readonly name: string;
  readonly node: ts.ClassLikeDeclaration;
  /** Holds the class itself, with its static fields. */
  readonly variable: VarInfo;
  readonly scope: Scope;
  readonly instance: Members;
  readonly statics: Members;
  /** Absent for `declare class`. */
  construct?: FunctionInfo;
  readonly self: Self;
  exportName?: string;
}

/** A value that is bound once to a path from an expression: `const { a: [x] } = e` binds x to e, 'a', 0. */
interface Init {
  readonly expr: ts.Expression;
  readonly path: Path;
  readonly scope: Scope;
}

export interface VarInfo {
  readonly id: VarId;
  readonly name: string;
  readonly kind: Variable['kind'];
  readonly owner: FunctionId | undefined;
  readonly span: Span;
  lazy?: LazyType | undefined;
  assigned: boolean;
  exported: boolean;
  exportNames?: string[];
  /** What it is, if it is exported and one number or text for good. */
  value?: ConstValue;
}

/** A value that is known without running the program. */
export type Static =
  /** `name` is `*` for the module itself. */
  | { readonly kind: 'import'; readonly module: string; readonly name: string }
  | { readonly kind: 'function'; readonly fn: FunctionInfo }
  | { readonly kind: 'class'; readonly cls: ClassInfo }
  | { readonly kind: 'object'; readonly object: ObjectInfo }
  | { readonly kind: 'array'; readonly elements: readonly ts.Expression[]; readonly scope: Scope }
  /** A function of a table or list of functions: which one is not known. */
  | { readonly kind: 'oneOf'; readonly functions: readonly FunctionInfo[] }
  | { readonly kind: 'constant'; readonly value: ConstValue }
  | { readonly kind: 'enum'; readonly members: ReadonlyMap<string, ConstValue> }
  | { readonly kind: 'namespace'; readonly scope: Scope };

/** An object literal. */
export interface ObjectInfo {
  readonly scope: Scope;
  /** It has members besides: those of another object, or by names that are worked out. */
  readonly isOpen: boolean;
  readonly members: Map<string, ts.Expression | FunctionInfo>;
}

/** What a name stands for. */
export interface Binding {
  /** Absent for imports, and for functions unless they are assigned. */
  variable?: VarInfo;
  /** Known from the declaration. For variables `resolve.ts` works it out from `init`, once. */
  value?: Static | null;
  init?: Init;
  /** What the signature of a function says that is only declared (`declare function`). */
  readonly ambient?: Pick<FunctionInfo, 'returnType' | 'returnsNever' | 'asserts'>;
}

/** What a type's name stands for. */
export type TypeBinding =
  | { readonly kind: 'members'; readonly members: Members; readonly name: string }
  | { readonly kind: 'alias'; readonly node: ts.TypeNode | undefined; readonly scope: Scope }
  | { readonly kind: 'import'; readonly module: string; readonly name: string };

export interface Scope {
  readonly outer: Scope | null;
  readonly fn: FunctionInfo;
  /** True for the scope that `var` declares in. */
  readonly isFunction: boolean;
  values: Map<string, Binding> | null;
  types: Map<string, TypeBinding> | null;
}

/** What `this` is: a receiver's variable, made when it is first mentioned, or the class in its static members. */
export interface Self {
  /** The function whose receiver it is; absent at the top level. */
  readonly fn?: FunctionInfo;
  readonly cls?: ClassInfo;
  /** The instance, or the class itself in static members. */
  readonly side: 'instance' | 'static';
  variable?: VarInfo;
}

export type FunctionNode = ts.FunctionLikeDeclaration | ts.SourceFile | ts.ClassLikeDeclaration;

export interface FunctionInfo {
  readonly id: FunctionId;
  readonly name: string;
  /** A class where its constructor is made up. */
  readonly node: FunctionNode;
  /** The node whose leading comment documents it. */
  readonly doc: ts.Node;
  readonly nameNode: ts.Node | undefined;
  readonly outer: FunctionInfo | null;
  readonly cls: ClassInfo | undefined;
  scope: Scope;
  self: Self;
  linkage: 'local' | 'exported' | 'nested';
  exportName?: string;
  escapes: boolean;
  /** One for each parameter, `this` left out; the last one may be a rest parameter. */
  readonly params: VarInfo[];
  returnType: LazyType | undefined;
  returnsNever: boolean;
  /** The parameter that the signature `asserts`. */
  asserts: number | undefined;
}

/** All that is known of one file. */
export interface FileInfo {
  readonly path: string;
  readonly text: string;
  readonly source: ts.SourceFile;
  readonly model: ContractModel;
  readonly implicitThrows: boolean;
  readonly barrels: Barrels | null;
  readonly isJavaScript: boolean;
  /** True if the text mentions a lock annotation at all. */
  readonly hasAnnotations: boolean;
  readonly variables: VarInfo[];
  readonly functions: FunctionInfo[];
  /**
   * Calls that make an iterable whose steps are those of the function around, which is lowered before its callbacks.
   */
  readonly stepped: Set<ts.Node>;
  /** Functions that no one wrote, numbered after those of the file. */
  readonly made: FunctionIR[];
  readonly classes: ClassInfo[];
  readonly interfaces: Map<string, Members>;
  readonly classNames: Set<string>;
  readonly links: ModuleLink[];
  readonly problems: ReadProblem[];
  /** Scopes by the node that opens them; nodes without declarations of their own have none. */
  readonly scopes: Map<ts.Node, Scope>;
  readonly functionOf: Map<ts.Node, FunctionInfo>;
  readonly classOf: Map<ts.Node, ClassInfo>;
  readonly objectOf: Map<ts.Node, ObjectInfo>;
  /** Names of properties that are assigned outside of `this`: an object's function by such a name is not fixed. */
  readonly assignedProperties: Set<string>;
  /** Names of objects that something is put into under a key that is worked out. */
  readonly filledTables: Set<string>;
  /** Functions whose names are assigned, with the variables that this makes them. */
  readonly reassigned: { readonly fn: FunctionInfo; readonly variable: VarInfo }[];
  /** Names of methods and accessors of this file: other members are plain fields, without asking. */
  readonly memberNames: Set<string>;
}

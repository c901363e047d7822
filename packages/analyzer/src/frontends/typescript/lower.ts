/** The front end for TypeScript and JavaScript. */
import ts from 'typescript';
import type { Lower, LowerOptions } from '../frontend.ts';
import type { ClassIR, TypeName, Unit, Variable } from '../../ir/ir.ts';
import type { SourceFile } from '../../ir/source.ts';
import { annotationPattern } from './annotation-tags.ts';
import { bindFile } from './bind.ts';
import type { ClassInfo, FileInfo, Members, VarInfo } from './entities.ts';
import { lowerFunction } from './functions.ts';
import { parse, type Parsed } from './parse.ts';
import { lineStartsOf } from './spans.ts';
import { baseOf, plainType, typeOfLazy, typeOfSelf, typeOfVariable } from './types.ts';

/** In browsers and in Node alike; the types of neither are loaded here. */
declare const performance: { now(): number };

export const lowerTypeScript: Lower = (file, options, times) => {
  const start = performance.now();
  let parsed: Parsed;
  try {
    parsed = parse(file);
  } catch (error) {
    times.parseMs += performance.now() - start;
    return unreadable(file, error);
  }
  const read = performance.now();
  times.parseMs += read - start;
  try {
    return lowerParsed(file, parsed, options);
  } catch (error) {
    return unreadable(file, error);
  } finally {
    times.lowerMs += performance.now() - read;
  }
};

/** A file of which nothing could be read: nested deeper than the stack, as machine-made code may be. */
function unreadable(file: SourceFile, error: unknown): Unit {
  const reason = error instanceof RangeError ? 'it is nested too deeply' : `internal error: ${String(error)}`;
  const span = { start: 0, end: 0 };
  return {
    path: file.path,
    language: 'typescript',
    lineStarts: lineStartsOf(file.text),
    variables: [],
    functions: [],
    topLevel: null,
    classes: new Map(),
    links: [],
    problems: [{ message: `Could not read the file: ${reason}`, span }],
  };
}

function lowerParsed(file: SourceFile, parsed: Parsed, options: LowerOptions): Unit {
  const info: FileInfo = {
    path: file.path,
    text: file.text,
    source: parsed.source,
    model: options.model,
    implicitThrows: options.implicitThrows === true,
    barrels: options.barrels ?? null,
    isJavaScript: parsed.isJavaScript,
    hasAnnotations: annotationPattern.test(file.text),
    variables: [],
    functions: [],
    stepped: new Set(),
    made: [],
    classes: [],
    interfaces: new Map(),
    classNames: new Set(),
    links: [],
    problems: parsed.problems,
    scopes: new Map(),
    functionOf: new Map(),
    classOf: new Map(),
    objectOf: new Map(),
    assignedProperties: new Set(),
    filledTables: new Set(),
    reassigned: [],
    memberNames: new Set(),
  };
  const top = bindFile(info);
  const functions = info.functions.map((fn) => lowerFunction(info, fn));
  // Whether a function is used as a value is known when all have been seen.
  for (const fn of functions) fn.escapes = info.functions[fn.id]?.escapes === true;
  return {
    path: file.path,
    language: 'typescript',
    lineStarts: lineStartsOf(file.text),
    variables: info.variables.map((variable) => finishVariable(info, variable)),
    functions: [...functions, ...info.made],
    topLevel: top.id,
    classes: finishClasses(info),
    links: info.links,
    problems: info.problems,
  };
}

/** Variables are many: made of spreads, they would take longer than all the rest. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function finishVariable(file: FileInfo, variable: VarInfo): Variable {
  const { name, kind, owner, assigned, exported, exportNames, value, span } = variable;
  const own = kind === 'receiver' && variable.lazy === undefined ? receiverType(file, variable) : undefined;
  const type = own ?? plainType(typeOfVariable(file, variable));
  const finished: Mutable<Variable> = { name, kind, constant: !assigned, span };
  if (type !== undefined) finished.type = type;
  if (owner !== undefined) finished.owner = owner;
  if (exported) finished.exported = true;
  if (exportNames !== undefined) finished.exportNames = exportNames;
  if (value !== undefined) finished.value = value;
  return finished;
}

function receiverType(file: FileInfo, variable: VarInfo): TypeName | undefined {
  const fn = variable.owner === undefined ? undefined : file.functions[variable.owner];
  return fn && plainType(typeOfSelf(fn.self));
}

function finishClasses(file: FileInfo): Map<string, ClassIR> {
  const classes = new Map<string, ClassIR>();
  const add = (members: Members, cls: ClassInfo | undefined): void => {
    if (members.name !== undefined) classes.set(members.name, finishClass(file, members, cls));
  };
  for (const cls of file.classes) {
    add(cls.instance, cls);
    const { fields, methods, getters, setters } = cls.statics;
    if (fields.size + methods.size + getters.size + setters.size > 0) add(cls.statics, cls);
  }
  for (const members of file.interfaces.values()) add(members, undefined);
  return classes;
}

function finishClass(file: FileInfo, members: Members, cls: ClassInfo | undefined): ClassIR {
  const fields = new Map<string, TypeName>();
  for (const [name, lazy] of members.fields) {
    const type = plainType(typeOfLazy(file, lazy));
    if (type !== undefined) fields.set(name, type);
  }
  const methods = new Map<string, number>();
  for (const [name, fn] of members.methods) methods.set(name, fn.id);
  for (const [name, fn] of members.getters) methods.set(`get ${name}`, fn.id);
  for (const [name, fn] of members.setters) methods.set(`set ${name}`, fn.id);
  if (cls?.construct !== undefined && members === cls.instance) methods.set('constructor', cls.construct.id);
  const base = baseOf(file, members);
  const promised = cls !== undefined && members === cls.instance ? interfacesOf(file, cls) : [];
  return {
    name: members.name ?? '',
    ...(base === undefined ? undefined : { extends: base.name }),
    fields,
    methods,
    exported: cls?.exportName !== undefined,
    ...(promised.length > 0 && { implements: promised }),
  };
}

function interfacesOf(file: FileInfo, { node, scope }: ClassInfo): TypeName[] {
  const clause = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);
  return (clause?.types ?? []).flatMap((annotation) => {
    const type = plainType(typeOfLazy(file, { scope, annotation }));
    return type === undefined ? [] : [type];
  });
}

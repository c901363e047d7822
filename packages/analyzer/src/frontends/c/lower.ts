/** Reads one C file into the IR: mask, parse, lower. */
import type { Parser } from 'web-tree-sitter';
import type { ClassIR, FunctionId, FunctionIR, Unit } from '../../ir/ir.ts';
import type { SourceFile } from '../../ir/source.ts';
import type { LowerOptions, LowerTimes } from '../frontend.ts';
import { annotationsIn, isNote, notesIn } from './annotations.ts';
import { readGuards } from './cleanup.ts';
import { withScopeEnds } from './scope-ends.ts';
import type { UnitContext } from './context.ts';
import { spanOf } from './context.ts';
import { declareModuleVariables, lowerModuleInitializers } from './declarations.ts';
import type { MacroBody } from './expansion.ts';
import type { Definition } from './functions.ts';
import { createFunctionContext, emptyFunction, lowerFunction } from './functions.ts';
import type { Mask, MaskedText } from './mask.ts';
import { mask } from './mask.ts';
import { now } from './platform.ts';
import { lowerOtherBranches } from './other-branches.ts';
import { lowerPrototype } from './prototypes.ts';
import type { SyntaxNode } from './syntax.ts';
import { child, copyTree } from './syntax.ts';
import { OBJECT_TYPEDEFS, hasStorage, readDeclarator, readSpecifiers } from './types.ts';

export function lowerFile(parser: Parser, file: SourceFile, options: LowerOptions, times: LowerTimes): Unit {
  const started = now();
  const ownEnd = file.text.length;
  const text = options.definitions ? `${file.text}\n${options.definitions}\n` : file.text;
  const masked = withScopeEnds(mask(text, options.model, { ownEnd }), text);
  const root = parseFile(parser, masked);
  const parsed = now();
  times.parseMs += parsed - started;
  const unit: UnitContext = {
    model: options.model,
    path: file.path,
    masked,
    notes: masked.masks.filter(isNote),
    original: text,
    text: masked.text,
    variables: [],
    functions: [],
    functionIds: new Map(),
    moduleNames: new Map(),
    externs: new Map(),
    constants: new Map(masked.constants),
    enums: new Map(),
    typedefs: new Map(),
    structs: new Map(),
    members: new Map(),
    arrays: new Map(),
    macroBodies: new Map(),
    guards: readGuards(masked.masks, text),
    objectTypes: new Set(OBJECT_TYPEDEFS),
    objects: new Set(),
    escaping: new Set(),
    implemented: new Set(),
    noreturn: new Set(),
    maskAt: new Map(masked.masks.map((entry) => [entry.at, entry])),
    problems: [],
    parseStatements: (code, start) => parseStatements(parser, unit, code, start),
  };
  let topLevel: FunctionId | null = null;
  if (root) {
    try {
      topLevel = lowerUnit(unit, root, ownEnd);
      lowerOtherBranches(unit, ownEnd, (piece, start) => parse(parser, piece, start), lowerSafely);
    } catch (error) {
      unit.problems.push({
        message: `could not be read: ${String(error)}`,
        span: { start: 0, end: ownEnd },
      });
    }
  }
  times.lowerMs += now() - parsed;
  return {
    path: file.path,
    language: 'c',
    lineStarts: masked.lineStarts.filter((start) => start <= ownEnd),
    variables: unit.variables,
    functions: unit.functions.map((fn) => ({ ...fn, escapes: fn.escapes || isUsedAsValue(unit, fn) })),
    topLevel,
    classes: classesOf(unit),
    links: [],
    problems: unit.problems,
  };
}

function parse(parser: Parser, text: string, offset: number): SyntaxNode | null {
  const tree = parser.parse(text);
  if (!tree) return null;
  try {
    return copyTree(tree, offset);
  } finally {
    tree.delete();
  }
}

/**
 * Parses the file as a whole, or, where that fails, each function by itself. It fails, too, where a function does not
 * end where its braces say: then it has swallowed others.
 */
function parseFile(parser: Parser, masked: MaskedText): SyntaxNode | null {
  const root = parse(parser, masked.text, 0);
  if (!root) return null;
  const cuts = new Set(masked.cuts);
  const isSound = root.children.every((node) => node.type !== 'function_definition' || cuts.has(node.end));
  if (!root.broken && isSound) return root;
  const parts: SyntaxNode[] = [];
  let start = 0;
  for (const end of [...masked.cuts, masked.text.length]) {
    const piece = end > start ? parse(parser, masked.text.slice(start, end), start) : null;
    parts.push(...(piece?.children ?? []));
    start = end;
  }
  return { ...root, children: parts };
}

const FRAGMENT_HEAD = 'int f(){';

function parseStatements(parser: Parser, unit: UnitContext, code: string, start: number): MacroBody | null {
  const { original, masked, maskAt } = unit;
  const shift = start - FRAGMENT_HEAD.length;
  const fragment = mask(`${FRAGMENT_HEAD}${code};}`, unit.model, { macros: masked.macros });
  const root = parse(parser, fragment.text, shift);
  const [definition] = root?.children ?? [];
  const nodes = (definition && child(definition, 'body'))?.children;
  if (nodes === undefined) return null;
  for (const { at, end, args, ...rest } of fragment.masks) {
    const shifted = args.map((arg) => ({ start: arg.start + shift, end: arg.end + shift }));
    maskAt.set(at + shift, { ...rest, at: at + shift, end: end + shift, args: shifted });
  }
  const read = fragment.text.slice(FRAGMENT_HEAD.length, FRAGMENT_HEAD.length + code.length);
  return { nodes, text: original.slice(0, start) + read + original.slice(start + code.length) };
}

function lowerUnit(unit: UnitContext, root: SyntaxNode, length: number): FunctionId {
  const definitions = collect(unit, root);
  for (const declaration of definitions.declarations) declareModuleVariables(unit, declaration);
  for (const definition of definitions.functions) {
    unit.functions.push(lowerSafely(unit, definition, definitions.prototypes.get(definition.name) ?? []));
    if (definition.node.broken) {
      unit.problems.push({
        message: 'a part of the function could not be read',
        span: firstBroken(definition.node),
        functionName: definition.name,
      });
    }
  }
  for (const prototype of definitions.annotated) {
    if (unit.functionIds.has(prototype.name) || unit.model.function(prototype.name)) continue;
    const declared = { ...prototype, id: unit.functions.length };
    const fn = lowerPrototype(unit, declared, definitions.prototypes.get(prototype.name) ?? []);
    if (fn) unit.functions.push(fn);
  }
  const topLevel = unit.functions.length;
  const cx = createFunctionContext(unit, topLevel);
  for (const declaration of definitions.declarations) lowerModuleInitializers(cx, declaration);
  const span = { start: 0, end: length };
  unit.functions.push({
    id: topLevel,
    name: '(file)',
    linkage: 'local',
    escapes: false,
    params: [],
    blocks: cx.flow.finish({ start: length, end: length }),
    isAsync: false,
    isGenerator: false,
    isInit: true,
    annotations: [],
    whole: true,
    span,
    nameSpan: { start: 0, end: 0 },
  });
  return topLevel;
}

function lowerSafely(unit: UnitContext, definition: Definition, prototypes: readonly Mask[]): FunctionIR {
  try {
    return lowerFunction(unit, definition, prototypes);
  } catch (error) {
    // A function that nests too deep must not take the rest of the file with it.
    unit.text = unit.masked.text;
    unit.problems.push({
      message: `could not be read: ${String(error)}`,
      span: spanOf(definition.node),
      functionName: definition.name,
    });
    return emptyFunction(unit, definition);
  }
}

interface Collected {
  readonly functions: Definition[];
  readonly declarations: SyntaxNode[];
  readonly prototypes: Map<string, Mask[]>;
  /** Prototypes that say something of locks, each function once. */
  readonly annotated: Definition[];
}

/** Finds functions, variables, structs and constants, so that the order in the file does not matter. */
function collect(unit: UnitContext, root: SyntaxNode): Collected {
  const collected: Collected = { functions: [], declarations: [], prototypes: new Map(), annotated: [] };
  let from = 0;
  const visit = (node: SyntaxNode): void => {
    for (const part of node.children) {
      switch (part.type) {
        case 'function_definition':
          collectFunction(unit, part, from, collected);
          break;
        case 'declaration':
          collectDeclaration(unit, part, from, collected);
          break;
        case 'type_definition':
          collectTypedef(unit, part);
          break;
        case 'struct_specifier':
        case 'union_specifier':
        case 'enum_specifier':
          readSpecifiers(unit, { ...node, children: [{ ...part, field: 'type' }] });
          break;
        case 'ERROR':
          unit.problems.push({ message: 'could not be read', span: spanOf(part) });
          visit(part);
          break;
        case 'linkage_specification':
        case 'declaration_list':
          visit(part);
          break;
      }
      from = part.end;
    }
  };
  visit(root);
  return collected;
}

function collectFunction(unit: UnitContext, node: SyntaxNode, from: number, collected: Collected): void {
  const declaratorNode = child(node, 'declarator');
  const declarator = declaratorNode && readDeclarator(unit, declaratorNode, readSpecifiers(unit, node));
  if (!declarator?.parameters) return;
  const { name } = declarator;
  const id = collected.functions.length;
  if (!unit.functionIds.has(name)) unit.functionIds.set(name, id);
  if (!hasStorage(unit, node, 'static') && isDeclaredByHeader(unit, name)) unit.implemented.add(name);
  collected.functions.push({ id, name, node, declarator, from });
  noteNoreturn(unit, name, from, child(node, 'body')?.start ?? node.end);
}

/** A function of a contract whose header the file includes: what is not static by that name can be no other. */
function isDeclaredByHeader(unit: UnitContext, name: string): boolean {
  const header = unit.model.function(name) && unit.model.headerOf(name);
  return header !== undefined && new RegExp(`^#\\s*include\\s*<${header}>`, 'm').test(unit.original);
}

function collectDeclaration(unit: UnitContext, node: SyntaxNode, from: number, collected: Collected): void {
  const base = readSpecifiers(unit, node);
  const declaratorNode = child(node, 'declarator');
  const declared = declaratorNode && readDeclarator(unit, declaratorNode, base);
  if (declared?.parameters) {
    const annotations = annotationsIn(unit, { start: from, end: node.end });
    if (annotations.length > 0) {
      if (!collected.prototypes.has(declared.name))
        collected.annotated.push({ id: -1, name: declared.name, node, declarator: declared, from });
      collected.prototypes.set(declared.name, [
        ...(collected.prototypes.get(declared.name) ?? []),
        ...annotations,
      ]);
    }
    noteNoreturn(unit, declared.name, from, node.end);
    return;
  }
  if (hasStorage(unit, node, 'typedef')) return;
  collected.declarations.push(node);
}

function noteNoreturn(unit: UnitContext, name: string, start: number, end: number): void {
  const isNoreturn = notesIn(unit, { start, end }).some((note) => note.name === '__noreturn');
  if (isNoreturn) unit.noreturn.add(name);
}

function collectTypedef(unit: UnitContext, node: SyntaxNode): void {
  const base = readSpecifiers(unit, node);
  for (const part of node.children) {
    if (part.field !== 'declarator') continue;
    const declared = readDeclarator(unit, part, base);
    if (!declared || declared.parameters) continue;
    unit.typedefs.set(declared.name, declared.type ?? { name: declared.name, pointers: 0 });
  }
}

function firstBroken(node: SyntaxNode): { start: number; end: number } {
  const inner = node.children.find((part) => part.broken);
  return inner ? firstBroken(inner) : spanOf(node);
}

function isUsedAsValue(unit: UnitContext, fn: FunctionIR): boolean {
  return unit.escaping.has(fn.id) || unit.masked.mentioned.has(fn.name);
}

function classesOf(unit: UnitContext): Map<string, ClassIR> {
  return new Map(
    [...unit.structs].map(([name, fields]) => [name, { name, fields, methods: new Map(), exported: false }]),
  );
}

/** Lowering of one function definition. */
import type { Annotation, FunctionId, FunctionIR, VarId } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { annotationsIn, notesIn, readAnnotation } from './annotations.ts';
import type { FunctionContext, UnitContext } from './context.ts';
import { addVariable, spanOf } from './context.ts';
import { Flow } from './flow.ts';
import type { Mask } from './mask.ts';
import { endSpan, finishJumps, lowerStatement } from './statements.ts';
import type { SyntaxNode } from './syntax.ts';
import { child } from './syntax.ts';
import type { Declarator } from './types.ts';
import { hasStorage, readDeclarator, readSpecifiers } from './types.ts';

/** A function definition, found before any is lowered. */
export interface Definition {
  readonly id: FunctionId;
  readonly name: string;
  readonly node: SyntaxNode;
  readonly declarator: Declarator;
  /** Where its text begins, attributes before the first specifier included. */
  readonly from: number;
}

export function createFunctionContext(unit: UnitContext, id: FunctionId): FunctionContext {
  return {
    unit,
    id,
    flow: new Flow(),
    scopes: [new Map()],
    cleanups: null,
    breakTo: null,
    continueTo: null,
    labels: new Map(),
    jumps: [],
    cases: new Map(),
    unset: new Set(),
    bindings: null,
    expanding: [],
    statementBehind: null,
  };
}

/** Lowers a definition. `prototypes`: annotations on declarations of the same function. */
export function lowerFunction(
  unit: UnitContext,
  definition: Definition,
  prototypes: readonly Mask[],
): FunctionIR {
  const { node, id, name } = definition;
  const cx = createFunctionContext(unit, id);
  const params = declareParameters(cx, definition.declarator.parameters);
  const body = child(node, 'body');
  const head: Span = { start: definition.from, end: body?.start ?? node.end };
  const annotations = readAnnotations(cx, [...annotationsIn(unit, head), ...prototypes]);
  if (body) lowerStatement(cx, body);
  finishJumps(cx);
  return describeFunction(unit, definition, {
    params,
    annotations,
    blocks: cx.flow.finish(endSpan(node)),
    whole: !node.broken,
    isInit: notesIn(unit, head).some((mask) => INIT_SECTIONS.has(mask.name)),
    name,
  });
}

/** Code that runs before the system is concurrent. */
const INIT_SECTIONS: ReadonlySet<string> = new Set(['__init', '__net_init', '__meminit', '__cpuinit']);

/** The function with an empty body, for one that could not be lowered. */
export function emptyFunction(unit: UnitContext, definition: Definition): FunctionIR {
  const flow = new Flow();
  return describeFunction(unit, definition, {
    params: [],
    annotations: [],
    blocks: flow.finish(endSpan(definition.node)),
    whole: false,
    isInit: false,
    name: definition.name,
  });
}

function describeFunction(
  unit: UnitContext,
  definition: Definition,
  parts: Pick<FunctionIR, 'params' | 'annotations' | 'blocks' | 'whole' | 'isInit' | 'name'>,
): FunctionIR {
  const { node, declarator, id } = definition;
  const isStatic = hasStorage(unit, node, 'static');
  const generated = unit.maskAt.get(node.start);
  const isEntry = generated?.kind === 'define-function';
  // A header's inline functions are called by name from other files, though no linker sees them.
  const isNamedElsewhere = !isStatic || unit.path.endsWith('.h');
  return {
    id,
    ...parts,
    ...(declarator.type && { result: declarator.type }),
    ...(isNamedElsewhere && { exportName: isEntry ? `${generated.name}:${parts.name}` : parts.name }),
    linkage: isStatic ? 'local' : 'exported',
    // Macros that define a function register it somewhere.
    escapes: isEntry,
    isAsync: false,
    isGenerator: false,
    span: spanOf(node),
    nameSpan: isEntry ? { start: generated.at, end: generated.end } : declarator.nameSpan,
  };
}

export function declareParameters(cx: FunctionContext, list: SyntaxNode | undefined): VarId[] {
  const params: VarId[] = [];
  for (const parameter of list?.children ?? []) {
    if (parameter.type !== 'parameter_declaration') continue;
    const base = readSpecifiers(cx.unit, parameter);
    const declarator = child(parameter, 'declarator');
    const declared = declarator && readDeclarator(cx.unit, declarator, base);
    if (!declared && !declarator) {
      const isVoid = list?.children.length === 1 && !base;
      if (isVoid) continue;
    }
    // An array parameter is a pointer; a struct parameter an object.
    const type =
      declared?.type && declared.isArray
        ? { ...declared.type, pointers: declared.type.pointers + 1 }
        : declared?.type;
    const id = addVariable(
      cx.unit,
      {
        name: declared?.name ?? '',
        kind: 'param',
        owner: cx.id,
        constant: true,
        span: declared?.nameSpan ?? spanOf(parameter),
        ...(type && { type }),
      },
      type !== undefined && type.pointers === 0 && cx.unit.objectTypes.has(type.name),
    );
    if (declared) cx.scopes[0]?.set(declared.name, id);
    params.push(id);
  }
  return params;
}

function readAnnotations(cx: FunctionContext, masks: readonly Mask[]): Annotation[] {
  const seen = new Set<string>();
  return masks
    .flatMap((mask) => readAnnotation(cx, mask))
    .filter((annotation) => {
      const key = `${annotation.kind} ${annotation.path}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

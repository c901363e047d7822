/** Functions that other files define, as far as the annotations on their prototypes tell what they do to locks. */
import { ATOMIC_TYPES } from '../../contracts/kernel-sleep.ts';
import { ANNOTATED } from '../../contracts/kernel-locks.ts';
import type { Annotation, Expr, FunctionIR } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import { readAnnotation } from './annotations.ts';
import { emitNamedCall } from './calls.ts';
import { ERRNO } from '../../contracts/errnos.ts';
import type { FunctionContext, UnitContext } from './context.ts';
import { constant, spanOf, typeOf, UNKNOWN } from './context.ts';
import { createFunctionContext, declareParameters, type Definition } from './functions.ts';
import type { Mask } from './mask.ts';

/** A function whose body does what the annotations say, and nothing else. */
export function lowerPrototype(
  unit: UnitContext,
  prototype: Definition,
  masks: readonly Mask[],
): FunctionIR | null {
  const { id, name, node, declarator } = prototype;
  const cx = createFunctionContext(unit, id);
  const params = declareParameters(cx, declarator.parameters);
  const annotations = masks.flatMap((mask) => readAnnotation(cx, mask)).filter((a) => a.value !== null);
  if (annotations.length === 0) return null;
  const span = spanOf(node);
  const place = { span, nameSpan: declarator.nameSpan, text: name };
  const effect = (annotation: Annotation, kind: 'acquire' | 'release'): void => {
    const [primitive, args] = primitiveOf(cx, annotation.value as Expr, kind);
    emitNamedCall(cx, primitive, args, place);
  };
  for (const annotation of annotations) if (annotation.kind === 'releases') effect(annotation, 'release');
  for (const annotation of annotations) if (annotation.kind === 'acquires') effect(annotation, 'acquire');
  for (const annotation of annotations) {
    if (annotation.kind !== 'acquires-if') continue;
    const [taken, failed] = [cx.flow.newBlock(), cx.flow.newBlock()];
    cx.flow.branch(UNKNOWN, taken, failed, span);
    cx.flow.startAt(taken);
    effect(annotation, 'acquire');
    returnValue(cx, annotation.when === 'nonzero' ? 1 : 0, span);
    cx.flow.startAt(failed);
    returnValue(cx, annotation.when === 'nonzero' ? 0 : -(ERRNO.get('EINTR') ?? 4), span);
  }
  if (!annotations.some((a) => a.kind === 'acquires-if'))
    cx.flow.end({ kind: 'return', value: UNKNOWN, span });
  return {
    id,
    name,
    exportName: name,
    declared: true,
    linkage: 'exported',
    escapes: false,
    params,
    blocks: cx.flow.finish(span),
    isAsync: false,
    isGenerator: false,
    isInit: false,
    annotations,
    whole: true,
    span,
    nameSpan: declarator.nameSpan,
  };
}

function returnValue(cx: FunctionContext, value: number, span: Span): void {
  cx.flow.end({ kind: 'return', value: constant(value), span });
}

/** The primitive that takes or gives back such a lock. */
function primitiveOf(
  cx: FunctionContext,
  lock: Expr,
  kind: 'acquire' | 'release',
): readonly [string, readonly Expr[]] {
  const { unit } = cx;
  if (lock.op === 'global' && /^rcu$/i.test(lock.name)) return [ANNOTATED.rcu[kind], []];
  const type = typeOf(unit, lock);
  const isContainers =
    lock.op === 'addr-field' && unit.model.containers.some((c) => c.lock === `&${lock.name}`);
  const isSpinning = isContainers || (type !== undefined && ATOMIC_TYPES.has(type.name));
  return [ANNOTATED[isSpinning ? 'spinning' : 'any'][kind], [lock]];
}

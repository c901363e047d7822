/** Lock annotations on functions: `__must_hold(&x->lock)`, `__acquires(RCU)` and kin. */
import { CONTAINER_MEMBERS } from '../../contracts/kernel-members.ts';
import type { Annotation, Expr } from '../../ir/ir.ts';
import type { Span } from '../../ir/source.ts';
import type { FunctionContext, UnitContext } from './context.ts';
import { lookUp, typeOf } from './context.ts';
import { lowerExpression } from './expressions.ts';
import type { Mask } from './mask.ts';

/** Words for a result as the kernel's __cond_acquires(result, lock) has them. */
const RESULTS: ReadonlyMap<string, 'nonzero' | 'zero' | 'nonnegative'> = new Map([
  ['true', 'nonzero'],
  ['1', 'nonzero'],
  ['nonnull', 'nonzero'],
  ['nonzero', 'nonzero'],
  ['false', 'zero'],
  ['0', 'zero'],
]);

/** The annotation masks that lie in the span. */
export function annotationsIn(unit: UnitContext, span: Span): Mask[] {
  return notesIn(unit, span).filter((mask) => mask.kind === 'annotation');
}

/** The annotations and attributes in the span that say something of a function. */
export function notesIn(unit: UnitContext, span: Span): Mask[] {
  return unit.notes.filter((mask) => mask.at >= span.start && mask.at < span.end);
}

/** The attributes that say something of a function. */
export function isNote(mask: Mask): boolean {
  return (
    mask.kind === 'annotation' ||
    (mask.kind === 'erase' && (mask.name === '__noreturn' || mask.name.endsWith('init')))
  );
}

/** Reads an annotation over the parameters of the function `cx`. */
export function readAnnotation(cx: FunctionContext, mask: Mask): Annotation[] {
  const { unit } = cx;
  const macro = unit.model.macro(mask.name);
  if (macro?.kind !== 'annotation') return [];
  const texts = mask.args.map((arg) => unit.original.slice(arg.start, arg.end).trim());
  const isConditional = mask.name.startsWith('__cond_');
  const result = isConditional && mask.args.length > 1 ? RESULTS.get(texts[0] ?? '') : undefined;
  const paths = result === undefined ? mask.args : mask.args.slice(1);
  return paths.map((span) => {
    const value = readPath(cx, span);
    const isMissing = value === null ? isUnheardOf(cx, span) : hasMissingMember(unit, value);
    return {
      kind: isConditional ? 'acquires-if' : macro.meaning,
      path: unit.original.slice(span.start, span.end).trim(),
      value: isMissing ? null : value,
      ...(isMissing && { missing: true }),
      ...(isConditional && { when: result ?? 'nonzero' }),
      span: { start: mask.at, end: mask.end },
    };
  });
}

/**
 * `__must_hold(&pool->lock)` of a function whose parameter is `p`: the path goes on from a name that stands in annotations
 * only. Pointers that headers declare for all (`current`) are few, and used by the bodies too.
 */
function isUnheardOf({ unit }: FunctionContext, span: Span): boolean {
  const [, root = '', member = ''] =
    /([A-Za-z_]\w*)\s*(?:->|\.)\s*([A-Za-z_]\w*)/.exec(unit.original.slice(span.start, span.end)) ?? [];
  if (root === '' || member === '' || root === 'current') return false;
  const spans = unit.notes.flatMap((mask) => mask.args);
  const uses = unit.original.matchAll(new RegExp(`(?<!(?:->|\\.)\\s*|\\bstruct\\s+)\\b${root}\\b`, 'g'));
  return [...uses].every(({ index }) => spans.some(({ start, end }) => index >= start && index < end));
}

/** The container, or a struct of this file, does not have the member, nor uses the file one that a macro may declare. */
function hasMissingMember(unit: UnitContext, value: Expr): boolean {
  if (value.op !== 'field' && value.op !== 'addr-field') return false;
  if (hasMissingMember(unit, value.base)) return true;
  const { name } = value;
  const type = typeOf(unit, value.base);
  const fields = type && unit.structs.get(type.name);
  const members = CONTAINER_MEMBERS[type?.name ?? ''];
  if (!fields && members !== undefined) return !members.includes(name);
  if (!fields || fields.has(name) || unit.members.get(type.name)?.includes(name)) return false;
  return !isUsedAsMember(unit, type.name, name);
}

/** Some pointer to such a struct leads to the member, outside of annotations. */
function isUsedAsMember(unit: UnitContext, struct: string, member: string): boolean {
  const { original } = unit;
  const pointers = new Set(
    [...original.matchAll(new RegExp(`\\bstruct\\s+${struct}\\s*\\*+\\s*(\\w+)`, 'g'))].map(
      ([, name]) => name,
    ),
  );
  const spans = unit.notes.flatMap((mask) => mask.args);
  return [...original.matchAll(new RegExp(`(\\w+)\\s*(?:->|\\.)\\s*${member}\\b`, 'g'))].some(
    ({ index, 1: base }) =>
      pointers.has(base) && !spans.some(({ start, end }) => index >= start && index < end),
  );
}

function readPath(cx: FunctionContext, span: Span): Expr | null {
  const { unit } = cx;
  const path = unit.original.slice(span.start, span.end);
  const root = /[A-Za-z_]\w*/.exec(path)?.[0];
  if (root === undefined) return null;
  if (lookUp(cx, root) === undefined && !unit.externs.has(root)) {
    // A lock of another file, or a token such as RCU, is named by itself only.
    return new RegExp(`^[\\s&(]*${root}[\\s)]*$`).test(path) ? { op: 'global', name: root } : null;
  }
  const read = unit.parseStatements(path, span.start);
  const [statement] = read?.nodes ?? [];
  const [expression] = statement?.children ?? [];
  if (!read || !expression || statement?.broken) return null;
  const masked = unit.text;
  unit.text = read.text;
  const value = lowerExpression(cx, expression);
  unit.text = masked;
  return asLock(cx, value);
}

/** Written without `&`, a field is the lock itself, not what is stored there. */
function asLock(cx: FunctionContext, value: Expr): Expr | null {
  if (value.op === 'unknown') return null;
  if (value.op !== 'field') return value;
  const type = typeOf(cx.unit, value);
  return type && type.pointers > 0 ? value : { op: 'addr-field', base: value.base, name: value.name };
}

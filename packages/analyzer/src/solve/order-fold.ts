import { WRITTEN_BY_KERNEL } from '../contracts/kernel-members.ts';
import type { Certainty } from '../report/finding.ts';
import { bothOrdersMessage, nestedKindMessage } from '../rules/lock-order.ts';
import type { TraceStep } from '../domain/trace.ts';
import type { CallGraph } from './call-graph.ts';
import type { Context } from './context.ts';
import type { EdgeSource } from './group.ts';
import type { OrderEdge } from './lock-order.ts';
import type { RawFinding } from './recorder.ts';

/**
 * Finds locks that the functions of a program take in both orders, and nested locks of one kind. Two orders inside one
 * common lock that is held around both never meet. Cost: linear in the edges, but for pairs that are there in both orders.
 */
export function foldOrder(
  context: Context,
  edges: Iterable<EdgeSource>,
  around: ReadonlyMap<number, ReadonlySet<string>>,
  isRoot: (fn: number) => boolean,
): RawFinding[] {
  const byPair = new Map<string, EdgeSource[]>();
  for (const edge of edges) {
    const key = `${edge.first}>${edge.second}`;
    const list = byPair.get(key);
    if (list === undefined) byPair.set(key, [edge]);
    else list.push(edge);
  }
  const complete = (source: EdgeSource): OrderEdge => {
    const edge = source.edge();
    const outer = new Set([...edge.outer, ...(around.get(edge.functionIndex) ?? [])]);
    outer.delete(edge.first);
    outer.delete(edge.second);
    return { ...edge, outer };
  };
  const inOrder = (a: OrderEdge, b: OrderEdge): number => comparePlaces(context, a.secondAt, b.secondAt);
  const findings: RawFinding[] = [];
  for (const key of [...byPair.keys()].sort()) {
    const sources = byPair.get(key) as EdgeSource[];
    const [{ first, second, sameKind }] = sources as [EdgeSource];
    const opposite = sameKind ? undefined : byPair.get(`${second}>${first}`);
    if (!sameKind && opposite === undefined) continue;
    const list = sources.map(complete).sort(inOrder);
    if (sameKind) {
      for (const edge of list) if (edge.outer.size === 0) findings.push(nestedFinding(context, edge, isRoot));
      continue;
    }
    // Each pair is looked at once, from the side that is first by name.
    if (first > second) continue;
    const others = (opposite ?? []).map(complete).sort(inOrder);
    const meeting = meetingEdges(list, others, writtenKinds(context, [...list, ...others]));
    if (meeting !== null) findings.push(bothOrders(context, ...meeting));
  }
  return findings;
}

/** The first two edges of opposite orders that can meet; a proof is preferred. */
function meetingEdges(
  list: readonly OrderEdge[],
  others: readonly OrderEdge[],
  written: ReadonlySet<string>,
): [OrderEdge, OrderEdge] | null {
  let found: [OrderEdge, OrderEdge] | null = null;
  for (const a of list) {
    for (const b of others) {
      if (!canMeet(a, b, written)) continue;
      if (certaintyOf(a, b) === 'proved') return [a, b];
      found ??= [a, b];
    }
  }
  return found;
}

/** Two locks of one object here, and of two objects there: whether these are the same two is open. */
function certaintyOf(a: OrderEdge, b: OrderEdge): Certainty {
  const mayDiffer = a.inOneObject !== null && b.inOneObject !== null && a.inOneObject !== b.inOneObject;
  return a.certainty === 'possible' || b.certainty === 'possible' || mayDiffer ? 'possible' : 'proved';
}

/** Two readers of one lock do not wait for each other; but in the kernel a reader waits behind a writer who waits. */
function canMeet(a: OrderEdge, b: OrderEdge, written: ReadonlySet<string>): boolean {
  if (a.modes[0] === 'read' && b.modes[1] === 'read' && !written.has(a.first)) return false;
  if (a.modes[1] === 'read' && b.modes[0] === 'read' && !written.has(a.second)) return false;
  for (const kind of a.outer) if (b.outer.has(kind)) return false;
  return true;
}

/** The kinds of locks that are taken for writing too, as far as these edges tell, or by the kernel itself. */
function writtenKinds({ program }: Context, edges: Iterable<OrderEdge>): ReadonlySet<string> {
  const written = new Set<string>();
  for (const { first, second, modes, functionIndex } of edges) {
    if (program.functions[functionIndex]?.home.language !== 'c') continue;
    if (modes[0] === 'write' || isWrittenByKernel(first)) written.add(first);
    if (modes[1] === 'write' || isWrittenByKernel(second)) written.add(second);
  }
  return written;
}

/** By the class of the lock: `mm_struct@.mmap_lock`. */
function isWrittenByKernel(kind: string): boolean {
  const member = WRITTEN_BY_KERNEL[kind.slice(0, kind.indexOf('@'))];
  return member !== undefined && kind.endsWith(`.${member}`);
}

function bothOrders(context: Context, a: OrderEdge, b: OrderEdge): RawFinding {
  const [earlier, later] = comparePlaces(context, a.secondAt, b.secondAt) < 0 ? [a, b] : [b, a];
  const message = bothOrdersMessage(later.names, earlier.names, `${earlier.functionName}()`);
  return findingAt(later, message, [later.firstAt, earlier.firstAt, earlier.secondAt], certaintyOf(a, b));
}

function nestedFinding(context: Context, edge: OrderEdge, isRoot: (fn: number) => boolean): RawFinding {
  const fn = context.program.functions[edge.functionIndex];
  const language = fn?.home.language ?? 'c';
  // In C the lock's spelling has to say that there is an order. In TypeScript a caller that is seen may have compared ids.
  const isOpen = edge.isTree && fn?.ir.linkage === 'exported' && isRoot(edge.functionIndex);
  const certainty = language === 'c' || isOpen ? edge.certainty : 'possible';
  return findingAt(edge, nestedKindMessage(edge.names, language), [edge.firstAt], certainty);
}

function findingAt(
  edge: OrderEdge,
  message: string,
  related: readonly TraceStep[],
  certainty: Certainty,
): RawFinding {
  const { unit, start, end, inside } = edge.secondAt;
  return {
    rule: 'lock-order',
    message,
    certainty,
    unit,
    start,
    end,
    functionName: edge.functionName,
    related: inside === undefined ? related : [inside, ...related],
    path: edge.path,
  };
}

function comparePlaces(context: Context, a: TraceStep, b: TraceStep): number {
  const path = (step: TraceStep): string => context.program.units[step.unit]?.unit.path ?? '';
  const x = path(a);
  const y = path(b);
  if (x !== y) return x < y ? -1 : 1;
  return a.start - b.start;
}

/** Kinds of locks that every seen caller of a function holds around it, its callers' callers counted in. */
export function heldAround(
  graph: CallGraph,
  callsOf: (fn: number) => ReadonlyMap<number, ReadonlySet<string>> | undefined,
): ReadonlyMap<number, ReadonlySet<string>> {
  const around = new Map<number, ReadonlySet<string>>();
  // Callers come after their callees in the groups: they are gone through backwards.
  for (let k = graph.groups.length - 1; k >= 0; k--) {
    for (const index of graph.groups[k]?.members ?? []) {
      let common: ReadonlySet<string> | null = null;
      for (const caller of graph.callers[index] ?? []) {
        const held = callsOf(caller)?.get(index);
        if (held === undefined) continue;
        const all = new Set<string>([...held, ...(around.get(caller) ?? [])]);
        common = common === null ? all : new Set([...all].filter((kind) => common?.has(kind)));
      }
      if (common !== null && common.size > 0) around.set(index, common);
    }
  }
  return around;
}

/** Types of what is kept in containers of the language. */
import type { Type } from './entities.ts';

/** Containers whose first type argument is what iterating over them gives. */
const listLike: ReadonlySet<string> = new Set([
  'Array',
  'ReadonlyArray',
  'Set',
  'ReadonlySet',
  'Iterable',
  'IterableIterator',
  'Iterator',
  'Generator',
  'AsyncIterable',
  'AsyncGenerator',
]);

/** Methods of containers that give what is kept in them: `argument` of the container's type, or an iterable of it. */
const containerMethods: Readonly<Record<string, { readonly argument: number; readonly wrap?: string }>> = {
  'Map.get': { argument: 1 },
  'ReadonlyMap.get': { argument: 1 },
  'WeakMap.get': { argument: 1 },
  'Map.values': { argument: 1, wrap: 'Iterable' },
  'ReadonlyMap.values': { argument: 1, wrap: 'Iterable' },
  'Map.keys': { argument: 0, wrap: 'Iterable' },
  'Set.values': { argument: 0, wrap: 'Iterable' },
  'Array.values': { argument: 0, wrap: 'Iterable' },
  'Array.at': { argument: 0 },
  'Array.pop': { argument: 0 },
  'Array.shift': { argument: 0 },
  'Array.find': { argument: 0 },
  'Array.filter': { argument: 0, wrap: 'Array' },
  'WeakRef.deref': { argument: 0 },
};

export function isMap({ name }: Type): boolean {
  return name === 'Map' || name === 'ReadonlyMap';
}

/** An object used as a map: all its members have one type. */
export function isRecord({ name, module }: Type): boolean {
  return name === 'Record' && module === undefined;
}

/** What iterating over a value of the type gives, or indexing it. */
export function elementType(type: Type): Type | undefined {
  if (isMap(type)) return { name: '[]', pointers: 0, args: type.args ?? [] };
  if (isRecord(type)) return type.args?.[1];
  return listLike.has(type.name) ? type.args?.[0] : undefined;
}

export function awaitedType(type: Type | undefined): Type | undefined {
  return type?.name === 'Promise' ? type.args?.[0] : type;
}

export function containerMethodType(type: Type | undefined, name: string): Type | undefined {
  const entry = type === undefined ? undefined : containerMethods[`${type.name}.${name}`];
  const argument = entry && type?.args?.[entry.argument];
  return argument === undefined || entry?.wrap === undefined
    ? argument
    : { name: entry.wrap, pointers: 0, args: [argument] };
}

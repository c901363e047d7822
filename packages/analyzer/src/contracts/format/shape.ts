/** Shapes of plain data: what a check and a JSON schema are both made from. */

export type Shape =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly say: string }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'true' }
  | { readonly kind: 'count' }
  | { readonly kind: 'list'; readonly of: Shape }
  /** An object whose keys are names. */
  | { readonly kind: 'table'; readonly keys?: RegExp; readonly sayKeys?: string; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Field>> }
  /** Told apart by the type of the value: a text, or an object. */
  | { readonly kind: 'text-or'; readonly text: Shape; readonly else: Shape };

export interface Field {
  readonly shape: Shape;
  /** What it says, for the schema that editors show. */
  readonly about: string;
  readonly required?: boolean;
}

/** Where something is wrong, and what to do. */
export interface ShapeProblem {
  /** `functions["Mutex.acquire"].acquires[0].mode`. */
  readonly at: string;
  readonly message: string;
  readonly remedy: string;
}

/** The first thing in a value that is not of the shape, in the order of the value; null if there is none. */
export function findProblem(value: unknown, shape: Shape, at = ''): ShapeProblem | null {
  switch (shape.kind) {
    case 'text':
      if (typeof value !== 'string') return wrongType(value, 'a text', at, `Write ${shape.say}.`);
      return shape.pattern === undefined || shape.pattern.test(value)
        ? null
        : { at, message: `cannot be '${value}'`, remedy: `Write ${shape.say}.` };
    case 'one-of': {
      const allowed = shape.values.map((v) => `'${v}'`).join(', ');
      if (typeof value !== 'string') return wrongType(value, 'a text', at, `It is one of ${allowed}.`);
      return shape.values.includes(value)
        ? null
        : { at, message: `cannot be '${value}'`, remedy: `It is one of ${allowed}.` };
    }
    case 'boolean':
      return typeof value === 'boolean'
        ? null
        : wrongType(value, 'true or false', at, 'Write it without quotes.');
    case 'true':
      return value === true ? null : wrongType(value, 'true', at, 'Leave it out where it does not hold.');
    case 'count':
      return Number.isInteger(value) && (value as number) >= 0
        ? null
        : wrongType(value, 'a whole number from 0', at, 'Arguments are counted from 0.');
    case 'list':
      if (!Array.isArray(value)) return wrongType(value, 'a list', at, 'Put it between [ and ].');
      return first(
        value.map((item, k) => [`${at}[${k}]`, item] as const),
        (place, item) => findProblem(item, shape.of, place),
      );
    case 'table':
      if (!isObject(value)) return wrongType(value, 'an object', at, 'Put it between { and }.');
      return first(Object.entries(value), (key, item) =>
        shape.keys !== undefined && !shape.keys.test(key)
          ? {
              at: at === '' ? key : at,
              message: `has a key '${key}'`,
              remedy: `Keys are ${shape.sayKeys ?? 'names'}.`,
            }
          : findProblem(item, shape.of, member(at, key)),
      );
    case 'object':
      return findFieldProblem(value, shape.fields, at);
    case 'text-or':
      return findProblem(value, typeof value === 'string' ? shape.text : shape.else, at);
  }
}

function findFieldProblem(
  value: unknown,
  fields: Readonly<Record<string, Field>>,
  at: string,
): ShapeProblem | null {
  if (!isObject(value)) return wrongType(value, 'an object', at, 'Put it between { and }.');
  const names = Object.keys(fields);
  for (const [key, { required, about }] of Object.entries(fields)) {
    if (required === true && value[key] === undefined)
      return { at, message: `has no '${key}'`, remedy: `It says: ${about}` };
  }
  return first(Object.entries(value), (key, item) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      return { at, message: `has an unknown key '${key}'`, remedy: `The keys are ${names.join(', ')}.` };
    }
    return item === undefined ? null : findProblem(item, field.shape, member(at, key));
  });
}

function first<T>(
  items: readonly (readonly [string, T])[],
  check: (key: string, item: T) => ShapeProblem | null,
): ShapeProblem | null {
  for (const [key, item] of items) {
    const problem = check(key, item);
    if (problem !== null) return problem;
  }
  return null;
}

function wrongType(value: unknown, wanted: string, at: string, remedy: string): ShapeProblem {
  const named = value === null || typeof value === 'boolean' ? String(value) : NAMES[typeof value];
  const found = Array.isArray(value) ? 'a list' : named;
  return { at, message: `is ${found ?? typeof value}, not ${wanted}`, remedy };
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  object: 'an object',
  function: 'a function',
  undefined: 'missing',
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(at: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
}

import type { Shape } from './shape.ts';

/** A JSON schema (draft 2020-12), as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON schema of a shape. */
export function jsonSchemaOf(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case 'text':
      return {
        type: 'string',
        description: shape.say,
        ...(shape.pattern && { pattern: shape.pattern.source }),
      };
    case 'one-of':
      return { enum: shape.values };
    case 'boolean':
      return { type: 'boolean' };
    case 'true':
      return { const: true };
    case 'count':
      return { type: 'integer', minimum: 0 };
    case 'list':
      return { type: 'array', items: jsonSchemaOf(shape.of) };
    case 'table':
      return {
        type: 'object',
        ...(shape.keys && { propertyNames: { pattern: shape.keys.source } }),
        additionalProperties: jsonSchemaOf(shape.of),
      };
    case 'object': {
      const fields = Object.entries(shape.fields);
      const required = fields.filter(([, field]) => field.required).map(([key]) => key);
      return {
        type: 'object',
        properties: Object.fromEntries(
          fields.map(([key, { shape: inner, about }]) => [
            key,
            { ...jsonSchemaOf(inner), description: about },
          ]),
        ),
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      };
    }
    case 'text-or':
      return { anyOf: [jsonSchemaOf(shape.text), jsonSchemaOf(shape.else)] };
  }
}

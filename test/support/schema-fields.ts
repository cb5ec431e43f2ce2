import * as z from 'zod';

/** What a schema says about one field. */
export interface SchemaField {
  /** The only values that it takes, where they are listed. */
  readonly values: ReadonlySet<string>;
  /** What a missing field is read as, as JSON; undefined for a required one. */
  readonly default: string | undefined;
}

/**
 * The named fields of what a schema reads, at any depth: `a`, `a.b`, `a.*.b` below a record, `a[].b` below an array. The branches of a
 * union count together. What a schema lets through without a name is left out.
 */
export function schemaFields(schema: z.ZodType): ReadonlyMap<string, SchemaField> {
  const fields = new Map<string, { values: Set<string>; default: string | undefined }>();
  const visit = (node: unknown, prefix: string): void => {
    if (!isObject(node)) return;
    for (const branch of [...list(node['anyOf']), ...list(node['oneOf'])]) visit(branch, prefix);
    if ('items' in node) visit(node['items'], `${prefix}[]`);
    const { properties, additionalProperties } = node;
    if (!isObject(properties)) {
      visit(additionalProperties, `${prefix}.*`);
      return;
    }
    for (const [name, property] of Object.entries(properties)) {
      const field = prefix === '' ? name : `${prefix}.${name}`;
      const known = fields.get(field) ?? { values: new Set<string>(), default: undefined };
      fields.set(field, known);
      if (isObject(property)) {
        for (const value of [...list(property['enum']), property['const']])
          if (typeof value === 'string') known.values.add(value);
        if ('default' in property) known.default = JSON.stringify(property['default']);
      }
      visit(property, field);
    }
  };
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '');
  return fields;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

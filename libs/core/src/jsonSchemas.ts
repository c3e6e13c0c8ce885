import { type DeclaredField, type Dto, fieldsOf, type Schema } from './fields.ts';

/** What a description refers to a class by: its name, below `components.schemas`. */
export function referenceTo(dto: Dto): Schema {
  return { $ref: `#/components/schemas/${dto.name}` };
}

/**
 * The JSON schemas (2020-12) of some classes and of all that they hold, by their names: made of the very declarations that
 * check what comes in. What a field's own rule asks beyond them stands in its description.
 */
export function jsonSchemas(dtos: readonly Dto[]): Record<string, Schema> {
  const known = new Map<string, Dto>();
  const visit = (dto: Dto) => {
    const other = known.get(dto.name);
    if (other === dto) return;
    if (other) throw new Error(`two classes of the description are called ${dto.name}`);
    known.set(dto.name, dto);
    for (const [, { schema }] of fieldsOf(dto)) for (const held of classesIn(schema)) visit(held);
  };
  dtos.forEach(visit);
  return Object.fromEntries([...known].map(([name, dto]) => [name, objectSchema(dto)]));
}

/** The schema of one field, with null where it may be null. */
export function fieldSchema({ schema, notes }: DeclaredField): Schema {
  const { description, example, nullable } = notes;
  const told = {
    ...(description !== undefined && { description }),
    ...(example !== undefined && { examples: [example] }),
  };
  const plain = resolved(schema);
  if (!nullable) return { ...plain, ...told };
  if (typeof plain['type'] !== 'string') return { anyOf: [plain, { type: 'null' }], ...told };
  const words = plain['enum'] as unknown[] | undefined;
  return { ...plain, type: [plain['type'], 'null'], ...(words && { enum: [...words, null] }), ...told };
}

function objectSchema(dto: Dto): Schema {
  const fields = [...fieldsOf(dto)];
  const required = fields.filter(([, { notes }]) => !notes.optional).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

interface Held {
  of?: () => Dto;
  items?: Held;
}

function classesIn({ of, items }: Held): Dto[] {
  return of ? [of()] : items ? classesIn(items) : [];
}

function resolved(schema: Schema): Schema {
  const { of, items } = schema as Held;
  if (of) return referenceTo(of());
  return items ? { ...schema, items: resolved(items as Schema) } : schema;
}

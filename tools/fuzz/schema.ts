/** A JSON schema (2020-12), as far as the description of the API uses it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  examples?: unknown[];
  readOnly?: boolean;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  maxProperties?: number;
}

/** The schemas that others refer to, by name. */
export type Schemas = Record<string, Schema>;

/** What a reference refers to. */
export function referredTo(reference: string, schemas: Schemas): { name: string; schema: Schema } {
  const name = reference.replace('#/components/schemas/', '');
  const schema = schemas[name];
  if (!schema) throw new Error(`the description refers to ${reference}, which is not in it`);
  return { name, schema };
}

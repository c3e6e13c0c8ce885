import { type Role, roles, type Scope, scopesOf } from '@muster/core/roles';
import { type Schema, type Schemas } from './schema.ts';

/** One operation under one of its addresses, as the description has it. */
export interface DescribedOperation {
  name: string;
  method: string;
  /** What it is below: `/api`. */
  base: string;
  /** The header that keys go in, and nothing else. */
  keyHeader: string;
  /** Who may do it: an admin, but for what no admin may. */
  who: Role;
  /** Below `base`, with `{names}`. */
  path: string;
  parameters: Parameter[];
  /** Undefined: it takes no body. */
  body: BodyForm | undefined;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

/** JSON of a schema, or bytes of some media types. */
export type BodyForm = { isOptional: boolean } & ({ json: Schema } | { types: string[] });

/** An OpenAPI document, as far as it is looked at. */
export interface Description {
  servers?: { url: string }[];
  paths: Record<string, Record<string, Described>>;
  components: {
    schemas: Schemas;
    parameters: Record<string, Parameter>;
    securitySchemes?: { apiKey: { name: string } };
  };
}

interface Described {
  operationId: string;
  'x-scope'?: Scope;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema }> };
}

/** All operations of a description, each as often as it has addresses. */
export function describedOperations({ servers = [], paths, components }: Description): DescribedOperation[] {
  const { url: base } = servers[0] ?? { url: '/api' };
  const { name: keyHeader } = components.securitySchemes?.apiKey ?? { name: 'X-API-KEY' };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, parameters = [], requestBody, 'x-scope': scope }]) => ({
      ...{ name: operationId, method: method.toUpperCase(), base, keyHeader, who: whoMay(scope), path },
      parameters: parameters.map((one) => ('$ref' in one ? parameterOf(one.$ref, components.parameters) : one)),
      body: requestBody && bodyOf(requestBody),
    })),
  );
}

function whoMay(scope: Scope | undefined): Role {
  const allowed = roles.filter((role) => scope === undefined || scopesOf(role).includes(scope));
  return allowed.find((role) => role === 'admin') ?? allowed[0] ?? 'admin';
}

function parameterOf(reference: string, known: Record<string, Parameter>): Parameter {
  const parameter = known[reference.replace('#/components/parameters/', '')];
  if (!parameter) throw new Error(`the description refers to ${reference}, which is not in it`);
  return parameter;
}

function bodyOf({ required = false, content }: NonNullable<Described['requestBody']>): BodyForm {
  const json = content['application/json']?.schema;
  return { isOptional: !required, ...(json ? { json } : { types: Object.keys(content) }) };
}

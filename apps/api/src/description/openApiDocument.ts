import { type Dto } from '@muster/core/fields';
import { jsonSchemas } from '@muster/core/jsonSchemas';
import { roleMeanings } from '@muster/core/roles';
import { type Operation } from '../operation.ts';
import { describeOperation } from './describeOperation.ts';
import { ErrorAnswer } from './errorAnswer.ts';
import { refusalResponses } from './refusals.ts';

const COMPANY_PATH = '/companies/{companyId}';

const introduction = `Campaigns of a lender: whom, when, what then.

Everything that succeeds answers 200. Refusals answer \`{status, code, message, errors, requestId}\`; \`errors\` names every
faulty field at once. Lists page by cursors (\`startingAfter\`, \`endingBefore\`: ids of objects). A POST with an
\`Idempotency-Key\` has its effect once: the same key and body give the first answer again for 24 hours. Objects bear an
\`ETag\`, which \`If-Match\` holds a change to. Unknown fields are refused; read-only ones are accepted and ignored, so that
what was read can be sent back. Every path is there under \`/companies/{companyId}\` as well.`;

/** The description of the API (OpenAPI 3.1), made of the declarations that route and check its requests. */
export function openApiDocument(operations: readonly Operation[], { tokenUrl }: { tokenUrl: string }) {
  return {
    openapi: '3.1.0',
    info: { title: 'Muster: the lending API', version: '1', description: introduction },
    servers: [{ url: '/api' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: pathsOf(operations),
    components: {
      schemas: jsonSchemas([ErrorAnswer, ...operations.flatMap(classesOf)]),
      parameters: sharedParameters,
      responses: refusalResponses(),
      securitySchemes: securitySchemes(operations, tokenUrl),
    },
  };
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

function pathsOf(operations: readonly Operation[]) {
  const paths: Record<string, Record<string, ReturnType<typeof describeOperation>>> = {};
  for (const operation of operations) {
    for (const underCompany of operation.onlyUnderCompany ? [true] : [false, true]) {
      const path = underCompany ? `${COMPANY_PATH}${operation.path}` : operation.path;
      const item = (paths[path] ??= {});
      for (const method of operation.methods) item[method] = describeOperation(operation, method, { underCompany });
    }
  }
  return paths;
}

function classesOf({ answer, body }: Operation): Dto[] {
  const answered = Object.values(answer).filter((value): value is Dto => typeof value === 'function');
  return [...answered, ...(body && 'json' in body ? [body.json] : [])];
}

const text = (min: number, max: number) => ({ type: 'string', minLength: min, maxLength: max });
const sharedParameters = {
  CompanyId: {
    ...{ name: 'companyId', in: 'path', required: true, schema: { type: 'string' } },
    description: 'The company of the credential; any other answers 404',
  },
  IdempotencyKey: {
    ...{ name: 'Idempotency-Key', in: 'header', schema: { ...text(1, 255), pattern: '^[\\x21-\\x7e]+$' } },
    description: 'A new random text for each thing that is to be done once',
  },
  IfMatch: {
    ...{ name: 'If-Match', in: 'header', schema: { type: 'string' } },
    description: 'The ETag of the state that is to be changed: 412 where it is not the present one',
  },
  IfNoneMatch: {
    ...{ name: 'If-None-Match', in: 'header', schema: { type: 'string' } },
    description: 'The ETag of what you have: 304, without a body, while it is the present one',
  },
  Range: {
    ...{ name: 'Range', in: 'header', schema: { type: 'string', examples: ['bytes=0-1048575'] } },
    description: 'One part of the file, in bytes. `If-Range` is honoured; of a zip there are no parts',
  },
  RequestId: {
    ...{ name: 'X-Request-Id', in: 'header', schema: text(1, 100) },
    description: 'Echoed, and in every log line of the request; made where absent',
  },
};

function securitySchemes(operations: readonly Operation[], tokenUrl: string) {
  const scopes = [...new Set(operations.map(({ scope }) => scope))].sort();
  const roles = Object.entries(roleMeanings).map(([role, meaning]) => `\`${role}\` ${meaning}`);
  const description = `Roles: ${roles.join('; ')}. Scopes may narrow a role.`;
  return {
    apiKey: { type: 'apiKey', in: 'header', name: 'X-API-KEY', description },
    bearer: {
      ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      description: 'A JWT of one of the operator’s issuers, with the claims `company_id` and `role`; or an API key.',
    },
    oauth2: {
      type: 'oauth2',
      description: 'Where such tokens come from: the token endpoint of the operator’s issuer.',
      flows: { clientCredentials: { tokenUrl, scopes: Object.fromEntries(scopes.map((scope) => [scope, scope])) } },
    },
  };
}

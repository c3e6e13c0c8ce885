import { type Dto, fieldsOf, pattern, type Schema, text } from '@muster/core/fields';
import { fieldSchema, jsonSchemas, referenceTo } from '@muster/core/jsonSchemas';
import { smsErrors, type SmsName } from '@muster/messaging/smsErrors';
import { type SmsAnswer, type SmsBody, type SmsOperation } from './smsOperation.ts';

/** What every refusal is answered with. */
class SmsError {
  @pattern(/^\d{5,6}$/, { message: 'must be a code', description: 'Stable, for programs', example: '10001' })
  errorCode!: string;
  @text({ max: 10_000, description: 'What is wrong and what to write, for people' }) errorDescription!: string;
}

const ALWAYS: SmsName[] = [
  ...(['unknownField', 'unauthenticated', 'forbidden', 'tooManyRequests', 'internalError', 'unavailable'] as const),
];
/** Also where none is expected, and one comes. */
const OF_BODIES: SmsName[] = [
  ...(['invalidField', 'missingMd5', 'wrongMd5', 'malformedJson', 'bodyTooLarge', 'wrongMediaType'] as const),
];

/** The description of the SMS API (OpenAPI 3.1), made of the declarations that route and check its requests. */
export function smsDocument(operations: readonly SmsOperation[]) {
  const errors = Object.values(smsErrors).sort((one, other) => Number(one.code) - Number(other.code));
  const codes = errors.map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster: the SMS API',
      version: '1',
      description: `${introduction}\n\n| errorCode | what it means |\n|---|---|\n${codes.join('\n')}`,
    },
    servers: [{ url: '/sms' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: pathsOf(operations),
    components: {
      schemas: jsonSchemas([SmsError, ...operations.flatMap(classesOf)]),
      parameters: { ContentMd5: md5('Content-MD5'), RequestMd5: md5('RequestMD5') },
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'The key, and nothing else' },
      },
    },
  };
}

const introduction = `How texts that come in are handled: answered, charged once, or charged on each due date.

Bodies are JSON; each bears the MD5 of its bytes, as hexadecimal digits, in \`Content-MD5\` or \`RequestMD5\`. Moments are
\`yyyy-MM-dd HH:mm:ss +0100\` in the organisation's zone. Refusals answer \`{errorCode, errorDescription}\`, both texts.`;

function md5(name: string) {
  const description = 'The MD5 of the body’s bytes; one of the two is needed, unless the organisation is lenient';
  return { name, in: 'header', description, schema: { type: 'string', pattern: '^[0-9A-Fa-f]{32}$' } };
}

function pathsOf(operations: readonly SmsOperation[]) {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = described(operation);
  return paths;
}

function described({ name, summary, description, tag, scope, answer, ...operation }: SmsOperation): Schema {
  const { body, query, path, method } = operation;
  const refusals = [...ALWAYS, ...(method === 'post' ? OF_BODIES : []), ...(query ? (['invalidField'] as const) : [])];
  return {
    operationId: name,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    security: [{ apiKey: [] }],
    'x-scope': scope,
    parameters: [...pathParameters(path), ...queryParameters(query), ...(method === 'post' && body ? MD5 : [])],
    ...(body && { requestBody: { required: true, content: json(bodySchema(body)) } }),
    responses: {
      [('object' in answer && answer.status) || 200]: { description: 'Done', content: json(answerSchema(answer)) },
      ...refusalResponses([...refusals, ...(operation.refusals ?? [])]),
    },
  };
}

const MD5 = [{ $ref: '#/components/parameters/ContentMd5' }, { $ref: '#/components/parameters/RequestMd5' }];
const json = (schema: Schema) => ({ 'application/json': { schema } });

function bodySchema({ json: one, most }: SmsBody<Dto>): Schema {
  if (most === undefined) return referenceTo(one);
  return { oneOf: [referenceTo(one), { type: 'array', minItems: 1, maxItems: most, items: referenceTo(one) }] };
}

function answerSchema(answer: SmsAnswer): Schema {
  return 'object' in answer ? referenceTo(answer.object) : { type: 'array', items: referenceTo(answer.list) };
}

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
  }));
}

function queryParameters(query: Dto | undefined) {
  return [...(query ? fieldsOf(query) : [])].map(([name, field]) => {
    const { description, ...schema } = fieldSchema(field);
    return {
      name,
      in: 'query',
      required: !field.notes.optional,
      schema,
      ...(description !== undefined && { description }),
    };
  });
}

/** By status: which codes it may bear. */
function refusalResponses(names: readonly SmsName[]): Record<string, Schema> {
  const statuses = [...new Set(names.map((name) => smsErrors[name].status))];
  const entries = statuses.map((status) => {
    const of = [...new Set(names)].filter((name) => smsErrors[name].status === status);
    const description = of.map((name) => `${smsErrors[name].code}: ${smsErrors[name].meaning}`).join('; ');
    return [String(status), { description, content: json(referenceTo(SmsError)) }] as const;
  });
  return Object.fromEntries(entries);
}

function classesOf({ answer, body }: SmsOperation): Dto[] {
  return ['object' in answer ? answer.object : answer.list, ...(body ? [body.json] : [])];
}

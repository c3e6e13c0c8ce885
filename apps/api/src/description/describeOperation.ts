import { type Dto, fieldsOf, type Schema } from '@muster/core/fields';
import { fieldSchema, referenceTo } from '@muster/core/jsonSchemas';
import { type AnswerForm, type JsonBody, type Method, type Operation, type StreamedBody } from '../operation.ts';
import { pathParameters } from './pathParameters.ts';
import { refusalReference } from './refusals.ts';

const ALWAYS = [400, 401, 403, 429, 500, 503];

/** One operation of the description. `underCompany`: by the path that names the company. */
export function describeOperation(operation: Operation, method: Method, { underCompany }: { underCompany: boolean }) {
  const { name, summary, description, tag, scope, body } = operation;
  const isAlias = method === 'patch' && operation.methods.includes('put');
  return {
    operationId: `${isAlias ? name.replace(/^update/, 'patch') : name}${underCompany && !operation.onlyUnderCompany ? 'OfCompany' : ''}`,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    security: [{ apiKey: [] }, { bearer: [] }, { oauth2: [scope] }],
    'x-scope': scope,
    parameters: parametersOf(operation, underCompany),
    ...(body && { requestBody: bodyOf(body) }),
    responses: {
      200: { description: 'Done', ...answerHeaders(operation), content: contentOf(operation.answer) },
      ...(sendsRanges(operation) && { 206: partOfFile(operation) }),
      ...(hasEtag(operation) && { 304: { description: 'It is still as the ETag in `If-None-Match` says' } }),
      ...Object.fromEntries(
        refusalsOf(operation, { underCompany }).map((status) => [status, refusalReference(status)]),
      ),
    },
  };
}

/** Every status that an operation refuses with; under the path that names the company, any other company is one more. */
export function refusalsOf(
  { refusals = [], body, keepsAnswer, takesIfMatch, methods }: Operation,
  { underCompany }: { underCompany: boolean },
): number[] {
  const others = [
    ...(underCompany ? [404] : []),
    ...(body || !methods.includes('get') ? [413, 415] : []),
    ...(keepsAnswer ? [409, 422] : []),
    ...(takesIfMatch ? [412] : []),
  ];
  return [...new Set([...ALWAYS, ...refusals, ...others])].sort((a, b) => a - b);
}

function parametersOf(operation: Operation, underCompany: boolean) {
  const { path, query, keepsAnswer, takesIfMatch } = operation;
  const headers = [
    ...(keepsAnswer ? ['IdempotencyKey'] : []),
    ...(takesIfMatch ? ['IfMatch'] : []),
    ...(hasEtag(operation) ? ['IfNoneMatch'] : []),
    ...(sendsRanges(operation) ? ['Range'] : []),
    'RequestId',
  ];
  return [
    ...(underCompany ? [{ $ref: '#/components/parameters/CompanyId' }] : []),
    ...pathParameters(path),
    ...(query ? queryParameters(query) : []),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

function queryParameters(query: Dto) {
  return [...fieldsOf(query)].map(([name, field]) => {
    const { description, ...schema } = fieldSchema(field);
    const { optional = false } = field.notes;
    return { name, in: 'query', required: !optional, schema, ...(description !== undefined && { description }) };
  });
}

function bodyOf(body: NonNullable<Operation['body']>) {
  if ('bytes' in body) {
    const content = Object.fromEntries(body.bytes.map((type) => [type, {}]));
    return { required: true, description: body.description, content };
  }
  return { required: !body.optional, content: { 'application/json': { schema: bodySchema(body) } } };
}

function bodySchema(body: JsonBody<Dto> | StreamedBody): Schema {
  const list = body.streamed || body.asList === undefined ? undefined : fieldsOf(body.json).get(body.asList);
  return list ? fieldSchema(list) : referenceTo(body.json);
}

function contentOf(form: AnswerForm) {
  if ('bytes' in form) return Object.fromEntries(form.bytes.map((type) => [type, {}]));
  return { 'application/json': { schema: answerSchema(form) } };
}

/** The schema of what is answered, in its envelope. */
function answerSchema(form: Exclude<AnswerForm, { bytes: string[] }>): Schema {
  if ('bare' in form) return referenceTo(form.bare);
  if ('page' in form) return pageSchema(referenceTo(form.page));
  const data = 'list' in form ? { type: 'array', items: referenceTo(form.list) } : referenceTo(form.object);
  return envelope({ message: { type: 'string' }, data });
}

function pageSchema(items: Schema) {
  const address = { type: ['string', 'null'], description: 'The address of the page; null: there is none' };
  return envelope(
    {
      total: { type: 'integer', description: 'Exact up to 100,000' },
      totalIsEstimate: { type: 'boolean', description: 'There beyond 100,000, where `total` is the planner’s guess' },
      count: { type: 'integer', description: 'How many this page holds' },
      nextUrl: address,
      previousUrl: address,
      data: { type: 'array', items },
    },
    ['totalIsEstimate'],
  );
}

function envelope(properties: Record<string, Schema>, optional: string[] = []): Schema {
  const required = ['status', ...Object.keys(properties)].filter((name) => !optional.includes(name));
  const status = { type: 'integer', const: 200 };
  return { type: 'object', properties: { status, ...properties }, required, additionalProperties: false };
}

function answerHeaders({ answer }: Operation) {
  if ('page' in answer) return {};
  return { headers: { ETag: { description: 'The state of what is answered', schema: { type: 'string' } } } };
}

/** Whether what is read bears an ETag, and need not be sent to those who have it. */
function hasEtag({ answer, methods }: Operation) {
  return methods.includes('get') && !('page' in answer);
}

function sendsRanges({ answer, refusals }: Operation) {
  return 'bytes' in answer && refusals?.includes(416) === true;
}

function partOfFile(operation: Operation) {
  const description = 'The part that `Range` asks for';
  const headers = { 'Content-Range': { schema: { type: 'string' } } };
  return { description, headers, content: contentOf(operation.answer) };
}

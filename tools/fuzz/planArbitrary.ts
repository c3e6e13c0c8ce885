import fc from 'fast-check';
import { roles } from '@muster/core/roles';
import { bytesArbitrary } from './bytesArbitrary.ts';
import { type BodyForm, type DescribedOperation, type Parameter } from './describedOperations.ts';
import { isContainer, mention } from './draft.ts';
import { fieldHint } from './fieldHint.ts';
import { hostileText, hostileValue } from './hostileValues.ts';
import { mutate, mutation } from './mutations.ts';
import { type Schema, type Schemas } from './schema.ts';
import { schemaArbitrary } from './schemaArbitrary.ts';
import { smsFieldHint, smsWholes } from './smsFieldHint.ts';
import { strangeHeaders } from './strangeHeaders.ts';

/** A request before the objects are known that it names. */
export interface Plan {
  operation: DescribedOperation;
  /** Instead of the operation's own. */
  method: string | undefined;
  who: (typeof roles)[number] | 'nobody' | 'unknown';
  /** Which of the known objects the address names. */
  pick: number;
  /** By `ext-` and the external id. */
  byExternal: boolean;
  /** What stands in the address instead: of all parts, those that are named here. */
  parts: Record<string, unknown>;
  query: [name: string, value: unknown][];
  /** `etag` stands for the object's own, `fresh` for a key that was never used. */
  headers: Record<string, string>;
  body: { json: unknown } | { bytes: string | Uint8Array } | undefined;
}

type Plans = fc.Arbitrary<Plan>;

/** Requests of one operation: right ones, near misses, and such as make no sense. */
export function planArbitrary(operation: DescribedOperation, schemas: Schemas): Plans {
  const right = rightPlan(operation, schemas);
  const near = fc
    .tuple(rightPlan(operation, schemas, 8), fc.array(slip(operation), { minLength: 1, maxLength: 2 }))
    .map(([plan, slips]) => slips.reduce((before, change) => change(before), plan));
  return fc.oneof(
    { weight: 50, arbitrary: right },
    { weight: 38, arbitrary: near },
    { weight: 12, arbitrary: fc.tuple(right, nonsense(operation)).map(([plan, change]) => change(plan)) },
  );
}

/** Requests of one operation that are right, as far as the description tells. */
export function rightPlan(operation: DescribedOperation, schemas: Schemas, astray?: number): Plans {
  const hintFor = operation.base === '/sms' ? smsFieldHint : fieldHint;
  const making = { schemas, hintFor, ...(astray !== undefined && { astray }) };
  const { body, parameters } = operation;
  const content = contentOf(body, (schema) => withWholes(operation, schemaArbitrary(schema, making)));
  const whole = fc.record({
    ...{ operation: fc.constant(operation), method: fc.constant(undefined), parts: fc.constant({}) },
    who: fc.oneof(
      { weight: 12, arbitrary: fc.constant(operation.who) },
      { weight: 1, arbitrary: fc.constantFrom(...roles) },
    ),
    pick: fc.nat(11),
    byExternal: fc.nat(5).map((number) => number === 0),
    query: queryArbitrary(parameters, (one) => schemaArbitrary(one.schema, making, { name: one.name })),
    headers: headersOf(operation),
    content: body?.isOptional ? fc.option(content, { nil: undefined, freq: 4 }) : content,
  });
  return whole.map(({ content: given, ...plan }) => {
    const headers = given ? { 'Content-Type': given.type, ...plan.headers } : plan.headers;
    return { ...plan, headers, body: given?.body };
  });
}

/** Some of its bodies with fields that only go together. */
function withWholes({ base, name }: DescribedOperation, body: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const wholes = base === '/sms' ? smsWholes[name] : undefined;
  if (!wholes) return body;
  return fc
    .tuple(body, fc.constantFrom({}, ...wholes))
    .map(([drawn, whole]) => (isContainer(drawn) && !Array.isArray(drawn) ? { ...drawn, ...whole } : drawn));
}

interface Content {
  type: string;
  body: Plan['body'];
}

function contentOf(
  body: BodyForm | undefined,
  jsonOf: (schema: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Content | undefined> {
  if (!body) return fc.constant(undefined);
  if ('json' in body) return jsonOf(body.json).map((json) => ({ type: 'application/json', body: { json } }));
  return fc.oneof(...body.types.map((type) => bytesArbitrary(type).map((bytes) => ({ type, body: { bytes } }))));
}

function headersOf({ parameters }: DescribedOperation): fc.Arbitrary<Record<string, string>> {
  const takes = (name: string) => parameters.some((one) => one.name === name);
  const headers: Record<string, fc.Arbitrary<string>> = {
    ...(takes('If-Match') && { 'If-Match': fc.constantFrom('etag', 'etag', 'etag', '*', '"other"') }),
    ...(takes('Idempotency-Key') && { 'Idempotency-Key': onceKey }),
    ...(takes('Content-MD5') && { 'Content-MD5': fc.constant('md5'), RequestMD5: fc.constant('md5') }),
    'X-Request-Id': fc.uuid(),
  };
  const requiredKeys = takes('Content-MD5') ? ['Content-MD5'] : [];
  return fc.record(headers, { requiredKeys }).map((given) => given as Record<string, string>);
}

const onceKey = fc.constantFrom('fresh', 'fresh', 'fresh', 'fresh', 'fresh', 'again');

function queryArbitrary(parameters: readonly Parameter[], valueOf: (one: Parameter) => fc.Arbitrary<unknown>) {
  const queries = parameters.filter((one) => one.in === 'query');
  const each = queries.map((one) => {
    const given = valueOf(one).map((value) => [[one.name, value]] as Plan['query']);
    return one.required ? given : fc.oneof({ weight: 3, arbitrary: fc.constant<Plan['query']>([]) }, given);
  });
  return fc.tuple(...each).map((some) => some.flat());
}

type Change = (plan: Plan) => Plan;

/** One thing that is wrong with a request. */
function slip({ body, path, parameters }: DescribedOperation): fc.Arbitrary<Change> {
  const inBody = mutation.map((of): Change => (plan) => {
    const json = plan.body && 'json' in plan.body ? mutate(plan.body.json, of) : undefined;
    return json === undefined ? plan : { ...plan, body: { json } };
  });
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return fc.oneof(
    ...(body && 'json' in body ? [{ weight: 6, arbitrary: inBody }] : []),
    ...(names.length > 0 ? [{ weight: 3, arbitrary: strangePart(names) }] : []),
    { weight: 2, arbitrary: strangeQuery(parameters) },
    {
      weight: 2,
      arbitrary: strangeHeaders.map((headers): Change => (plan) => ({
        ...plan,
        headers: { ...plan.headers, ...headers },
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('nobody', 'unknown', ...roles).map((who): Change => (plan) => ({ ...plan, who })),
    },
  );
}

function strangePart(names: string[]): fc.Arbitrary<Change> {
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constant('other' as const) },
    { weight: 1, arbitrary: fc.constant('nobody' as const) },
    { weight: 1, arbitrary: fc.constant('own' as const) },
    { weight: 2, arbitrary: hostileText },
  );
  const by = fc.constantFrom('id' as const, 'external' as const, 'displayId' as const);
  return fc.tuple(fc.constantFrom(...names), value, by, fc.nat(11)).map(([name, what, by, pick]) => {
    const isWord = what === 'own' || what === 'other' || what === 'nobody';
    const part = isWord ? mention({ name, whose: what, by, pick }) : what;
    return (plan: Plan) => ({ ...plan, parts: { ...plan.parts, [name]: part } });
  });
}

function strangeQuery(parameters: readonly Parameter[]): fc.Arbitrary<Change> {
  const known = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const name = fc.oneof(fc.constantFrom('limit', 'startingAfter', 'x[y]', '__proto__', ...known), hostileText);
  const foreign = fc.record({ name, pick: fc.nat(11) }).map((of) => mention({ ...of, whose: 'other', by: 'id' }));
  const value = fc.oneof(hostileText, fc.constantFrom('0', '101', '1.5', 'true', ''), foreign);
  return fc
    .array(fc.tuple(name, value), { minLength: 1, maxLength: 3 })
    .map((more) => (plan: Plan) => ({ ...plan, query: [...plan.query, ...more] }));
}

/** A body that is none, a method that is not there. */
function nonsense({ body }: DescribedOperation): fc.Arbitrary<Change> {
  const bytes = fc.oneof(
    hostileText,
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(
      '{',
      '{}',
      'null',
      '[]',
      '"x"',
      '{"a":1}{',
      '{"a":1,}',
      "{'a':1}",
      '\ufeff{}',
      '{"\\ud800":"\\udc00"}',
      '{"a":NaN}',
    ),
    fc.constantFrom(...[20, 39, 41, 1_000, 15_000].map((levels) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels))),
    fc.constant(`{"name":"${'x'.repeat(110_000)}"}`),
  );
  const method = fc.constantFrom('HEAD', 'OPTIONS', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND');
  const json = hostileValue.map((value): Plan['body'] => ({ json: isContainer(value) ? value : [value] }));
  const given = fc.oneof(
    bytes.map((one): Plan['body'] => ({ bytes: one })),
    json,
  );
  const ofBody = given.map((content): Change => (plan) => ({ ...plan, body: content }));
  return body ? fc.oneof({ weight: 5, arbitrary: ofBody }, methodOf(method)) : fc.oneof(ofBody, methodOf(method));
}

const methodOf = (method: fc.Arbitrary<string>) => method.map((one): Change => (plan) => ({ ...plan, method: one }));

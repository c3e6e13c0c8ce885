import { runInNewContext } from 'node:vm';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { type Express } from 'express';
import { answerCheck } from '@muster/testing/answerCheck';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from '../createApi.ts';

interface Described {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; responses: object; parameters: { name?: string; in?: string }[] }>
  >;
  components: {
    schemas: Record<string, { properties: Record<string, object>; additionalProperties: boolean }>;
    responses: Record<string, { content: { 'application/json': { example: { status: number } } } }>;
  };
}

interface Explained {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  readOnly?: boolean;
  description?: string;
  examples?: unknown[];
}

let bench: ApiBench;
let app: Express;
let document: Described;
let smsDocument: Described;
beforeAll(async () => {
  bench = await apiBench((deps) => (app = createApi(deps)));
  document = (await bench.call('GET', '/api/openapi.json', { key: null })).json as unknown as Described;
  smsDocument = (await bench.call('GET', '/sms/openapi.json', { key: null })).json as unknown as Described;
});
afterAll(() => bench.close());

const fieldsOf = (name: string) =>
  Object.entries(document.components.schemas[name]?.properties ?? {}) as [string, Explained][];
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, of]) => ({ path, method, of })),
  );

it('is a valid document of OpenAPI 3.1, open to everybody, as is that of the SMS API', async () => {
  for (const described of [document, smsDocument]) {
    const result = await new Validator().validate(structuredClone(described) as object as Record<string, unknown>);
    expect(result).toMatchObject({ valid: true });
    expect(described.openapi).toBe('3.1.0');
  }
});

it('has a name of its own for each operation', () => {
  const names = operations().map(({ of }) => of.operationId);
  expect(new Set(names).size).toBe(names.length);
});

it('describes every method of every path, and no other', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    const address = path.replace('{companyId}', bench.own.id).replaceAll(/\{\w+\}/g, 'XX-2222-2222');
    const { headers } = await bench.call('OPTIONS', `/api${address}`);
    const allowed = (headers.get('allow') ?? '').split(', ').filter((method) => method !== 'HEAD');
    expect([path, allowed.sort()]).toEqual([
      path,
      Object.keys(item)
        .map((method) => method.toUpperCase())
        .sort(),
    ]);
  }
});

it('leaves no route out', () => {
  const described = Object.keys(document.paths).map((path) => path.replace('/companies/{companyId}', '') || '/');
  const ofTexts = Object.keys(smsDocument.paths);
  const beside = [
    ...['/livez', '/readyz', '/metrics', '/openapi.json', '/docs', '/docs/', '/docs/start.js'],
    ...['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/favicon-32x32.png'],
  ];
  const routes = routesOf(app.router).map((path) => path.replaceAll(/:(\w+)/g, '{$1}'));
  expect(routes.length).toBeGreaterThan(10);
  expect(routes.filter((path) => ![...described, ...ofTexts, ...beside].includes(path))).toEqual([]);
});

it('tells of each address with a company that another one is not there', () => {
  const named = operations().filter(({ path }) => path.includes('{companyId}'));
  expect(named.length).toBeGreaterThan(10);
  for (const { path, of } of named)
    expect([path, Object.keys(of.responses)]).toEqual([path, expect.arrayContaining(['404'])]);
});

it('lets no schema have other fields than it names', () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    expect([name, schema.additionalProperties]).toEqual([name, false]);
  }
});

it('shows a page that needs nothing from elsewhere', async () => {
  const page = await bench.call('GET', '/api/docs', { key: null });
  const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(address).not.toMatch(/^(https?:)?\/\//);
    expect(await bench.call('GET', `/api/${address}`, { key: null })).toMatchObject({ status: 200 });
  }
});

it('leads to the page from its address with a slash at the end', async () => {
  const answer = await fetch(`${bench.url}/api/docs/`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([301, '../docs']);
});

it('gives each refusal an example of its own, as such a refusal is answered', async () => {
  const check = answerCheck(document);
  const examples = Object.values(document.components.responses).map((of) => of.content['application/json'].example);
  expect(examples.map(({ status }) => status)).toEqual(expect.arrayContaining([400, 401, 403, 404, 409, 412, 503]));
  for (const json of examples) {
    check({ method: 'PUT', path: '/companies/CP-1/campaigns/x', status: 400, contentType: 'application/json', json });
  }
  const { json } = await bench.call('GET', '/api/campaigns', { key: null });
  expect(Object.keys(json)).toEqual(Object.keys(examples[0] ?? {}));
});

it('makes no examples of the patterns that only keep control characters out, and none of the largest integer', async () => {
  const { text } = await bench.call('GET', '/api/openapi.json', { key: null });
  const { text: script } = await bench.call('GET', '/api/docs/start.js', { key: null });
  let page = { responseInterceptor: (answer: { url: string; text: string }) => answer };
  runInNewContext(script, {
    URL,
    location: 'http://api/',
    SwaggerUIBundle: (settings: typeof page) => (page = settings),
  });
  const shown = page.responseInterceptor({ url: 'http://api/api/openapi.json', text }).text;

  expect(text).toContain('"pattern":"^[^\\\\u0000');
  expect(shown).not.toContain('\\u0000');
  expect(text).toContain(`,"maximum":${Number.MAX_SAFE_INTEGER}`);
  expect(shown).not.toContain(String(Number.MAX_SAFE_INTEGER));
  expect(shown).toContain('"pattern":"^SHA256:');
  expect(Object.keys(JSON.parse(shown) as object)).toEqual(Object.keys(document));
  const other = { url: 'http://api/api/campaigns', text };
  expect(page.responseInterceptor(other)).toBe(other);
});

it('says what each field is', () => {
  const silent = Object.keys(document.components.schemas).flatMap((name) =>
    fieldsOf(name).flatMap(([field, { readOnly, description, enum: words }]) =>
      readOnly || words?.length === 1 || description !== undefined ? [] : [`${name}.${field}`],
    ),
  );
  expect(silent).toEqual([]);
});

it('says of the webhook for alerts what it must be, what comes there, how that is signed, and for how long it is tried', () => {
  const words = [
    'https',
    'ALLOW_HTTP',
    'whsec_',
    'alertId',
    'Standard Webhooks',
    'webhook-signature',
    'for a day',
    '410',
  ];
  for (const name of ['CompanyAnswer', 'UpdateCompany']) {
    const description = Object.fromEntries(fieldsOf(name))['alertWebhook']?.description ?? '';
    expect(words.filter((word) => !description.includes(word))).toEqual([]);
    expect(description).not.toContain('nothing acts on it');
  }
});

it('shows what the texts of campaigns, exporters and the company look like', () => {
  const kinds =
    /Campaign|Sftp|Exporter|Column|Company|Callee|Gateway|Window|Preview|Check|Verdict|Schedule|DueTime|Slot/;
  const bare = Object.keys(document.components.schemas)
    .filter((name) => kinds.test(name))
    .flatMap((name) =>
      fieldsOf(name).flatMap(([field, { type, format, enum: words, examples }]) =>
        [type].flat().includes('string') && !format && !words && !examples ? [`${name}.${field}`] : [],
      ),
    );
  expect(bare).toEqual([]);
});

it('gives examples that its own schemas let pass', () => {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const examples = Object.keys(document.components.schemas).flatMap((name) =>
    fieldsOf(name).flatMap(([field, { examples = [] }]) => examples.map((example) => ({ name, field, example }))),
  );
  expect(examples.length).toBeGreaterThan(100);
  const wrong = examples.filter(
    ({ name, field, example }) =>
      !ajv.validate({ $ref: `api#/components/schemas/${name}/properties/${field}` }, example),
  );
  expect(wrong).toEqual([]);
});

it('tells of parts of files, and of what need not be sent again', () => {
  const answersOf = (path: string) => Object.keys(document.paths[path]?.['get']?.responses ?? {});
  expect(answersOf('/files/{fileId}/content')).toEqual(expect.arrayContaining(['206', '304', '416']));
  expect(answersOf('/campaigns/{campaignId}')).toContain('304');
  expect(answersOf('/campaigns')).not.toContain('304');
});

describe('the check of answers', () => {
  const seen = { method: 'GET', path: '/campaigns', status: 200, contentType: 'application/json', json: {} as unknown };
  const check = (change: object) => () => answerCheck(document)({ ...seen, ...change });
  const page = { status: 200, total: 0, count: 0, nextUrl: null, previousUrl: null, data: [] };

  it('lets pass what is as described', () => expect(check({ json: page })).not.toThrow());
  it('finds a field too much', () => expect(check({ json: { ...page, secret: 1 } })).toThrow(/described/));
  it('finds a field too little', () => expect(check({ json: { ...page, total: undefined } })).toThrow(/described/));
  it('finds a status that is not described', () => expect(check({ status: 418 })).toThrow(/described/));
  it('finds another kind of content', () => expect(check({ contentType: 'text/html' })).toThrow(/described/));
});

interface Layer {
  route?: { path: string };
  handle?: { stack?: Layer[] };
}

/** The paths of all routes, each as its own router has it. */
function routesOf({ stack }: { stack?: unknown }): string[] {
  return ((stack ?? []) as Layer[]).flatMap(({ route, handle }) =>
    route ? [route.path] : handle?.stack ? routesOf(handle) : [],
  );
}

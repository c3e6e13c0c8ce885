import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SECRET } from './fieldHint.ts';
import { fuzzApi } from './fuzzApi.ts';
import { CANARY } from './judgeAnswer.ts';

const thing = {
  type: 'object',
  properties: { id: { type: 'string' }, name: { type: 'string' } },
  required: ['id', 'name'],
  additionalProperties: false,
};
const answers = (schema: object) => ({ 200: { content: { 'application/json': { schema } } } });
const refusal = { content: { 'application/json': { schema: {} } } };
const document = {
  openapi: '3.1.0',
  paths: {
    '/things': {
      post: {
        operationId: 'createThing',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewThing' } } } },
        responses: { ...answers(thing), 400: refusal },
      },
    },
    '/things/{thingId}': {
      get: { operationId: 'getThing', responses: { ...answers(thing), 404: refusal } },
    },
  },
  components: {
    parameters: {},
    schemas: {
      NewThing: {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
        additionalProperties: false,
      },
    },
  },
};

type Reply = { status: number; json: object } | undefined;

/** An API of things, which answers as it is told. */
async function fuzz(
  reply: (request: { method: string; key: string; body: string; url: string }) => Reply,
  requests = 300,
  described: object = document,
) {
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = req;
    const key = String(headers['x-api-key'] ?? headers.authorization);
    const given = reply({ method, url, key, body: Buffer.concat(chunks).toString() });
    if (!given) return;
    const error = { status: given.status, code: 'no', message: 'no', errors: [], requestId: '1' };
    res.writeHead(given.status, { 'Content-Type': 'application/json', 'X-Request-Id': '1' });
    res.end(JSON.stringify(given.status < 400 ? given.json : { ...error, ...given.json }));
  };
  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const companies = [{ own: { id: 'CP-A', keys: { admin: 'own' } }, other: { id: 'CP-B', keys: { admin: 'other' } } }];
  try {
    return await fuzzApi({ url, document: described, companies, seed: 3, requests, deadlineMs: 200 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const well = (name: string, key = 'own') => ({
  status: 200,
  json: { id: key === 'other' ? 'TH-BBBB-BBBB' : 'TH-AAAA-AAAA', name },
});
const found = async (report: ReturnType<typeof fuzz>) => (await report).findings.map(({ what }) => what);

it('finds nothing where all is well', async () => {
  const report = await fuzz(({ method, key }) =>
    ['GET', 'POST'].includes(method) ? well('x', key) : { status: 404, json: {} },
  );
  expect(report.findings).toEqual([]);
  expect(report.neverRight).toEqual([]);
  expect(report.requests).toBe(300);
});

it('asks an operation until it was right, and tells which never was', async () => {
  let asked = 0;
  const late = await fuzz(({ method, key }) => {
    if (method !== 'GET' || key !== 'own') return well('x', key);
    asked += 1;
    return asked > 30 ? well('x', key) : { status: 404, json: {} };
  }, 30);
  expect(late.neverRight).toEqual([]);
  expect(late.byOperation['getThing']?.['2']).toBe(1);

  const never = await fuzz(({ method, key }) => (method === 'GET' ? { status: 404, json: {} } : well('x', key)), 30);
  expect(never.neverRight).toEqual(['getThing']);
});

it('finds an answer of 500, and makes its request smaller', async () => {
  const { findings } = await fuzz(({ body, key }) =>
    body.startsWith('{') && !body.startsWith('{"name"') ? { status: 500, json: {} } : well('x', key),
  );
  expect(findings).toMatchObject([{ operation: 'createThing', what: 'answered 500' }]);
  expect(findings[0]?.curl).toMatch(/^curl .*-X POST .*--data-binary '.*' '.*\/api\/things'$/);
});

it('finds a field that is not described, and a status', async () => {
  expect(await found(fuzz(() => ({ status: 200, json: { id: 'x', name: 'x', more: 1 } })))).toContainEqual(
    expect.stringMatching(/^POST \/things answered 200 with something else than is described/),
  );
  expect(await found(fuzz(() => ({ status: 418, json: {} })))).toContainEqual(expect.stringMatching(/not described/));
});

it('finds a refusal that does not say what refusals say', async () => {
  expect(await found(fuzz(() => ({ status: 400, json: { requestId: 'another' } })))).toContain(
    'answered 400 without the form of an error',
  );
});

it('finds a refusal of the SMS API that is not in its form, and one that shows a guid of another company', async () => {
  const { components } = document;
  const securitySchemes = { apiKey: { name: 'Authorization' } };
  const described = { ...document, servers: [{ url: '/sms' }], components: { ...components, securitySchemes } };
  const [ours, theirs] = ['3f0c5d0e-8f7a-4a53-9c1b-2f1f5f6f3a10', '8d5f1a52-51b5-4f6e-8bb9-2a0cb9a4a1f7'];
  const asked: string[] = [];
  const report = fuzz(
    ({ method, key, url }) => {
      asked.push(url);
      if (method === 'POST') return { status: 200, json: { id: key === 'other' ? theirs : ours, name: 'x' } };
      return method === 'GET' ? { status: 200, json: { id: theirs, name: 'x' } } : { status: 404, json: {} };
    },
    300,
    described,
  );
  expect(await found(report)).toEqual(
    expect.arrayContaining([`showed ${theirs}, an id of another company`, 'answered 404 without the form of an error']),
  );
  expect(asked.every((url) => url.startsWith('/sms/'))).toBe(true);
});

it('finds what belongs to another company, by its texts and by its ids', async () => {
  let theirs = 'none';
  const leak = (show: () => string) =>
    fuzz(({ method, key, body }) => {
      if (key === 'other' && method === 'POST') theirs = (JSON.parse(body) as { name: string }).name;
      return well(key === 'other' ? 'x' : show(), key);
    });
  expect(await found(leak(() => theirs))).toContain('showed something of another company');
  expect(theirs).toContain(CANARY);
  expect(await found(leak(() => 'TH-BBBB-BBBB'))).toContain('showed TH-BBBB-BBBB, an id of another company');
});

it('finds a secret', async () => {
  expect(await found(fuzz(() => well(`${SECRET}-1`)))).toContain('showed a secret');
});

it('finds a request that is never answered', async () => {
  const silent = fuzz(({ method, key }) => (method === 'GET' && key === 'own' ? undefined : well('x')), 30);
  expect(await found(silent)).toContainEqual(expect.stringMatching(/^gave no answer: no whole answer to GET/));
});

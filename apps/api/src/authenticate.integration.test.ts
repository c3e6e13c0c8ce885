import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import express from 'express';
import { scopes, scopesOf } from '@muster/core/roles';
import { createApiKey, revokeApiKey } from '@muster/db/apiKeys';
import { openKeyring } from '@muster/db/keyring';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { signingKey } from '@muster/testing/signingKey';
import { type Issuer, startIssuer } from '@muster/testing/startIssuer';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { allow, authenticate, callerOf, requireOwnCompany } from './authenticate.ts';
import { openTokens } from './authentication/openTokens.ts';
import { errorHandler } from './errorHandler.ts';
import { identifyRequest } from './identifyRequest.ts';

let database: TestDatabase;
let db: OpenDatabase;
let issuer: Issuer;
let server: Server;
let own: string;
let other: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, poolSize: 2 });
  issuer = await startIssuer();
  [own, other] = [await insertCompany(db), await insertCompany(db)];
  server = createServer(smallApi());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await issuer.close();
  await db.close();
  await database.drop();
});

/** An API of which each scope is an address, and that says who called. */
function smallApi() {
  const keyring = openKeyring(db, { rememberMs: 0 });
  const times = { askAgainAfterMs: 0, leaveAloneMs: 0 };
  const tokens = openTokens({ issuers: [issuer], companies: keyring, maxAgeMs: 3_600_000, times });
  const app = express().use(identifyRequest, authenticate(keyring, { tokens }));
  for (const scope of scopes) app.get(`/${scope.replace(':', '/')}`, allow(scope), (_req, res) => res.json({}));
  app.get('/companies/:companyId', requireOwnCompany, (_req, res) => res.json({}));
  app.get('/me', (_req, res) => res.json(callerOf(res)));
  return app.use(errorHandler(fakeLog()));
}

async function ask(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers });
  const { requestId: _, ...json } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, json, challenge: answer.headers.get('www-authenticate'), headers: answer.headers };
}
const withKey = (key: string) => ({ 'X-API-KEY': key });
const withBearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const newKey = async (change: Partial<Parameters<typeof createApiKey>[1]> = {}) =>
  createApiKey(db, { companyId: own, role: 'operator', ...change });
const newToken = (change: object = {}) => issuer.token({ company_id: own, role: 'operator', ...change });

it('takes a key in its header or as a bearer, and a token as a bearer', async () => {
  const { id, key } = await newKey();
  const caller = { companyId: own, role: 'operator', scopes: scopesOf('operator') };
  expect(await ask('/me', withKey(key))).toMatchObject({ status: 200, json: { ...caller, keyId: id } });
  expect(await ask('/me', withBearer(key))).toMatchObject({ status: 200, json: { ...caller, keyId: id } });
  expect(await ask('/me', withBearer(newToken()))).toMatchObject({ status: 200, json: caller });
});

it('answers 401 to whoever shows nothing, and says what is needed', async () => {
  const { status, json, challenge } = await ask('/me');
  expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer realm="api"' });
  expect(json).toMatchObject({ code: 'unauthenticated', message: expect.stringContaining('X-API-KEY') as string });
});

it('answers in the same words, whatever is wrong with a credential', async () => {
  const past = new Date(Date.now() - 1_000);
  const [revoked, expired, good] = [await newKey(), await newKey({ expiresAt: past }), await newKey()];
  await revokeApiKey(db, revoked.id);
  const bad = [
    withKey(''),
    withKey('secret'),
    withKey(`mk_${'a'.repeat(12)}_${'b'.repeat(43)}`),
    withKey(`mk_${good.id}_${'b'.repeat(43)}`),
    withKey(`${good.key}, ${good.key}`),
    withKey(revoked.key),
    withKey(expired.key),
    withKey(newToken()), // a token is none of our keys
    withBearer(revoked.key),
    withBearer('a.b.c'),
    withBearer(newToken({ exp: 1 })),
    withBearer(newToken({ aud: 'others' })),
    withBearer(newToken({ role: 'root' })),
    withBearer(newToken({ company_id: 'CP-AAAA-AAAA' })),
    withBearer(newToken({ company_id: 'CP-\u0000' })), // no text that PostgreSQL could be asked about
    withBearer(issuer.token({ company_id: own, role: 'admin' }, { key: signingKey('stranger') })),
  ];
  const answers = await Promise.all(bad.map((headers) => ask('/me', headers)));
  expect(new Set(answers.map(({ json, challenge }) => JSON.stringify({ json, challenge }))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 401, challenge: 'Bearer realm="api", error="invalid_token"' });
});

it('refuses two different credentials, and takes the same one twice', async () => {
  const [{ key }, { key: second }] = [await newKey(), await newKey()];
  expect(await ask('/me', { ...withKey(key), ...withBearer(second) })).toMatchObject({ status: 401 });
  expect(await ask('/me', { ...withKey(key), ...withBearer(newToken()) })).toMatchObject({ status: 401 });
  expect(await ask('/me', { ...withKey(key), ...withBearer(key) })).toMatchObject({ status: 200 });
});

it('leaves an Authorization of another scheme to whom it is for', async () => {
  const { key } = await newKey();
  expect(await ask('/me', { ...withKey(key), Authorization: 'Basic YTpi' })).toMatchObject({ status: 200 });
  expect(await ask('/me', { Authorization: 'Basic YTpi' })).toMatchObject({ status: 401 });
});

it('answers 404 to keys and tokens of another company that name this one', async () => {
  const { key } = await newKey({ companyId: other });
  for (const headers of [withKey(key), withBearer(newToken({ company_id: other }))]) {
    expect(await ask(`/companies/${own}`, headers)).toMatchObject({ status: 404, json: { code: 'companyNotFound' } });
    expect(await ask(`/companies/${other}`, headers)).toMatchObject({ status: 200 });
  }
});

it('answers 403 with the scope that is missing', async () => {
  const { key } = await newKey({ role: 'viewer' });
  const { status, json, challenge } = await ask('/runs/start', withKey(key));
  expect({ status, code: json['code'] }).toEqual({ status: 403, code: 'forbidden' });
  expect(json['message']).toContain('runs:start');
  expect(challenge).toBe('Bearer realm="api", error="insufficient_scope", scope="runs:start"');
});

it.each(['viewer', 'operator', 'admin', 'service'] as const)(
  'lets the role %s do its own, and nothing else',
  async (role) => {
    const { key } = await newKey({ role });
    const own = scopesOf(role);
    const [got, due]: Record<string, number>[] = [{}, {}];
    for (const scope of scopes) {
      got![scope] = (await ask(`/${scope.replace(':', '/')}`, withKey(key))).status;
      due![scope] = own.includes(scope) ? 200 : 403;
    }
    expect(got).toEqual(due);
  },
);

it('lets a narrowed key or token do no more than it was narrowed to', async () => {
  const { key } = await newKey({ role: 'admin', scopes: ['runs:read'] });
  for (const headers of [withKey(key), withBearer(newToken({ role: 'admin', scope: 'runs:read' }))]) {
    expect(await ask('/runs/read', headers)).toMatchObject({ status: 200 });
    expect(await ask('/campaigns/read', headers)).toMatchObject({ status: 403 });
  }
});

it('answers 503 with Retry-After while the keys of an issuer cannot be had', async () => {
  issuer.answer = (_req, res) => res.writeHead(500).end();
  try {
    const away = await ask('/me', withBearer(issuer.token({}, { header: { kid: 'new' } })));
    expect(away).toMatchObject({ status: 503, json: { code: 'issuerUnavailable' } });
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  } finally {
    issuer.answer = undefined;
  }
});

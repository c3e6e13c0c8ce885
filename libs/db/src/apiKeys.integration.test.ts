import { scopesOf } from '@muster/core/roles';
import { smsDefaults } from '@muster/messaging/smsCampaign';
import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { createApiKey, findCaller, findRateLimits, listApiKeys, revokeApiKey } from './apiKeys.ts';
import { openKeyring } from './keyring.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';

let database: TestDatabase;
let db: OpenDatabase;
let companyId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, poolSize: 2 });
  companyId = await insertCompany(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const rowOf = async (id: string) => (await db.query('select * from api_key where id = $1', [id]))[0]!;

it('names the company and the role of a key, and notes its use', async () => {
  const { id, key } = await createApiKey(db, { companyId, role: 'operator' });
  expect(await findCaller(db, key)).toEqual({
    keyId: id,
    companyId,
    role: 'operator',
    scopes: scopesOf('operator'),
    organisation: { ...smsDefaults, merchantId: expect.any(Number) as number },
  });
  expect((await rowOf(id))['last_used_at']).toEqual(expect.any(Date));
});

it('notes the use at most once a minute', async () => {
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  await findCaller(db, key);
  const first = (await rowOf(id))['last_used_at'];
  await findCaller(db, key);
  expect((await rowOf(id))['last_used_at']).toEqual(first);
  await db.execute(`update api_key set last_used_at = now() - interval '2 minutes' where id = $1`, [id]);
  await findCaller(db, key);
  expect((await rowOf(id))['last_used_at']).not.toEqual(first);
});

it('stores a hash, and nothing that the key could be made from', async () => {
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  const [, secret = ''] = /^mk_[0-9A-Za-z]{12}_([\w-]{43})[0-9A-Za-z]{6}$/.exec(key) ?? [];
  expect(secret).toHaveLength(43);
  expect(JSON.stringify(await rowOf(id))).not.toContain(secret);
});

/** The database, and how often it was asked. */
function watched() {
  const asked: string[] = [];
  const query: OpenDatabase['query'] = (sql, parameters) => {
    asked.push(sql);
    return db.query(sql, parameters);
  };
  return { asked, db: { ...db, query } };
}

it('knows a typo by the checksum, without asking the database', async () => {
  const { key } = await createApiKey(db, { companyId, role: 'viewer' });
  const { asked, db: watchedDb } = watched();
  const otherEnd = key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  const otherSecret = key.replace(
    /^(.{20})(.)/,
    (_, start: string, sign: string) => start + (sign === 'A' ? 'B' : 'A'),
  );
  for (const typo of [otherEnd, otherSecret, key.slice(0, -1), `${key}A`])
    expect(await findCaller(watchedDb, typo)).toBeUndefined();
  expect(asked).toEqual([]);
  expect(await findCaller(watchedDb, key)).toBeDefined();
});

it('does the same work for an id that is not there as for a wrong secret', async () => {
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  const secret = `_${'b'.repeat(43)}`;
  const work = async (wrong: string) => {
    const { asked, db: watchedDb } = watched();
    expect(await findCaller(watchedDb, wrong)).toBeUndefined();
    return asked;
  };
  await revokeApiKey(db, id);
  const unknown = await work(`mk_${'a'.repeat(12)}${secret}`);
  expect(unknown).toHaveLength(1);
  expect([await work(`mk_${id}${secret}`), await work(key)]).toEqual([unknown, unknown]);
});

it('takes the keys of the first version, which have no checksum', async () => {
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  expect(await findCaller(db, key.slice(0, -6))).toMatchObject({ keyId: id });
});

it('narrows the role of a key to the scopes that it carries, and never widens it', async () => {
  const { key } = await createApiKey(db, { companyId, role: 'viewer', scopes: ['runs:read', 'company:write'] });
  expect(await findCaller(db, key)).toMatchObject({ role: 'viewer', scopes: ['runs:read'] });
});

it('brings the rate limits that the company has of its own', async () => {
  const limited = await insertCompany(db);
  const { key } = await createApiKey(db, { companyId: limited, role: 'viewer' });
  expect(await findCaller(db, key)).not.toHaveProperty('rateLimits');
  expect(await findRateLimits(db, limited)).toBeNull();
  await db.execute(`update company set rate_limits = '{"requestsPerMinute": 7}' where id = $1`, [limited]);
  expect(await findCaller(db, key)).toMatchObject({ rateLimits: { requestsPerMinute: 7 } });
  expect(await findRateLimits(db, limited)).toEqual({ requestsPerMinute: 7 });
  expect(await findRateLimits(db, 'CP-AAAA-AAAA')).toBeUndefined();
});

it('lists the keys of a company and of no other, with their state and without their secret', async () => {
  const owner = await insertCompany(db);
  await createApiKey(db, { companyId: await insertCompany(db), role: 'admin' });
  const past = new Date(Date.now() - 1_000);
  const made = {
    live: await createApiKey(db, { companyId: owner, role: 'service', scopes: ['runs:write'], name: 'dialer' }),
    expired: await createApiKey(db, { companyId: owner, role: 'viewer', expiresAt: past }),
    revoked: await createApiKey(db, { companyId: owner, role: 'viewer', expiresAt: past }),
  };
  await revokeApiKey(db, made.revoked.id);
  await findCaller(db, made.live.key);

  const listed = await listApiKeys(db, owner);

  expect(Object.fromEntries(listed.map(({ id, state }) => [id, state]))).toEqual({
    [made.live.id]: 'live',
    [made.expired.id]: 'expired',
    [made.revoked.id]: 'revoked',
  });
  expect(listed.find(({ id }) => id === made.live.id)).toMatchObject({
    name: 'dialer',
    role: 'service',
    scopes: ['runs:write'],
    lastUsedAt: expect.any(Date) as Date,
  });
  expect(Object.keys(listed[0]!)).not.toContain('secretSha256');
});

it('rotates: the old key works beside its successor until it is revoked', async () => {
  const old = await createApiKey(db, { companyId, role: 'service' });
  const successor = await createApiKey(db, { companyId, role: 'service' });
  expect([await findCaller(db, old.key), await findCaller(db, successor.key)]).not.toContain(undefined);
  await revokeApiKey(db, old.id);
  expect(await findCaller(db, old.key)).toBeUndefined();
  expect(await findCaller(db, successor.key)).toMatchObject({ keyId: successor.id });
});

it('remembers a right key, and asks anew for a wrong one', async () => {
  const keyring = openKeyring(db, { rememberMs: 60_000 });
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  await db.execute('update api_key set expires_at = now() where id = $1', [id]);
  expect(await keyring.find(key)).toBeUndefined();
  await db.execute('update api_key set expires_at = null where id = $1', [id]);
  expect(await keyring.find(key)).toMatchObject({ keyId: id });
  await db.execute('delete from api_key where id = $1', [id]);
  expect(await keyring.find(key)).toMatchObject({ keyId: id });
});

it('looks a key up once for all who show it at the same time', async () => {
  const { asked, db: asking } = watched();
  const { find } = openKeyring(asking, { rememberMs: 0 });
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  const found = await Promise.all(Array.from({ length: 20 }, () => find(key)));
  expect(new Set(found.map((caller) => caller?.keyId))).toEqual(new Set([id]));
  expect(asked).toHaveLength(1);
  await revokeApiKey(db, id);
  expect(await find(key)).toBeUndefined();
});

it('takes two live keys of one company', async () => {
  const keys = [
    await createApiKey(db, { companyId, role: 'viewer' }),
    await createApiKey(db, { companyId, role: 'admin' }),
  ];
  for (const { key } of keys) expect(await findCaller(db, key)).toBeDefined();
});

it('refuses a key past its time, and takes it before', async () => {
  const late = await createApiKey(db, { companyId, role: 'viewer', expiresAt: new Date(Date.now() - 1_000) });
  const early = await createApiKey(db, { companyId, role: 'viewer', expiresAt: new Date(Date.now() + 3_600_000) });
  expect(await findCaller(db, late.key)).toBeUndefined();
  expect(await findCaller(db, early.key)).toBeDefined();
});

it('refuses a revoked key, also to whoever remembers it, after that time', async () => {
  const { id, key } = await createApiKey(db, { companyId, role: 'viewer' });
  const [forgetful, mindful] = [openKeyring(db, { rememberMs: 0 }), openKeyring(db, { rememberMs: 60_000 })];
  await mindful.find(key);
  expect(await revokeApiKey(db, id)).toBe(true);
  expect(await forgetful.find(key)).toBeUndefined();
  expect(await mindful.find(key)).toBeDefined();
});

it('refuses the secret of another key', async () => {
  const [one, other] = [
    await createApiKey(db, { companyId, role: 'viewer' }),
    await createApiKey(db, { companyId, role: 'admin' }),
  ];
  expect(await findCaller(db, `mk_${one.id}_${other.key.slice(16, -6)}`)).toBeUndefined();
});

it('revokes nothing where there is no such key', async () => {
  expect(await revokeApiKey(db, 'none')).toBe(false);
});

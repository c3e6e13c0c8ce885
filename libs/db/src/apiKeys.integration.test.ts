import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { createApiKey, findCaller, revokeApiKey } from './apiKeys.ts';
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
  expect(await findCaller(db, key)).toEqual({ keyId: id, companyId, role: 'operator' });
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
  expect(key).toMatch(/^mk_[0-9A-Za-z]{12}_[\w-]{43}$/);
  expect(JSON.stringify(await rowOf(id))).not.toContain(key.split('_').slice(2).join('_'));
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
  expect(await findCaller(db, `mk_${one.id}_${other.key.slice(16)}`)).toBeUndefined();
});

it('revokes nothing where there is no such key', async () => {
  expect(await revokeApiKey(db, 'none')).toBe(false);
});

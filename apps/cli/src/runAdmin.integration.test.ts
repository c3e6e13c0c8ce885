import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { findCaller } from '@muster/db/apiKeys';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { proveSecretKey } from '@muster/db/proveSecretKey';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { runAdmin } from './runAdmin.ts';

let database: TestDatabase;
let db: OpenDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, poolSize: 1 });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function type(line: string, environment: Record<string, string> = { DATABASE_URL: database.url }) {
  const [out, err]: string[][] = [[], []];
  const code = await runAdmin(line.split(' ').filter(Boolean), environment, {
    out: (l) => out!.push(l),
    err: (l) => err!.push(l),
  });
  const text = out!.join('\n');
  return { code, text, err: err!.join('\n'), json: () => JSON.parse(text) as Record<string, string> };
}
const newCompany = async () =>
  (await type('company create --name Acme --time-zone America/New_York')).json()['companyId']!;

it('makes a company and its first key, which works', async () => {
  const companyId = await newCompany();
  const made = await type(`key create --company ${companyId} --role admin`);
  expect(made.code).toBe(0);
  expect(await findCaller(db, made.json()['apiKey']!)).toMatchObject({ companyId, role: 'admin' });
});

it('revokes a key, named by its id or whole', async () => {
  const made = (await type(`key create --company ${await newCompany()} --role viewer`)).json();
  expect(await type(`key revoke --id ${made['apiKey']!}`)).toMatchObject({ code: 0 });
  expect(await findCaller(db, made['apiKey']!)).toBeUndefined();
});

it('gives a shortcode to companies, lists whose it is, and takes it back', async () => {
  const [one, other] = [await newCompany(), await newCompany()];
  const given = await type(`channel give --channel 1300 --company ${one}`);
  expect(given.json()).toEqual({ channel: '1300', companyId: one, keywordsEnded: 0, keywordsLeft: 0 });
  await type(`channel give --channel 1300 --company ${other}`);
  expect((await type(`channel take --channel 1300 --company ${one}`)).code).toBe(0);
  expect((await type('channel list')).json()).toEqual({ channels: [{ channel: '1300', companyId: other }] });
  expect((await type(`channel take --channel 1300 --company ${one}`)).err).toContain('does not have');
  expect((await type('channel give --channel 1301 --company CP-AAAA-AAAA')).err).toContain('there is no company');
  expect((await type(`channel give --channel x --company ${one}`)).err).toContain('shortcode');
});

it('narrows a key to the scopes that it is given, and says so', async () => {
  const line = `key create --company ${await newCompany()} --role operator --scopes campaigns:read,runs:read`;
  const made = (await type(line)).json();
  expect(made['scopes']).toEqual(['campaigns:read', 'runs:read']);
  expect(await findCaller(db, made['apiKey']!)).toMatchObject({ scopes: ['campaigns:read', 'runs:read'] });
});

it('lists the keys of a company, and shows none of them again', async () => {
  const companyId = await newCompany();
  const made = (await type(`key create --company ${companyId} --role viewer --name reports`)).json();
  const listed = await type(`key list --company ${companyId}`);
  expect(listed.json()).toMatchObject({
    keys: [{ id: made['keyId'], name: 'reports', role: 'viewer', state: 'live' }],
  });
  expect(listed.text).not.toContain(made['apiKey']!.slice(16, -6));
});

it('brings the database and its queue up to date, twice', async () => {
  expect((await type('migrate')).json()).toEqual({ applied: [], queue: 'in the database' });
  expect(await type('migrate')).toMatchObject({ code: 0 });
  expect(await db.query(`select 1 from pg_namespace where nspname = 'bullmq'`)).toHaveLength(1);
});

describe('secret-key rotate', () => {
  const newKey = () => randomBytes(32).toString('base64');
  const [old, fresh] = [newKey(), newKey()];
  const rotate = (keys: Record<string, string>) => type('secret-key rotate', { DATABASE_URL: database.url, ...keys });
  beforeAll(() => proveSecretKey(db, openSecretBox({ key: old })));

  it.each([
    [{}, 2, 'MUSTER_OLD_SECRET_KEY is not set'],
    [{ MUSTER_OLD_SECRET_KEY: old }, 2, 'MUSTER_SECRET_KEY is not set'],
    [{ MUSTER_OLD_SECRET_KEY: old, MUSTER_SECRET_KEY: 'canary' }, 2, 'MUSTER_SECRET_KEY must be 32 random bytes'],
    [{ MUSTER_OLD_SECRET_KEY: newKey(), MUSTER_SECRET_KEY: fresh }, 1, 'the old key is not the one'],
    [{ MUSTER_OLD_SECRET_KEY: old, MUSTER_SECRET_KEY: old }, 1, 'the old and the new key are the same'],
  ])('says what is wrong with the keys, and shows none', async (keys: Record<string, string>, code, expected) => {
    const typed = await rotate(keys);
    expect(typed.code).toBe(code);
    expect(typed.err).toContain(expected);
    expect(Object.values(keys).filter((key) => typed.err.includes(key))).toEqual([]);
  });

  it('waits for nobody: it is refused while one of our processes is connected', async () => {
    const api = await openDatabase({ url: database.url, applicationName: 'muster-api' });
    expect(await rotate({ MUSTER_OLD_SECRET_KEY: old, MUSTER_SECRET_KEY: fresh })).toMatchObject({
      code: 1,
      err: expect.stringContaining('still connected to this database: muster-api') as string,
    });
    await api.close();
    await proveSecretKey(db, openSecretBox({ key: old }));
  });

  it('replaces the key, once, and shows none', async () => {
    const keys = { MUSTER_OLD_SECRET_KEY: old, MUSTER_SECRET_KEY: fresh };
    expect(await rotate(keys)).toMatchObject({ code: 0, text: JSON.stringify({ secretsSealedAnew: 0 }, null, 2) });
    await proveSecretKey(db, openSecretBox({ key: fresh }));
    expect(await rotate(keys)).toMatchObject({
      code: 1,
      err: 'the secrets are sealed with the new key already; nothing was changed',
    });
  });
});

it('settles what a restored backup does not know, and says what it has done', async () => {
  const settled = await type('database restored');
  expect(settled.code).toBe(0);
  expect(settled.json()).toEqual({
    ...{ sequencesMoved: expect.any(Number) as number, runsFailed: [], runsCanceled: [] },
    ...{ slotsMissed: 0, campaignsUnreadable: [] },
  });
});

it('explains itself', async () => {
  const help = await type('--help');
  expect(help.code).toBe(0);
  expect(help.text).toContain('key create');
});

it.each([
  ['compny create', 'did you mean "company create"?'],
  ['company create --nme Acme', 'did you mean "--name"?'],
  ['company create --name Acme', 'needs --time-zone'],
  ['company create --name --time-zone', 'needs'],
  ['company create --name Acme --time-zone Mars/Base', '--time-zone must be the IANA name of a time zone'],
  ['key create --company CP-1 --role admin', 'the id of a company'],
  [
    'key create --company CP-AAAA-AAAA --role admin --expires-at 2020-01-01T00:00:00Z',
    '--expires-at must lie in the future',
  ],
  ['key create --company CP-AAAA-AAAA --role boss', 'one of viewer'],
  ['key list --company CP-1', '--company must be the id of a company'],
  [
    'key create --company CP-AAAA-AAAA --role viewer --scopes campains:read',
    '--scopes names "campains:read", which is no scope; did you mean campaigns:read?',
  ],
  [
    'key create --company CP-AAAA-AAAA --role viewer --scopes runs:start',
    '--scopes names runs:start, which the role viewer does not have: leave it out, or take another --role. It has campaigns:read',
  ],
  ['key create --company CP-AAAA-AAAA --role viewer --scopes everything', 'write some of campaigns:read,'],
])('answers "%s" with what to type, and exit code 2', async (line, expected) => {
  const typed = await type(line);
  expect(typed.code).toBe(2);
  expect(typed.err).toContain(expected);
});

it.each(['key create --company CP-AAAA-AAAA --role admin', 'key list --company CP-AAAA-AAAA'])(
  'fails with 1 for a company that is not there: %s',
  async (line) => {
    expect(await type(line)).toMatchObject({
      code: 1,
      err: 'there is no company CP-AAAA-AAAA',
    });
  },
);

it('says which setting is missing', async () => {
  expect(await type('migrate', {})).toMatchObject({ code: 2 });
});

it('says that the database is out of reach, and shows no password', async () => {
  const typed = await type('migrate', { DATABASE_URL: 'postgres://user:canary@127.0.0.1:1/none' });
  expect(typed.code).toBe(1);
  expect(typed.err).toMatch(/cannot be reached/);
  expect(typed.err).not.toContain('canary');
});

import { randomBytes } from 'node:crypto';
import { openSecretBox, type SecretBox, type SealedColumns } from '@muster/core/secretBox';
import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { insertCampaign, type SecretName, updateCampaign } from './campaigns.ts';
import { readCampaignTrial } from './campaignSecrets.ts';
import {
  changeCompany,
  companySecretPlace,
  type CompanySettings,
  readCompany,
  type SealedCallee,
} from './companySettings.ts';
import { insertRun } from './insertRun.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { proveSecretKey } from './proveSecretKey.ts';
import { rotateSecretKey } from './rotateSecretKey.ts';
import { readRunSettings } from './runSettings.ts';
import { readRunSecrets } from './runSecrets.ts';

const newBox = () => openSecretBox({ key: randomBytes(32).toString('base64') });
const campaignSecrets: Record<SecretName, string> = {
  ...{ redashApiKey: 'ä', sftpPassword: 'b', sftpPrivateKey: 'c\nc', sftpPassphrase: 'd' },
};
const companyChanges: Record<SealedColumns['company'], (callee: SealedCallee) => Partial<CompanySettings>> = {
  alertWebhook: (alertWebhook) => ({ alertWebhook }),
  smsWebhook: (smsWebhook) => ({ smsWebhook }),
  'gateways.text': (text) => ({ gateways: { text } }),
  'gateways.mail': (mail) => ({ gateways: { mail } }),
  'gateways.payment': (payment) => ({ gateways: { payment } }),
};
const callees = Object.keys(companyChanges) as (keyof typeof companyChanges)[];
const url = 'https://hooks.example.com/a';

let server: TestDatabase;
let db: OpenDatabase;
let [from, to]: SecretBox[] = [];
beforeEach(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 4 });
  [from, to] = [newBox(), newBox()];
  await proveSecretKey(db, from);
});
afterEach(async () => {
  await db.close();
  await server.drop();
});

const rotate = () => rotateSecretKey(db, { from: from!, to: to! });
const newCampaign = (companyId: string, secrets: object, box = from!) =>
  db.forCompany(companyId).transaction((tx) => insertCampaign(tx, box, { values: {}, secrets }));

/** Gives a company a secret in every place that companies have. */
function settleCallees(companyId: string, box = from!) {
  const [alertWebhook, smsWebhook, text, mail, payment] = callees.map((callee) => ({
    url,
    secret: box.seal(`of ${callee}`, companySecretPlace(companyId, callee)),
  }));
  return db.forCompany(companyId).transaction(async (tx) =>
    changeCompany(tx, await readCompany(tx), {
      alertWebhook: alertWebhook!,
      smsWebhook: smsWebhook!,
      gateways: { text: text!, mail: mail!, payment: payment! },
    }),
  );
}

async function openCallees(companyId: string, box: SecretBox) {
  const { alertWebhook, smsWebhook, gateways } = await readCompany(db.forCompany(companyId));
  return [alertWebhook, smsWebhook, gateways?.text, gateways?.mail, gateways?.payment].map((callee, at) =>
    box.open(callee?.secret ?? '', companySecretPlace(companyId, callees[at]!)),
  );
}

/** A company with every secret that there is. */
async function filled() {
  const companyId = await insertCompany(db);
  await settleCallees(companyId);
  return { companyId, campaignId: await newCampaign(companyId, campaignSecrets) };
}

/** The tables that hold a text sealed with this key, whether a rotation knows it or not, and how many rows do: `run 3`. */
async function sealedWith(box: SecretBox) {
  const tables = await db.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and has_table_privilege(oid, 'select') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [{ count } = { count: 0 }] = await db.query<{ count: number }>(
      `select count(*)::int from ${name} as item where item::text like '%v1.' || $1 || '.%'`,
      [box.keyId],
    );
    if (count > 0) found.push(`${name} ${count}`);
  }
  return found;
}

it('opens every secret with the new key, and none with the old one', async () => {
  const { companyId, campaignId } = await filled();
  expect(await sealedWith(from!)).toEqual(['campaign 1', 'company 1', 'secret_key 1']);

  expect(await rotate()).toBe(9);

  expect((await readCampaignTrial(db, to!, campaignId)).secrets).toEqual({ ...campaignSecrets, pinnedHostKey: null });
  expect(await openCallees(companyId, to!)).toEqual(callees.map((callee) => `of ${callee}`));
  expect(await sealedWith(from!)).toEqual([]);
});

it('gives a run under way the secrets of its campaign after the rotation', async () => {
  const { campaignId } = await filled();
  const settings = { ...(await readRunSettings(db, campaignId)), hasOverride: false };
  const run = { settings, trigger: 'manual', scheduledFor: null, requestId: null } as const;
  const runId = await db.transaction((tx) => insertRun(tx, run));

  await rotate();

  expect(await readRunSecrets(db, to!, runId)).toEqual({ ...campaignSecrets, pinnedHostKey: null });
});

it('changes nothing but what is sealed, of deleted campaigns as well', async () => {
  const { companyId, campaignId } = await filled();
  await newCampaign(companyId, { redashApiKey: 'only this one' });
  await db.execute('update campaign set deleted_at = now() where id = $1', [campaignId]);
  await db.execute(`update company set gateways = gateways - 'text' where id = $1`, [companyId]);
  await insertCompany(db, { name: 'Without any' });
  const rest = () =>
    db.query(
      `select to_jsonb(campaign) - '{redash_api_key,sftp_password,sftp_private_key,sftp_passphrase}'::text[] as row,
         num_nulls(redash_api_key, sftp_password, sftp_private_key, sftp_passphrase) as nulls from campaign
       union all select to_jsonb(company) #- '{alert_webhook,secret}' #- '{sms_webhook,secret}' #- '{gateways,mail,secret}'
         #- '{gateways,payment,secret}', null from company
       order by row`,
    );
  const before = await rest();

  expect(await rotate()).toBe(9);

  expect(await rest()).toEqual(before);
  expect(await sealedWith(from!)).toEqual([]);
});

it('goes through more campaigns than it takes at once', async () => {
  const { companyId } = await filled();
  const ids = await db.query<{ id: string }>(
    'insert into campaign (company_id) select $1 from generate_series(1, 1201) returning id',
    [companyId],
  );
  const place = { companyId, table: 'campaign', column: 'sftp_password' } as const;
  const sealed = ids.map(({ id }) => from!.seal('many', { ...place, recordId: id }));
  await db.execute(
    `update campaign set sftp_password = given.text from unnest($1::text[], $2::text[]) as given (id, text)
     where campaign.id = given.id`,
    [ids.map(({ id }) => id), sealed],
  );

  expect(await rotate()).toBe(9 + 1201);

  expect(await sealedWith(to!)).toEqual(['campaign 1202', 'company 1', 'secret_key 1']);
});

it('names a secret that does not open, and changes nothing', async () => {
  const [{ companyId, campaignId }, other] = [await filled(), await filled()];
  await db.execute(
    'update campaign set sftp_password = (select sftp_password from campaign where id = $1) where id = $2',
    [campaignId, other.campaignId],
  );

  await expect(rotate()).rejects.toMatchObject({
    code: 'secretUnreadable',
    message: expect.stringMatching(`sftp_password of campaign ${other.campaignId} .* nothing was changed`) as string,
  });

  expect(await sealedWith(to!)).toEqual([]);
  expect(await openCallees(companyId, from!)).toEqual(callees.map((callee) => `of ${callee}`));
  await proveSecretKey(db, from!);
});

it.each([
  ['from a wrong key', 'wrongSecretKey', () => rotateSecretKey(db, { from: newBox(), to: to! })],
  ['to the same key', 'sameSecretKey', () => rotateSecretKey(db, { from: from!, to: from! })],
  ['a second time', 'alreadyRotated', () => rotateSecretKey(db, { from: newBox(), to: from! })],
])('does not rotate %s, and changes nothing', async (_, code, rotating) => {
  const { campaignId } = await filled();
  await expect(rotating()).rejects.toMatchObject({
    code,
    message: expect.stringContaining('nothing was changed') as string,
  });
  expect((await readCampaignTrial(db, from!, campaignId)).secrets).toMatchObject(campaignSecrets);
  await proveSecretKey(db, from!);
});

it('lets processes start with the new key only', async () => {
  await rotate();
  await expect(proveSecretKey(db, from!)).rejects.toMatchObject({ code: 'wrongSecretKey' });
  await proveSecretKey(db, to!);
});

it('takes no secret from a process that still has the old key, and tells it so', async () => {
  const { companyId, campaignId } = await filled();
  await rotate();
  const refused = { code: 'secretKeyReplaced', message: expect.stringContaining('try again') as string };

  for (const [name, secret] of Object.entries(campaignSecrets)) {
    await expect(newCampaign(companyId, { [name]: secret })).rejects.toMatchObject(refused);
    const change = { id: campaignId, values: {}, secrets: { [name]: secret } };
    const changing = db.forCompany(companyId).transaction((tx) => updateCampaign(tx, from!, change));
    await expect(changing).rejects.toMatchObject(refused);
  }
  await newCampaign(companyId, campaignSecrets, to);
  await settleCallees(companyId, to);
});

it.each(callees)('takes no secret of a company from a process that still has the old key: %s', async (callee) => {
  const { companyId } = await filled();
  await rotate();
  const old = { url, secret: from!.seal('old', companySecretPlace(companyId, callee)) };
  const changing = db
    .forCompany(companyId)
    .transaction(async (tx) => changeCompany(tx, await readCompany(tx), companyChanges[callee](old)));

  await expect(changing).rejects.toMatchObject({ code: 'secretKeyReplaced' });
});

it('lets a process with the old key change what is no secret, and take secrets away', async () => {
  const { companyId, campaignId } = await filled();
  await rotate();
  const change = { id: campaignId, values: { name: 'new' }, secrets: { sftpPassword: null } };
  await db.forCompany(companyId).transaction((tx) => updateCampaign(tx, from!, change));
  expect((await readCampaignTrial(db, to!, campaignId)).secrets).toMatchObject({
    sftpPassword: null,
    redashApiKey: 'ä',
  });
});

it('waits for a secret that is being written, and seals that anew as well', async () => {
  const companyId = await insertCompany(db);
  let rotating: Promise<number> | undefined;
  const campaignId = await db.forCompany(companyId).transaction(async (tx) => {
    const id = await insertCampaign(tx, from!, { values: {}, secrets: campaignSecrets });
    rotating = rotate();
    await waitFor(async () => (await waiting()) === 1, { what: 'the rotation to wait' });
    return id;
  });
  expect(await rotating).toBe(4);
  expect((await readCampaignTrial(db, to!, campaignId)).secrets).toMatchObject(campaignSecrets);
});

it('refuses a secret that was about to be written with the old key during the rotation', async () => {
  const { companyId } = await filled();
  let writing: Promise<unknown> | undefined;
  await db.transaction(async (tx) => {
    await rotateSecretKey(tx, { from: from!, to: to! });
    writing = newCampaign(companyId, campaignSecrets).catch((error: unknown) => error);
    await waitFor(async () => (await waiting()) === 1, { what: 'the writer to wait' });
  });
  expect(await writing).toMatchObject({ code: 'secretKeyReplaced' });
  expect(await sealedWith(from!)).toEqual([]);
});

async function waiting() {
  const blocked = await db.query(
    `select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return blocked.length;
}

it('shows a company the name of the key, and not the proof', async () => {
  const own = db.forCompany(await insertCompany(db));
  expect(await own.query('select id from secret_key')).toEqual([{ id: from!.keyId }]);
  await expect(own.query('select proof from secret_key')).rejects.toMatchObject({ code: '42501' });
  await expect(own.execute('delete from secret_key')).rejects.toMatchObject({ code: '42501' });
});

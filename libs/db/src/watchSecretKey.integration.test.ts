import { randomBytes } from 'node:crypto';
import { NotReady } from '@muster/core/errors';
import { openSecretBox } from '@muster/core/secretBox';
import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { insertCampaign } from './campaigns.ts';
import { readCampaignTrial } from './campaignSecrets.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { proveSecretKey } from './proveSecretKey.ts';
import { rotateSecretKey } from './rotateSecretKey.ts';
import { judgeUnreadable, watchSecretKey } from './watchSecretKey.ts';

const newBox = () => openSecretBox({ key: randomBytes(32).toString('base64') });
const [from, to] = [newBox(), newBox()];

let server: TestDatabase;
let db: OpenDatabase;
let companyId: string;
let campaignId: string;
beforeEach(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 2 });
  await proveSecretKey(db, from);
  companyId = await insertCompany(db);
  campaignId = await db
    .forCompany(companyId)
    .transaction((tx) => insertCampaign(tx, from, { values: {}, secrets: { sftpPassword: 'b' } }));
});
afterEach(async () => {
  await db.close();
  await server.drop();
});

/** A process with this key, which reads the campaign's secrets. */
function newProcess(box = from) {
  const told: string[] = [];
  const watch = watchSecretKey({ db, box, onReplaced: () => void told.push('replaced') });
  const read = async () => (await watch(() => readCampaignTrial(db, box, campaignId))).secrets.sftpPassword;
  return { told, read };
}

it('hands back what needs a secret once the key of the process was replaced, and tells it', async () => {
  const { told, read } = newProcess();
  expect(await read()).toBe('b');
  await rotateSecretKey(db, { from, to });

  await expect(read()).rejects.toBeInstanceOf(NotReady);

  expect(told).toEqual(['replaced']);
  expect(await newProcess(to).read()).toBe('b');
});

it('tells nobody of a secret that does not open with the present key: that one must be given anew', async () => {
  await db.execute(`update campaign set sftp_password = overlay(sftp_password placing 'AAAA' from 20) where id = $1`, [
    campaignId,
  ]);
  const { told, read } = newProcess();
  await expect(read()).rejects.toMatchObject({ code: 'secretUnreadable' });
  expect(told).toEqual([]);
});

it('judges by what a company may see as well', async () => {
  await rotateSecretKey(db, { from, to });
  const unreadable = await readCampaignTrial(db, from, campaignId).catch((error: unknown) => error);
  const own = db.forCompany(companyId);
  expect(await judgeUnreadable(unreadable, { db: own, box: from })).toMatchObject({ code: 'secretKeyReplaced' });
  expect(await judgeUnreadable(unreadable, { db: own, box: to })).toBe(unreadable);
});

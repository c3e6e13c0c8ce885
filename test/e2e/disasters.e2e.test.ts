import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { insertCompany, insertExporter } from '@muster/testing/factories';
import { waitFor } from '@muster/testing/waitFor';
import { answerWith, cutBody, type Fault, trickJob } from '../../tools/redash/faults.ts';
import { loginRedirect, webPage } from '../../tools/redash/reply.ts';
import { takePort } from '../../tools/demo/takePort.ts';
import { apiClient } from './apiClient.ts';
import {
  allBorrowers,
  createCampaign,
  deliveredBy,
  downloadContacts,
  hasEnded,
  type ShownRun,
  startRun,
  untilRun,
} from './campaignRuns.ts';
import { findLeaks } from './findLeaks.ts';
import { openDrop } from './heldRuns.ts';
import { type House, openHouse } from './house.ts';
import { addJob, whilePaused } from './queueStore.ts';
import { type SftpDrop } from './sftpDrop.ts';

const OPENING_MS = 120_000;
const HEADER = 'phone,contact.id,last name,loan.id,query.days_past_due\r\n';

let house: House;
beforeAll(async () => {
  const settings = {
    ...{ RETRY_WAITING_MS: '0', RETRY_WORKING_MS: '0' }, // what would be tried again for an hour fails at once
    ...{ REDASH_DEADLINE_MS: '5000', SFTP_ANSWER_MS: '2000', PLACES_PER_COMPANY: '50', ALLOW_HTTP: '127.0.0.1:*' },
  };
  house = await openHouse({ backend: 'redis', settings });
}, OPENING_MS);
afterAll(() => house.close(), OPENING_MS);

describe('a query', () => {
  const rows = (sql: string) => `select ids.*, 30 as days_past_due from (${sql}) ids`;

  it.each([
    ['without a column id', 'v (borrower)', { code: 'columnMissing', says: 'the query gives no column "id"' }],
    ['with text in it', 'v (id)', { code: 'badValue', says: 'line 3, column "id"' }],
  ])('%s fails the run, which names the column and the line, and never the value', async (_, named, { code, says }) => {
    const run = await outcomeOf(house.saveQuery(rows(`select * from (values ('1'), ('seventeen')) ${named}`)));

    expect(run.error).toMatchObject({ step: 'filter', code });
    expect(run.error?.message).toContain(says);
    expect(run.error?.message).not.toContain('seventeen');
  });

  it('with 2^53 + 1 loses no digit: a borrower whom nobody knows, not a neighbour', async () => {
    const path = await start(house.saveQuery(rows('select 9007199254740993 as id')));
    const { counts } = await untilRun(house, path);

    expect(counts).toMatchObject({ queried: 1, unknownBorrower: 1, goOn: 0 });
    const { bytes } = await house.api.call('GET', `${path}/files?file=query_results.csv`);
    expect(bytes.toString()).toBe('id,days_past_due\r\n9007199254740993,30\r\n');
  });

  it('with duplicates exports each contact once', async () => {
    const twice = 'select key as id from person union all select key from person';
    const path = await start(house.saveQuery(rows(twice)));
    const { counts } = await untilRun(house, path);

    expect(counts).toMatchObject({ queried: 4_000, duplicate: 2_000, goOn: 2_000 });
    const phones = (await downloadContacts(house, path)).toString().match(/^\+\d+/gm) ?? [];
    expect(phones).toHaveLength(2_000);
    expect(new Set(phones).size).toBe(phones.length);
  });

  it('with no rows is a success: a file with its header is delivered', async () => {
    const drop = await openDrop(house);
    const run = await outcomeOf({ ...house.saveQuery(rows('select 1 as id where false')), sftp: drop.settings });

    expect(run.status).toBe('succeeded');
    expect((await deliveredBy(drop, run)).bytes.toString()).toBe(HEADER);
  });
});

describe('Redash', () => {
  const elsewhere = loginRedirect('http://redash.test/');
  const half = { ...cutBody(45_000), method: 'GET' };
  const endless = trickJob({ endsAfter: new Promise(() => undefined) });

  it.each<[string, Fault & { method?: string }, { code: string; says: string }]>([
    [
      'answering with a web page',
      answerWith(webPage),
      { code: 'redashNotJson', says: 'a login page stands before it' },
    ],
    [
      'sending us to its login',
      answerWith(elsewhere),
      { code: 'redashRedirected', says: 'give the address that answers' },
    ],
    ['cutting its answer off half-way', half, { code: 'redashBodyCut', says: 'not whole' }],
    ['never ending its job', endless, { code: 'queryOverdue', says: 'did not end in time' }],
  ])('%s fails the run with what to mend', async (_, { method = 'POST', ...fault }, { code, says }) => {
    const query = house.saveQuery(allBorrowers);
    const path = new RegExp(`${new URL(query.redashQueryUrl).pathname}/results`);
    house.redash.plan(fault, { method, path, times: 10 });
    const { error } = await outcomeOf(query);

    expect(error).toMatchObject({ step: 'query', code });
    expect(error?.message).toContain(says);
  });

  it('that does not know the key says so, and not that there is no such query', async () => {
    const { error } = await outcomeOf({ ...house.saveQuery(allBorrowers), redashApiKey: 'not-the-key' });

    expect(error).toMatchObject({ step: 'query', code: 'redashKeyRefused' });
    expect(error?.message).toContain("give a user's API key or that of query");
  });

  it('that is down fails the run once its time for trying again is over', async () => {
    const redashQueryUrl = `http://127.0.0.1:${await takePort(0)}/queries/1`;
    const { error } = await outcomeOf({ redashQueryUrl, redashApiKey: 'any' });

    expect(error).toMatchObject({ step: 'query', code: 'redashUnavailable' });
    expect(error?.message).toContain('cannot be reached');
  });
});

describe('an SFTP server', () => {
  type Settings = Partial<SftpDrop['settings']>;
  interface Trouble {
    settings?: () => Promise<Settings>;
    faults?: SftpDrop['faults'];
    code: string;
    says: string;
  }
  const otherKey = `SHA256:${'A'.repeat(43)}`;
  const settings = (changed: Settings) => ({ settings: async () => changed });
  const nobody = { settings: async () => ({ host: `127.0.0.1:${await takePort(0)}` }) };
  const full = { diskFullAfterBytes: 60_000 };
  const hidden = { ...full, pretendsSuccess: true };

  it.each<[string, Trouble]>([
    ['that is away', { ...nobody, code: 'sftpUnreachable', says: 'cannot be reached' }],
    ['that refuses the password', { ...settings({ password: 'no' }), code: 'sftpLoginRefused', says: 'correct them' }],
    [
      'that shows another host key',
      { ...settings({ hostKeyFingerprint: otherKey }), code: 'hostKeyChanged', says: 'no password was sent' },
    ],
    ['without the directory', { ...settings({ cdDir: 'no' }), code: 'remoteDirectoryMissing', says: 'correct cdDir' }],
    ['with a full disk', { faults: full, code: 'remoteDiskFull', says: 'disk or quota is full' }],
    ['with a full disk that it hides', { faults: hidden, code: 'remoteFileShort', says: "server's disk full?" }],
    ['that cuts the line at half', { faults: { cutAfterBytes: 60_000 }, code: 'sftpUnreachable', says: 'lost' }],
  ])('%s fails the run with what to mend, and nothing gets the final name', async (_, trouble) => {
    const drop = await openDrop(house);
    Object.assign(drop.faults, trouble.faults);
    const { status, error, deliveries } = await outcomeOf({
      sftp: { ...drop.settings, ...(await trouble.settings?.()) },
    });

    expect(status).toBe('failed');
    expect(error).toMatchObject({ step: 'upload', code: trouble.code });
    expect(error?.message).toContain(trouble.says);
    expect(deliveries.filter(({ state }) => state !== 'failed')).toEqual([]);
    expect((await readdir(drop.directory)).filter((name) => !name.endsWith('.part'))).toEqual([]);
  });

  it('is given a wrong password once, and none at all where it shows another host key', async () => {
    const [first, second] = [await openDrop(house), await openDrop(house)];
    await outcomeOf({ sftp: { ...first.settings, password: 'wrong' } });
    await outcomeOf({ sftp: { ...second.settings, hostKeyFingerprint: otherKey } });

    expect(first.log.filter((line) => line === 'LOGIN password')).toHaveLength(1);
    expect(second.log).toEqual([]);
  });

  it('with a file of that name keeps it as it is', async () => {
    const drop = await openDrop(house);
    const fileNameTemplate = 'ours_{runId}_{kind}';
    const campaignId = await createCampaign(house, { sftp: { ...drop.settings, fileNameTemplate } });
    const { path, name } = await whilePaused(house.store, 'upload', async () => {
      const begun = await startRun(house, campaignId);
      const taken = join(drop.directory, `ours_${begun.split('/').at(-1) ?? ''}_contacts.csv`);
      await writeFile(taken, 'theirs');
      return { path: begun, name: taken };
    });
    const { error } = await untilRun(house, path, hasEnded);

    expect(error).toMatchObject({ step: 'upload', code: 'remoteNameTaken' });
    expect(error?.message).toMatch(
      /If it is this run's own, .* leave both .* If it is not, change fileNameTemplate or take/,
    );
    expect(await readFile(name, 'utf8')).toBe('theirs');
  });
});

describe('the API', () => {
  it('answers 401 to no key, a malformed one and a wrong one alike', async () => {
    const wrong = house.apiKey.replace(/.{6}$/, 'AAAAAA');
    const answers = await Promise.all(
      ['', 'key', wrong].map((key) => apiClient(house.url, key, house.api.answers).call('GET', '/campaigns')),
    );

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ json }) => json['message'])).size).toBe(1);
  });

  it('names unknown, missing and ill-typed fields at once', async () => {
    const { status, faults } = await house.api.call('POST', '/campaign-workers/contact-exporters', {
      colour: 'red',
      contactMatchingCriteria: { contactType: 'phone', labels: ['home'] },
      checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: 'yes' },
    });

    expect(status).toBe(400);
    expect(faults.sort()).toEqual([
      'checkCanInteractData.isAutodialed wrongType',
      'colour unknownField',
      'columnSettings required',
      'contactMatchingCriteria.contactType wrongType',
      'contactMatchingCriteria.labels unknownField',
    ]);
  });

  it('does not find the exporter of another company', async () => {
    const contactExporterId = await insertExporter(house.db, { companyId: await insertCompany(house.db) });
    const { status, faults } = await house.api.call('POST', '/campaigns', { contactExporterId });

    expect(status).toBe(404);
    expect(faults).toEqual(['contactExporterId contactExporterNotFound']);
  });
});

it('has left no secret and no phone number in logs, queues, answers or other tables', async () => {
  await expect(findLeaks(house)).resolves.toEqual([]);
});

it('would have found one in any of them', async () => {
  const [phone = ''] = await house.db.query<{ value: string }>('select value from contact limit 1').then(valuesOf);
  await writeFile(join(house.logs, 'planted.log'), `{"password":"${house.sftpPassword}"}`);
  await writeFile(join(house.logs, 'named.log'), '{"borrower":"First 7"}');
  await addJob(house.store, 'query', { phone });
  await house.db.execute(`update campaign set name = $1 where id = (select id from campaign limit 1)`, [phone]);
  house.api.answers.push(`{"apiKey":"${house.apiKey}"}`);

  const kinds = new Set((await findLeaks(house)).map((place) => place.split(' ')[0]));
  expect(kinds).toEqual(new Set(['planted.log', 'named.log', 'queue', 'answer', 'table']));
});

const valuesOf = (rows: { value: string }[]) => rows.map(({ value }) => value);

async function start(campaign: Parameters<typeof createCampaign>[1]): Promise<string> {
  return startRun(house, await createCampaign(house, campaign));
}

/** How a run of such a campaign has ended; whatever its end, with its log. */
async function outcomeOf(campaign: Parameters<typeof createCampaign>[1]): Promise<ShownRun> {
  const path = await start(campaign);
  await untilRun(house, path, hasEnded);
  const look = async () => {
    const run = (await house.api.call('GET', path)).json as unknown as ShownRun;
    return run.availableFiles.includes('log.txt') ? run : undefined;
  };
  return waitFor(look, { what: 'the log of an ended run' });
}

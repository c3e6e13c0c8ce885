import { newKeyPair } from '@muster/testing/newKeyPair';
import { insertExporter } from '@muster/testing/factories';
import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const path = '/api/campaigns';
const MASK = '********';
const privateKey = newKeyPair().private;
const sftpSettings = { host: 'sftp.example.com', username: 'muster', password: 'canary-password' };
const full = {
  name: 'Early stage',
  redashQueryUrl: 'https://redash.example.com/queries/42',
  redashApiKey: 'canary-redash-key',
  schedule: 'P P * * 1-5',
  sftpSettings: { ...sftpSettings, cdDir: '/drop' },
};
const anyText = expect.any(String) as string;
const post = (body: object, options: Call = {}) => bench.call('POST', path, { body, ...options });
const create = async (change: object = {}) => (await post({ ...full, ...change })).data;
const put = (campaign: Record<string, unknown>, body: object) =>
  bench.call('PUT', `${path}/${String(campaign['id'])}`, { body });
const storedRow = async (campaign: Record<string, unknown>) =>
  (await bench.db.query('select * from campaign where id = $1', [campaign['id']]))[0]!;

it('answers what was created, its secrets masked', async () => {
  const answer = await post({ ...full, externalId: 'early' });
  expect(answer).toMatchObject({ status: 200, json: { status: 200, message: 'OK' } });
  expect(answer.data).toEqual({
    ...full,
    id: expect.stringMatching(/^CM-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
    object: 'campaign',
    companyId: bench.own.id,
    externalId: 'early',
    redashApiKey: MASK,
    contactExporterId: null,
    bulkSenderId: null,
    sftpSettings: {
      host: 'sftp.example.com',
      username: 'muster',
      password: MASK,
      privateKey: null,
      passphrase: null,
      cdDir: '/drop',
      hostKeyFingerprint: null,
      pinnedHostKey: null,
      fileNameTemplate: null,
      compression: 'none',
    },
    createdAt: anyText,
    updatedAt: anyText,
    deletedAt: null,
  });
  expect((await bench.call('GET', `${path}/ext-early`)).data).toEqual(answer.data);
});

it('needs nothing: a campaign by hand, with neither exporter nor server', async () => {
  expect(await post({})).toMatchObject({
    status: 200,
    data: { schedule: null, redashApiKey: null, sftpSettings: null },
  });
});

it('names unknown, missing and ill-typed fields at once', async () => {
  const answer = await post({
    nmae: 'x',
    schedule: '0 9 * * *',
    redashQueryUrl: 7,
    sftpSettings: { host: 'a b', port: 22 },
  });
  expect(answer.status).toBe(400);
  expect(answer.faults).toEqual([
    'nmae unknownField',
    'redashQueryUrl wrongType',
    'schedule fixedTime',
    'sftpSettings.port unknownField',
    'sftpSettings.host isSftpHost',
    ...['sftpSettings.username required', 'sftpSettings.password oneCredential'],
  ]);
});

describe('what is refused', () => {
  const templates = [
    'x',
    '{kind}',
    '{runId}',
    '{kind}_{tiem}',
    '../{kind}{runId}',
    '.{kind}{runId}',
    'a/{kind}{runId}',
  ];
  const badTemplates = templates.map((fileNameTemplate): [string, object, string] => [
    `the file name template ${fileNameTemplate}`,
    { sftpSettings: { ...sftpSettings, fileNameTemplate } },
    'sftpSettings.fileNameTemplate isFileNameTemplate',
  ]);
  const key = 'SHA256:' + 'a'.repeat(43);
  it.each([
    [
      'a query by plain http',
      { redashQueryUrl: 'http://redash.example.com/queries/1' },
      'redashQueryUrl httpsRequired',
    ],
    [
      'an address that names no query',
      { redashQueryUrl: 'https://redash.example.com/' },
      'redashQueryUrl isRedashQueryUrl',
    ],
    ['a bulk sender', { bulkSenderId: 'BS-AAAA-AAAA' }, 'bulkSenderId notSupportedYet'],
    ['meta data', { metaData: {} }, 'metaData unknownField'],
    ['a name that is too long', { name: 'x'.repeat(201) }, 'name wrongLength'],
    ['an empty name', { name: '' }, 'name wrongLength'],
    ['an empty schedule', { schedule: '' }, 'schedule empty'],
    ['no credential', { sftpSettings: { host: 'a.example', username: 'u' } }, 'sftpSettings.password oneCredential'],
    ['two credentials', { sftpSettings: { ...sftpSettings, privateKey } }, 'sftpSettings.password oneCredential'],
    [
      'a passphrase without a key',
      { sftpSettings: { ...sftpSettings, passphrase: 'x' } },
      'sftpSettings.passphrase passphraseAlone',
    ],
    [
      'what is no private key',
      { sftpSettings: { ...sftpSettings, password: null, privateKey: 'x' } },
      'sftpSettings.privateKey isPrivateKey',
    ],
    [
      'a port beyond 65535',
      { sftpSettings: { ...sftpSettings, host: 'a.example:70000' } },
      'sftpSettings.host isSftpHost',
    ],
    [
      'a NUL in the directory',
      { sftpSettings: { ...sftpSettings, cdDir: 'a\u0000b' } },
      'sftpSettings.cdDir wrongCharacters',
    ],
    [
      'a directory that is too long',
      { sftpSettings: { ...sftpSettings, cdDir: 'x'.repeat(1001) } },
      'sftpSettings.cdDir wrongLength',
    ],
    [
      'a strange fingerprint',
      { sftpSettings: { ...sftpSettings, hostKeyFingerprint: 'MD5:aa' } },
      'sftpSettings.hostKeyFingerprint wrongForm',
    ],
    [
      'an unknown compression',
      { sftpSettings: { ...sftpSettings, compression: 'zip' } },
      'sftpSettings.compression notAllowed',
    ],
    [
      'the mask where nothing is stored',
      { redashApiKey: MASK, sftpSettings: undefined },
      'redashApiKey secretRequired',
    ],
    ...badTemplates,
  ])('is %s', async (_, change, fault) => {
    expect(await post({ ...full, ...change })).toMatchObject({ status: 400, faults: [fault] });
  });

  it('is not a query by plain http that the operator allows', async () => {
    expect(await post({ redashQueryUrl: 'http://localhost:5000/queries/1' })).toMatchObject({ status: 200 });
  });

  it('is not a full set of good SFTP settings', async () => {
    const settings = {
      ...{ host: 'sftp.example.com:23', username: 'u', privateKey, passphrase: 'x', hostKeyFingerprint: key },
      ...{ fileNameTemplate: '{externalId}_{date}{time}_{kind}', compression: 'gzip' },
    };
    const masked = { ...settings, privateKey: MASK, passphrase: MASK, password: null };
    expect(await post({ sftpSettings: settings })).toMatchObject({ status: 200, data: { sftpSettings: masked } });
  });
});

describe('the exporter that a campaign names', () => {
  it('may be named by its id or by its external id', async () => {
    const id = await insertExporter(bench.db, { companyId: bench.own.id, externalId: 'mine' });
    expect(await post({ contactExporterId: id })).toMatchObject({ status: 200, data: { contactExporterId: id } });
    expect(await post({ contactExporterId: 'mine' })).toMatchObject({ status: 200, data: { contactExporterId: id } });
  });

  it('is not found where it is another company\u2019s, in the same words as where there is none', async () => {
    const foreign = await insertExporter(bench.db, { companyId: bench.other.id, externalId: 'theirs' });
    for (const contactExporterId of [foreign, 'theirs', 'CE-AAAA-AAAA', 'ext-theirs']) {
      const answer = await post({ contactExporterId });
      expect(answer).toMatchObject({ status: 404, faults: ['contactExporterId contactExporterNotFound'] });
    }
  });
});

describe('a partial update', () => {
  it('leaves what is absent, clears what is null', async () => {
    const made = await create();
    const answer = await put(made, { name: null, sftpSettings: { cdDir: null } });
    const settings = { ...(made['sftpSettings'] as object), cdDir: null };
    expect(answer.data).toEqual({ ...made, name: null, sftpSettings: settings, updatedAt: anyText });
  });

  it('takes back what was read, and keeps every secret', async () => {
    const made = await create();
    const before = await storedRow(made);
    expect((await put(made, made)).data).toEqual({ ...made, updatedAt: anyText });
    expect(await storedRow(made)).toMatchObject({
      redash_api_key: before['redash_api_key'],
      sftp_password: before['sftp_password'],
    });
  });

  it('clears the secrets of a server that is taken away', async () => {
    const made = await create();
    expect((await put(made, { sftpSettings: null, redashApiKey: null })).data).toMatchObject({
      sftpSettings: null,
      redashApiKey: null,
    });
    expect(await storedRow(made)).toMatchObject({ sftp_settings: null, sftp_password: null, redash_api_key: null });
  });

  it('changes from a password to a key and back', async () => {
    const made = await create();
    expect(await put(made, { sftpSettings: { privateKey } })).toMatchObject({ status: 400 });
    const keyed = await put(made, { sftpSettings: { password: null, privateKey, passphrase: 'canary-passphrase' } });
    expect(keyed.data['sftpSettings']).toMatchObject({ password: null, privateKey: MASK, passphrase: MASK });
    const back = await put(made, { sftpSettings: { password: 'canary-password', privateKey: null } });
    expect(back.data['sftpSettings']).toMatchObject({ password: MASK, privateKey: null, passphrase: null });
  });

  it('is due by the new schedule, and by none when it is cleared', async () => {
    const made = await create({ schedule: null });
    expect(await storedRow(made)).toMatchObject({ next_due_at: null });
    await put(made, { schedule: 'P P * * *' });
    expect(await storedRow(made)).toMatchObject({ next_due_at: expect.any(Date) as Date });
    await put(made, { schedule: null });
    expect(await storedRow(made)).toMatchObject({ next_due_at: null });
  });

  it('answers 409 to an externalId that another campaign has, or had and was deleted', async () => {
    const first = await create({ externalId: 'first' });
    const taken = { status: 409, faults: ['externalId externalIdTaken'] };
    expect(await put(await create(), { externalId: 'first' })).toMatchObject(taken);
    await bench.call('DELETE', `/api/campaigns/${String(first['id'])}`);
    const again = await put(await create(), { externalId: 'first' });
    expect(again).toMatchObject(taken);
    expect(again.json['message']).toMatch(/or had it and was deleted$/);
  });
});

describe('no stored secret goes to a new place', () => {
  const moved = { host: 'evil.example.com' };
  it.each([
    [
      'the query\u2019s host',
      { redashQueryUrl: 'https://evil.example.com/queries/42' },
      ['redashApiKey secretRequired'],
    ],
    [
      'the query\u2019s port',
      { redashQueryUrl: 'https://redash.example.com:444/queries/42' },
      ['redashApiKey secretRequired'],
    ],
    ['the SFTP host', { sftpSettings: moved }, ['sftpSettings.password secretRequired']],
    ['the SFTP port', { sftpSettings: { host: 'sftp.example.com:23' } }, ['sftpSettings.password secretRequired']],
    ['the SFTP user', { sftpSettings: { username: 'root' } }, ['sftpSettings.password secretRequired']],
    [
      'the SFTP host, with the mask',
      { sftpSettings: { ...moved, password: MASK } },
      ['sftpSettings.password secretRequired'],
    ],
  ])('when %s changes', async (_, change, faults) => {
    const made = await create();
    expect(await put(made, change)).toMatchObject({ status: 400, faults });
    expect((await bench.call('GET', `${path}/${String(made['id'])}`)).data).toEqual(made);
  });

  it('nor in two steps, by clearing the address first', async () => {
    const made = await create();
    await put(made, { redashQueryUrl: null });
    const second = await put(made, { redashQueryUrl: 'https://evil.example.com/queries/42' });
    expect(second).toMatchObject({ status: 400, faults: ['redashApiKey secretRequired'] });
  });

  it('but the secret given with it may, and the pinned host key is cleared', async () => {
    const made = await create();
    await bench.db.execute(`update campaign set sftp_pinned_host_key = 'SHA256:x' where id = $1`, [made['id']]);
    expect((await bench.call('GET', `${path}/${String(made['id'])}`)).data['sftpSettings']).toMatchObject({
      pinnedHostKey: 'SHA256:x',
    });
    const answer = await put(made, { sftpSettings: { ...moved, password: 'canary-new' } });
    expect(answer).toMatchObject({ status: 200, data: { sftpSettings: { ...moved, pinnedHostKey: null } } });
  });

  it('and another query or directory on the same server needs none', async () => {
    const made = await create();
    const change = {
      redashQueryUrl: 'https://redash.example.com/queries/43',
      sftpSettings: { host: 'SFTP.example.com:22', cdDir: '/x' },
    };
    expect(await put(made, change)).toMatchObject({ status: 200 });
  });
});

it('keeps secrets sealed, and out of every answer and log line', async () => {
  const made = await create();
  await put(made, { sftpSettings: { password: null, privateKey, passphrase: 'canary-passphrase' } });
  await put(made, { redashApiKey: 'canary-\u0000', sftpSettings: { privateKey: 'canary' } });
  const answers = await Promise.all([bench.call('GET', path), bench.call('GET', `${path}/${String(made['id'])}`)]);
  const seen = [JSON.stringify(await storedRow(made)), JSON.stringify(bench.lines), ...answers.map(({ text }) => text)];
  for (const text of seen) expect(text).not.toContain('canary');
});

it('deletes softly: its schedule stops, and it takes no more runs', async () => {
  const made = await create();
  const address = `${path}/${String(made['id'])}`;
  expect(await bench.call('DELETE', address)).toMatchObject({ status: 200, data: { deletedAt: anyText } });
  expect(await storedRow(made)).toMatchObject({ next_due_at: null });
  expect(await bench.call('GET', address)).toMatchObject({ status: 404 });
  expect(await bench.call('GET', `${address}?includeDeleted=true`)).toMatchObject({ status: 200 });
  expect(await bench.call('POST', `${address}/runs`)).toMatchObject({ status: 404 });
  expect(await put(made, { name: 'x' })).toMatchObject({ status: 404 });
});

import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertContact, insertDoNotInteract, insertExporter, insertPerson } from '@muster/testing/factories';
import { FakeTaskBell } from '@muster/testing/fakeTaskBell';
import { type TaskBench, taskBench } from '@muster/testing/taskBench';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../createApi.ts';

let bell: FakeTaskBell;
let bench: ApiBench;
let tasks: TaskBench;
beforeAll(async () => {
  bench = await apiBench((deps) =>
    createApi({ ...deps, taskWaitMs: 8_000, onTaskAccepted: (queue, id) => bell.ringTask(queue, id) }),
  );
});
beforeEach(async () => {
  bell = new FakeTaskBell();
  tasks = await taskBench({ ...bench, bell });
  await bench.db.execute('delete from task');
});
afterEach(() => tasks.close());
afterAll(() => bench.close());

const sftpSettings = { host: 'sftp.example.com', username: 'muster', password: 'secret-canary', cdDir: null };

/** A campaign with an exporter of names and values, and three borrowers, one of whom may not be called. */
async function campaign(change: object = {}) {
  const companyId = bench.own.id;
  const exporter = await insertExporter(bench.db, {
    companyId,
    columnSettings: [
      { field: 'person.displayId', outputName: 'id' },
      { field: 'person.name.lastName' },
      { field: 'contact.value' },
    ],
    checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: false },
  });
  const people = [];
  for (const value of ['+14155550101', '+14155550102', '+14155550103']) {
    const person = await insertPerson(bench.db, { companyId, lastName: 'Miller-Canary' });
    await insertContact(bench.db, { companyId, personKey: person.key, value });
    people.push(person);
  }
  await insertDoNotInteract(bench.db, { companyId, personKey: people[2]!.key });
  tasks.redash.csv = `id\r\n${people.map(({ key }) => `${key}\r\n`).join('')}999999\r\n`;
  const body = {
    ...{ redashQueryUrl: 'https://redash.example.com/queries/7', redashApiKey: 'key-canary' },
    ...{ contactExporterId: exporter, sftpSettings, ...change },
  };
  const { data } = await bench.call('POST', '/api/campaigns', { body });
  return { id: String(data['id']), people };
}

const post = (id: string, what: string, options = {}) =>
  bench.call('POST', `/api/campaigns/${id}/${what}`, { body: {}, ...options });
const rowsOf = async (table: string) => (await bench.db.query(`select 1 from ${table}`)).length;

it('previews what a run would do: its counts, and masked rows', async () => {
  await tasks.startWorker();
  const { id, people } = await campaign();
  const answer = await post(id, 'preview');

  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({
    object: 'campaignPreview',
    campaignId: id,
    screened: true,
    counts: {
      ...{ queried: 4, invalid: 0, duplicate: 0, unknownBorrower: 1, goOn: 3 },
      ...{ noContact: 0, matched: 3, contacts: 3, exported: 2, screenedOut: expect.any(Object) as object },
    },
    columns: ['id', 'person.name.lastName', 'contact.value'],
    sample: [
      [people[0]!.key, 'M••••', '+1•••••••0101'],
      [people[1]!.key, 'M••••', '+1•••••••0102'],
    ],
  });
  expect(Object.keys(answer.data['counts'] as object)).toEqual([
    ...['queried', 'invalid', 'duplicate', 'unknownBorrower', 'goOn'],
    ...['noContact', 'matched', 'contacts', 'screenedOut', 'exported'],
  ]);
});

it('shows at most 20 rows, and of a campaign without an exporter the rows that go on', async () => {
  await tasks.startWorker();
  const { id, people } = await campaign({ contactExporterId: null });
  for (let i = 0; i < 25; i++) people.push(await insertPerson(bench.db, { companyId: bench.own.id }));
  tasks.redash.csv = `id,note\r\n${people.map(({ key }) => `${key},Robin\r\n`).join('')}`;
  const { data } = await post(id, 'preview');

  expect(data).toMatchObject({ screened: null, columns: ['id', 'note'], counts: { goOn: 28 } });
  expect((data['sample'] as string[][]).length).toBe(20);
  expect((data['sample'] as string[][])[0]).toEqual([people[0]!.key, 'R••••']);
});

it('writes no file, reserves nothing, uploads nothing, and leaves nothing behind but masked rows', async () => {
  await tasks.startWorker();
  const { id } = await campaign();
  expect(await post(id, 'preview')).toMatchObject({ status: 200 });

  for (const table of ['run', 'run_step', 'file', 'reservation', 'delivery', 'interaction'])
    expect([table, await rowsOf(table)]).toEqual([table, 0]);
  expect(bench.files.files.size + bench.files.open.size).toBe(0);
  expect(tasks.sftp.log).toEqual([]);
  await waitFor(async () => (await tasks.scratchTables()).length === 0);
  expect(await tasks.spooled()).toEqual([]);
  const [{ stored } = { stored: '' }] = await bench.db.query<{ stored: string }>(
    'select task::text as stored from task',
  );
  expect(stored).not.toMatch(/canary|Canary|4155550101/);
  expect(JSON.stringify(bench.lines)).not.toMatch(/canary|Canary|4155550101/);
});

it("asks the company's own guard as a run would, and answers 503 while it is away", async () => {
  await tasks.startWorker();
  const companyId = bench.own.id;
  const setGuard = (url: string | null) =>
    bench.db.execute('update company set compliance_guard_url = $2 where id = $1', [companyId, url]);
  const { id, people } = await campaign();
  const [contact] = await bench.db.query<{ id: string }>('select id from contact where person_key = $1', [
    people[0]!.key,
  ]);
  await setGuard('https://guard.example.com/checks');
  tasks.outsideGuard.refuse(contact!.id);
  tasks.outsideGuard.failures.push(new TemporaryFailure('outsideGuardUnavailable', 'The guard is away'));

  expect(await post(id, 'preview')).toMatchObject({ status: 503 });
  const { data } = await post(id, 'preview');
  const { data: checked } = await post(id, 'check');
  await setGuard(null);

  expect(checked).toMatchObject({ complianceGuard: { ok: true, code: null, message: null } });
  expect(tasks.outsideGuard.probed).toEqual(['https://guard.example.com/checks']);

  expect(data).toMatchObject({ counts: { contacts: 3, exported: 1, screenedOut: { refusedOutside: 1 } } });
  expect(data['sample']).toEqual([[people[1]!.key, 'M••••', '+1•••••••0102']]);
  expect(await rowsOf('reservation')).toBe(0);
});

it('answers 409 with the failure that a run would have, and 503 where trying again may help', async () => {
  await tasks.startWorker();
  const { id } = await campaign();
  tasks.redash.failures.push(new PermanentFailure('redashKeyRefused', 'Redash refused the key'));
  expect(await post(id, 'preview')).toMatchObject({
    status: 409,
    json: {
      code: 'previewFailed',
      message: 'the preview failed at query: Redash refused the key',
      details: { step: 'query', code: 'redashKeyRefused', message: 'Redash refused the key' },
    },
  });

  tasks.redash.failures.push(new TemporaryFailure('redashUnavailable', 'Redash is away'));
  const away = await post(id, 'preview');
  expect(away).toMatchObject({ status: 503, json: { code: 'previewFailed', details: { code: 'redashUnavailable' } } });
  expect(away.headers.get('retry-after')).toBe('5');

  tasks.redash.csv = 'name\r\nRobin\r\n';
  expect(await post(id, 'preview')).toMatchObject({
    status: 409,
    json: { details: { step: 'filter', code: 'columnMissing' } },
  });
});

it('answers 503 where no worker does it in time, and gives it up', async () => {
  const { id } = await campaign();
  const answer = await post(id, 'preview');

  expect(answer).toMatchObject({ status: 503, json: { code: 'previewTimedOut' } });
  expect(answer.headers.get('retry-after')).toBe('5');
  await tasks.startWorker();
  await tasks.deps.remains.endGivenUp();
  expect(tasks.redash.keys).toEqual([]); // nobody waits: no worker begins it
  expect(await bench.db.query('select status, error_code from task')).toMatchObject([{ error_code: 'abandoned' }]);
});

it('stops the worker when the caller has gone', async () => {
  await tasks.startWorker();
  const { id } = await campaign();
  tasks.redash.gate = new Promise(() => undefined);
  const caller = new AbortController();
  const call = fetch(`${bench.url}/api/campaigns/${id}/preview`, {
    method: 'POST',
    headers: { 'X-API-KEY': bench.own.keys.admin },
    signal: caller.signal,
  }).catch(() => 'gone');
  await waitFor(() => tasks.redash.keys.length === 1);
  caller.abort();

  expect(await call).toBe('gone');
  const ended = () => bench.db.query(`select 1 from task where status = 'failed' and error_code = 'abandoned'`);
  await waitFor(async () => (await ended()).length === 1, { timeoutMs: 2_500 });
});

it('is finished by another worker when the first one dies in the middle', async () => {
  const { id } = await campaign();
  const dead = await tasks.startWorker({
    // it goes on for ever without a heartbeat, as a frozen process does
    change: (deps) => ({
      ...deps,
      times: { ...deps.times, heartbeatMs: 1_000_000 },
      works: { ...deps.works, preview: { work: (_, { signal }) => untilAborted(signal) } },
    }),
  });
  const answer = post(id, 'preview');
  await waitFor(async () => (await bench.db.query(`select 1 from task where attempt = 1`)).length === 1);
  dead.pause();
  await tasks.startWorker();

  expect(await answer).toMatchObject({ status: 200 });
  expect(await bench.db.query('select attempt, tries from task')).toEqual([{ attempt: 2, tries: 2 }]);
});

it('is done once, however many workers there are, and found where its ring was lost', async () => {
  for (let i = 0; i < 3; i++) await tasks.startWorker({ sweepEveryMs: 10 });
  bell.isAway = true;
  const { id } = await campaign();
  const answers = await Promise.all([post(id, 'preview'), post(id, 'preview')]);

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(tasks.redash.keys.length).toBe(2);
});

it('gives its task back at once when its worker stops', async () => {
  const { id } = await campaign();
  tasks.redash.gate = new Promise(() => undefined);
  const first = await tasks.startWorker();
  const answer = post(id, 'preview');
  await waitFor(() => tasks.redash.keys.length === 1);
  await first.close(0);
  expect(await bench.db.query('select status, tries from task')).toEqual([{ status: 'pending', tries: 0 }]);

  tasks.redash.gate = undefined;
  await tasks.startWorker();
  expect(await answer).toMatchObject({ status: 200 });
});

it('checks both connections, leaves no probe behind, and pins the host key that it shows', async () => {
  await tasks.startWorker();
  const { id } = await campaign();
  const { data } = await post(id, 'check');

  expect(data).toEqual({
    object: 'campaignCheck',
    campaignId: id,
    redash: { ok: true, code: null, message: null, queryName: 'Borrowers to call' },
    sftp: { ok: true, code: null, message: null, hostKeyFingerprint: expect.stringMatching(/^SHA256:/) as string },
    complianceGuard: null,
  });
  expect(tasks.redash.keys).toEqual(['key-canary']);
  expect(tasks.sftp.log.map((line) => line.split(' ')[0])).toEqual(['connect', 'upload', 'find', 'remove']);
  expect([...tasks.sftp.files.keys()]).toEqual([]);
  expect([tasks.sftp.openConnections, await tasks.spooled()]).toEqual([0, []]);
  const { data: shown } = await bench.call('GET', `/api/campaigns/${id}`);
  expect(shown['sftpSettings']).toMatchObject({
    pinnedHostKey: (data['sftp'] as { hostKeyFingerprint: string }).hostKeyFingerprint,
  });
});

it('gives each connection its own verdict', async () => {
  await tasks.startWorker();
  const { id } = await campaign();
  tasks.redash.failures.push(new TemporaryFailure('redashUnavailable', 'Redash is away'));
  tasks.sftp.refuse('upload');
  expect((await post(id, 'check')).data).toMatchObject({
    redash: { ok: false, code: 'redashUnavailable', message: 'Redash is away', queryName: null },
    sftp: { ok: false, code: 'remotePermissionDenied' },
  });

  tasks.sftp.allow('upload').showHostKey('SHA256:another');
  await bench.db.execute(`update campaign set sftp_pinned_host_key = 'SHA256:pinned'`);
  expect((await post(id, 'check')).data).toMatchObject({
    redash: { ok: true },
    sftp: { ok: false, code: 'hostKeyChanged', hostKeyFingerprint: 'SHA256:another' },
  });

  tasks.sftp.loseReplyTo('upload');
  await bench.db.execute(`update campaign set sftp_pinned_host_key = null`);
  expect((await post(id, 'check')).data).toMatchObject({ sftp: { ok: false, code: 'sftpUnreachable' } });
});

it('says nothing of a connection that the campaign does not have, and of a key that is not there', async () => {
  await tasks.startWorker();
  const bare = await campaign({
    redashQueryUrl: null,
    redashApiKey: null,
    sftpSettings: null,
    contactExporterId: null,
  });
  expect((await post(bare.id, 'check')).data).toMatchObject({ redash: null, sftp: null });

  const keyless = await campaign({ redashApiKey: null });
  expect((await post(keyless.id, 'check')).data).toMatchObject({ redash: { ok: false, code: 'redashKeyMissing' } });
});

it('needs the scopes runs:start and campaigns:write, and a campaign of the company', async () => {
  const { id } = await campaign();
  expect(await post(id, 'preview', { key: bench.own.keys.viewer })).toMatchObject({ status: 403 });
  expect(await post(id, 'check', { key: bench.own.keys.viewer })).toMatchObject({ status: 403 });
  expect(await post(id, 'preview', { key: bench.other.keys.admin })).toMatchObject({ status: 404 });
  expect(await post(id, 'check', { key: bench.other.keys.admin })).toMatchObject({ status: 404 });
  expect(await rowsOf('task')).toBe(0);
});

function untilAborted(signal: AbortSignal) {
  return new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

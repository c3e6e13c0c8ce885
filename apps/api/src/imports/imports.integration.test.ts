import { request } from 'node:http';
import { TemporaryFailure } from '@muster/core/errors';
import { tidyTasks } from '@muster/pipeline/tidyTasks';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { FakeTaskBell } from '@muster/testing/fakeTaskBell';
import { type TaskBench, taskBench } from '@muster/testing/taskBench';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../createApi.ts';

const MAX_BYTES = 100_000;
let bell: FakeTaskBell;
let bench: ApiBench;
let tasks: TaskBench;
beforeAll(async () => {
  bench = await apiBench((deps) =>
    createApi({ ...deps, importMaxBytes: MAX_BYTES, onTaskAccepted: (queue, id) => bell.ringTask(queue, id) }),
  );
});
beforeEach(async () => {
  bell = new FakeTaskBell();
  tasks = await taskBench({ ...bench, bell });
  for (const table of ['task', 'upload', 'file', 'person']) await bench.db.execute(`delete from ${table}`);
  bench.files.files.clear();
});
afterEach(() => tasks.close());
afterAll(() => bench.close());

const csv = 'externalId,name.firstName\r\nP-1,Robin\r\nP-2,Canary\r\n';
const send = (body: string, { headers = {}, ...options }: { headers?: object; kind?: string; key?: string } = {}) =>
  bench.call('POST', `/api/imports/${options.kind ?? 'people'}`, {
    ...(options.key !== undefined && { key: options.key }),
    body,
    headers: { 'Content-Type': 'text/csv', ...headers },
  });
const read = async (id: unknown) => (await bench.call('GET', `/api/imports/${String(id)}`)).data;
const ended = (id: unknown) =>
  waitFor(async () => {
    const found = await read(id);
    return found['finishedAt'] !== null && found;
  });
const people = () => bench.db.query('select external_id, first_name from person order by external_id');

it('takes a file, answers at once, and loads it', async () => {
  const { status, data } = await send(csv);
  expect(status).toBe(200);
  expect(data).toMatchObject({
    ...{ id: expect.stringMatching(/^IM-/) as string, object: 'import', companyId: bench.own.id, kind: 'people' },
    ...{ format: 'csv', status: 'pending', sizeBytes: csv.length, progress: null, counts: null, hasRefused: false },
  });
  await tasks.startWorker({ queue: 'imports', concurrency: 1 });

  expect(await ended(data['id'])).toMatchObject({
    status: 'succeeded',
    counts: { read: 2, inserted: 2, updated: 0, unchanged: 0, refused: 0 },
    ...{ progress: null, hasRefused: false, error: null },
  });
  expect(await people()).toEqual([
    { external_id: 'P-1', first_name: 'Robin' },
    { external_id: 'P-2', first_name: 'Canary' },
  ]);
});

it('takes NDJSON as well', async () => {
  await tasks.startWorker({ queue: 'imports' });
  const { data } = await send('{"externalId":"P-9"}\n', { headers: { 'Content-Type': 'application/x-ndjson' } });
  expect(await ended(data['id'])).toMatchObject({ format: 'ndjson', counts: { inserted: 1 } });
});

it('removes what was sent once the load has ended, well or not', async () => {
  await tasks.startWorker({ queue: 'imports' });
  await ended((await send(csv)).data['id']);
  await waitFor(() => bench.files.files.size === 0);

  const { data } = await send('name.firstName,nonsense\r\nCanary,1\r\n');
  const failed = await ended(data['id']);
  expect(failed).toMatchObject({ status: 'failed', counts: null, error: { code: 'invalidInput' } });
  await waitFor(() => bench.files.files.size === 0);
  expect(JSON.stringify([failed, bench.lines])).not.toMatch(/Canary/);
});

it('shows nobody the first row of a file that has no header', async () => {
  await tasks.startWorker({ queue: 'imports' });
  const { data } = await send('P-1,Canary\r\nP-2,Canary\r\n');
  const failed = await ended(data['id']);

  expect(failed).toMatchObject({
    error: { message: expect.stringMatching(/no header.*externalId/) as string },
  });
  expect(JSON.stringify([failed, bench.lines, await bench.db.query('select * from task')])).not.toMatch(/Canary|P-1/);
});

it('hands out the refused rows, with line and reason', async () => {
  await tasks.startWorker({ queue: 'imports' });
  const { data } = await send('externalId,status\r\nP-1,active\r\nP-2,nonsense\r\n');
  expect(await ended(data['id'])).toMatchObject({ counts: { read: 2, inserted: 1, refused: 1 }, hasRefused: true });

  const answer = await bench.call('GET', `/api/imports/${String(data['id'])}/refused`);
  expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^line,.*\r\n3,.*status.*\r\n$/) as string });
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="refused.csv"');
});

it('has no refused rows where none was refused, or before the end', async () => {
  const { data } = await send(csv);
  const path = `/api/imports/${String(data['id'])}/refused`;
  expect(await bench.call('GET', path)).toMatchObject({ status: 404, json: { code: 'fileNotFound' } });
});

it('answers 410 once the refused rows are past the retention, and removes them from the store', async () => {
  await tasks.startWorker({ queue: 'imports' });
  const { data } = await send('externalId,status\r\nP-2,nonsense\r\n');
  await ended(data['id']);
  await waitFor(() => bench.files.files.size === 1);
  await tidyTasks(tasks.deps);
  expect(bench.files.files.size).toBe(1);
  await bench.db.execute(`update task set finished_at = finished_at - interval '31 days'`);
  await bench.db.execute(`update file set created_at = created_at - interval '31 days'`);
  await tidyTasks(tasks.deps);

  expect(bench.files.files.size).toBe(0);
  expect(await bench.call('GET', `/api/imports/${String(data['id'])}/refused`)).toMatchObject({ status: 410 });
  await bench.db.execute(`update task set finished_at = finished_at - interval '60 days'`);
  await tidyTasks(tasks.deps);
  expect(await bench.call('GET', `/api/imports/${String(data['id'])}`)).toMatchObject({ status: 404 });
  expect(await bench.db.query('select 1 from file')).toEqual([]);
});

it('loads once what is sent twice with one Idempotency-Key', async () => {
  await tasks.startWorker({ queue: 'imports' });
  const headers = { 'Idempotency-Key': 'once' };
  const [first, twin] = await Promise.all([send(csv, { headers }), send(csv, { headers })]);

  expect(twin.data['id']).toBe(first.data['id']);
  await ended(first.data['id']);
  expect(await bench.db.query('select 1 from task')).toHaveLength(1);
  expect(bell.rings).toEqual([first.data['id']]);
  await waitFor(() => bench.files.files.size === 0); // the second copy, too
  const other = await send('externalId\r\nP-3\r\n', { headers });
  expect(other).toMatchObject({ status: 422, json: { code: 'idempotencyKeyReused' } });
  await waitFor(() => bench.files.files.size === 0);
});

it('leaves nothing of a body that breaks off', async () => {
  const caller = request(`${bench.url}/api/imports/people`, {
    method: 'POST',
    headers: { 'X-API-KEY': bench.own.keys.admin, 'Content-Type': 'text/csv', 'Content-Length': '1000' },
  });
  caller.on('error', () => undefined);
  caller.write(csv);
  await waitFor(() => bench.files.open.size === 1);
  caller.destroy();

  await waitFor(() => bench.files.open.size === 0);
  expect(bench.files.files.size).toBe(0);
  expect(await bench.db.query('select 1 from task')).toEqual([]);
});

it('removes what a killed process has uploaded for nothing, a day later', async () => {
  await bench.db.execute(`insert into upload (folder, company_id) values ('lost/1/', $1)`, [bench.own.id]);
  bench.files.files.set('lost/1/rows.csv', Buffer.from(csv));
  await tidyTasks(tasks.deps);
  expect(bench.files.files.size).toBe(1);
  await bench.db.execute(`update upload set created_at = created_at - interval '25 hours'`);
  await tidyTasks(tasks.deps);
  expect(bench.files.files.size).toBe(0);
  expect(await bench.db.query('select 1 from upload')).toEqual([]);
});

it('refuses bodies that are too large, empty, packed or of another kind, and keeps nothing of them', async () => {
  const answers = [
    await send('x'.repeat(MAX_BYTES + 1)),
    await send(''),
    await send(csv, { headers: { 'Content-Type': 'application/json' } }),
    await send(csv, { headers: { 'Content-Type': 'text/csv; charset=latin1' } }),
    await send(csv, { headers: { 'Content-Encoding': 'gzip' } }),
    await send(csv, { kind: 'pets' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([413, 400, 415, 415, 415, 404]);
  expect(bench.files.files.size + bench.files.open.size).toBe(0);
  expect(await bench.db.query('select 1 from task')).toEqual([]);
});

it('refuses a body that grows too large without having said so', async () => {
  const body = new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new Uint8Array(MAX_BYTES / 2));
    },
  });
  const answer = await fetch(`${bench.url}/api/imports/people`, {
    ...{ method: 'POST', body, duplex: 'half' },
    headers: { 'X-API-KEY': bench.own.keys.admin, 'Content-Type': 'text/csv' },
  }).then(
    ({ status }) => status,
    () => 'closed', // the answer came while it was still sending
  );
  expect([413, 'closed']).toContain(answer);
  await waitFor(() => bench.files.open.size === 0);
  expect(await bench.db.query('select 1 from task')).toEqual([]);
});

it('is loaded once by another worker when the first one dies, and tried again where that may help', async () => {
  const { data } = await send(csv);
  const dead = await tasks.startWorker({
    queue: 'imports',
    // frozen, it sends no heartbeat
    change: (deps) => ({
      ...deps,
      times: { ...deps.times, heartbeatMs: 1_000_000 },
      works: { ...deps.works, import: { work: (_, { signal }) => untilAborted(signal) } },
    }),
  });
  await waitFor(async () => (await read(data['id']))['status'] === 'running');
  dead.pause();
  bench.files.files.set(`${bench.own.id}/imports/${String(data['id'])}/refused-1.csv`, Buffer.from('left by it'));
  let failures = 0;
  await tasks.startWorker({
    queue: 'imports',
    change: (deps) => ({
      ...deps,
      works: {
        ...deps.works,
        import: {
          ...deps.works.import,
          work: async (claim, doing) => {
            if (failures++ === 0) throw new TemporaryFailure('databaseBusy', 'the database was busy');
            return deps.works.import.work(claim, doing);
          },
        },
      },
    }),
  });
  await waitFor(() => failures === 1);
  await waitFor(async () => (await read(data['id']))['status'] === 'pending');
  await bench.db.execute('update task set not_before = null');

  expect(await ended(data['id'])).toMatchObject({ status: 'succeeded', counts: { inserted: 2 }, error: null });
  expect(await bench.db.query('select attempt, tries from task')).toEqual([{ attempt: 3, tries: 3 }]);
  await waitFor(() => bench.files.files.size === 0);
});

it('lists the loads of the company, newest first, to those who may read the directory', async () => {
  const ids = [(await send(csv)).data['id'], (await send(csv)).data['id']];
  const { list, json } = await bench.call('GET', '/api/imports?limit=1', { key: bench.own.keys.operator });
  expect(list).toMatchObject([{ id: ids[1] }]);
  expect((await bench.call('GET', String(json['nextUrl']))).list).toMatchObject([{ id: ids[0] }]);

  expect((await bench.call('GET', '/api/imports', { key: bench.other.keys.admin })).list).toEqual([]);
  expect(await bench.call('GET', '/api/imports', { key: bench.own.keys.viewer })).toMatchObject({ status: 403 });
  expect(await send(csv, { key: bench.own.keys.operator })).toMatchObject({ status: 403 });
});

it('hides loads from other companies', async () => {
  const { data } = await send(csv);
  const key = bench.other.keys.admin;
  for (const path of [`/api/imports/${String(data['id'])}`, `/api/imports/${String(data['id'])}/refused`])
    expect(await bench.call('GET', path, { key })).toMatchObject({ status: 404, json: { code: 'importNotFound' } });
});

function untilAborted(signal: AbortSignal) {
  return new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { pastFiles } from '@muster/db/pastFiles';
import { removePastFiles } from '@muster/pipeline/removePastFiles';
import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { FakeFileStore } from '@muster/testing/fakeFileStore';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
let path: string;
let runId: string;
beforeAll(async () => {
  bench = await apiBench(createApi);
  ({ path, runId } = await newRun());
  await addFile(runId, 'query_results.csv', { content: 'id\r\n1\r\n2\r\n' });
  await addFile(runId, 'log.txt', { content: 'a line\n' });
  await addFile(runId, 'matches.csv', { content: 'ours', internal: true });
});
afterAll(() => bench.close());

async function newRun(body: object = {}) {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const started = (await bench.call('POST', `/api/campaigns/${campaign}/runs`, { body })).json['id'] as string;
  return { runId: started, path: `/api/campaigns/${campaign}/runs/${started}/files` };
}

async function addFile(
  run: string,
  name: string,
  { content = '', ...more }: { content?: string; internal?: boolean; removedAt?: Date },
) {
  const file = await bench.files.create(`${run}/${name}`);
  file.stream.end(content);
  await insertRow(bench.db, 'file', { companyId: bench.own.id, runId: run, name, ...(await file.seal()), ...more });
}

const get = (query: string, options: Call = {}) => bench.call('GET', `${path}${query}`, options);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

it('gives a file with its name, size and hash', async () => {
  const { status, text, headers } = await get('?file=query_results.csv');
  expect({ status, text }).toEqual({ status: 200, text: 'id\r\n1\r\n2\r\n' });
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="query_results.csv"',
    'content-length': '10',
    'accept-ranges': 'bytes',
    etag: `"${sha256('id\r\n1\r\n2\r\n')}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
});

it('gives the range that was asked for', async () => {
  const answer = await get('?file=query_results.csv', { headers: { Range: 'bytes=4-5' } });
  expect(answer).toMatchObject({ status: 206, text: '1\r' });
  expect(answer.headers.get('content-range')).toBe('bytes 4-5/10');
});

it('refuses a range beyond the end', async () => {
  const answer = await get('?file=query_results.csv', { headers: { Range: 'bytes=10-' } });
  expect(answer.status).toBe(416);
  expect(answer.headers.get('content-range')).toBe('bytes */10');
});

it('gives the whole file where the caller has a part of another one', async () => {
  const headers = { Range: 'bytes=4-5', 'If-Range': '"other"' };
  expect(await get('?file=query_results.csv', { headers })).toMatchObject({ status: 200 });
});

it('gives nothing where the caller has the file already', async () => {
  const headers = { 'If-None-Match': `"${sha256('a line\n')}"` };
  expect(await get('?file=log.txt', { headers })).toMatchObject({ status: 304, text: '' });
});

it('answers HEAD with the size and no body', async () => {
  for (const headers of [{}, { Range: 'bytes=0-1' }]) {
    const answer = await bench.call('HEAD', `${path}?file=log.txt`, { headers });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers.get('content-length')).toBe('7');
  }
});

it.each(['contacts_output.csv', 'matches.csv', '../log.txt', '%2e%2e%2flog.txt', 'LOG.TXT'])(
  'answers 404 to %s',
  async (name) => {
    expect(await get(`?file=${name}`)).toMatchObject({ status: 404, json: { code: 'fileNotFound' } });
  },
);

it('writes into the log which file was asked for, and no words of the caller', async () => {
  const before = bench.lines.length;
  await get('?file=Ann%20Canary.csv');
  await get('?file=log.txt');
  const requested = bench.lines.slice(before).filter(({ event }) => event === 'file.requested');
  expect(requested).toMatchObject([{ fields: { runId, file: 'log.txt' } }]);
  expect(JSON.stringify(bench.lines.slice(before))).not.toContain('Canary');
});

it('lists the names there are for one that no run has, and none of ours', async () => {
  for (const name of ['nonsense', 'matches.csv']) {
    expect((await get(`?file=${name}`)).json['message']).toBe(
      'runs have no file of this name; there are query_results.csv, campaign_input.csv, exclusions.csv, contacts_output.csv, log.txt',
    );
  }
});

it('gives all files as one zip, without the internal ones', async () => {
  const response = await fetch(`${bench.url}${path}`, { headers: { 'X-API-KEY': bench.own.keys.admin } });
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="run_${runId}.zip"`);
  const zip = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(zip.length));
  expect(entriesOf(zip)).toEqual([
    { name: 'log.txt', crc: crcOf('a line\n'), sizeBytes: 7 },
    { name: 'query_results.csv', crc: crcOf('id\r\n1\r\n2\r\n'), sizeBytes: 10 },
  ]);
});

it('makes the same zip of the same files, and tells who has it already', async () => {
  const fetchZip = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${bench.url}${path}`, { method, headers: { 'X-API-KEY': bench.own.keys.admin, ...headers } });
  const [one, two] = [await fetchZip(), await fetchZip()];
  const etag = one.headers.get('etag') ?? '';
  expect(two.headers.get('etag')).toBe(etag);
  expect(Buffer.from(await two.arrayBuffer()).equals(Buffer.from(await one.arrayBuffer()))).toBe(true);
  const again = await fetchZip({ 'If-None-Match': etag });
  expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: '' });
  const head = await fetchZip({}, 'HEAD');
  expect(head.headers.get('content-length')).toBe(one.headers.get('content-length'));
});

it('answers 404 to a zip of nothing, and 410 to what was removed', async () => {
  const run = await newRun();
  expect(await bench.call('GET', run.path)).toMatchObject({ status: 404 });
  await addFile(run.runId, 'log.txt', { content: 'x', removedAt: new Date() });
  expect(await bench.call('GET', run.path)).toMatchObject({ status: 410 });
  expect(await bench.call('GET', `${run.path}?file=log.txt`)).toMatchObject({
    status: 410,
    json: { code: 'fileRemoved' },
  });
});

describe('once the company’s retention is over', () => {
  async function pastRun() {
    const run = await newRun();
    for (const name of ['query_results.csv', 'log.txt']) await addFile(run.runId, name, { content: 'x' });
    const [file] = await bench.db.query<{ id: string }>('select id from file where run_id = $1', [run.runId]);
    await bench.db.execute(`update run set status = 'failed', finished_at = now() - interval '31 days' where id = $1`, [
      run.runId,
    ]);
    const statuses = async () => {
      const paths = [run.path, `${run.path}?file=log.txt`, `/api/files/${file!.id}`, `/api/files/${file!.id}/content`];
      return Promise.all(paths.map(async (one) => (await bench.call('GET', one)).status));
    };
    const shown = async () => (await bench.call('GET', run.path.replace('/files', ''))).json;
    return { ...run, statuses, shown };
  }

  it('answers 410 to the files of a run, and its run shows that they were removed, and when', async () => {
    const { statuses, shown } = await pastRun();
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    expect(await shown()).toMatchObject({ availableFiles: ['log.txt', 'query_results.csv'], filesRemovedAt: null });

    await removePastFiles({ past: pastFiles(bench.db), store: bench.files, log: bench.log });

    expect(await statuses()).toEqual([410, 410, 410, 410]);
    const run = await shown();
    expect(run).toMatchObject({ availableFiles: [], queryResultsFileId: null, logFileId: null, status: 'failed' });
    expect(Math.abs(Date.parse(String(run['filesRemovedAt'])) - Date.now())).toBeLessThan(60_000);
  });

  it('gives no file any more whose removal was begun, though some of its bytes may be there still', async () => {
    const { statuses, shown } = await pastRun();
    await pastFiles(bench.db).takeRuns();
    expect(await statuses()).toEqual([410, 410, 410, 410]);
    expect(await shown()).toMatchObject({ availableFiles: [], filesRemovedAt: null });
  });
});

it('gives a viewer the log, and no file with personal data', async () => {
  const { viewer } = bench.own.keys;
  expect(await get('?file=log.txt', { key: viewer })).toMatchObject({ status: 200 });
  expect(await get('?file=query_results.csv', { key: viewer })).toMatchObject({ status: 403 });
  expect(await get('', { key: viewer })).toMatchObject({ status: 403 });
});

it('gives the log that an outside worker brought only to who may read personal data: what is in it nobody knows', async () => {
  const run = await newRun({ worker: 'external' });
  await addFile(run.runId, 'log.txt', { content: 'called Ann' });
  const { viewer, operator } = bench.own.keys;
  const log = (key: string) => bench.call('GET', `${run.path}?file=log.txt`, { key });

  expect(await log(viewer)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  expect(await log(operator)).toMatchObject({ status: 200, text: 'called Ann' });
});

describe('of a run whose files our records say are there', () => {
  async function keptRun() {
    const run = await newRun();
    for (const name of ['query_results.csv', 'log.txt']) await addFile(run.runId, name, { content: 'x' });
    const [file] = await bench.db.query<{ id: string }>(
      `select id from file where run_id = $1 and name = 'query_results.csv'`,
      [run.runId],
    );
    const paths = [run.path, `${run.path}?file=query_results.csv`, `/api/files/${file!.id}/content`];
    const answers = async () => Promise.all(paths.map((one) => bench.call('GET', one)));
    return { ...run, answers };
  }

  it('answers 503 while the file store is not there, and gives them once it is back', async () => {
    const { answers } = await keptRun();
    bench.files.isAway = true;
    const away = await answers().finally(() => (bench.files.isAway = false));

    for (const answer of away) expect(answer).toMatchObject({ status: 503, json: { code: 'fileStoreMissing' } });
    expect((await answers()).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('answers 500 with the name of one that the store has lost, and says so in the log as an error', async () => {
    const { answers, runId: lostOf } = await keptRun();
    bench.files.files.delete(`${lostOf}/query_results.csv`);
    const before = bench.lines.length;

    for (const { status, json } of await answers()) {
      expect({ status, code: json['code'] }).toEqual({ status: 500, code: 'fileMissing' });
      expect(json['message']).toContain('query_results.csv');
    }

    const errors = bench.lines.slice(before).filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(3);
    for (const line of errors) expect(line).toMatchObject({ event: 'request.failed', fields: { status: 500 } });
  });
});

it('breaks off, instead of looking whole, when the store fails in the middle', async () => {
  class BrokenStore extends FakeFileStore {
    override async read() {
      return Readable.from(
        (async function* () {
          yield Buffer.from('id\r\n');
          throw new Error('disk');
        })(),
        { objectMode: false },
      );
    }
  }
  const broken = await apiBench(createApi, { files: new BrokenStore() });
  try {
    const campaign = await insertCampaign(broken.db, { companyId: broken.own.id });
    const run = (await broken.call('POST', `/api/campaigns/${campaign}/runs`)).json['id'] as string;
    const file = { companyId: broken.own.id, runId: run, name: 'log.txt', key: 'k', sizeBytes: 100, sha256: 'ab' };
    await insertRow(broken.db, 'file', file);
    const address = `/api/campaigns/${campaign}/runs/${run}/files`;
    await expect(broken.call('GET', `${address}?file=log.txt`)).rejects.toThrow();
    await expect(broken.call('GET', address)).rejects.toThrow();
  } finally {
    await broken.close();
  }
});

const crcOf = (text: string) => crc32(text);

/** The central directory of a zip. */
function entriesOf(zip: Buffer) {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength!);
    const entry = { name, crc: zip.readUInt32LE(at + 16), sizeBytes: zip.readUInt32LE(at + 24) };
    at += 46 + nameLength! + extraLength! + commentLength!;
    return entry;
  });
}

import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Conflict } from '@muster/core/errors';
import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { FakeFileStore } from '@muster/testing/fakeFileStore';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const csv = { 'Content-Type': 'text/csv' };
const put = (body: string | Uint8Array, { headers = {}, ...options }: Call = {}, name = 'contacts_output.csv') =>
  bench.call('POST', `/api/files?name=${name}`, { body, headers: { ...csv, ...headers }, ...options });
const sha256 = (text: string, encoding: 'hex' | 'base64' = 'hex') => createHash('sha256').update(text).digest(encoding);

/** What is stored, and what is on its way. */
async function remains(api: ApiBench = bench) {
  const [row] = await api.db.query<{ files: number; uploads: number }>(
    'select (select count(*) from file)::int as files, (select count(*) from upload)::int as uploads',
  );
  return { ...row, stored: api.files.files.size, open: api.files.open.size };
}

it('says where a name belongs that is missing', async () => {
  const answer = await bench.call('POST', '/api/files', { body: 'x', headers: csv });
  expect(answer).toMatchObject({ status: 400, faults: ['name required'] });
  expect(answer.json['message']).toBe('name: is missing: it belongs in the address, as ?name=…');
});

it('keeps the very bytes, with their size and hash', async () => {
  const content = 'id\r\n1\r\n';
  const { status, data } = await put(content);
  expect({ status, data }).toEqual({
    status: 200,
    data: {
      id: expect.stringMatching(/^FL-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
      object: 'file',
      name: 'contacts_output.csv',
      sizeBytes: content.length,
      sha256: sha256(content),
      runId: null,
      createdAt: expect.stringMatching(/Z$/) as string,
    },
  });
  const path = `/api/files/${String(data['id'])}`;
  expect((await bench.call('GET', path)).data).toEqual(data);
  const download = await bench.call('GET', `${path}/content`);
  expect(download.text).toBe(content);
  expect(Object.fromEntries(download.headers)).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="contacts_output.csv"',
    'content-length': '7',
    'x-content-type-options': 'nosniff',
    etag: `"${sha256(content)}"`,
  });
});

it('gives no key or name of the caller\u2019s in the store', async () => {
  await put('x', {}, 'guess.me');
  const keys = [...bench.files.files.keys()];
  expect(keys.at(-1)).toMatch(new RegExp(`^${bench.own.id}/uploads/[0-9a-f-]{36}/content$`));
});

it('keeps a file of nothing', async () => {
  const { data } = await put('');
  expect(data).toMatchObject({ sizeBytes: 0, sha256: sha256('') });
  expect(await bench.call('GET', `/api/files/${String(data['id'])}/content`)).toMatchObject({ status: 200, text: '' });
});

it('goes from the upload to the download of a run', async () => {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const body = { worker: 'external' };
  const run = (await bench.call('POST', `/api/campaigns/${campaign}/runs`, { body })).json['id'] as string;
  const file = (await put('id\r\n7\r\n', {}, 'mine.csv')).data['id'];
  const path = `/api/campaigns/${campaign}/runs/${run}`;
  await bench.call('PUT', path, { body: { status: 'running', contactsOutputFileId: file } });
  const download = await bench.call('GET', `${path}/files?file=contacts_output.csv`);
  expect(download).toMatchObject({ status: 200, text: 'id\r\n7\r\n' });
  const { data } = await bench.call('GET', `/api/files/${String(file)}`);
  expect(data).toMatchObject({ runId: run, name: 'contacts_output.csv' });
});

it.each(['', 'a/b', '..', '.hidden', 'a b', 'a%0D%0Ab', 'ä', 'a'.repeat(101)])('refuses the name %j', async (name) => {
  const before = await remains();
  expect(await put('x', {}, encodeURI(name))).toMatchObject({ status: 400, faults: ['name wrongForm'] });
  expect(await remains()).toEqual(before);
});

it.each([
  ['JSON', { 'Content-Type': 'application/json' }],
  ['no kind', { 'Content-Type': '' }],
  ['packed bytes', { 'Content-Encoding': 'gzip' }],
])('refuses %s with 415', async (_, headers) => {
  expect(await put('x', { headers })).toMatchObject({ status: 415, json: { code: 'unsupportedMediaType' } });
});

it.each(['text/plain; charset=utf-8', 'application/octet-stream', 'text/csv'])('takes %s', async (type) => {
  expect(await put('x', { headers: { 'Content-Type': type } })).toMatchObject({ status: 200 });
});

describe('a Content-Digest', () => {
  it('is checked', async () => {
    const digest = (text: string) => ({ 'Content-Digest': `sha-256=:${sha256(text, 'base64')}:` });
    expect(await put('whole', { headers: digest('whole') })).toMatchObject({ status: 200 });
    const before = await remains();
    const changed = await put('whale', { headers: digest('whole') });
    expect(changed).toMatchObject({ status: 400, faults: ['Content-Digest digestMismatch'] });
    expect(await remains()).toEqual(before);
  });

  it('is found among others, and others are left alone', async () => {
    const md5 = 'md5=:AAAA:';
    expect(await put('x', { headers: { 'Content-Digest': md5 } })).toMatchObject({ status: 200 });
    const both = `${md5}, sha-256=:${sha256('y', 'base64')}:`;
    expect(await put('x', { headers: { 'Content-Digest': both } })).toMatchObject({ status: 400 });
  });

  it('is refused where it is none', async () => {
    const answer = await put('x', { headers: { 'Content-Digest': `sha-256=${sha256('x')}` } });
    expect(answer).toMatchObject({ status: 400, faults: ['Content-Digest wrongForm'] });
  });
});

it('refuses what is too large, announced or not, and leaves nothing', async () => {
  const before = await remains();
  const large = Buffer.alloc(1024 * 1024 + 1);
  expect(await put(large)).toMatchObject({ status: 413, json: { code: 'tooLarge' } });
  const { status, req } = begin({ 'Transfer-Encoding': 'chunked' });
  req.end(large);
  expect(await status).toBe(413);
  expect(await remains()).toEqual(before);
});

it('leaves nothing of a body that breaks off', async () => {
  const before = await remains();
  const { req } = begin({ 'Content-Length': '1000' });
  req.write('half');
  await waitFor(async () => (await remains()).uploads === (before.uploads ?? 0) + 1, { what: 'the upload' });
  const lines = bench.lines.length;
  req.destroy();
  await waitFor(async () => JSON.stringify(await remains()) === JSON.stringify(before), { what: 'the end of it' });
  expect(bench.lines.slice(lines).filter(({ level }) => level === 'error')).toEqual([]);
  expect(await remains()).toEqual(before);
});

it('keeps a file once per Idempotency-Key, and of a twin no bytes', async () => {
  const headers = { 'Idempotency-Key': 'put-1' };
  const before = await remains();
  const [one, twin] = await Promise.all([put('same', { headers }), put('same', { headers })]);
  expect(twin.json).toEqual(one.json);
  expect(one.status).toBe(200);
  expect(await remains()).toEqual({ ...before, files: (before.files ?? 0) + 1, stored: before.stored + 1 });
  expect(await put('other', { headers })).toMatchObject({ status: 422 });
  expect(await put('same', { headers }, 'other.csv')).toMatchObject({ status: 422 });
});

it('leaves nothing where the store fails', async () => {
  class FullStore extends FakeFileStore {
    override async create(key: string) {
      const file = await super.create(key);
      return {
        ...file,
        seal: async () => {
          await file.seal();
          throw new Conflict('fileSealed', 'twice');
        },
      };
    }
  }
  const full = await apiBench(createApi, { files: new FullStore() });
  try {
    expect(await full.call('POST', '/api/files?name=a.csv', { body: 'x', headers: csv })).toMatchObject({
      status: 409,
    });
    expect(await remains(full)).toEqual({ files: 0, uploads: 0, stored: 0, open: 0 });
  } finally {
    await full.close();
  }
});

it.each(['', '/content'])('answers 410 to a file that was removed, and 404 to what is no file: %j', async (part) => {
  const file = { companyId: bench.own.id, name: 'x.csv', key: 'k', sizeBytes: 1, sha256: 'a' };
  const removed = await insertRow<{ id: string }>(bench.db, 'file', { ...file, removedAt: new Date() });
  const ours = await insertRow<{ id: string }>(bench.db, 'file', { ...file, internal: true });
  const theirs = await insertRow<{ id: string }>(bench.db, 'file', { ...file, companyId: bench.other.id });
  const statusOf = async (id: string) => (await bench.call('GET', `/api/files/${id}${part}`)).status;
  expect(await statusOf(removed.id)).toBe(410);
  expect([await statusOf(ours.id), await statusOf(theirs.id), await statusOf('FL-ZZZZ-ZZZZ')]).toEqual([404, 404, 404]);
  expect([await statusOf('ext-a'), await statusOf('%2e%2e'), await statusOf('x')]).toEqual([404, 404, 404]);
});

it('is put by services and admins, and read by operators too', async () => {
  const { viewer, operator, service } = bench.own.keys;
  const putBy = async (key: string) => (await put('x', { key })).status;
  expect([await putBy(viewer), await putBy(operator), await putBy(service)]).toEqual([403, 403, 200]);
  const id = String((await put('x')).data['id']);
  const readBy = async (key: string) => (await bench.call('GET', `/api/files/${id}/content`, { key })).status;
  expect([await readBy(viewer), await readBy(operator), await readBy(service)]).toEqual([403, 200, 200]);
});

function begin(headers: Record<string, string>) {
  const req = request(`${bench.url}/api/files?name=a.csv`, {
    method: 'POST',
    headers: { 'X-API-KEY': bench.own.keys.admin, ...csv, ...headers },
  });
  const status = new Promise<number | undefined>((resolve) => {
    req.on('response', (res) => resolve(res.resume().statusCode)).on('error', () => resolve(undefined));
  });
  return { req, status };
}

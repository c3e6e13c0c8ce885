import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type HttpFaults, type SeenRequest, startHttpFaults } from '@muster/testing/startHttpFaults';
import { type S3Server, startS3 } from '@muster/testing/startS3';
import { type S3Limits } from './s3/openBucket.ts';
import { s3FileStore } from './s3FileStore.ts';

const PART = 5 * 1024 * 1024; // the least that the protocol allows
const LARGE = Buffer.alloc(2 * PART + 1000, 'large ');
const SMALL = Buffer.alloc(300_000, 'small ');

describe('the file store in a bucket, when things go wrong', () => {
  let server: S3Server;
  let proxy: HttpFaults;
  let spool: string;
  const opened: { close(): void }[] = [];
  let stores = 0;
  const openStore = (limits: Partial<S3Limits> = {}, { endpoint = proxy.endpoint, bucket = server.bucket } = {}) => {
    const prefix = `faults/${++stores}/`;
    const store = s3FileStore({
      address: { bucket, prefix, region: 'us-east-1', endpoint, pathStyle: true },
      spoolDirectory: spool,
      limits: { partBytes: PART, tries: 3, idleMs: 1_000, ...limits },
    });
    opened.push(store);
    proxy.seen.length = 0;
    return Object.assign(store, { prefix });
  };
  const put = async (store: ReturnType<typeof openStore>, content: Buffer) => {
    const file = await store.create('a.csv');
    await pipeline([content], file.stream);
    return file.seal();
  };
  const overwrite = (store: ReturnType<typeof openStore>, Body: Buffer) =>
    server.s3.putObject({ Bucket: server.bucket, Key: `${store.prefix}a.csv`, Body });
  beforeAll(async () => {
    server = await startS3();
    Object.assign(process.env, server.credentials);
    proxy = await startHttpFaults(server.endpoint);
    spool = await mkdtemp(join(tmpdir(), 'muster-spool-test-'));
  }, 240_000);
  afterAll(async () => {
    for (const store of opened) store.close();
    await proxy.stop();
    await server.stop();
    await rm(spool, { recursive: true });
  });

  it('sends a part again that has failed, and not the whole file', async () => {
    const store = openStore();
    proxy.next(isPart(2), { answer: 503 });
    proxy.next(isPart(3), 'loseReply');

    await put(store, LARGE);

    expect((await buffer(await store.read('a.csv'))).equals(LARGE)).toBe(true);
    expect(proxy.seen.filter(isBegin)).toHaveLength(1);
    expect([1, 2, 3].map((number) => proxy.seen.filter(isPart(number)).length)).toEqual([1, 2, 2]);
  });

  it('gives up a file whose part fails for good, tells so at once, and leaves nothing of it', async () => {
    const store = openStore();
    proxy.next(isPart(2), { answer: 503 }, 3);
    const file = await store.create('a.csv');

    await expect(pipeline([LARGE], file.stream)).rejects.toMatchObject({ code: 'fileStoreUnavailable' });
    await expect(file.seal()).rejects.toBeInstanceOf(TemporaryFailure);

    const { Uploads = [] } = await server.s3.listMultipartUploads({ Bucket: server.bucket, Prefix: store.prefix });
    expect(Uploads).toEqual([]);
  });

  it.each([
    ['a small file', SMALL, (request: SeenRequest) => request.method === 'PUT'],
    ['a large file', LARGE, isComplete],
  ])('knows its own file again when the answer to the seal of %s is lost', async (_, content, which) => {
    const store = openStore();
    proxy.next(which, 'loseReply');

    expect(await put(store, content)).toMatchObject({ sizeBytes: content.length });

    expect((await buffer(await store.read('a.csv'))).equals(content)).toBe(true);
  });

  it('takes the file of another for another when the answer to the seal is lost', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(({ method }) => method === 'HEAD', { answer: 404 }); // it came between our look and our seal

    await expect(put(store, Buffer.from('other'))).rejects.toMatchObject({ code: 'fileSealed' });

    expect((await buffer(await store.read('a.csv'))).equals(SMALL)).toBe(true);
  });

  it.each([
    ['breaks off', { cutBodyAfter: 100_000 }],
    ['falls silent', { stallBodyAfter: 100_000 }],
  ])('goes on at its byte, of the same file, when the answer %s', async (_, fault) => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, fault);
    proxy.seen.length = 0;

    expect((await buffer(await store.read('a.csv'))).equals(SMALL)).toBe(true);

    const [first, second, ...more] = proxy.seen.filter(isGet);
    expect(first?.headers.range).toBeUndefined();
    expect(second?.headers).toMatchObject({ 'if-match': expect.stringMatching(/^"/) as string });
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(second?.headers.range ?? '') ?? [];
    expect(Number(from)).toBeLessThanOrEqual(100_000);
    expect(Number(to)).toBe(SMALL.length - 1);
    expect(more).toEqual([]);
  });

  it('goes on within the range that was asked for', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, { cutBodyAfter: 1000 });

    const read = await buffer(await store.read('a.csv', { start: 50_000, end: 99_999 }));

    expect(read.equals(SMALL.subarray(50_000, 100_000))).toBe(true);
  });

  it('goes on where a server gives less of a range than was asked for', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, { cutBodyAfter: 100_000 });
    proxy.next(isGet, { answerWith: partUpTo(200_000) });

    expect((await buffer(await store.read('a.csv'))).equals(SMALL)).toBe(true);

    expect(proxy.seen.filter(isGet).at(-1)?.headers.range).toBe(`bytes=200000-${SMALL.length - 1}`);
  });

  it('takes no whole file for the part of it that was asked for', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, { answerWith: () => ({ status: 200, headers: {}, body: SMALL }) });

    await expect(store.read('a.csv', { start: 50_000, end: 99_999 })).rejects.toMatchObject({
      code: 'fileStoreUnsuitable',
    });
  });

  it('never gives a shorter file: where it cannot go on it fails', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, { cutBodyAfter: 100_000 });
    proxy.next(isGet, { answer: 503 }, 30);

    await expect(buffer(await store.read('a.csv'))).rejects.toMatchObject({ code: 'fileStoreUnavailable' });
    proxy.clear();
  });

  it('never mixes two files: one that was changed meanwhile is refused', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, { cutBodyAfter: 100_000 });
    const stream = await store.read('a.csv');
    await overwrite(store, Buffer.alloc(SMALL.length, 'other '));

    await expect(buffer(stream)).rejects.toMatchObject({ code: 'fileChanged' });
  });

  it('lends a whole copy though the answer breaks off, and removes it, also when its borrower fails', async () => {
    const store = openStore();
    await put(store, SMALL);
    proxy.next(isGet, { cutBodyAfter: 100_000 });

    const isSame = await store.withLocalCopy('a.csv', async (path) => (await readFile(path)).equals(SMALL));
    const failed = store.withLocalCopy('a.csv', async (path) => Promise.reject(new Error(`no use for ${path}`)));

    expect(isSame).toBe(true);
    await expect(failed).rejects.toThrow(`no use for ${spool}`);
    expect(await readdir(spool)).toEqual([]);
  });

  it('lends no copy of what is not as it was sealed', async () => {
    const store = openStore();
    const { sha256 } = await put(store, SMALL);
    const Metadata = { 'muster-sha256': sha256 };
    const Body = Buffer.alloc(SMALL.length, 'other ');
    await server.s3.putObject({ Bucket: server.bucket, Key: `${store.prefix}a.csv`, Body, Metadata });

    await expect(store.withLocalCopy('a.csv', async () => 1)).rejects.toMatchObject({ code: 'fileStoreUnavailable' });
    expect(await readdir(spool)).toEqual([]);
  });

  it('removes page by page', async () => {
    const store = openStore({ pageKeys: 2 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const file = await store.create(`runs/1/${key}`);
      file.stream.end(key);
      await file.seal();
    }

    await store.removeAll('runs/1/');

    const { Contents = [] } = await server.s3.listObjectsV2({ Bucket: server.bucket, Prefix: store.prefix });
    expect(Contents).toEqual([]);
    expect(proxy.seen.filter(({ method, path }) => method === 'POST' && path.includes('delete'))).toHaveLength(3);
  });

  it('says in bounded time that nobody answers', async () => {
    const store = openStore({ answerMs: 300, deadlineMs: 2_000 });
    proxy.next(() => true, 'silence', 20);
    const begunAt = performance.now();

    await expect(store.read('a.csv')).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'fileStoreUnavailable' });

    expect(performance.now() - begunAt).toBeLessThan(10_000);
    proxy.clear();
  });

  it('says that there is no server, no such bucket, or no right, and what to do', async () => {
    const away = openStore({}, { endpoint: 'http://127.0.0.1:9' }); // the discard port: nobody listens
    const missing = openStore({}, { bucket: 'no-such-bucket' });
    const denied = openStore();
    proxy.next(({ path }) => path.includes(denied.prefix), { answer: 403, body: DENIED }, 5);

    await expect(put(away, SMALL)).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'fileStoreUnavailable' });
    await expect(put(missing, SMALL)).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'fileStoreMissing' });
    await expect(missing.read('a.csv')).rejects.toMatchObject({ code: 'fileStoreMissing' });
    await expect(put(denied, SMALL)).rejects.toMatchObject({ name: 'PermanentFailure', code: 'fileStoreDenied' });
    await expect(denied.read('a.csv')).rejects.toThrow(/s3:GetObject/);
    await expect(denied.read('a.csv')).rejects.toBeInstanceOf(PermanentFailure);
    proxy.clear();
  });
});

describe('the file store in a bucket of a server without conditional writes', () => {
  it('looks first, and refuses to change a sealed file all the same', async () => {
    const server = await startS3({ conditional: false });
    Object.assign(process.env, server.credentials);
    const { bucket, endpoint } = server;
    const store = s3FileStore({ address: { bucket, prefix: '', region: 'us-east-1', endpoint, pathStyle: true } });
    const put = async (text: string) => {
      const file = await store.create('a.csv');
      file.stream.end(text);
      return file.seal();
    };
    try {
      await put('first');

      await expect(put('second')).rejects.toMatchObject({ code: 'fileSealed' });
      expect((await buffer(await store.read('a.csv'))).toString()).toBe('first');
    } finally {
      store.close();
      await server.stop();
    }
  }, 240_000);
});

const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
const isGet = ({ method }: SeenRequest) => method === 'GET';
const isBegin = ({ method, path }: SeenRequest) => method === 'POST' && path.includes('uploads');
const isPart = (number: number) => (request: SeenRequest) =>
  request.method === 'PUT' && request.path.includes(`partNumber=${number}&`);

/** Less of a range than was asked for, as RFC 9110 lets a server answer: up to this byte. */
const partUpTo = (end: number) => (range: string | undefined) => {
  const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1]);
  const headers = { 'Content-Range': `bytes ${start}-${end - 1}/${SMALL.length}` };
  return { status: 206, headers, body: SMALL.subarray(start, end) };
};

function isComplete({ method, path }: SeenRequest) {
  return method === 'POST' && path.includes('uploadId=');
}

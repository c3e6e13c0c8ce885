import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type FileStore } from '@muster/pipeline/ports';

const LARGE = 12 * 1024 * 1024; // stores that send a file in parts have begun with it

/** A store to try, and what lies in it under a prefix: also temporary files, in any spelling. */
export interface StoreUnderTest {
  store: FileStore;
  /** One of its kind whose place, a directory or a bucket, is not there. */
  missing: FileStore;
  /** How many files there are in all, finished or not. */
  countFiles(): Promise<number>;
}

/** What every file store promises. Call inside `describe`, with a function that makes an empty store. */
export function fileStoreContract(emptyStore: () => Promise<StoreUnderTest>) {
  it('gives back the very bytes that were written, in many pieces', async () => {
    const { store } = await emptyStore();
    const pieces = [Buffer.from([0, 255, 10, 13]), Buffer.alloc(200_000, 'é'), Buffer.from('end')];

    await put(store, 'runs/1/contacts.csv', pieces);

    const read = await bytes(store.read('runs/1/contacts.csv'));
    expect(read.equals(Buffer.concat(pieces))).toBe(true); // toEqual takes seconds for so many bytes
  });

  it('tells the size and the SHA-256 of what it sealed', async () => {
    const { store } = await emptyStore();
    const content = Buffer.from('id\r\n1\r\n');

    const sealed = await put(store, 'runs/1/contacts.csv', [content]);

    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(sealed).toEqual({ key: 'runs/1/contacts.csv', sizeBytes: content.length, sha256 });
  });

  it('keeps an empty file as a file', async () => {
    const { store } = await emptyStore();

    expect(await put(store, 'empty.txt', [])).toMatchObject({ sizeBytes: 0 });
    expect(await bytes(store.read('empty.txt'))).toHaveLength(0);
  });

  it('gives back a large file, written in odd pieces, byte by byte', async () => {
    const { store, countFiles } = await emptyStore();
    const content = Buffer.alloc(LARGE + 12_345, 'ab');
    const pieces = [content.subarray(0, 1), content.subarray(1, LARGE - 7), content.subarray(LARGE - 7)];

    const sealed = await put(store, 'runs/1/large.csv', pieces);

    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(sealed).toEqual({ key: 'runs/1/large.csv', sizeBytes: content.length, sha256 });
    expect((await bytes(store.read('runs/1/large.csv'))).equals(content)).toBe(true);
    expect(await countFiles()).toBe(1);
  });

  it('shows nothing of a large file before it is sealed, and leaves nothing of it when it is discarded', async () => {
    const { store, countFiles } = await emptyStore();
    const file = await store.create('runs/1/large.csv');
    await pipeline([Buffer.alloc(LARGE)], file.stream);

    await expect(store.read('runs/1/large.csv')).rejects.toMatchObject({ code: 'fileNotFound' });

    await file.discard();
    expect(await countFiles()).toBe(0);
  });

  it('never changes a sealed file by a large one', async () => {
    const { store, countFiles } = await emptyStore();
    await put(store, 'a/b.csv', [Buffer.from('first')]);

    await expect(put(store, 'a/b.csv', [Buffer.alloc(LARGE)])).rejects.toMatchObject({ code: 'fileSealed' });

    expect(await bytes(store.read('a/b.csv'))).toEqual(Buffer.from('first'));
    expect(await countFiles()).toBe(1);
  });

  it('shows nothing under a key before it is sealed', async () => {
    const { store } = await emptyStore();
    const file = await store.create('runs/1/contacts.csv');
    await pipeline([Buffer.from('half')], file.stream);

    await expect(store.read('runs/1/contacts.csv')).rejects.toMatchObject({ code: 'fileNotFound' });

    await file.seal();
    expect(await bytes(store.read('runs/1/contacts.csv'))).toEqual(Buffer.from('half'));
  });

  it('never changes a sealed file: a second seal of its key is refused', async () => {
    const { store, countFiles } = await emptyStore();
    await put(store, 'a/b.csv', [Buffer.from('first')]);

    await expect(put(store, 'a/b.csv', [Buffer.from('second')])).rejects.toMatchObject({ code: 'fileSealed' });

    expect(await bytes(store.read('a/b.csv'))).toEqual(Buffer.from('first'));
    expect(await countFiles()).toBe(1);
  });

  it('lets one of two writers of a key win, and tells the other', async () => {
    const { store } = await emptyStore();
    const both = await Promise.allSettled([
      put(store, 'a/b.csv', [Buffer.from('one')]),
      put(store, 'a/b.csv', [Buffer.from('two')]),
    ]);

    const outcomes = both.map(({ status }) => status).sort((a, b) => a.localeCompare(b));
    expect(outcomes).toEqual(['fulfilled', 'rejected']);
  });

  it('leaves nothing of a file whose stream broke, and tells why at the seal', async () => {
    const { store, countFiles } = await emptyStore();
    const file = await store.create('a/b.csv');
    const source = async function* () {
      yield Buffer.from('half');
      throw new Error('the source broke');
    };

    await expect(pipeline(source, file.stream)).rejects.toThrow('the source broke');

    await expect(file.seal()).rejects.toThrow();
    expect(await countFiles()).toBe(0);
  });

  it('leaves nothing of a discarded file, and forgives a second discard', async () => {
    const { store, countFiles } = await emptyStore();
    const file = await store.create('a/b.csv');
    file.stream.write('half');

    await file.discard();
    await file.discard();

    expect(await countFiles()).toBe(0);
  });

  it('keeps a sealed file when it is discarded afterwards', async () => {
    const { store } = await emptyStore();
    const file = await store.create('a/b.csv');
    file.stream.end('whole');
    await file.seal();

    await file.discard();

    expect(await bytes(store.read('a/b.csv'))).toEqual(Buffer.from('whole'));
  });

  it('reads a range, both ends included', async () => {
    const { store } = await emptyStore();
    await put(store, 'digits.txt', [Buffer.from('0123456789')]);

    expect(await bytes(store.read('digits.txt', { start: 2, end: 4 }))).toEqual(Buffer.from('234'));
  });

  it('says which file is not there', async () => {
    const { store } = await emptyStore();

    await expect(store.read('no/such.csv')).rejects.toMatchObject({ code: 'fileNotFound' });
    await expect(store.withLocalCopy('no/such.csv', async () => 1)).rejects.toMatchObject({ code: 'fileNotFound' });
  });

  it('says of a place that is not there that all is missing for now, not that a file was removed or never was', async () => {
    const { missing } = await emptyStore();
    const refused = { name: 'TemporaryFailure', code: 'fileStoreMissing' };

    await expect(put(missing, 'a/b.csv', [Buffer.from('id')])).rejects.toMatchObject(refused);
    await expect(missing.read('a/b.csv')).rejects.toMatchObject(refused);
    await expect(missing.read('a/b.csv', { start: 0, end: 0 })).rejects.toMatchObject(refused);
    await expect(missing.withLocalCopy('a/b.csv', async () => 1)).rejects.toMatchObject(refused);
    await expect(missing.removeAll('a/')).rejects.toMatchObject(refused);
    await expect(missing.removeUnfinished(new Date())).rejects.toMatchObject(refused);
  });

  it('lends a local copy with the same bytes and returns what was made of it', async () => {
    const { store } = await emptyStore();
    await put(store, 'a/b.csv', [Buffer.from('id\r\n')]);

    expect(await store.withLocalCopy('a/b.csv', (path) => readFile(path, 'utf8'))).toBe('id\r\n');
  });

  it('removes what lies under a prefix and nothing beside it', async () => {
    const { store } = await emptyStore();
    await put(store, 'runs/1/a.csv', []);
    await put(store, 'runs/1/deep/b.csv', []);
    await put(store, 'runs/10/a.csv', []);

    await store.removeAll('runs/1/');
    await store.removeAll('runs/1/'); // nothing left: fine

    await expect(store.read('runs/1/a.csv')).rejects.toMatchObject({ code: 'fileNotFound' });
    await expect(store.read('runs/1/deep/b.csv')).rejects.toMatchObject({ code: 'fileNotFound' });
    expect(await bytes(store.read('runs/10/a.csv'))).toHaveLength(0);
  });

  it('removes what was begun long ago and never finished, and nothing younger', async () => {
    const { store, countFiles } = await emptyStore();
    await put(store, 'a/sealed.csv', [Buffer.from('whole')]);
    const file = await store.create('a/left.csv');
    file.stream.on('error', () => undefined);
    await new Promise((written) => file.stream.write(Buffer.alloc(LARGE), written));

    expect(await store.removeUnfinished(new Date(Date.now() - 60_000))).toBe(0);
    expect(await store.removeUnfinished(new Date(Date.now() + 60_000))).toBe(1);

    expect(await countFiles()).toBe(1);
    expect(await bytes(store.read('a/sealed.csv'))).toEqual(Buffer.from('whole'));
    await file.discard();
  });

  it.each(['../outside', 'a/../../outside', '/etc/passwd', 'a//b', '', 'a/.', 'a\\b', 'a b', 'a\0b'])(
    'refuses the key %j, which could lead elsewhere',
    async (key) => {
      const { store } = await emptyStore();

      await expect(store.create(key)).rejects.toMatchObject({ code: 'invalidInput' });
      await expect(store.read(key)).rejects.toMatchObject({ code: 'invalidInput' });
      await expect(store.removeAll(`${key}/`)).rejects.toMatchObject({ code: 'invalidInput' });
    },
  );

  it('refuses a prefix that does not end in a slash', async () => {
    const { store } = await emptyStore();

    await expect(store.removeAll('runs/1')).rejects.toMatchObject({ code: 'invalidInput' });
  });
}

/** Writes and seals a file. */
async function put(store: FileStore, key: string, pieces: Buffer[]) {
  const file = await store.create(key);
  await pipeline(pieces, file.stream);
  return file.seal();
}

const bytes = async (stream: Promise<Readable>) => buffer(await stream);

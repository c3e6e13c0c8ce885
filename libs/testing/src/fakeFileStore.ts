import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Conflict, InvalidInput, NotFound, TemporaryFailure } from '@muster/core/errors';
import { type FileStore, type NewFile } from '@muster/pipeline/ports';

/** A file store in memory. `files` is what is sealed; `open` what is being written, since when. */
export class FakeFileStore implements FileStore {
  readonly files = new Map<string, Buffer>();
  readonly open = new Map<string, Date>();
  /** Its place is away, with all that is in it. */
  isAway = false;
  private roomBytes = Infinity;

  /** From now on there is room for so many bytes more. */
  fullAfter(bytes: number) {
    this.roomBytes = bytes;
    return this;
  }

  async create(key: string): Promise<NewFile> {
    requireKey(key);
    this.requirePlace();
    const id = randomUUID();
    this.open.set(id, new Date());
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.roomBytes -= chunk.length;
        chunks.push(chunk);
        done(this.roomBytes < 0 ? new TemporaryFailure('fileStoreFull', `no room left to write ${key}`) : null);
      },
    });
    const over = finished(stream, { readable: false }).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const discard = async () => {
      stream.destroy();
      await over;
      this.open.delete(id);
    };
    const seal = async () => {
      const broken = await over;
      this.open.delete(id);
      if (broken) throw broken.error;
      if (this.files.has(key)) throw new Conflict('fileSealed', `there is a file ${key} already`);
      const bytes = Buffer.concat(chunks);
      this.files.set(key, bytes);
      return { key, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    };
    return { stream, seal, discard };
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const bytes = this.get(key);
    const part = range ? bytes.subarray(range.start, range.end + 1) : bytes;
    return Readable.from(part.length > 0 ? [part] : [], { objectMode: false });
  }

  async withLocalCopy<Result>(key: string, use: (path: string) => Promise<Result>): Promise<Result> {
    const bytes = this.get(key);
    const directory = await mkdtemp(join(tmpdir(), 'muster-fake-'));
    try {
      const path = join(directory, 'copy');
      await writeFile(path, bytes);
      return await use(path);
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  async removeAll(prefix: string): Promise<void> {
    if (!prefix.endsWith('/')) throw badKey(prefix);
    requireKey(prefix.slice(0, -1));
    this.requirePlace();
    for (const key of this.files.keys()) if (key.startsWith(prefix)) this.files.delete(key);
  }

  async removeUnfinished(before: Date): Promise<number> {
    this.requirePlace();
    const old = [...this.open].filter(([, begunAt]) => begunAt < before);
    for (const [id] of old) this.open.delete(id);
    return old.length;
  }

  private requirePlace() {
    if (this.isAway) throw new TemporaryFailure('fileStoreMissing', 'the file store is not there');
  }

  private get(key: string) {
    requireKey(key);
    this.requirePlace();
    const bytes = this.files.get(key);
    if (!bytes) throw new NotFound('fileNotFound', `there is no file ${key} in the store`);
    return bytes;
  }
}

function requireKey(key: string) {
  const isFine = key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..');
  if (!isFine) throw badKey(key);
}

const badKey = (key: string) => new InvalidInput([{ field: 'key', code: 'invalidKey', message: `no key: ${key}` }]);

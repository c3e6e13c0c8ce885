import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { codeOf, Conflict, type MusterError } from '@muster/core/errors';
import { type NewFile } from '@muster/pipeline/ports';
import { giveName } from './giveName.ts';
import { localFailure } from './localFailure.ts';
import { type StoreRoot } from './storeRoot.ts';

interface LocalFile {
  key: string;
  path: string;
  root: StoreRoot;
  /** What must be left on its disk before it is begun. */
  keepFreeBytes: number;
}

/** A file under a temporary name beside its final one, until its bytes are durable. */
export async function newLocalFile(wanted: LocalFile): Promise<NewFile> {
  const { key, path, root } = wanted;
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const named = (error: unknown) => sealFailure(error, key);
  const { file, newDirectory } = await create(temporary, wanted).catch(async (error: unknown) => {
    await root.require(); // with the whole store away it is of no interest what this file lacked
    throw named(error);
  });
  const counted = countedWriter(file, named);
  const over = finished(counted.stream, { readable: false }).then(
    () => undefined,
    (error: unknown) => ({ error }), // kept for `seal`: a broken stream must not bring the process down
  );
  const discard = async () => {
    counted.stream.destroy();
    await over;
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
  };
  const seal = async () => {
    try {
      const broken = await over;
      if (broken) throw broken.error;
      await file.sync();
      await file.close();
      await giveName(temporary, path);
      await syncDirectories(dirname(path), newDirectory);
      return { key, ...counted.result() };
    } catch (error) {
      await root.require();
      throw named(error);
    } finally {
      await discard();
    }
  };
  return { stream: counted.stream, seal, discard };
}

async function create(temporary: string, { root, path, keepFreeBytes }: LocalFile) {
  await root.require();
  const newDirectory = await makeDirectory(root.directory, dirname(path));
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < keepFreeBytes) throw Object.assign(new Error('nearly full'), { code: 'ENOSPC' });
  return { file: await open(temporary, 'wx', 0o600), newDirectory }; // people's contacts: for this user only
}

/** Makes what is missing below the root, one by one: all in one go would make a root, too, that is away. Gives the first new one. */
async function makeDirectory(root: string, directory: string): Promise<string | undefined> {
  if (directory === root) return undefined;
  try {
    return await makeOne(directory); // most often only the last one is missing, or none
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const firstNew = await makeDirectory(root, dirname(directory));
  const own = await makeOne(directory);
  return firstNew ?? own;
}

/** Undefined: it was there. */
async function makeOne(directory: string): Promise<string | undefined> {
  try {
    await mkdir(directory, { mode: 0o700 });
    return directory;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return undefined;
  }
}

/** A name is durable only once its directory is, and a new directory once its parent is. */
async function syncDirectories(directory: string, firstNew: string | undefined) {
  const last = firstNew === undefined ? directory : dirname(firstNew);
  for (let at = directory; ; at = dirname(at)) {
    const handle = await open(at);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (at === last) return;
  }
}

/** Counts and hashes what passes on its way to the disk. */
function countedWriter(file: FileHandle, named: (error: unknown) => Error) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const write = async (chunk: Buffer) => {
    hash.update(chunk);
    // a nearly full disk takes a part of a write without an error: the next one tells
    for (let written = 0; written < chunk.length;) written += (await file.write(chunk, written)).bytesWritten;
    sizeBytes += chunk.length;
  };
  const stream = new Writable({
    highWaterMark: 1024 * 1024,
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk).then(
        () => done(),
        (error: unknown) => done(named(error)),
      );
    },
    writev: (chunks: { chunk: Buffer }[], done) => {
      const all = Buffer.concat(chunks.map(({ chunk }) => chunk)); // one call to the disk instead of many
      write(all).then(
        () => done(),
        (error: unknown) => done(named(error)),
      );
    },
  });
  return { stream, result: () => ({ sizeBytes, sha256: hash.digest('hex') }) };
}

function sealFailure(error: unknown, key: string): MusterError {
  if (codeOf(error) === 'EEXIST')
    return new Conflict('fileSealed', `there is a file ${key} already, and it never changes`);
  return localFailure(error, `write ${key}`);
}

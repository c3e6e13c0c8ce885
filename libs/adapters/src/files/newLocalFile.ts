import { createHash, randomUUID } from 'node:crypto';
import { access, link, mkdir, open, rename, rm, statfs, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { codeOf, Conflict, type MusterError } from '@muster/core/errors';
import { type NewFile } from '@muster/pipeline/ports';
import { localFailure } from './localFailure.ts';

interface LocalFile {
  key: string;
  path: string;
  /** What must be left on its disk before it is begun. */
  keepFreeBytes: number;
}

/** A file under a temporary name beside its final one, until its bytes are durable. */
export async function newLocalFile({ key, path, keepFreeBytes }: LocalFile): Promise<NewFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const named = (error: unknown) => sealFailure(error, key);
  const { file, newDirectory } = await create(temporary, keepFreeBytes).catch((error: unknown) => {
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
      throw named(error);
    } finally {
      await discard();
    }
  };
  return { stream: counted.stream, seal, discard };
}

async function create(path: string, keepFreeBytes: number) {
  const newDirectory = await makeDirectory(dirname(path));
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < keepFreeBytes) throw Object.assign(new Error('nearly full'), { code: 'ENOSPC' });
  return { file: await open(path, 'wx', 0o600), newDirectory }; // people's contacts: for this user only
}

/** Of a directory for which there is no room or no right Node says ENOENT: a plain attempt at its first part says why. */
async function makeDirectory(directory: string): Promise<string | undefined> {
  try {
    return await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') await mkdir(await firstMissing(directory), { mode: 0o700 });
    throw error;
  }
}

async function firstMissing(directory: string): Promise<string> {
  const parent = dirname(directory);
  return (await isThere(parent)) ? directory : firstMissing(parent);
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Unlike a rename a link never overwrites, so of two that seal the same key one is told. */
async function giveName(temporary: string, path: string) {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!NO_LINKS.includes(codeOf(error) ?? '')) throw error;
    await requireFree(path); // a volume without hard links: looking first is the best there is
    await rename(temporary, path);
  }
}

async function requireFree(path: string) {
  if (await isThere(path)) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
}

function isThere(path: string) {
  return access(path).then(
    () => true,
    () => false,
  );
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

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { fileStoreContract } from '@muster/testing/contracts/fileStoreContract';
import { localFileStore } from './localFileStore.ts';

const run = promisify(execFile);
const mayMount = await run('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).then(
  () => true,
  () => false,
);

describe('the file store on the local disk', () => {
  const directories: string[] = [];
  const emptyDirectory = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-files-'));
    directories.push(directory);
    return directory;
  };
  afterAll(async () => {
    for (const directory of directories) await rm(directory, { recursive: true });
  });

  fileStoreContract(async () => {
    const directory = await emptyDirectory();
    return { store: localFileStore({ directory }), countFiles: () => countFiles(directory) };
  });

  it('says that the disk is full, and leaves nothing there', async () => {
    const disk = await emptyDirectory();
    const fill = await smallDisk(disk);
    try {
      const file = await localFileStore({ directory: disk }).create('a.csv');
      await expect(pipeline(fill, file.stream)).rejects.toThrow();

      const sealed = file.seal();

      await expect(sealed).rejects.toBeInstanceOf(TemporaryFailure);
      await expect(sealed).rejects.toMatchObject({ code: 'fileStoreFull' });
      expect(await countFiles(disk)).toBe(0);
    } finally {
      await run('umount', [disk]).catch(() => undefined);
    }
  });

  if (mayMount) {
    it.each([
      ['has no inode left', 'nr_inodes=1', 'fileStoreFull'],
      ['is read-only', 'ro', 'fileStoreDenied'],
    ])('says what is wrong where the disk %s, and not that something is missing', async (_, option, code) => {
      const disk = await emptyDirectory();
      await run('mount', ['-t', 'tmpfs', '-o', option, 'tmpfs', disk]);
      try {
        await expect(localFileStore({ directory: disk }).create('runs/1/a.csv')).rejects.toMatchObject({ code });
      } finally {
        await run('umount', [disk]);
      }
    });
  }

  it('begins no file on a disk that is nearly full, and leaves nothing there', async () => {
    const directory = await emptyDirectory();
    const { bavail, bsize } = await statfs(directory);
    const full = localFileStore({ directory, keepFreeBytes: 2 * bavail * bsize }).create('runs/1/a.csv');

    await expect(full).rejects.toBeInstanceOf(TemporaryFailure);
    await expect(full).rejects.toMatchObject({ code: 'fileStoreFull' });
    expect(await countFiles(directory)).toBe(0);
  });

  it('says that it may not write there, for good', async () => {
    const refused = localFileStore({ directory: '/sys/muster' }).create('a.csv'); // nobody may, not even root

    await expect(refused).rejects.toBeInstanceOf(PermanentFailure);
    await expect(refused).rejects.toMatchObject({ code: 'fileStoreDenied' });
  });

  it('leaves no folder behind, and gives to the end what somebody was reading', async () => {
    const directory = await emptyDirectory();
    const store = localFileStore({ directory });
    const content = Buffer.alloc(5_000_000, 'id');
    const file = await store.create('CP-1/CR-1/1-query-1/query_results.csv');
    file.stream.end(content);
    await file.seal();
    const reading = await store.read('CP-1/CR-1/1-query-1/query_results.csv');

    await store.removeAll('CP-1/CR-1/');

    expect(await readdir(directory, { recursive: true })).toEqual(['CP-1']);
    expect((await buffer(reading)).equals(content)).toBe(true);
  });

  it('lets nobody else on the host read the files', async () => {
    const directory = await emptyDirectory();
    const file = await localFileStore({ directory }).create('runs/1/a.csv');
    file.stream.end('x');
    await file.seal();

    expect((await stat(join(directory, 'runs/1/a.csv'))).mode & 0o077).toBe(0);
    expect((await stat(join(directory, 'runs'))).mode & 0o077).toBe(0);
  });
});

/** What fills the disk: a real one of 64 kB, or, where nothing may be mounted, the error that it would give. */
async function smallDisk(directory: string) {
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
  return async function* () {
    yield Buffer.alloc(200_000);
    if (!isMounted) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
}

async function countFiles(directory: string) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

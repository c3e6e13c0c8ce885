import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { fileStoreContract } from '@muster/testing/contracts/fileStoreContract';
import { localFileStore } from './localFileStore.ts';

const run = promisify(execFile);

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

  it('says that it may not write there, for good', async () => {
    const directory = await emptyDirectory();
    await lock(directory);
    try {
      const refused = localFileStore({ directory }).create('a.csv');

      await expect(refused).rejects.toBeInstanceOf(PermanentFailure);
      await expect(refused).rejects.toMatchObject({ code: 'fileStoreDenied' });
    } finally {
      await run('umount', [directory]).catch(() => chmod(directory, 0o700));
    }
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

const mountTmpfs = (directory: string, options: string) =>
  run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]).then(
    () => true,
    () => false,
  );

/** What fills the disk: a real one of 64 kB, or, where nothing may be mounted, the error that it would give. */
async function smallDisk(directory: string) {
  const isMounted = await mountTmpfs(directory, 'size=64k');
  return async function* () {
    yield Buffer.alloc(200_000);
    if (!isMounted) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
}

/** Makes a directory read-only, also for root where that can be had. */
async function lock(directory: string) {
  if (!(await mountTmpfs(directory, 'ro'))) await chmod(directory, 0o500);
}

async function countFiles(directory: string) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

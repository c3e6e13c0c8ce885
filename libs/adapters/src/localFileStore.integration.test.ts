import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { fileStoreContract } from '@muster/testing/contracts/fileStoreContract';
import { MARKER } from './files/storeRoot.ts';
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
    const missing = localFileStore({ directory: join(directory, '..', 'never-made') });
    return { store: localFileStore({ directory }), missing, countFiles: () => countFiles(directory) };
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
    const refused = localFileStore({ directory: '/sys' }).create('a.csv'); // nobody may, not even root

    await expect(refused).rejects.toBeInstanceOf(PermanentFailure);
    await expect(refused).rejects.toMatchObject({ code: 'fileStoreDenied' });
  });

  /** A store with one file in it, as it was used before its directory went away. */
  const usedStore = async () => {
    const directory = await emptyDirectory();
    const store = localFileStore({ directory });
    const put = async (key: string, of = store) => {
      const file = await of.create(key);
      file.stream.end('id');
      return file.seal();
    };
    await put('runs/1/a.csv');
    return { directory, store, put };
  };
  const missing = { name: 'TemporaryFailure', code: 'fileStoreMissing' };

  it('never takes what it finds in place of its directory for the store, and goes on once that is back', async () => {
    const { directory, store, put } = await usedStore();
    const refuses = async () => {
      await expect(put('runs/2/b.csv')).rejects.toMatchObject(missing);
      await expect(store.read('runs/1/a.csv')).rejects.toMatchObject(missing);
      await expect(store.removeAll('runs/1/')).rejects.toMatchObject(missing);
      await expect(store.removeUnfinished(new Date())).rejects.toMatchObject(missing);
    };
    await rename(directory, `${directory}-away`);
    await refuses();
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' }); // a new one would be in the way of the old

    await mkdir(directory); // as where a disk is not mounted
    await refuses();
    await put('runs/3/c.csv', localFileStore({ directory })); // a process that was started meanwhile
    await refuses();

    await rm(directory, { recursive: true });
    await rename(`${directory}-away`, directory);
    expect((await buffer(await store.read('runs/1/a.csv'))).toString()).toBe('id');
    await put('runs/2/b.csv');
  });

  it('says of a file that was being written when the directory went that the store is missing', async () => {
    const { directory, store } = await usedStore();
    const file = await store.create('runs/1/b.csv');
    await rename(directory, `${directory}-away`);
    file.stream.end('id');

    await expect(file.seal()).rejects.toMatchObject(missing);

    await rename(`${directory}-away`, directory);
  });

  it('is the same store for all who begin to use it at the same moment', async () => {
    const directory = await emptyDirectory();
    const stores = Array.from({ length: 8 }, () => localFileStore({ directory }));
    await Promise.all(stores.map((store) => store.removeAll('runs/1/')));
    await Promise.all(stores.map((store) => store.removeAll('runs/1/')));
    expect(await readdir(directory)).toEqual([MARKER]);
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

    expect((await readdir(directory, { recursive: true })).sort()).toEqual([MARKER, 'CP-1']);
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
  return entries.filter((entry) => entry.isFile() && entry.name !== MARKER).length;
}

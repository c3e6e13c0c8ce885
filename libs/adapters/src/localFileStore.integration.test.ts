import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStoreContract } from '@muster/testing/contracts/fileStoreContract';
import { localFileStore } from './localFileStore.ts';

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
});

async function countFiles(directory: string) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

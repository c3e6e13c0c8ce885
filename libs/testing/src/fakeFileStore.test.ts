import { fileStoreContract } from './contracts/fileStoreContract.ts';
import { FakeFileStore } from './fakeFileStore.ts';

describe('the file store in memory', () => {
  fileStoreContract(async () => {
    const store = new FakeFileStore();
    const missing = Object.assign(new FakeFileStore(), { isAway: true });
    return { store, missing, countFiles: async () => store.files.size + store.open.size };
  });

  it('can be full', async () => {
    const store = new FakeFileStore().fullAfter(3);
    const file = await store.create('a.csv');
    file.stream.on('error', () => undefined);
    file.stream.end('four');

    await expect(file.seal()).rejects.toMatchObject({ code: 'fileStoreFull' });
  });
});

import { Readable } from 'node:stream';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { FakeFileStore } from '@muster/testing/fakeFileStore';
import { fakeLog } from '@muster/testing/fakeLog';
import { proveFileStore } from './proveFileStore.ts';

describe('proveFileStore', () => {
  it('leaves nothing in a store that can be written and read', async () => {
    const store = new FakeFileStore();
    const log = fakeLog();

    expect(await proveFileStore(store, log)).toBe(store);

    expect(store.files.size + store.open.size).toBe(0);
    expect(log.lines).toEqual([]);
  });

  it('throws what a person has to mend', async () => {
    const denied = new PermanentFailure('fileStoreDenied', 'not allowed');
    const store = Object.assign(new FakeFileStore(), { create: async () => Promise.reject(denied) });

    await expect(proveFileStore(store, fakeLog())).rejects.toBe(denied);
  });

  it('throws where there is no store: whoever starts may have a wrong setting', async () => {
    const store = Object.assign(new FakeFileStore(), { isAway: true });

    await expect(proveFileStore(store, fakeLog())).rejects.toMatchObject({ code: 'fileStoreMissing' });
  });

  it('throws where other bytes come back, and removes its file all the same', async () => {
    const store = Object.assign(new FakeFileStore(), { read: async () => Readable.from(['other']) });

    await expect(proveFileStore(store, fakeLog())).rejects.toMatchObject({ code: 'fileStoreUnsuitable' });
    expect(store.files.size).toBe(0);
  });

  it('only tells of a store that is out of reach: it may be back before it is needed', async () => {
    const away = new TemporaryFailure('fileStoreUnavailable', 'could not write');
    const store = Object.assign(new FakeFileStore(), { create: async () => Promise.reject(away) });
    const log = fakeLog();

    await proveFileStore(store, log);

    expect(log.lines).toMatchObject([{ event: 'fileStore.unreachable', fields: { code: 'fileStoreUnavailable' } }]);
  });
});

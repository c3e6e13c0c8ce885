import { fileStoreContract } from '@muster/testing/contracts/fileStoreContract';
import { type S3Server, startS3 } from '@muster/testing/startS3';
import { s3FileStore } from './s3FileStore.ts';

describe('the file store in a bucket', () => {
  let server: S3Server;
  const opened: { close(): void }[] = [];
  let stores = 0;
  const openStore = (bucket: string, prefix: string) => {
    const store = s3FileStore({
      address: { bucket, prefix, region: 'us-east-1', endpoint: server.endpoint, pathStyle: true },
      limits: { partBytes: 5 * 1024 * 1024 },
    });
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await startS3();
    Object.assign(process.env, server.credentials);
  }, 240_000);
  afterAll(async () => {
    for (const store of opened) store.close();
    await server.stop();
  });

  fileStoreContract(async () => {
    const prefix = `tests/${++stores}/`;
    const store = openStore(server.bucket, prefix);
    return { store, missing: openStore('no-such-bucket', prefix), countFiles: () => countFiles(server, prefix) };
  });
});

/** Objects and uploads in parts that are neither completed nor given up. */
async function countFiles({ s3, bucket }: S3Server, Prefix: string) {
  const [objects, uploads] = await Promise.all([
    s3.listObjectsV2({ Bucket: bucket, Prefix }),
    s3.listMultipartUploads({ Bucket: bucket, Prefix }),
  ]);
  return (objects.Contents ?? []).length + (uploads.Uploads ?? []).length;
}

import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type S3Server, startS3 } from '@muster/testing/startS3';
import { stopList } from '../../tools/demo/stopList.ts';
import { createCampaign, downloadContacts, remoteNameOf, type ShownRun, startRun, untilRun } from './campaignRuns.ts';
import { type House, openHouse } from './house.ts';
import { EXPORTED } from './insertBorrowers.ts';
import { type SftpDrop, sftpDrop } from './sftpDrop.ts';
import { type MusterProcess } from './startProcess.ts';
import { unzip } from './unzip.ts';

const OPENING_MS = 300_000; // the first time the server's packages are fetched
const FIRST_STEPS = ['query', 'filter', 'export'];
const LAST_STEPS = ['upload', 'report'];

describe('two workers on different hosts, with a bucket between them', () => {
  const started = stopList();
  let server: S3Server;
  let house: House;
  let drop: SftpDrop;
  let workers: { maker: MusterProcess; sender: MusterProcess };
  let path = '';
  let run: ShownRun;
  beforeAll(async () => {
    server = await startS3();
    started.add(server);
    house = await openHouse({ backend: 'redis', workers: 0, settings: { ...storeOf(server), ...server.credentials } });
    started.add({ stop: () => house.close() });
    drop = await sftpDrop(join(house.directory, 'drop'), house.sftpPassword);
    house.keep(drop);
    const [maker, sender] = await Promise.all([
      startElsewhere(house, 'maker', FIRST_STEPS),
      startElsewhere(house, 'sender', LAST_STEPS),
    ]);
    workers = { maker, sender };
    path = await startRun(house, await createCampaign(house, { sftp: drop.settings }));
    run = await untilRun(house, path, ({ status }) => status === 'succeeded');
  }, OPENING_MS);
  afterAll(() => started.stopAll(), OPENING_MS);

  it('share a run: what one has made the other delivers', async () => {
    expect(await stepsOf(workers.maker, run)).toEqual(FIRST_STEPS);
    expect(await stepsOf(workers.sender, run)).toEqual(LAST_STEPS);
  });

  it('deliver the very bytes that the API serves out of the bucket', async () => {
    const delivered = await drop.read(remoteNameOf(run));

    expect(delivered.equals(await downloadContacts(house, path))).toBe(true);
    expect(delivered.toString().trimEnd().split('\r\n')).toHaveLength(1 + EXPORTED);
    const [sizeBytes, sha256] = [delivered.length, createHash('sha256').update(delivered).digest('hex')];
    const sent = { file: 'contacts_output.csv', remoteName: remoteNameOf(run), state: 'delivered', sizeBytes, sha256 };
    expect(run.deliveries).toContainEqual(expect.objectContaining(sent));
  });

  it('have all files in the bucket and none on their own disks', async () => {
    const files = unzip((await house.api.call('GET', `${path}/files`)).bytes);
    const { Contents = [] } = await server.s3.listObjectsV2({ Bucket: server.bucket, Prefix: 'house/' });
    const kept = Contents.map(({ Key = '' }) => Key.split('/').at(-1));

    expect([...files.keys()].sort()).toEqual([...run.availableFiles].sort());
    expect(kept).toEqual(expect.arrayContaining([...files.keys()]));
    for (const worker of ['maker', 'sender']) expect(await filesBelow(placeOf(house, worker))).toEqual([]);
    expect(await filesBelow(join(house.directory, 'files'))).toEqual([]);
  });
});

const storeOf = ({ bucket, endpoint }: S3Server) => ({
  FILE_STORE_URL: `s3://${bucket}/house?region=us-east-1&endpoint=${endpoint}`,
});

const placeOf = (house: House, name: string) => join(house.directory, name);

/** A worker for some steps, whose disk nobody else looks at. */
async function startElsewhere(house: House, name: string, steps: string[]) {
  await mkdir(placeOf(house, name));
  return house.startWorker({ TMPDIR: placeOf(house, name), WORKER_QUEUES: steps.join(',') });
}

async function stepsOf(worker: MusterProcess, { id }: ShownRun) {
  const finished = (await worker.lines()).filter(({ event, runId }) => event === 'step.finished' && runId === id);
  return finished.map(({ step }) => step);
}

async function filesBelow(directory: string) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const ours = entries.filter((entry) => entry.isFile());
  return ours.map(({ name }) => name);
}

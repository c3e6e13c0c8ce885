import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim } from '@muster/pipeline/runs';
import { controlBench } from '@muster/testing/controlBench';
import { insertDoNotInteract, insertExporter } from '@muster/testing/factories';
import { startSshd, type SshdServer } from '@muster/testing/startSshd';
import { addressGuard } from './addressGuard/addressGuard.ts';
import { readAllowList } from './addressGuard/readAllowList.ts';
import { sftpDestination } from './sftpDestination.ts';

let sshd: SshdServer;
let bench: Awaited<ReturnType<typeof controlBench>>;
beforeAll(async () => {
  sshd = await startSshd();
  bench = await controlBench();
});
afterAll(async () => {
  await bench.close();
  await sshd.stop();
});

/** A screened run of three people that delivers to OpenSSH's server, rung for. */
async function readyRun() {
  const { companyId, deps } = bench;
  const { host, port, username, privateKey: sftpPrivateKey, hostKeyFingerprint, directory } = sshd;
  await mkdir(join(directory, 'drop'));
  const noSecrets = { sftpPassword: null, sftpPassphrase: null, pinnedHostKey: null };
  deps.destination = sftpDestination({ guard: addressGuard({ allow: readAllowList('127.0.0.1:*') }) });
  deps.secrets = { ...deps.secrets, read: async () => ({ ...noSecrets, redashApiKey: 'key', sftpPrivateKey }) };
  const people = [await bench.addBorrower(), await bench.addBorrower(), await bench.addBorrower()];
  bench.redash.csv = `id\r\n${people.map(({ key }) => `${key}\r\n`).join('')}`;
  const runId = await bench.startRun({
    contactExporterId: await insertExporter(bench.db, {
      companyId,
      columnSettings: ['person.displayId', 'screening.checkedAt'].map((field) => ({ field })),
      checkCanInteractData: { theme: 'opsCollDebt', isAutodialed: false },
    }),
    sftpSettings: {
      ...{ host: `${host}:${port}`, username, cdDir: 'drop', hostKeyFingerprint },
      ...{ fileNameTemplate: null, compression: 'none' },
    },
  });
  await bench.ring();
  return { runId, keys: people.map(({ key }) => key) };
}

/** A worker has begun the upload, and died of it with half a file on the server. */
async function dieInUpload(runId: string, drop: string) {
  const lease = (await bench.runs.claim({ runId, step: 'upload' }, false)) as Claim;
  const parcel = { file: 'contacts_output.csv', remoteName: 'contacts.csv', sizeBytes: 99, sha256: 'ab' } as const;
  const delivery = await bench.deliveries.plan(lease, parcel);
  await bench.deliveries.mark(lease, delivery, { state: 'uploading' });
  await writeFile(join(drop, delivery.temporaryName), 'half a file');
  await bench.loseWorker(runId, 'upload');
}

it('puts one file on the server, of those who may be contacted when it goes out, and leaves nothing beside it', async () => {
  const { runId, keys } = await readyRun();
  const drop = join(sshd.directory, 'drop');
  await bench.workUntil('upload');
  await dieInUpload(runId, drop);
  await insertDoNotInteract(bench.db, { companyId: bench.companyId, personKey: keys[0] ?? '' });
  const later = new Date((await bench.db.now()).getTime() + 31 * 60_000);
  bench.deps.now = async () => later;

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { exported: 2 } });
  const names = await readdir(drop);
  expect(names.map((name) => name.replace(/^.*_/, '')).sort()).toEqual(['contacts.csv', 'log.txt']);
  const contacts = names.find((name) => name.endsWith('_contacts.csv')) ?? '';
  const rows = keys.slice(1).map((key) => `${key},${later.toISOString()}\r\n`);
  expect(await readFile(join(drop, contacts), 'utf8')).toBe(`person.displayId,screening.checkedAt\r\n${rows.join('')}`);
  const deliveries = await bench.db.query(
    `select try, generation, state from delivery where run_id = $1 and file <> 'log.txt'`,
    [runId],
  );
  expect(deliveries).toEqual([
    { try: 1, generation: 1, state: 'superseded' },
    { try: 2, generation: 2, state: 'delivered' },
  ]);
});

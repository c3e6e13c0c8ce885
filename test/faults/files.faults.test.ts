import { execFile } from 'node:child_process';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@muster/testing/waitFor';
import { allBorrowers, createCampaign, deliveredBy, hasEnded, type ShownRun, untilRun } from '../e2e/campaignRuns.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { isWhole } from './totals.ts';

const run = promisify(execFile);
const OPENING_MS = 300_000;
const TEST_MS = 180_000;
const SOFT_LIMIT_BYTES = 200_000; // above what a process logs here, below what the query gives
const SMALL = { NODE_OPTIONS: '--max-old-space-size=160', REDASH_MAX_MB: '160' };
const ROW_BYTES = 5_000; // 2,000 rows are 10 MB
const MORE_MB = 60; // less than what the rows of ten times more would take if somebody kept them
const MANY = 1_000_000;
const MANY_MB = 450;

// The disks of these tests are smaller than what is to be kept free of a real one.
const settings = { REDASH_MAX_MB: '48', LEASE_MS: '10000', KEEP_FREE_MB: '0' };

let faulty: FaultHouse;
let worker: MusterProcess | undefined;
beforeAll(async () => {
  faulty = await openFaultHouse({ backend: 'redis', workers: 1, settings });
  [worker] = faulty.house.workers;
}, OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

/** Begins a run whose query gives all borrowers `times` over, in rows of some more bytes. */
async function beginWide({ bytesARow = 300, times = 1 } = {}) {
  const { house, drop } = faulty;
  const wide = `select all_of_them.*, repeat('x', ${bytesARow}) as padding
    from (${allBorrowers}) all_of_them, generate_series(1, ${times})`;
  return faulty.begin(await createCampaign(house, { ...house.saveQuery(wide), sftp: drop.settings }));
}

const refusedIn = ({ steps }: ShownRun) => steps.find(({ attempts, message }) => attempts > 0 && message !== null);
const untilRefused = (path: string) => untilRun(faulty.house, path, (run) => refusedIn(run) !== undefined);
const messageOf = (run: ShownRun) => refusedIn(run)?.message;
const storedFiles = async () =>
  (await readdir(join(faulty.house.directory, 'files'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** As `untilRun`, for a run that takes its time. */
async function untilEnded(path: string) {
  const look = async () => hasEnded((await faulty.house.api.call('GET', path)).json as unknown as ShownRun);
  await waitFor(look, { timeoutMs: TEST_MS - 10_000, everyMs: 100, what: `run ${path}` });
  return untilRun(faulty.house, path);
}

/** The most memory that a process has ever held, heap and all else; 0 where there is no /proc to tell. */
async function peakMb(process: MusterProcess | undefined) {
  const status = await readFile(`/proc/${process?.pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

/** The file store as a disk of its own, where this machine lets us mount one. */
const mounted = await run('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).then(
  () => true,
  () => false,
);
if (!mounted) process.stderr.write('H1 on a disk of its own is not tested: nothing may be mounted here\n');

it(
  'H1: a quota that is used up: the step waits, leaves nothing behind, and goes on when there is room',
  async () => {
    const limit = (bytes: string) => run('prlimit', ['--pid', String(worker?.pid), `--fsize=${bytes}:`]);
    await limit(String(SOFT_LIMIT_BYTES));
    const path = await beginWide();

    const refused = await untilRefused(path);
    expect(refused.steps.find(({ name }) => name === 'query')?.status).not.toBe('succeeded');
    expect(messageOf(refused)).toMatch(/could not|cannot/);
    expect((await faulty.house.db.query('select key from file where run_id = $1', [refused.id])).length).toBe(0);
    await waitFor(async () => (await storedFiles()).every((name) => !name.includes('.part')));

    await limit('unlimited');
    const done = await untilRun(faulty.house, path);
    expect((await deliveredBy(faulty.drop, done)).renames).toBe(1);
  },
  TEST_MS,
);

it(
  'H1: a file store whose directory is renamed: runs wait, and go on once it is back; no other is begun in its place',
  async () => {
    const directory = join(faulty.house.directory, 'files');
    await rename(directory, `${directory}-away`);
    const path = await beginWide();
    const refused = await untilRefused(path).finally(() => rename(`${directory}-away`, directory));

    expect(refused).toMatchObject({ status: 'running', error: null });
    expect(messageOf(refused)).toContain('the directory of the file store');
    const done = await untilRun(faulty.house, path);
    expect((await deliveredBy(faulty.drop, done)).renames).toBe(1);
  },
  TEST_MS,
);

if (mounted) {
  describe('H1: a file store on a disk of its own', () => {
    let disk = '';
    const remount = (option: string) => run('mount', ['-o', `remount,${option}`, disk]);
    beforeAll(async () => {
      disk = join(faulty.house.directory, 'files');
      const marker = await readFile(join(disk, '.muster-store')); // a disk without it would not be the store
      await run('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
      await writeFile(join(disk, '.muster-store'), marker);
      const stop = async () => {
        await run('umount', ['-l', disk]);
      };
      faulty.house.keep({ stop });
    });

    const usedInodes = async () => Number((await run('df', ['--output=iused', disk])).stdout.split('\n')[1]);

    it.each<[string, { full: () => string | Promise<string>; roomy: string }]>([
      ['that is full', { full: () => 'size=128k', roomy: 'size=1g' }],
      ['without a free inode', { full: async () => `nr_inodes=${await usedInodes()}`, roomy: 'nr_inodes=100k' }],
    ])(
      '%s: the step waits, leaves no half file, and goes on when there is room',
      async (_, { full, roomy }) => {
        const before = await storedFiles();
        await remount(await full());
        const path = await beginWide();
        const refused = await untilRefused(path);
        const known = await faulty.house.db.query('select key from file where run_id = $1', [refused.id]);
        const isClean = async () => (await storedFiles()).length === before.length;
        await waitFor(isClean, { what: 'no half file to be left' }).finally(() => remount(roomy));

        expect([messageOf(refused), known]).toEqual([expect.stringContaining('clear the disk of the file store'), []]);
        const done = await untilRun(faulty.house, path);
        expect((await deliveredBy(faulty.drop, done)).renames).toBe(1);
      },
      TEST_MS,
    );

    it(
      'that takes nothing any more fails the run with what to mend; a retry goes on where it stood',
      async () => {
        const { house } = faulty;
        await remount('ro');
        const path = await beginWide();
        const failed = await untilRun(house, path, hasEnded).finally(() => remount('rw'));
        expect(failed).toMatchObject({ status: 'failed', error: { step: 'query', code: 'fileStoreDenied' } });

        expect((await house.api.call('POST', `${path}/retry`)).status).toBe(200);
        const done = await untilRun(house, path);
        expect((await deliveredBy(faulty.drop, done)).renames).toBe(1);
      },
      TEST_MS,
    );
  });
}

it(
  'F7: a result that is bigger than allowed fails the run before anything is delivered',
  async () => {
    const path = await beginWide({ bytesARow: 30_000 });
    const { error, deliveries } = await untilRun(faulty.house, path, hasEnded);

    expect(error).toMatchObject({ step: 'query', code: 'redashTooBig' });
    expect(deliveries.filter(({ file }) => file !== 'log.txt')).toEqual([]);
  },
  TEST_MS,
);

describe('F7, H2: a worker with a heap of 160 MB', () => {
  beforeEach(async () => {
    await worker?.stop();
    worker = await faulty.house.startWorker(SMALL);
  }, OPENING_MS);

  it(
    `needs no more than ${MORE_MB} MB more for a result of 100 MB than for one of 10 MB`,
    async () => {
      await untilEnded(await beginWide({ bytesARow: ROW_BYTES }));
      const enough = await peakMb(worker);
      const done = await untilEnded(await beginWide({ bytesARow: ROW_BYTES, times: 10 }));

      expect(done).toMatchObject({ status: 'succeeded', counts: { queried: 20_000, duplicate: 18_000, goOn: 2_000 } });
      expect((await deliveredBy(faulty.drop, done)).renames).toBe(1);
      expect((await peakMb(worker)) - enough).toBeLessThanOrEqual(MORE_MB);
    },
    TEST_MS,
  );

  if (isWhole)
    it(
      `takes ${MANY} rows, and never holds more than ${MANY_MB} MB`,
      async () => {
        const { house, drop } = faulty;
        const rows = `select * from (${allBorrowers}) known
          union all select (1::bigint << 41) + n, null, 30 from generate_series(1, ${MANY} - 2000) n`;
        const campaignId = await createCampaign(house, { ...house.saveQuery(rows), sftp: drop.settings });
        const done = await untilEnded(await faulty.begin(campaignId));

        const counts = { queried: MANY, unknownBorrower: MANY - 2_000, goOn: 2_000 };
        expect(done).toMatchObject({ status: 'succeeded', error: null, counts });
        expect((await deliveredBy(drop, done)).renames).toBe(1);
        expect(await peakMb(worker)).toBeLessThan(MANY_MB);
      },
      TEST_MS,
    );
});

it('breaks no invariant', async () => {
  const { faults } = await faulty.check();
  expect(faults).toEqual([]);
});

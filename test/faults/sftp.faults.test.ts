import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  allBorrowers,
  createCampaign,
  deliveredBy,
  hasEnded,
  remoteNameOf,
  type ShownRun,
  startRun,
  untilRun,
} from '../e2e/campaignRuns.ts';
import { openDrop } from '../e2e/heldRuns.ts';
import { type SftpDrop } from '../e2e/sftpDrop.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { type Break, startRelay } from './sftpRelay.ts';

const OPENING_MS = 300_000; // all runs are begun at once
const TEST_MS = 90_000;
const FEW = `select * from (${allBorrowers}) all_of_them limit 50`;
const SHORT_NAMES = 24;

const percents = [0, 1, 50, 99, 100];
const breaks = (['reset', 'black hole'] as Break[]).flatMap((how) => percents.map((percent) => ({ how, percent })));

/** A run at a drop of its own, which is none of those that are held against the invariants. */
interface Odd {
  drop: SftpDrop;
  path: string;
  /** As it has ended. */
  run: ShownRun;
  /** Where whoever reads the drop has taken files. */
  fetched: string;
}

const oddities = {
  noStat: { refuses: { STAT: 8, LSTAT: 8, FSTAT: 8, SETSTAT: 8, FSETSTAT: 8 } },
  shortNames: { namesAtMost: SHORT_NAMES },
  fetches: { fetchesInto: 'fetched' },
  doubtful: { losesReplyTo: ['RENAME'], fetchesInto: 'fetched' },
  doubtfulName: { losesReplyTo: ['RENAME'], finalNamesAtMost: SHORT_NAMES },
  arrived: { losesReplyTo: ['RENAME'], fetchesInto: 'fetched' },
  neverArrived: { losesReplyTo: ['RENAME'], fetchesInto: 'fetched' },
  logRefused: { onlyFor: /log/, refuses: { OPEN: 3 } },
  logDoubtful: { onlyFor: /log/, losesReplyTo: ['RENAME'], fetchesInto: 'fetched' },
  denied: { refuses: { OPEN: 3 } },
  taken: {},
} satisfies Record<string, SftpDrop['faults']>;
type Oddity = keyof typeof oddities;

let faulty: FaultHouse;
let wholeBytes: number;
const broken = new Map<string, { run: ShownRun; hasBroken: boolean }>();
const odd = {} as Record<Oddity, Odd>;
beforeAll(async () => {
  faulty = await openFaultHouse({ backend: 'redis', settings: { SFTP_ANSWER_MS: '1000', LEASE_MS: '10000' } });
  const run = await untilRun(faulty.house, await faulty.begin());
  wholeBytes = (await deliveredBy(faulty.drop, run)).bytes.length;
  await Promise.all([
    ...breaks.map(async (one) => broken.set(nameOf(one), await runBroken(one))),
    ...(Object.keys(oddities) as Oddity[]).map(async (name) => (odd[name] = await runOdd(name))),
  ]);
}, OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

const nameOf = ({ how, percent }: (typeof breaks)[number]) => `${how} ${percent}`;
const ended = (path: string) => untilRun(faulty.house, path, hasEnded);

/** A run whose upload meets the break. At 100 % all bytes have come, and whether they have is not answered. */
async function runBroken({ how, percent }: (typeof breaks)[number]) {
  const { house, drop } = faulty;
  const relay = await startRelay(drop.settings.host);
  house.keep(relay);
  const path = await faulty.begin(await createCampaign(house, { sftp: { ...drop.settings, host: relay.host } }));
  const ours = `.muster-${path.split('/').at(-1) ?? ''}-contacts`;
  const since = () => drop.log.some((line) => line.startsWith('OPEN ') && line.includes(ours));
  relay.breakOnce({ how, since, afterBytes: (wholeBytes * percent) / 100 });
  return { run: await ended(path), hasBroken: relay.hasBroken() };
}

async function runOdd(name: Oddity): Promise<Odd> {
  const { house } = faulty;
  const drop = await openDrop(house);
  const fetched = join(drop.directory, '..', 'fetched');
  await mkdir(fetched);
  const faults: SftpDrop['faults'] = oddities[name];
  Object.assign(drop.faults, faults, faults.fetchesInto !== undefined && { fetchesInto: fetched });
  const sftp = { ...drop.settings, ...(name === 'taken' && { fileNameTemplate: 'ours_{runId}_{kind}' }) };
  const path = await startRun(house, await createCampaign(house, { ...house.saveQuery(FEW), sftp }));
  if (name === 'taken') await takeName(drop, path);
  return { drop, path, run: await ended(path), fetched };
}

/** Somebody has a directory of the name that this run's file will get. */
async function takeName(drop: SftpDrop, path: string) {
  await mkdir(takenBy(drop, path));
  await writeFile(join(takenBy(drop, path), 'theirs'), '');
}
const takenBy = (drop: SftpDrop, path: string) =>
  join(drop.directory, `ours_${path.split('/').at(-1) ?? ''}_contacts.csv`);

const uploadsOf = ({ log }: SftpDrop) =>
  log.filter((line) => line.startsWith('OPEN ') && line.includes('-contacts_output.csv-')).length;
const messageOf = ({ steps }: ShownRun, step: string) => steps.find(({ name }) => name === step)?.message;

describe('S1: a line to the SFTP server that breaks', () => {
  it.each(breaks)('by a $how after $percent percent: the file is delivered once, by the next try', async (one) => {
    const { run, hasBroken } = broken.get(nameOf(one))!;

    expect([hasBroken, run.status]).toEqual([true, 'succeeded']);
    expect(run.steps.find(({ name }) => name === 'upload')?.attempts).toBeGreaterThan(1);
    const { bytes, renames } = await deliveredBy(faulty.drop, run);
    expect([bytes.length, renames]).toEqual([wholeBytes, 1]);
  });

  it('leaves no temporary file behind', async () => {
    expect((await readdir(faulty.drop.directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('S6: a server', () => {
  it('that can neither tell of a file nor rename over one gets the file once', async () => {
    const { drop, run } = odd.noStat;
    const { bytes, renames } = await deliveredBy(drop, run);

    expect([run.status, bytes.toString().split('\r\n').length, renames]).toEqual(['succeeded', 52, 1]);
  });

  it('that cuts all names gets each file once, and never one over the other', async () => {
    const { drop, run } = odd.shortNames;
    const shortName = remoteNameOf(run).slice(0, SHORT_NAMES); // that of the log is the same

    expect([run.status, await readdir(drop.directory)]).toEqual(['succeeded', [shortName]]);
    expect((await drop.read(shortName)).toString().split('\r\n')).toHaveLength(52);
    expect(messageOf(run, 'report')).toContain('is there already, and this run knows nothing of it');
  });

  it('that moves each file away at once gets it once', async () => {
    const { drop, run, fetched } = odd.fetches;

    expect(run.status).toBe('succeeded');
    expect((await readdir(fetched)).sort()).toEqual(run.deliveries.map(({ remoteName }) => remoteName).sort());
    expect([drop.renamesTo(remoteNameOf(run)), await readdir(drop.directory)]).toEqual([1, []]);
  });
});

describe('S7: a rename without an answer, after which neither file is there', () => {
  const ask = (path: string, what: string, body?: Record<string, unknown>) =>
    faulty.house.api.call('POST', `${path}/${what}`, body);
  const resolve = (path: string, as: string) =>
    ask(path, 'deliveries/contacts_output.csv/resolve', { as, note: 'Asked the dialer' });
  const alertsOf = ({ id }: ShownRun) =>
    faulty.house.db.query<{ kind: string; open: boolean }>(
      `select kind, resolved_at is null as open from alert where run_id = $1`,
      [id],
    );

  it.each<[string, Oddity]>([
    ['was fetched at once', 'doubtful'],
    ['got a name that was cut', 'doubtfulName'],
  ])('since it %s, is in doubt: told aloud, and never sent again by itself', async (_, name) => {
    const { run } = odd[name];

    expect(run).toMatchObject({ status: 'failed', error: { step: 'upload', code: 'deliveryUnknown' } });
    expect(run.deliveries).toContainEqual(expect.objectContaining({ file: 'contacts_output.csv', state: 'unknown' }));
    expect(await alertsOf(run)).toContainEqual({ kind: 'delivery.unknown', open: true });
    const listed = await faulty.house.api.call('GET', '/runs?attention=unknown');
    expect(JSON.stringify(listed.json)).toContain(run.id);
  });

  it(
    'stays so, whatever is restarted and whoever asks for a retry',
    async () => {
      const doubts = [odd.doubtful, odd.doubtfulName];
      for (const { drop } of doubts) drop.faults.losesReplyTo = [];
      await faulty.house.workers[0]?.kill();
      await faulty.relieve();

      for (const { drop, path, run } of doubts) {
        expect(await ask(path, 'retry')).toMatchObject({ status: 409, json: { code: 'deliveryUnknown' } });
        expect((await faulty.house.api.call('GET', path)).json).toMatchObject({ status: 'failed' });
        expect([drop.renamesTo(remoteNameOf(run)), uploadsOf(drop)]).toEqual([1, 1]);
      }
    },
    TEST_MS,
  );

  it(
    'is over when a person says that it arrived: the run goes on, and sends nothing again',
    async () => {
      const { drop, path, run } = odd.arrived;
      drop.faults.losesReplyTo = [];

      expect((await resolve(path, 'delivered')).status).toBe(200);

      expect((await ended(path)).status).toBe('succeeded');
      expect([drop.renamesTo(remoteNameOf(run)), uploadsOf(drop)]).toEqual([1, 1]);
      expect(await alertsOf(run)).not.toContainEqual({ kind: 'delivery.unknown', open: true });
    },
    TEST_MS,
  );

  it(
    'is sent again only when a person says that it never arrived, and asks for it',
    async () => {
      const { drop, path } = odd.neverArrived;
      drop.faults.losesReplyTo = [];
      expect((await resolve(path, 'notDelivered')).status).toBe(200);
      expect(uploadsOf(drop)).toBe(1);

      expect((await ask(path, 'retry')).status).toBe(200);

      const run = await untilRun(faulty.house, path, ({ status }) => status === 'succeeded');
      expect(run.deliveries).toContainEqual(
        expect.objectContaining({ file: 'contacts_output.csv', state: 'delivered' }),
      );
      expect([drop.renamesTo(remoteNameOf(run)), uploadsOf(drop)]).toEqual([2, 2]);
    },
    TEST_MS,
  );
});

describe('S8: a log that cannot be delivered after the contacts', () => {
  it.each<[string, Oddity, string]>([
    ['is refused', 'logRefused', 'does not let us'],
    ['is in doubt', 'logDoubtful', 'cannot be known'],
  ])('%s: the run has succeeded, says so, and sends the contacts no second time', async (_, name, says) => {
    const { drop, run } = odd[name];

    expect([run.status, messageOf(run, 'report')]).toEqual(['succeeded', expect.stringContaining(says)]);
    expect([(await deliveredBy(drop, run)).renames, uploadsOf(drop)]).toEqual([1, 1]);
    expect(drop.renamesTo(remoteNameOf(run, 'log.txt'))).toBeLessThanOrEqual(1);
  });
});

describe('S3: a server', () => {
  it('that lets nobody write there is asked in one try, and the run fails with what to mend', () => {
    const { drop, run } = odd.denied;

    expect(run.error).toMatchObject({ step: 'upload', code: 'remotePermissionDenied' });
    expect(drop.log.filter((line) => line.startsWith('LOGIN '))).toHaveLength(1);
    expect(uploadsOf(drop)).toBeLessThanOrEqual(2); // with many writes under way, then one by one
  });

  it('with a directory of that name keeps it as it is, and gets no byte', async () => {
    const { drop, path, run } = odd.taken;

    expect(run.error).toMatchObject({ step: 'upload', code: 'remoteNameTaken' });
    expect([uploadsOf(drop), await readdir(takenBy(drop, path))]).toEqual([0, ['theirs']]);
  });
});

it('breaks no invariant', async () => {
  const { faults } = await faulty.check();
  expect(faults).toEqual([]);
});

import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { rescheduleCampaigns, startSchedule } from '@muster/db/rescheduleCampaigns';
import { type CampaignSchedule } from '@muster/queue/queues';
import { insertCampaign, insertCompany } from '@muster/testing/factories';
import { fakeLog } from '@muster/testing/fakeLog';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { keepSchedules } from './keepSchedules.ts';
import { type ScheduledQueue, scheduleMirror } from './scheduleMirror.ts';

let database: TestDatabase;
let db: OpenDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** The queue's schedules, in memory; `changes` is what it was asked. */
class FakeSchedules implements ScheduledQueue {
  readonly kept = new Map<string, CampaignSchedule>();
  readonly changes: string[] = [];
  readonly refusing = new Set<string>();
  /** What happens in the queue as soon as a schedule is put. */
  afterPut?: (campaignId: string) => void;

  async *schedules() {
    yield* [...this.kept.values()];
  }
  async schedulesOf(campaignIds: readonly string[]) {
    return [...this.kept.values()].filter(({ campaignId }) => campaignIds.includes(campaignId));
  }
  async countSchedules() {
    return this.kept.size;
  }
  async upsertSchedule(schedule: CampaignSchedule) {
    if (this.refusing.has(schedule.campaignId)) throw new Error('refused');
    this.changes.push(`put ${schedule.campaignId}`);
    this.kept.set(schedule.campaignId, schedule);
    this.afterPut?.(schedule.campaignId);
  }
  async removeSchedule(campaignId: string) {
    this.changes.push(`removed ${campaignId}`);
    this.kept.delete(campaignId);
  }
}

const signal = new AbortController().signal;

/** A mirror that has compared once. Campaigns of other tests are in the database too: each test looks at its own. */
async function mirrorOf(queues = new FakeSchedules()) {
  const log = fakeLog();
  const mirror = scheduleMirror({ db, queues, log });
  await mirror.compareAll(signal);
  const changesOf = (campaignId: string) =>
    queues.changes.filter((change) => change.endsWith(campaignId)).map((change) => change.split(' ')[0]);
  return { mirror, queues, log, changesOf };
}

async function scheduled(schedule: string | null = 'P P * * *') {
  const companyId = await insertCompany(db);
  const campaignId = await insertCampaign(db, { companyId, schedule });
  await db.transaction((tx) => startSchedule(tx, campaignId));
  return { companyId, campaignId };
}

it('puts what the queue lacks, and leaves alone what is as it should be', async () => {
  const { campaignId } = await scheduled();
  const { mirror, changesOf, queues } = await mirrorOf();
  expect(queues.kept.get(campaignId)).toMatchObject({ timeZone: 'America/New_York' });

  await mirror.compareAll(signal);
  await mirror.followChanges(signal);

  expect(changesOf(campaignId)).toEqual(['put']);
});

it('puts nothing again after a restart, which would delete an overdue occurrence', async () => {
  const { campaignId } = await scheduled();
  const before = await mirrorOf();
  const after = await mirrorOf(before.queues);
  expect(after.changesOf(campaignId)).toEqual(['put']);
});

it('fills a flushed queue again', async () => {
  const { campaignId } = await scheduled();
  const { mirror, queues, changesOf } = await mirrorOf();
  queues.kept.clear();
  await mirror.compareAll(signal);
  expect(changesOf(campaignId)).toEqual(['put', 'put']);
});

it('fills a flushed queue again at the next look, long before all are compared again', async () => {
  const { campaignId } = await scheduled();
  const queues = new FakeSchedules();
  const times = { followEveryMs: 5, compareEveryMs: 60_000 };
  const stopping = new AbortController();
  const keeping = keepSchedules({ db, queues, log: fakeLog(), times }, stopping.signal);
  await waitFor(() => queues.kept.has(campaignId));

  queues.kept.clear();

  await expect(waitFor(() => queues.kept.has(campaignId))).resolves.toBe(true);
  stopping.abort();
  await keeping;
});

it('sees that the queue was flushed while it was being changed', async () => {
  const { mirror, queues } = await mirrorOf();
  const { campaignId } = await scheduled();
  queues.afterPut = (id) => {
    if (id === campaignId) queues.kept.clear();
  };

  await mirror.followChanges(signal);
  expect(await mirror.hasLost()).toBe(true);

  await scheduled();
  queues.afterPut = () => queues.kept.clear();
  await mirror.compareAll(signal);
  expect(await mirror.hasLost()).toBe(true);
  delete queues.afterPut;
  await mirror.compareAll(signal);
  expect(await mirror.hasLost()).toBe(false);
});

it('compares no more than once again for what the queue will not keep', async () => {
  await scheduled();
  const queues = new FakeSchedules();
  queues.afterPut = (id) => void queues.kept.delete(id);
  const { mirror } = await mirrorOf(queues);
  expect(await mirror.hasLost()).toBe(true);

  await mirror.compareAll(signal);

  expect(await mirror.hasLost()).toBe(false);
});

it('takes no schedule for lost that was removed because nobody wants it', async () => {
  const { campaignId } = await scheduled();
  const { mirror, changesOf } = await mirrorOf();
  await db.execute('update campaign set deleted_at = now(), updated_at = now() where id = $1', [campaignId]);

  await mirror.followChanges(signal);

  expect(changesOf(campaignId)).toEqual(['put', 'removed']);
  expect(await mirror.hasLost()).toBe(false);
});

it('sees every change where more campaigns than fit on a page were changed at the same moment', async () => {
  const { mirror, queues } = await mirrorOf();
  const companyId = await insertCompany(db);
  await db.execute(
    `insert into campaign (id, company_id, name, redash_query_url, schedule, next_due_at, updated_at)
     select 'CM-PAGE-' || n, $1, 'paged', 'https://redash.test/queries/1', 'P P * * *', now() + interval '1 day', now()
       from generate_series(1, 2100) n`,
    [companyId],
  );

  await mirror.followChanges(signal);

  expect([...queues.kept.keys()].filter((id) => id.startsWith('CM-PAGE-'))).toHaveLength(2100);
});

it('removes from the queue what no campaign wants', async () => {
  const { mirror, queues, changesOf } = await mirrorOf();
  queues.kept.set('CM-GONE', { campaignId: 'CM-GONE', pattern: '0 0 6 * * *', timeZone: 'UTC' });
  await mirror.compareAll(signal);
  expect(changesOf('CM-GONE')).toEqual(['removed']);
});

it('follows a new campaign, a changed window, and a schedule taken away', async () => {
  const { mirror, queues, changesOf } = await mirrorOf();
  const { campaignId, companyId } = await scheduled();
  await mirror.followChanges(signal);
  const first = queues.kept.get(campaignId)?.pattern;

  await db.transaction((tx) =>
    rescheduleCampaigns(tx, [campaignId], () =>
      tx.execute(`update company set dispatch_from = '01:00', dispatch_to = '01:01' where id = $1`, [companyId]),
    ),
  );
  await mirror.followChanges(signal);
  expect(queues.kept.get(campaignId)?.pattern).toMatch(/^\d+ 0 1 /);
  expect(queues.kept.get(campaignId)?.pattern).not.toBe(first);

  await db.transaction((tx) =>
    rescheduleCampaigns(tx, [campaignId], () =>
      tx.execute('update campaign set deleted_at = now() where id = $1', [campaignId]),
    ),
  );
  await mirror.followChanges(signal);
  expect(changesOf(campaignId)).toEqual(['put', 'put', 'removed']);
});

it('is not held up by one schedule that the queue refuses, and tries it again', async () => {
  const [refused, sound] = [await scheduled(), await scheduled()];
  const queues = new FakeSchedules();
  queues.refusing.add(refused.campaignId);
  const { mirror, log, changesOf } = await mirrorOf(queues);
  expect(changesOf(sound.campaignId)).toEqual(['put']);
  expect(log.lines).toContainEqual({ level: 'warn', event: 'schedules.notChanged', fields: { count: 1 } });

  queues.refusing.clear();
  await mirror.compareAll(signal);

  expect(changesOf(refused.campaignId)).toEqual(['put']);
});

it('works out when a campaign is due that was written past the API', async () => {
  const companyId = await insertCompany(db);
  const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *' });
  await mirrorOf();
  const [row] = await db.query<{ due: Date }>('select next_due_at as due from campaign where id = $1', [campaignId]);
  expect(row?.due.getTime()).toBeGreaterThan(Date.now());
});

it('leaves the schedules to one process at a time, and the role to the next when that one stops', async () => {
  const { campaignId } = await scheduled();
  const times = { followEveryMs: 5, compareEveryMs: 60_000 };
  const [ours, theirs] = [new FakeSchedules(), new FakeSchedules()];
  const stopping = new AbortController();
  const first = keepSchedules({ db, queues: ours, log: fakeLog(), times }, stopping.signal);
  await waitFor(() => ours.kept.has(campaignId));

  await keepSchedules({ db, queues: theirs, log: fakeLog(), times }, signal);
  expect(theirs.changes).toEqual([]);

  stopping.abort();
  await first;
  const last = new AbortController();
  const second = keepSchedules({ db, queues: theirs, log: fakeLog(), times }, last.signal);
  await waitFor(() => theirs.kept.has(campaignId));
  last.abort();
  await second;
});

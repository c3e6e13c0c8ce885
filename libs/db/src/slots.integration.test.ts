import { dispatchAt } from '@muster/core/dispatchTime';
import { insertCampaign, insertCompany, type NewCampaign, type NewCompany } from '@muster/testing/factories';
import { movedClock } from '@muster/testing/movedClock';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { rescheduleCampaigns, startSchedule } from './rescheduleCampaigns.ts';
import { recordDueSlots, sweepDueSlots } from './slots.ts';

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

const at = (time: string) => movedClock(db, time);
const window = { from: '06:00', to: '06:01' };

/** A company in UTC with a campaign due daily at 06:00:xx from 1 June 2026 on, unless said otherwise. */
async function scheduled({ company = {}, campaign = {}, setAt = '2026-06-01T00:00:00Z' }: Given = {}) {
  const times = { timeZone: 'UTC', dispatchFrom: window.from, dispatchTo: window.to };
  const companyId = await insertCompany(db, { ...times, ...company });
  const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *', ...campaign });
  await at(setAt).transaction((tx) => startSchedule(tx, campaignId));
  return { companyId, campaignId };
}
interface Given {
  company?: NewCompany;
  campaign?: Partial<NewCampaign>;
  setAt?: string;
}

/** What is on record of a campaign: `2026-06-01 run`, `2026-06-02 missed cutOffPassed`, … */
async function slotsOf(campaignId: string): Promise<string[]> {
  const rows = await db.query<{ slot: string }>(
    `select concat_ws(' ', due_date, state, reason) as slot from campaign_slot where campaign_id = $1 order by due_date`,
    [campaignId],
  );
  return rows.map(({ slot }) => slot);
}

async function runsOf(campaignId: string): Promise<{ id: string; status: string; scheduledFor: Date }[]> {
  return db.query(
    `select id, status, scheduled_for as "scheduledFor" from run where campaign_id = $1 order by created_at`,
    [campaignId],
  );
}

const endRuns = (campaignId: string) =>
  db.execute(`update run set status = 'succeeded' where campaign_id = $1`, [campaignId]);

async function nextDueAt(campaignId: string): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>('select next_due_at as at from campaign where id = $1', [
    campaignId,
  ]);
  return row?.at ?? null;
}

describe('recordDueSlots', () => {
  it('makes one run of one slot, however many look at once', async () => {
    const { campaignId } = await scheduled();

    const looks = await Promise.all(
      Array.from({ length: 50 }, () => recordDueSlots(at('2026-06-01T06:01:00Z'), campaignId)),
    );

    const runs = await runsOf(campaignId);
    expect(looks.flatMap(({ runIds }) => runIds)).toEqual(runs.map(({ id }) => id));
    expect(runs).toHaveLength(1);
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 run']);
  });

  it('leaves a slot that is not due yet to its time', async () => {
    const { campaignId } = await scheduled();
    await recordDueSlots(at('2026-06-01T05:59:59Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual([]);
    expect(await nextDueAt(campaignId)).toEqual(
      dispatchAt({ campaignId, window, timeZone: 'UTC', date: '2026-06-01' }),
    );
  });

  it('gives the run the moment at which it was due, and the campaign its next one', async () => {
    const { campaignId } = await scheduled();
    await recordDueSlots(at('2026-06-01T09:00:00Z'), campaignId);
    const due = (date: string) => dispatchAt({ campaignId, window, timeZone: 'UTC', date });
    expect(await runsOf(campaignId)).toMatchObject([{ status: 'pending', scheduledFor: due('2026-06-01') }]);
    expect(await nextDueAt(campaignId)).toEqual(due('2026-06-02'));
  });

  it('catches up once, and records the other days as missed', async () => {
    const { campaignId } = await scheduled();
    await recordDueSlots(at('2026-06-04T11:59:00Z'), campaignId);
    const missed = ['2026-06-01', '2026-06-02', '2026-06-03'].map((date) => `${date} missed cutOffPassed`);
    expect(await slotsOf(campaignId)).toEqual([...missed, '2026-06-04 run']);
    expect(await runsOf(campaignId)).toHaveLength(1);
  });

  it('runs nothing after the cut-off', async () => {
    const { campaignId } = await scheduled();
    await recordDueSlots(at('2026-06-01T12:00:00Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 missed cutOffPassed']);
    expect(await runsOf(campaignId)).toEqual([]);
  });

  it('skips a slot that comes while a run of the campaign is under way, and says so', async () => {
    const { campaignId } = await scheduled();
    await recordDueSlots(at('2026-06-01T07:00:00Z'), campaignId);
    await recordDueSlots(at('2026-06-02T07:00:00Z'), campaignId);
    await endRuns(campaignId);
    await recordDueSlots(at('2026-06-03T07:00:00Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 run', '2026-06-02 skipped runActive', '2026-06-03 run']);
  });

  it('makes one slot of the day on which an hour comes twice, and of the one that lacks it', async () => {
    const company = { timeZone: 'America/New_York', dispatchFrom: '01:30', dispatchTo: '02:30' };
    const { campaignId } = await scheduled({ company, setAt: '2026-03-08T00:00:00-05:00' });
    for (const start of ['2026-03-08T00:00:00-05:00', '2026-11-01T00:00:00-04:00']) {
      for (let hour = 0; hour < 30; hour++) {
        await recordDueSlots(at(new Date(Date.parse(start) + hour * 3_600_000).toISOString()), campaignId);
        await endRuns(campaignId);
      }
    }
    const slots = (await slotsOf(campaignId)).filter((slot) => slot.endsWith('run'));
    expect(slots.map((slot) => slot.slice(0, 10))).toEqual(['2026-03-08', '2026-03-09', '2026-11-01', '2026-11-02']);
  });

  it('has nothing to do with a deleted campaign', async () => {
    const { campaignId } = await scheduled();
    await db.execute('update campaign set deleted_at = now() where id = $1', [campaignId]);
    await recordDueSlots(at('2026-06-01T07:00:00Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual([]);
    expect(await nextDueAt(campaignId)).toBeNull();
  });
});

it('cannot hold two slots of a campaign on one date: the table refuses the second', async () => {
  const { campaignId } = await scheduled();
  const insert = `insert into campaign_slot (campaign_id, due_date, due_at, state) values ($1, '2026-06-01', now(), 'missed')`;
  await db.execute(insert, [campaignId]);
  await expect(db.execute(insert, [campaignId])).rejects.toMatchObject({ code: '23505' });
});

describe('sweepDueSlots', () => {
  // a year of its own for each test: a sweep sees the campaigns of all
  it('records what is due of all campaigns, and nothing twice when two sweep at once', async () => {
    const campaigns = await Promise.all(Array.from({ length: 8 }, () => scheduled({ setAt: '2025-06-01T00:00:00Z' })));
    const time = '2025-06-01T07:00:00Z';

    const sweeps = await Promise.all([
      sweepDueSlots(at(time), { limit: 100 }),
      sweepDueSlots(at(time), { limit: 100 }),
    ]);

    const runs = await Promise.all(campaigns.map(({ campaignId }) => runsOf(campaignId)));
    expect(runs.map((made) => made.length)).toEqual(campaigns.map(() => 1));
    expect(sweeps.flatMap(({ runIds }) => runIds).sort()).toEqual(
      runs.flatMap((made) => made.map(({ id }) => id)).sort(),
    );
  });

  it('takes no more campaigns at a time than it is told', async () => {
    const setAt = '2024-06-01T00:00:00Z';
    await Promise.all(Array.from({ length: 3 }, () => scheduled({ setAt })));
    const clock = at('2024-06-01T07:00:00Z');
    expect((await sweepDueSlots(clock, { limit: 2 })).looked).toBe(2);
    expect((await sweepDueSlots(clock, { limit: 2 })).looked).toBe(1);
    expect((await sweepDueSlots(clock, { limit: 2 })).looked).toBe(0);
  });

  it('is not held up by a campaign that cannot be read', async () => {
    const setAt = '2023-06-01T00:00:00Z';
    const broken = await scheduled({ setAt });
    await db.execute(`update campaign set schedule = '0 9 * * *' where id = $1`, [broken.campaignId]);
    const sound = await scheduled({ setAt });

    const swept = await sweepDueSlots(at('2023-06-01T07:00:00Z'), { limit: 10 });

    expect(swept.failed).toMatchObject([{ campaignId: broken.campaignId }]);
    expect(swept.companyIds).toEqual([sound.companyId]);
    expect(await nextDueAt(broken.campaignId)).toEqual(new Date('2023-06-01T07:01:00Z'));
  });
});

describe('rescheduleCampaigns', () => {
  const change = (campaignId: string, time: string, sql: string) =>
    at(time).transaction((tx) =>
      rescheduleCampaigns(tx, [campaignId], () =>
        tx.execute(`update ${sql} and '${campaignId}' in (select id from campaign c where c.company_id = company.id)`),
      ),
    );
  const setWindow = (campaignId: string, time: string, from: string) =>
    change(campaignId, time, `company set dispatch_from = '${from}', dispatch_to = '${from.slice(0, 4)}9' where true`);
  const setSchedule = (campaignId: string, time: string, schedule: string | null) =>
    at(time).transaction((tx) =>
      rescheduleCampaigns(tx, [campaignId], () =>
        tx.execute('update campaign set schedule = $2 where id = $1', [campaignId, schedule]),
      ),
    );

  it('records what was due by the old schedule first', async () => {
    const { campaignId } = await scheduled();
    await setSchedule(campaignId, '2026-06-02T07:00:00Z', 'P P * * 0');
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 missed cutOffPassed', '2026-06-02 run']);
    expect(await nextDueAt(campaignId)).toEqual(
      dispatchAt({ campaignId, window, timeZone: 'UTC', date: '2026-06-07' }),
    );
  });

  it('skips the slot of today that the new window has behind it, and goes on tomorrow by the new one', async () => {
    const { campaignId } = await scheduled();
    await setWindow(campaignId, '2026-06-01T05:00:00Z', '01:00');
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 skipped rescheduled']);
    await recordDueSlots(at('2026-06-01T07:00:00Z'), campaignId);
    await recordDueSlots(at('2026-06-02T01:10:00Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 skipped rescheduled', '2026-06-02 run']);
  });

  it('runs once on a day whose window moves to later after the run', async () => {
    const { campaignId } = await scheduled();
    await recordDueSlots(at('2026-06-01T06:05:00Z'), campaignId);
    await endRuns(campaignId);
    await setWindow(campaignId, '2026-06-01T06:30:00Z', '08:00');
    await recordDueSlots(at('2026-06-01T09:00:00Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual(['2026-06-01 run']);
  });

  it('owes nothing for the morning on which a schedule is first set', async () => {
    const { campaignId } = await scheduled({ campaign: { schedule: null } });
    await setSchedule(campaignId, '2026-06-10T09:00:00Z', 'P P * * *');
    await recordDueSlots(at('2026-06-10T10:00:00Z'), campaignId);
    expect(await slotsOf(campaignId)).toEqual([]);
    expect(await nextDueAt(campaignId)).toEqual(
      dispatchAt({ campaignId, window, timeZone: 'UTC', date: '2026-06-11' }),
    );
  });

  it('stops when the schedule is taken away', async () => {
    const { campaignId } = await scheduled();
    await setSchedule(campaignId, '2026-06-01T05:00:00Z', null);
    expect(await nextDueAt(campaignId)).toBeNull();
  });

  it('leaves everything as it is when the same schedule is set again', async () => {
    const { campaignId } = await scheduled();
    const before = await db.query('select schedule_set_at, next_due_at, updated_at from campaign where id = $1', [
      campaignId,
    ]);
    await setSchedule(campaignId, '2026-06-01T05:00:00Z', ' P P  * * *');
    const after = await db.query('select schedule_set_at, next_due_at, updated_at from campaign where id = $1', [
      campaignId,
    ]);
    expect(after).toEqual(before);
  });
});

import { insertCampaign, insertCompany, type NewCompany } from '@muster/testing/factories';
import { movedClock } from '@muster/testing/movedClock';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { cancelLateRuns } from './cancelLateRuns.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { startSchedule } from './rescheduleCampaigns.ts';
import { recordDueSlots } from './slots.ts';

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

/** A run of 1 June 2022, at 06:00:xx UTC unless said otherwise, that no worker has begun. */
async function pendingRun(company: NewCompany = {}) {
  const times = { timeZone: 'UTC', dispatchFrom: '06:00', dispatchTo: '06:01' };
  const companyId = await insertCompany(db, { ...times, ...company });
  const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *' });
  await at('2022-06-01T00:00:00Z').transaction((tx) => startSchedule(tx, campaignId));
  const { runIds } = await recordDueSlots(at('2022-06-01T07:00:00Z'), campaignId);
  return { companyId, campaignId, runId: runIds[0]! };
}

/** The runs that are ended at this moment. */
const lateIds = async (time: string) => (await cancelLateRuns(at(time))).runs.map(({ id }) => id);

const slotsOf = (campaignId: string) =>
  db.query('select due_date::text as day, state, reason from campaign_slot where campaign_id = $1', [campaignId]);

describe('cancelLateRuns', () => {
  it('cancels what no worker began by the cut-off, and calls its slot missed', async () => {
    const { campaignId, companyId, runId } = await pendingRun();

    expect(await lateIds('2022-06-01T11:59:00Z')).toEqual([]);
    const late = await cancelLateRuns(at('2022-06-01T12:00:00Z'));
    expect(late).toEqual({ runs: [{ id: runId, campaignId }], companyIds: [companyId], unknownZones: [] });

    expect(await db.query('select status from run where id = $1', [runId])).toEqual([{ status: 'canceled' }]);
    expect(await slotsOf(campaignId)).toEqual([{ day: '2022-06-01', state: 'missed', reason: 'notBegun' }]);
    expect(await db.query('select distinct status from run_step where run_id = $1', [runId])).toEqual([
      { status: 'canceled' },
    ]);
  });

  it('counts by the clock of the company', async () => {
    const company = { timeZone: 'America/New_York', dispatchFrom: '01:00', dispatchTo: '02:00' };
    const { runId } = await pendingRun(company);
    expect(await lateIds('2022-06-01T15:59:00Z')).toEqual([]);
    expect(await lateIds('2022-06-01T16:00:00Z')).toEqual([runId]);
  });

  it('holds up no company for one whose zone nobody knows, and names that one', async () => {
    const [lost, sound] = [await pendingRun(), await pendingRun()];
    const put = (zone: string) => db.execute('update company set time_zone = $2 where id = $1', [lost.companyId, zone]);
    await put('Nowhere/X');

    const late = await cancelLateRuns(at('2022-06-01T12:00:00Z'));
    expect(late.runs.map(({ id }) => id)).toEqual([sound.runId]);
    expect(late.unknownZones).toEqual([{ companyId: lost.companyId, timeZone: 'Nowhere/X' }]);

    await put('UTC');
    expect(await lateIds('2022-06-01T12:00:00Z')).toEqual([lost.runId]);
  });

  it.each(['running', 'pending'])(
    'leaves alone what has begun, and is %s: pending again once it is retried',
    async (status) => {
      const { campaignId, runId } = await pendingRun();
      await db.execute(`update run set status = $2, started_at = now() where id = $1`, [runId, status]);
      await db.execute(`update run_step set attempt = 1 where run_id = $1 and name = 'query'`, [runId]);
      expect(await lateIds('2022-06-02T12:00:00Z')).toEqual([]);
      expect(await slotsOf(campaignId)).toMatchObject([{ state: 'run' }]);
    },
  );
});

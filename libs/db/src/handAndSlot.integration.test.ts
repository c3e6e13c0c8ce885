import { type Database } from '@muster/core/database';
import { Conflict } from '@muster/core/errors';
import { insertCampaign, insertCompany } from '@muster/testing/factories';
import { movedClock } from '@muster/testing/movedClock';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { insertRun } from './insertRun.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { startSchedule } from './rescheduleCampaigns.ts';
import { readRunSettings } from './runSettings.ts';
import { recordDueSlots } from './slots.ts';

let database: TestDatabase;
let db: OpenDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, poolSize: 12 });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** A campaign whose slot of today has come. */
async function dueCampaign() {
  const companyId = await insertCompany(db, { timeZone: 'UTC', dispatchFrom: '06:00', dispatchTo: '06:01' });
  const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *' });
  await movedClock(db, '2026-06-01T00:00:00Z').transaction((tx) => startSchedule(tx, campaignId));
  return campaignId;
}

const bySlot = (campaignId: string) => recordDueSlots(movedClock(db, '2026-06-01T06:01:00Z'), campaignId);

/** Starts a run as a person does; gives its id, or the code of the refusal. */
async function byHand(tx: Database, campaignId: string): Promise<string> {
  const settings = { ...(await readRunSettings(tx, campaignId)), hasOverride: false };
  return insertRun(tx, { settings, trigger: 'manual', scheduledFor: null, requestId: null });
}
const codeOf = (error: unknown) => (error instanceof Conflict ? error.code : String(error));

/** What has come of a campaign: the triggers of its runs, and its slots. */
async function outcomeOf(campaignId: string) {
  const runs = await db.query<{ trigger: string }>('select trigger from run where campaign_id = $1', [campaignId]);
  const slots = await db.query<{ slot: string }>(
    `select concat_ws(' ', state, reason) as slot from campaign_slot where campaign_id = $1`,
    [campaignId],
  );
  return { triggers: runs.map(({ trigger }) => trigger), slots: slots.map(({ slot }) => slot) };
}

async function untilBlocked() {
  const isBlocked = async () => {
    const waiting = await db.query(
      'select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()',
    );
    return waiting.length > 0;
  };
  await waitFor(isBlocked, { what: 'the second one to wait for the first' });
}

describe('a campaign that is started by hand at the moment at which its slot comes', () => {
  it('has one run, whoever was first: either is refused, or the slot is skipped and says so', async () => {
    const campaigns = await Promise.all(Array.from({ length: 20 }, dueCampaign));

    const refusals = await Promise.all(
      campaigns.map(async (campaignId) => {
        const hand = db.transaction((tx) => byHand(tx, campaignId)).then(() => undefined, codeOf);
        const [refusal] = await Promise.all([hand, bySlot(campaignId), bySlot(campaignId)]);
        return refusal;
      }),
    );

    const outcomes = await Promise.all(campaigns.map(outcomeOf));
    expect(outcomes).toEqual(
      refusals.map((refusal) =>
        refusal === 'runActive'
          ? { triggers: ['schedule'], slots: ['run'] }
          : { triggers: ['manual'], slots: ['skipped runActive'] },
      ),
    );
  });

  it('skips the slot that waited for a run by hand to be committed', async () => {
    const campaignId = await dueCampaign();
    let slot: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await byHand(tx, campaignId);
      slot = bySlot(campaignId);
      await untilBlocked();
    });
    await slot;

    expect(await outcomeOf(campaignId)).toEqual({ triggers: ['manual'], slots: ['skipped runActive'] });
  });

  it('runs the slot that waited for a run by hand which came to nothing', async () => {
    const campaignId = await dueCampaign();
    let slot: Promise<unknown> = Promise.resolve();
    const undone = db.transaction(async (tx) => {
      await byHand(tx, campaignId);
      slot = bySlot(campaignId);
      await untilBlocked();
      throw new Error('the API is gone');
    });
    await expect(undone).rejects.toThrow('the API is gone');
    await slot;

    expect(await outcomeOf(campaignId)).toEqual({ triggers: ['schedule'], slots: ['run'] });
  });
});

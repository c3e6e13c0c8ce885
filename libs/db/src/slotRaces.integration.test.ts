import { type Database } from '@muster/core/database';
import { insertCampaign, insertCompany } from '@muster/testing/factories';
import { movedClock } from '@muster/testing/movedClock';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
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

/** The database as it is for whoever comes a moment too late: right before a slot is recorded, `overtake` has done so. */
function overtaken(by: Database, overtake: () => Promise<unknown>): Database {
  return {
    ...by,
    execute: async (sql, parameters) => {
      if (sql.includes('insert into campaign_slot')) await overtake();
      return by.execute(sql, parameters);
    },
    transaction: (work, ...opening) =>
      by.transaction((tx, opened) => work(overtaken(tx, overtake), opened), ...opening),
  };
}

it('starts no second run of a slot that another scheduler has recorded after this one has looked', async () => {
  const companyId = await insertCompany(db, { timeZone: 'UTC', dispatchFrom: '06:00', dispatchTo: '06:01' });
  const campaignId = await insertCampaign(db, { companyId, schedule: 'P P * * *' });
  await movedClock(db, '2026-06-01T00:00:00Z').transaction((tx) => startSchedule(tx, campaignId));
  const late = overtaken(movedClock(db, '2026-06-01T06:01:00Z'), () =>
    db.execute(
      `insert into campaign_slot (campaign_id, due_date, due_at, state)
       values ($1, '2026-06-01', '2026-06-01T06:00:30Z', 'skipped')`,
      [campaignId],
    ),
  );

  expect(await recordDueSlots(late, campaignId)).toMatchObject({ runIds: [] });

  expect(await db.query('select id from run where campaign_id = $1', [campaignId])).toEqual([]);
  expect(await db.query('select state from campaign_slot where campaign_id = $1', [campaignId])).toEqual([
    { state: 'skipped' },
  ]);
});
